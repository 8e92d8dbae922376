//! Housekeeping of tables: OPTIMIZE, VACUUM, RESTORE.

use std::sync::Arc;

use arrow::array::{RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use chrono::Duration;
use datafusion::sql::sqlparser::ast::TableVersion;

use super::dml::Target;
use crate::answer;
use crate::resolve::{Reads, as_of};
use crate::run::Run;
use crate::sql::Name;
use crate::{Answer, Error, Result, lineage};

pub(crate) async fn optimize(run: &Run<'_>, name: Name, z_order: Vec<String>) -> Result<Answer> {
    let target = Target::open(run, &name).await?;
    let schema = target.table.schema()?;
    if let Some(unknown) = z_order.iter().find(|column| schema.field_with_name(column).is_err()) {
        return Err(Error::Invalid(format!("{} has no column '{unknown}' to order by", target.securable.name)));
    }
    let (_, done) = target.table.optimize(z_order, &run.engine, &run.stamp()).await?;
    let polder_storage::Optimized { files_added, files_removed } = done;
    Ok(Answer::done(format!("Optimized {}: {files_removed} files became {files_added}.", target.securable.name)))
}

pub(crate) async fn vacuum(run: &Run<'_>, name: Name, retain_hours: Option<f64>, dry_run: bool) -> Result<Answer> {
    let target = Target::open(run, &name).await?;
    let retain = match retain_hours {
        Some(hours) if !(0.0..=1e6).contains(&hours) => {
            return Err(Error::Invalid(format!("VACUUM cannot retain {hours} hours")));
        }
        hours => hours.map(|hours| Duration::milliseconds((hours * 3_600_000.0) as i64)),
    };
    // Readers of older versions lose their files: the session must say that it knows.
    let force = run.session.allows_short_retention();
    let (_, files) = target.table.vacuum(retain, dry_run, force, &run.stamp()).await.map_err(|error| {
        let text = error.to_string();
        if text.contains("retention") {
            Error::Invalid(format!(
                "{text}; if no reader needs older versions, first SET polder.vacuum.short_retention = true"
            ))
        } else {
            error.into()
        }
    })?;
    if !dry_run {
        return Ok(Answer::done(format!("Deleted {} files of {}.", files.len(), target.securable.name)));
    }
    let schema = Schema::new(vec![Field::new("path", DataType::Utf8, false)]);
    Ok(answer::rows(RecordBatch::try_new(Arc::new(schema), vec![Arc::new(StringArray::from(files))])?))
}

pub(crate) async fn restore(run: &Run<'_>, name: Name, to: TableVersion) -> Result<Answer> {
    let target = Target::open(run, &name).await?;
    let table = target.table.restore(as_of(&to)?, &run.stamp()).await?;
    lineage::record(run, &target.securable, Some(table.version()), &Reads::default(), Vec::new()).await?;
    Ok(Answer::done(format!("Restored {}; it is now at version {}.", target.securable.name, table.version())))
}
