//! The names that can be completed, as the catalog shows them to the session's principal.
//!
//! They are looked up beside the prompt, so that typing never waits for a table's log to be read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array as _, AsArray as _};
use futures::StreamExt as _;
use polder_catalog::{FullName, Kind};
use polder_query::{Answer, Session};

use crate::Result;

/// Columns are looked up in schemas of at most so many tables: each has a log to read.
const TABLES: usize = 200;

/// Names that a background task keeps fresh. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Names(Arc<Mutex<Known>>);

#[derive(Clone, Default)]
pub(super) struct Known {
    /// The generation of the catalog and the current schema that all this is of.
    of: (i64, String),
    /// Full names of everything, with what it is.
    pub(super) securables: BTreeMap<FullName, Kind>,
    /// Columns of the tables in the current schema, by the table's name.
    pub(super) columns: BTreeMap<String, Vec<String>>,
    pub(super) catalog: String,
    pub(super) schema: String,
}

impl Names {
    pub(super) fn known(&self) -> Known {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Look up again what has changed, in the background.
    pub(super) fn refresh(&self, session: &Arc<Session>) {
        let (names, session) = (self.clone(), Arc::clone(session));
        tokio::spawn(async move {
            if let Err(error) = names.load(&session).await {
                tracing::debug!("names cannot be completed: {error}");
            }
        });
    }

    async fn load(&self, session: &Session) -> Result<()> {
        let access = session.polder().catalog().access(session.principal()).await?;
        let of = (access.generation(), session.current_schema());
        if self.0.lock().unwrap_or_else(PoisonError::into_inner).of == of {
            return Ok(());
        }
        let current: FullName = of.1.parse()?;
        let (catalog, schema) = (current.catalog().unwrap_or_default(), current.schema().unwrap_or_default());
        let securables: BTreeMap<FullName, Kind> = access
            .list(&Kind::ALL, &FullName::metastore(), None)
            .await?
            .into_iter()
            .map(|securable| (securable.name, securable.kind))
            .collect();
        let here = securables.iter().filter(|(name, kind)| Kind::RELATIONS.contains(kind) && name.parent() == current);
        let tables: Vec<FullName> = here.map(|(name, _)| name.clone()).collect();
        let known =
            Known { of, securables, columns: BTreeMap::new(), catalog: catalog.to_owned(), schema: schema.to_owned() };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = known;
        if tables.len() > TABLES {
            return Ok(());
        }
        // In a session of its own: Ctrl-C is meant for the user's statement.
        let own = session.polder().session(Some(session.principal())).await?;
        for table in tables {
            let Ok(columns) = columns(&own, &table).await else { continue };
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            known.columns.insert(table.last().to_owned(), columns);
        }
        Ok(())
    }
}

async fn columns(session: &Session, table: &FullName) -> Result<Vec<String>> {
    let Answer::Rows(mut rows) = session.run(&format!("DESCRIBE {table}")).await? else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    while let Some(batch) = rows.next().await {
        let batch = batch.map_err(polder_query::Error::from)?;
        if let Some(texts) = batch.column(0).as_string_opt::<i32>() {
            names.extend(texts.iter().take(texts.len()).flatten().map(str::to_owned));
        }
    }
    Ok(names)
}
