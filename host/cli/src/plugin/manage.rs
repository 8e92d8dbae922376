//! Installed plugins from the command line: each command is the SQL statement of that name.

use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use polder_catalog::{FullName, Kind, Securable};
use polder_market::SCHEME;
use polder_query::{Home, Session};
use polder_sandbox::{Capability, Description};

use super::{build, inspect};
use crate::args::As;
use crate::output::{Format, Output};
use crate::{Error, Result, home, sql, terminal};

/// Run one statement and show its answer.
async fn run(home: &Home, who: &As, statement: &str, format: Format) -> Result<()> {
    let session = home::session(home, who.principal.as_deref()).await?;
    let answer = session.run(statement).await?;
    output(format).answer(answer).await.map(drop)
}

fn output(format: Format) -> Output<io::Stdout> {
    let mut output = Output::new(io::stdout(), format);
    output.look.width = terminal::width();
    output
}

/// What is to be installed.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// A package, a file, or the folder of a project.
    pub(super) from: &'a str,
    /// Which version of a package.
    pub(super) version: Option<&'a str>,
    /// Whether what it asks for is granted without a question.
    pub(super) grant: bool,
}

/// What is installed, looked at before.
struct Chosen {
    description: Description,
    /// Where it is, as a text of SQL; of a package just this one, so that what was agreed to is what is installed.
    from: String,
    /// What follows where the consent was given.
    clause: &'static str,
}

pub(super) async fn install(home: &Home, who: &As, wanted: Wanted<'_>, schema: &str, name: Option<&str>) -> Result<()> {
    let schema = sql::name(schema)?;
    let session = home::session(home, who.principal.as_deref()).await?;
    let Chosen { description, from, clause } = choose(&session, wanted).await?;
    let name = sql::identifier(name.unwrap_or(&description.name));
    let answer = session.run(&format!("INSTALL PLUGIN {name} FROM {from} INTO SCHEMA {schema}{clause}")).await?;
    output(Format::Table).answer(answer).await.map(drop)
}

pub(super) async fn upgrade(home: &Home, who: &As, name: &str, wanted: Wanted<'_>) -> Result<()> {
    let name = sql::name(name)?;
    let session = home::session(home, who.principal.as_deref()).await?;
    let Chosen { from, clause, .. } = choose(&session, wanted).await?;
    let answer = session.run(&format!("UPGRADE PLUGIN {name} FROM {from}{clause}")).await?;
    output(Format::Table).answer(answer).await.map(drop)
}

/// Where the next version of a plugin is, and which versions do.
pub(super) async fn newer(home: &Home, who: &As, name: &str) -> Result<(String, String)> {
    let session = home::session(home, who.principal.as_deref()).await?;
    let access = session.polder().catalog().access(session.principal()).await?;
    let plugin = access.resolve(&[Kind::Plugin], &name.parse()?).await?;
    let plugin = plugin.as_plugin().ok_or_else(|| Error::invalid(format_args!("{name} is no plugin")))?;
    Ok(polder_query::newer(plugin)?)
}

async fn choose(session: &Session, Wanted { from, version, grant }: Wanted<'_>) -> Result<Chosen> {
    let (bytes, from) = if from.starts_with(SCHEME) {
        let found = session.package(from, version).await?;
        (found.bytes, sql::text(&found.source))
    } else {
        if version.is_some() {
            return Err(Error::invalid("--version is for packages; a file is what it is"));
        }
        let file = build::component(Path::new(from))?;
        (inspect::read(&file)?, sql::path(&file)?)
    };
    let description = session.polder().sandbox().load(&bytes)?.describe()?;
    let clause = clause(grant || consents(&description)?);
    Ok(Chosen { description, from, clause })
}

fn clause(grant: bool) -> &'static str {
    if grant { " GRANT REQUESTED" } else { "" }
}

/// Show what a plugin asks for, and ask for consent where there is somebody to ask. Otherwise nothing is granted.
fn consents(plugin: &Description) -> Result<bool> {
    let asks: Vec<_> = plugin.capabilities.iter().filter(|one| !one.privilege.is_empty()).collect();
    if asks.is_empty() || !io::stdin().is_terminal() || !terminal::stderr_is_terminal() {
        return Ok(false);
    }
    terminal::note(format_args!("{} {} asks for:", plugin.name, plugin.version));
    for Capability { privilege, kind, on, reason, .. } in asks {
        let on = if on.is_empty() { "…" } else { on };
        terminal::note(terminal::plain(&format!("  {privilege} ON {kind} {on}: {reason}")));
    }
    eprint!("Grant this? [y/N] ");
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

pub(super) async fn remove(home: &Home, who: &As, name: &str) -> Result<()> {
    run(home, who, &format!("DROP PLUGIN {}", sql::name(name)?), Format::Table).await
}

pub(super) async fn show(home: &Home, who: &As, name: &str, format: Format) -> Result<()> {
    run(home, who, &format!("DESCRIBE PLUGIN {}", sql::name(name)?), format).await
}

/// All plugins that the principal may see, of all catalogs, where SHOW PLUGINS lists those of one.
pub(super) async fn list(home: &Home, who: &As, format: Format) -> Result<()> {
    let session = home::session(home, who.principal.as_deref()).await?;
    let access = session.polder().catalog().access(session.principal()).await?;
    let plugins = access.list(&[Kind::Plugin], &FullName::metastore(), None).await?;
    if plugins.is_empty() && format == Format::Table {
        return terminal::say(
            "There are no plugins that you may see; `polder plugin install --help` says how to add one.",
        );
    }
    output(format).batch(rows(&plugins)?).await.map(drop)
}

fn rows(plugins: &[Securable]) -> Result<RecordBatch> {
    let of = |text: fn(&polder_catalog::spec::Plugin) -> String| -> ArrayRef {
        Arc::new(plugins.iter().map(|one| one.as_plugin().map(text)).collect::<StringArray>())
    };
    let names: ArrayRef = Arc::new(plugins.iter().map(|one| Some(one.name.to_string())).collect::<StringArray>());
    let owners: ArrayRef = Arc::new(plugins.iter().map(|one| Some(one.owner.clone())).collect::<StringArray>());
    let sizes = plugins.iter().map(|one| one.as_plugin().and_then(|plugin| i64::try_from(plugin.size).ok()));
    let columns: [(&str, ArrayRef); 6] = [
        ("name", names),
        ("version", of(|plugin| plugin.version.clone())),
        ("owner", owners),
        ("bytes", Arc::new(sizes.collect::<Int64Array>())),
        ("digest", of(|plugin| format!("sha256:{}", plugin.digest))),
        ("source", of(|plugin| plugin.source.clone())),
    ];
    RecordBatch::try_from_iter(columns).map_err(Error::from)
}
