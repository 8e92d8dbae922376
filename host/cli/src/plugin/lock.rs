//! `polder plugin lock`, `sync` and `export`: the plugins of one home on another.

use std::path::Path;

use arrow::array::{AsArray as _, RecordBatch};
use futures::TryStreamExt as _;
use polder_query::{Answer, Home, Session};

use super::{install, manage};
use crate::args::As;
use crate::output::Format;
use crate::terminal::say;
use crate::{Error, Result, home, sql};

/// Print or write the lock of what is installed.
pub(super) async fn lock(home: &Home, who: &As, output: Option<&Path>) -> Result<()> {
    let session = home::session(home, who.principal.as_deref()).await?;
    let batches = rows(&session, "SHOW PLUGINS LOCK").await?;
    let text = batches.iter().map(|batch| batch.column(0).as_string::<i32>().value(0)).collect::<String>();
    match output {
        None => say(text.trim_end()),
        Some(file) => std::fs::write(file, text).map_err(Error::file(file)),
    }
}

/// What is to become the same.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) lock: &'a Path,
    pub(super) bundle: Option<&'a Path>,
    pub(super) prune: bool,
    pub(super) yes: bool,
    pub(super) dry_run: bool,
}

/// Show what has to be done, and do it.
pub(super) async fn sync(home: &Home, who: &As, wanted: Wanted<'_>, format: Format) -> Result<()> {
    let session = home::session(home, who.principal.as_deref()).await?;
    let mut statement = format!("SYNC PLUGINS FROM {}", sql::text(&sql::absolute(wanted.lock)?));
    if let Some(bundle) = wanted.bundle {
        statement.push_str(&format!(" USING {}", sql::text(&sql::absolute(bundle)?)));
    }
    if wanted.prune {
        statement.push_str(" PRUNE");
    }
    if wanted.dry_run || !wanted.yes {
        show(rows(&session, &format!("{statement} DRY RUN")).await?, format).await?;
    }
    if wanted.dry_run {
        return Ok(());
    }
    if !wanted.yes && !install::agrees("Do this?")? {
        return Err(Error::invalid("nothing was done: say --yes"));
    }
    let done = rows(&session, &statement).await?;
    let failed = done.iter().any(|batch| {
        let status = batch.column_by_name("status").and_then(|column| column.as_string_opt::<i32>());
        status.is_some_and(|texts| texts.iter().flatten().any(|text| text.starts_with("failed")))
    });
    show(done, format).await?;
    if failed { Err(Error::Told) } else { Ok(()) }
}

/// Put packages into a bundle.
pub(super) async fn export(home: &Home, who: &As, names: &[String], output: &Path) -> Result<()> {
    if output.extension().is_none_or(|extension| extension != "tar") {
        return Err(Error::invalid(format_args!("'{}' does not end in .tar, as bundles do", output.display())));
    }
    let session = home::session(home, who.principal.as_deref()).await?;
    let names = names.iter().map(|name| name.parse()).collect::<Result<Vec<_>, polder_catalog::Error>>()?;
    let (packed, others) = session.export(&names, output).await?;
    for other in others {
        crate::terminal::note(format_args!("{other} came from a file, not from a registry: it is not in the bundle"));
    }
    say(format_args!("Put {} into {}.", count(packed), output.display()))
}

fn count(packages: usize) -> String {
    if packages == 1 { "1 package".to_owned() } else { format!("{packages} packages") }
}

async fn rows(session: &Session, statement: &str) -> Result<Vec<RecordBatch>> {
    let Answer::Rows(rows) = session.run(statement).await? else { return Ok(Vec::new()) };
    Ok(rows.try_collect().await.map_err(polder_query::Error::from)?)
}

async fn show(batches: Vec<RecordBatch>, format: Format) -> Result<()> {
    for batch in batches {
        manage::output(format).batch(batch).await?;
    }
    Ok(())
}
