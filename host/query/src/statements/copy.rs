//! COPY INTO: each file of a volume once.

use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::LogicalPlanBuilder;
use polder_catalog::FileVersion;
use polder_storage::{File, Mode};

use super::dml::Target;
use super::insert;
use crate::answer::count;
use crate::run::Run;
use crate::sql::CopyInto;
use crate::{Answer, Error, Result, files, lineage};

/// `COPY INTO table FROM 'path'`: append the files that were not loaded before, each once.
pub(crate) async fn copy_into(run: &Run<'_>, copy: CopyInto) -> Result<Answer> {
    let target = Target::open(run, &copy.table).await?;
    let found = files::find(run, &copy.from).await?;
    let mut load = run.access.begin_load(&target.securable).await?;
    for interrupted in load.interrupted().to_vec() {
        let committed = target.table.has_statement(&interrupted.to_string()).await?;
        load.settle(interrupted, committed).await?;
    }
    let mut versions = Vec::new();
    for file in &found.files {
        versions.push(FileVersion {
            path: found.volume.url(file)?.to_string(),
            etag: Some(file.tag.clone()),
            size: file.size,
            modified: file.modified.timestamp_millis(),
        });
    }
    let claim = load.claim(&versions, copy.force).await?;
    let changed = match claim.changed.len() {
        0 => String::new(),
        n => format!(
            "; {n} changed since they were loaded and were left out (COPY_OPTIONS ('force' = 'true') loads them again)"
        ),
    };
    if claim.fresh.is_empty() {
        load.abandon().await?;
        let text = format!("Nothing to load: all {} files were loaded before{changed}.", found.files.len());
        return Ok(Answer::Done(text, Some(0)));
    }
    let fresh: Vec<File> = found
        .files
        .iter()
        .zip(&versions)
        .filter(|(_, version)| claim.fresh.contains(version))
        .map(|(file, _)| file.clone())
        .collect();
    // The load's id stands in the commit, so that an interrupted load can be told from one that succeeded.
    let stamp = polder_storage::Stamp { statement: load.id().to_string(), ..run.stamp() };
    let written = async {
        let loaded = files::table(run, &found.volume, &fresh, &copy.options).await?;
        let plan = LogicalPlanBuilder::scan("files", provider_as_source(loaded), None)?.build()?;
        let plan = insert::named(plan, &target.table, &target.securable.name, copy.evolve)?;
        Ok::<_, Error>(target.table.write(plan, Mode::Append, &run.engine, &stamp).await?)
    }
    .await;
    let (table, rows) = match written {
        Ok(written) => written,
        Err(error) => {
            // Something may have failed after the commit; then the files are in the table.
            match run.open(&target.securable, None).await?.has_statement(&load.id().to_string()).await? {
                true => load.finish().await?,
                false => load.abandon().await?,
            }
            return Err(error);
        }
    };
    load.finish().await?;
    lineage::record_files(run, &target.securable, table.version(), claim.fresh.iter().map(|file| file.path.clone()))
        .await?;
    let text = format!("Loaded {} from {} files into {}{changed}.", count(rows), fresh.len(), target.securable.name);
    Ok(Answer::Done(text, Some(rows)))
}
