//! Everything that changes the rows of a table, each in one Delta commit.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::common::{Column, TableReference};
use datafusion::execution::SessionState;
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::prelude::DataFrame;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::transaction::CommitProperties;
use deltalake::kernel::{StructField, StructType, Transaction};
use deltalake::operations::write::SchemaMode;
use deltalake::protocol::SaveMode;
use futures::TryStreamExt;

use crate::{Change, Error, Location, Result, Table, Tables, properties};

/// Who and what made a commit; it stands in the commit's information for any Delta reader to see.
#[derive(Clone, Debug, Default)]
pub struct Stamp {
    pub principal: String,
    pub statement: String,
    /// An application and the version of its commit: Delta's transaction identifier, by which a commit that was made
    /// before is recognised.
    pub once: Option<(String, i64)>,
}

/// The key of a statement's id in commit information.
pub(crate) const STATEMENT: &str = "polder.statement";

impl Stamp {
    pub(crate) fn properties(&self) -> CommitProperties {
        let properties = CommitProperties::default().with_metadata([
            ("userName".to_owned(), self.principal.clone().into()),
            (STATEMENT.to_owned(), self.statement.clone().into()),
        ]);
        match &self.once {
            Some((application, version)) => {
                properties.with_application_transaction(Transaction::new(application, *version))
            }
            None => properties,
        }
    }
}

/// A table to be made.
#[derive(Clone, Debug, Default)]
pub struct Definition {
    pub partition_by: Vec<String>,
    pub comment: Option<String>,
    pub properties: Vec<(String, String)>,
}

impl Definition {
    fn check(&self) -> Result<()> {
        self.properties.iter().try_for_each(|(key, value)| properties::check(key, value))
    }
}

/// How rows are written.
#[derive(Clone, Debug)]
pub enum Mode {
    Append,
    /// In place of all rows.
    Overwrite,
    /// In place of the whole table, columns and partitioning included.
    Replace {
        partition_by: Vec<String>,
    },
    /// In place of the rows for which the predicate holds; the new rows must satisfy it as well.
    ReplaceWhere(Box<Expr>),
}

/// Which rows a clause of a merge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matched {
    Both,
    SourceOnly,
    TargetOnly,
}

#[derive(Clone, Debug)]
pub enum MergeAction {
    Update(Vec<(String, Expr)>),
    Insert(Vec<(String, Expr)>),
    Delete,
}

/// One WHEN of a merge. Columns of the target are qualified `target`, those of the source `source`.
#[derive(Clone, Debug)]
pub struct Clause {
    pub matched: Matched,
    pub predicate: Option<Expr>,
    pub action: MergeAction,
}

impl Tables {
    /// Make an empty table.
    pub async fn create(
        &self,
        location: &Location,
        schema: &SchemaRef,
        definition: &Definition,
        stamp: &Stamp,
    ) -> Result<Table> {
        definition.check()?;
        let schema: StructType = schema.as_ref().try_into_kernel().map_err(deltalake::DeltaTableError::from)?;
        let fields: Vec<StructField> = schema.fields().cloned().collect();
        let mut create = Self::vacant(location)
            .await?
            .create()
            .with_raise_if_key_not_exists(false)
            .with_columns(fields)
            .with_partition_columns(definition.partition_by.clone())
            .with_configuration(definition.properties.iter().map(|(key, value)| (key.clone(), Some(value.clone()))))
            .with_commit_properties(stamp.properties());
        if let Some(comment) = &definition.comment {
            create = create.with_comment(comment);
        }
        Ok(Table { delta: create.await?, location: location.clone() })
    }

