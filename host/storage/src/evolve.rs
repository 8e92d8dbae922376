//! Changes to what a table is, rather than to its rows.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::datatypes::Fields;
use datafusion::execution::SessionState;
use datafusion::logical_expr::Expr;
use deltalake::DeltaTableError;
use deltalake::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake::kernel::{MetadataValue, StructField};
use deltalake::operations::update_table_metadata::TableMetadataUpdate;

use crate::{Error, Result, Stamp, Table, properties};

/// What `ALTER TABLE` can do.
#[derive(Clone, Debug)]
pub enum Change {
    /// Nullable columns at the end.
    AddColumns(Fields),
    DropNotNull(String),
    /// Every row, now and later, must satisfy the condition.
    AddConstraint(String, Box<Expr>),
    DropConstraint(String),
    SetProperties(Vec<(String, String)>),
    Comment(String),
    CommentColumn(String, String),
}

impl Table {
    /// Make one change, in one commit.
    pub async fn change(&self, change: Change, session: &SessionState, stamp: &Stamp) -> Result<Self> {
        let delta = self.delta.clone();
        let properties = stamp.properties();
        let delta = match change {
            Change::AddColumns(fields) => {
                let fields = fields
                    .iter()
                    .map(|field| field.as_ref().try_into_kernel())
                    .collect::<std::result::Result<Vec<StructField>, _>>()
                    .map_err(DeltaTableError::from)?;
                delta.add_columns().with_fields(fields).with_commit_properties(properties).await?
            }
            Change::DropNotNull(column) => {
                delta.drop_column_not_null().with_column(&column).with_commit_properties(properties).await?
            }
            Change::AddConstraint(name, condition) => {
                let demands = format!("CHECK {name}");
                let add = delta.add_constraint().with_constraint(name, *condition);
                let add = add.with_session_state(Arc::new(session.clone())).with_commit_properties(properties);
                add.await.map_err(|error| Error::explained(error, || demands))?
            }
            Change::DropConstraint(name) => {
                delta.drop_constraints().with_constraint(name).with_commit_properties(properties).await?
            }
            Change::SetProperties(set) => {
                set.iter().try_for_each(|(key, value)| properties::check(key, value))?;
                delta
                    .set_tbl_properties()
                    .with_properties(set.into_iter().collect())
                    .with_raise_if_not_exists(false)
                    .with_commit_properties(properties)
                    .await?
            }
            Change::Comment(text) => {
                delta
                    .update_table_metadata()
                    .with_update(TableMetadataUpdate { name: None, description: Some(text) })
                    .with_commit_properties(properties)
                    .await?
            }
            Change::CommentColumn(column, text) => {
                delta
                    .update_field_metadata()
                    .with_field_name(&column)
                    .with_metadata(HashMap::from([("comment".to_owned(), MetadataValue::String(text))]))
                    .with_commit_properties(properties)
                    .await?
            }
        };
        Ok(self.next(delta))
    }
}
