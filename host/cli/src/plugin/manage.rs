//! Installed plugins from the command line: each command is the SQL statement of that name.

use std::io;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray as _, Int64Array, RecordBatch, StringArray};
use futures::TryStreamExt as _;
use polder_catalog::{FullName, Kind, Securable};
use polder_query::{Answer, Home};

use crate::args::As;
use crate::output::{Format, Output};
use crate::{Error, Result, home, sql, terminal};

/// Run one statement and show its answer.
async fn run(home: &Home, who: &As, statement: &str, format: Format) -> Result<()> {
    let session = home::session(home, who.principal.as_deref()).await?;
    let answer = session.run(statement).await?;
    output(format).answer(answer).await.map(drop)
}

pub(super) fn output(format: Format) -> Output<io::Stdout> {
    let mut output = Output::new(io::stdout(), format);
    output.look.width = terminal::width();
    output
}

pub(super) async fn rollback(home: &Home, who: &As, name: &str, to: Option<&str>) -> Result<()> {
    let to = to.map_or_else(String::new, |version| format!(" TO VERSION {}", sql::text(version)));
    run(home, who, &format!("ROLLBACK PLUGIN {}{to}", sql::name(name)?), Format::Table).await
}

pub(super) async fn pin(home: &Home, who: &As, name: &str, version: &str) -> Result<()> {
    run(home, who, &format!("PIN PLUGIN {} VERSION {}", sql::name(name)?, sql::text(version)), Format::Table).await
}

pub(super) async fn unpin(home: &Home, who: &As, name: &str) -> Result<()> {
    run(home, who, &format!("UNPIN PLUGIN {}", sql::name(name)?), Format::Table).await
}

pub(super) async fn outdated(home: &Home, who: &As, format: Format) -> Result<()> {
    run(home, who, "SHOW PLUGINS OUTDATED", format).await
}

pub(super) async fn search(home: &Home, who: &As, words: &str, format: Format) -> Result<()> {
    run(home, who, &format!("SEARCH PACKAGES {}", sql::text(words)), format).await
}

pub(super) async fn audit(home: &Home, who: &As, name: &str, format: Format) -> Result<()> {
    run(home, who, &format!("AUDIT PLUGIN {}", sql::name(name)?), format).await
}

pub(super) async fn verify(home: &Home, who: &As, name: Option<&str>, format: Format) -> Result<()> {
    let statement = match name {
        Some(name) => format!("VERIFY PLUGIN {}", sql::name(name)?),
        None => "VERIFY PLUGINS".to_owned(),
    };
    let session = home::session(home, who.principal.as_deref()).await?;
    let Answer::Rows(rows) = session.run(&statement).await? else { return Ok(()) };
    let batches: Vec<_> = rows.try_collect().await.map_err(polder_query::Error::from)?;
    let good = |batch: &RecordBatch| {
        let has = |column: &str, begin: &str| {
            let texts = batch.column_by_name(column).and_then(|column| column.as_string_opt::<i32>());
            texts.is_some_and(|texts| texts.iter().flatten().any(|text| text.starts_with(begin)))
        };
        !has("component", "damaged") && !has("signature", "failed")
    };
    let all_good = batches.iter().all(good);
    for batch in batches {
        output(format).batch(batch).await?;
    }
    if all_good { Ok(()) } else { Err(Error::Told) }
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