    /// Make a table from the rows of a plan, in one commit.
    pub async fn create_as(
        &self,
        location: &Location,
        plan: LogicalPlan,
        definition: &Definition,
        session: &SessionState,
        stamp: &Stamp,
    ) -> Result<(Table, u64)> {
        definition.check()?;
        // Writers of a new table refuse properties that Delta does not define, so those are set afterwards.
        let (known, own): (Vec<_>, Vec<_>) =
            definition.properties.iter().cloned().partition(|(key, _)| key.starts_with("delta."));
        let mut write = Self::vacant(location)
            .await?
            .write([])
            .with_input_plan(plan)
            .with_save_mode(SaveMode::ErrorIfExists)
            .with_partition_columns(definition.partition_by.clone())
            .with_configuration(known.into_iter().map(|(key, value)| (key, Some(value))))
            .with_session_state(Arc::new(session.clone()))
            .with_commit_properties(stamp.properties());
        if let Some(comment) = &definition.comment {
            write = write.with_description(comment);
        }
        let table = Table { delta: write.await?, location: location.clone() };
        let rows = table.last_count("num_added_rows").await?;
        let table = match own.is_empty() {
            true => table,
            false => table.change(Change::SetProperties(own), session, stamp).await?,
        };
        Ok((table, rows))
    }

    /// The handle of a table that is to be made; writing through it would add to one that is there.
    async fn vacant(location: &Location) -> Result<deltalake::DeltaTable> {
        let handle = Self::handle(location)?;
        match handle.verify_deltatable_existence().await {
            Ok(true) => Err(Error::Exists(location.to_string())),
            Ok(false) | Err(_) => Ok(handle),
        }
    }
}

impl Table {
    /// Write the rows of a plan, whose columns are those of the table by name; others that come after them
    /// are added to the table in the same commit. Gives the number of rows.
    pub async fn write(
        &self,
        plan: LogicalPlan,
        mode: Mode,
        session: &SessionState,
        stamp: &Stamp,
    ) -> Result<(Self, u64)> {
        let schema = self.schema()?;
        let grows = plan.schema().fields().iter().any(|field| schema.field_with_name(field.name()).is_err());
        let write = self
            .delta
            .clone()
            .write([])
            .with_input_plan(plan)
            .with_session_state(Arc::new(session.clone()))
            .with_commit_properties(stamp.properties());
        let demands = match &mode {
            Mode::ReplaceWhere(predicate) => format!("REPLACE WHERE {predicate}"),
            _ => String::new(),
        };
        let write = match mode {
            Mode::Replace { .. } => write,
            _ if grows => write.with_schema_mode(SchemaMode::Merge),
            _ => write,
        };
        let write = match mode {
            Mode::Append => write.with_save_mode(SaveMode::Append),
            Mode::Overwrite => write.with_save_mode(SaveMode::Overwrite),
            Mode::Replace { partition_by } => write
                .with_save_mode(SaveMode::Overwrite)
                .with_schema_mode(SchemaMode::Overwrite)
                .with_partition_columns(partition_by),
            Mode::ReplaceWhere(predicate) => write.with_save_mode(SaveMode::Overwrite).with_replace_where(*predicate),
        };
        let written = write.await.map_err(|error| {
            let demands = [demands, self.demands()].into_iter().filter(|text| !text.is_empty());
            Error::explained(error, || demands.collect::<Vec<_>>().join(", "))
        });
        let table = self.next(written?);
        let rows = table.last_count("num_added_rows").await?;
        Ok((table, rows))
    }

    /// Set columns of the rows for which `predicate` holds. Gives the number of rows.
    pub async fn update(
        &self,
        assignments: Vec<(String, Expr)>,
        predicate: Option<Expr>,
        session: &SessionState,
        stamp: &Stamp,
    ) -> Result<(Self, u64)> {
        let mut update = self
            .delta
            .clone()
            .update()
            .with_session_state(Arc::new(session.clone()))
            .with_commit_properties(stamp.properties());
        if let Some(predicate) = predicate {
            update = update.with_predicate(predicate);
        }
        for (column, value) in assignments {
            update = update.with_update(Column::from_name(column), value);
        }
        let (delta, metrics) = update.await.map_err(|error| self.explain(error))?;
        Ok((self.next(delta), metrics.num_updated_rows as u64))
    }

