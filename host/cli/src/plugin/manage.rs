//! Installed plugins from the command line: each command is the SQL statement of that name.

use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use polder_catalog::{FullName, Kind, Securable};
use polder_query::Home;
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

pub(super) async fn install(
    home: &Home,
    who: &As,
    file: &Path,
    schema: &str,
    name: Option<&str>,
    grant: bool,
) -> Result<()> {
    let schema = sql::name(schema)?;
    let session = home::session(home, who.principal.as_deref()).await?;
    let file = build::component(file)?;
    let description = session.polder().sandbox().load(&inspect::read(&file)?)?.describe()?;
    let grant = clause(grant || consents(&description)?);
    let name = sql::identifier(name.unwrap_or(&description.name));
    let statement = format!("INSTALL PLUGIN {name} FROM {} INTO SCHEMA {schema}{grant}", sql::path(&file)?);
    let answer = session.run(&statement).await?;
    output(Format::Table).answer(answer).await.map(drop)
}

pub(super) async fn upgrade(home: &Home, who: &As, name: &str, file: &Path, grant: bool) -> Result<()> {
    let name = sql::name(name)?;
    let session = home::session(home, who.principal.as_deref()).await?;
    let file = build::component(file)?;
    let description = session.polder().sandbox().load(&inspect::read(&file)?)?.describe()?;
    let grant = clause(grant || consents(&description)?);
    let answer = session.run(&format!("UPGRADE PLUGIN {name} FROM {}{grant}", sql::path(&file)?)).await?;
    output(Format::Table).answer(answer).await.map(drop)
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
