//! Installed plugins from the command line: each command is the SQL statement of that name.

use std::io;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use polder_catalog::{FullName, Kind, Securable};
use polder_query::Home;

use super::{build, inspect, sql};
use crate::args::As;
use crate::output::{Format, Output};
use crate::{Error, Result, home, terminal};

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

pub(super) async fn install(home: &Home, who: &As, file: &Path, schema: &str, name: Option<&str>) -> Result<()> {
    let schema = sql::name(schema)?;
    let session = home::session(home, who.principal.as_deref()).await?;
    let file = build::component(file)?;
    let name = match name {
        Some(name) => name.to_owned(),
        None => {
            let bytes = inspect::read(&file)?;
            session.polder().sandbox().load(&bytes)?.describe()?.name
        }
    };
    let statement =
        format!("INSTALL PLUGIN {} FROM {} INTO SCHEMA {schema}", sql::identifier(&name), sql::path(&file)?);
    let answer = session.run(&statement).await?;
    output(Format::Table).answer(answer).await.map(drop)
}

pub(super) async fn upgrade(home: &Home, who: &As, name: &str, file: &Path) -> Result<()> {
    let name = sql::name(name)?;
    if !home::exists(home) {
        home::session(home, None).await?;
    }
    let file = build::component(file)?;
    run(home, who, &format!("UPGRADE PLUGIN {name} FROM {}", sql::path(&file)?), Format::Table).await
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