    /// Remove the rows for which `predicate` holds, or all. Gives the number of rows, when the log tells it.
    pub async fn delete(
        &self,
        predicate: Option<Expr>,
        session: &SessionState,
        stamp: &Stamp,
    ) -> Result<(Self, Option<u64>)> {
        let mut delete = self
            .delta
            .clone()
            .delete()
            .with_session_state(Arc::new(session.clone()))
            .with_commit_properties(stamp.properties());
        if let Some(predicate) = predicate {
            delete = delete.with_predicate(predicate);
        }
        let (delta, metrics) = delete.await?;
        Ok((self.next(delta), metrics.num_deleted_rows.map(|rows| rows as u64)))
    }

    /// Bring the rows of `source` into the table. In `on` and the clauses, columns of this table are qualified
    /// `target` and those of the source `source`. Gives the numbers of rows inserted, updated and deleted.
    pub async fn merge(
        &self,
        source: LogicalPlan,
        on: Expr,
        clauses: Vec<Clause>,
        session: &SessionState,
        stamp: &Stamp,
    ) -> Result<(Self, [u64; 3])> {
        let source = DataFrame::new(session.clone(), source);
        let mut merge = self
            .delta
            .clone()
            .merge(source, on)
            .with_source_alias("source")
            .with_target_alias("target")
            .with_session_state(Arc::new(session.clone()))
            .with_commit_properties(stamp.properties());
        for Clause { matched, predicate, action } in clauses {
            macro_rules! when {
                ($method:ident, $set:ident, $assignments:expr) => {
                    merge.$method(|mut clause| {
                        if let Some(predicate) = predicate {
                            clause = clause.predicate(predicate);
                        }
                        $assignments.into_iter().fold(clause, |clause, (column, value)| {
                            clause.$set(Column::new(Some(TableReference::bare("target")), column), value)
                        })
                    })?
                };
                ($method:ident) => {
                    merge.$method(|clause| match predicate {
                        Some(predicate) => clause.predicate(predicate),
                        None => clause,
                    })?
                };
            }
            merge = match (matched, action) {
                (Matched::Both, MergeAction::Update(set)) => when!(when_matched_update, update, set),
                (Matched::Both, MergeAction::Delete) => when!(when_matched_delete),
                (Matched::SourceOnly, MergeAction::Insert(set)) => when!(when_not_matched_insert, set, set),
                (Matched::TargetOnly, MergeAction::Update(set)) => {
                    when!(when_not_matched_by_source_update, update, set)
                }
                (Matched::TargetOnly, MergeAction::Delete) => when!(when_not_matched_by_source_delete),
                (matched, action) => {
                    let what = format!("MERGE has no {action:?} for rows that are {matched:?}");
                    return Err(Error::Unsupported(what));
                }
            };
        }
        let (delta, metrics) = merge.await.map_err(|error| self.explain(error))?;
        let counts =
            [metrics.num_target_rows_inserted, metrics.num_target_rows_updated, metrics.num_target_rows_deleted];
        Ok((self.next(delta), counts.map(|count| count as u64)))
    }

    fn explain(&self, error: deltalake::DeltaTableError) -> Error {
        Error::explained(error, || self.demands())
    }

    pub(crate) fn next(&self, delta: deltalake::DeltaTable) -> Self {
        Self { delta, location: self.location.clone() }
    }

    /// A number from the metrics of the last commit.
    async fn last_count(&self, metric: &str) -> Result<u64> {
        let commits: Vec<_> = self.delta.history(Some(1)).try_collect().await?;
        let metrics: Option<&HashMap<_, _>> = commits.first().map(|commit| &commit.info);
        Ok(metrics
            .and_then(|info| info.get("operationMetrics"))
            .and_then(|metrics| metrics.get(metric))
            .and_then(|count| count.as_u64().or_else(|| count.as_str().and_then(|text| text.parse().ok())))
            .unwrap_or_default())
    }
}
