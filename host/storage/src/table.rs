//! A Delta table at one version. The log is the truth about data: opening always asks it for news.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::SchemaRef;
use chrono::{DateTime, Utc};
use datafusion::catalog::TableProvider;
use datafusion::execution::SessionState;
use deltalake::delta_datafusion::{DeltaScanConfig, DeltaScanNext};
use deltalake::{DeltaTable, DeltaTableBuilder, DeltaTableError};
use futures::TryStreamExt;

use crate::{Error, Location, Result};

/// A point in the history of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AsOf {
    Version(u64),
    Timestamp(DateTime<Utc>),
}

/// Opens tables, and remembers their snapshots so that opening again reads only what was committed since.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    known: Arc<Mutex<HashMap<Location, DeltaTable>>>,
}

/// How many snapshots are kept; beyond, they are forgotten at random.
const KNOWN: usize = 256;

impl Tables {
    /// The table at `location`, now or then.
    pub async fn open(&self, location: &Location, as_of: Option<AsOf>) -> Result<Table> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(location).cloned();
        let mut delta = match known {
            Some(delta) => delta,
            None => Self::handle(location)?,
        };
        // A table that was dropped and made again at the same place has a log that the snapshot does not continue.
        let fresh = match delta.update_state().await {
            Ok(()) => Ok(()),
            Err(_) if delta.version().is_some() => {
                delta = Self::handle(location)?;
                delta.load().await
            }
            Err(error) => Err(error),
        };
        fresh.map_err(|error| match error {
            DeltaTableError::NotATable(_) | DeltaTableError::InvalidTableLocation(_) => {
                Error::NotATable(location.to_string())
            }
            _ if location.local().is_some_and(|folder| !folder.exists()) => Error::NotATable(location.to_string()),
            error => error.into(),
        })?;
        self.remember(location, &delta);
        if let Some(as_of) = as_of {
            travel(&mut delta, as_of).await?;
        }
        Ok(Table { delta, location: location.clone() })
    }

    /// The table at `location` before it exists, to be created.
    pub(crate) fn handle(location: &Location) -> Result<DeltaTable> {
        Ok(DeltaTableBuilder::from_url(location.url().clone())?
            .with_storage_options(crate::stores::settings())
            .build()?)
    }

    /// Forget the snapshot of a table that is gone.
    pub fn forget(&self, location: &Location) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(location);
    }

    fn remember(&self, location: &Location, delta: &DeltaTable) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN
            && let Some(some) = known.keys().next().cloned()
        {
            known.remove(&some);
        }
        known.insert(location.clone(), delta.clone());
    }
}

pub(crate) async fn travel(delta: &mut DeltaTable, as_of: AsOf) -> Result<()> {
    match as_of {
        AsOf::Version(requested) => {
            let latest = delta.version().unwrap_or_default();
            if requested > latest {
                return Err(Error::NoSuchVersion { requested, latest });
            }
            Ok(delta.load_version(requested).await?)
        }
        AsOf::Timestamp(requested) => {
            delta.load_with_datetime(requested).await?;
            // Versions were found by the age of their files, which are a little younger than the commit says.
            loop {
                let next = delta.version().unwrap_or_default() + 1;
                match committed_at(delta, next).await? {
                    Some(time) if time <= requested => delta.load_version(next).await?,
                    _ => break,
                }
            }
            // What was asked for is after the version found, unless the first is found for want of an earlier one.
            if delta.version() == Some(0) {
                let commits = delta.history(None).try_collect::<Vec<_>>().await?;
                let first = commits.last().and_then(|commit| commit.in_commit_timestamp.or(commit.timestamp));
                if let Some(first) = first.and_then(DateTime::from_timestamp_millis).filter(|first| *first > requested)
                {
                    return Err(Error::TooEarly { requested, first });
                }
            }
            Ok(())
        }
    }
}

/// When a version was committed, as the commit itself says; none if there is no such version.
async fn committed_at(delta: &DeltaTable, version: u64) -> Result<Option<DateTime<Utc>>> {
    let Some(entry) = delta.log_store().read_commit_entry(version).await? else { return Ok(None) };
    let time = entry.split(|byte| *byte == b'\n').find_map(|line| {
        let action: serde_json::Value = serde_json::from_slice(line).ok()?;
        let commit = action.get("commitInfo")?;
        commit.get("inCommitTimestamp").or_else(|| commit.get("timestamp"))?.as_i64()
    });
    Ok(time.and_then(DateTime::from_timestamp_millis))
}

/// What `DESCRIBE DETAIL` tells.
#[derive(Clone, Debug)]
pub struct Detail {
    pub id: String,
    pub location: String,
    pub created_at: Option<DateTime<Utc>>,
    pub partition_columns: Vec<String>,
    pub files: u64,
    /// Bytes of the live data files.
    pub size: u64,
    pub properties: Vec<(String, String)>,
    pub min_reader_version: i32,
    pub min_writer_version: i32,
    pub version: u64,
}

/// A Delta table at one version; operations that write start from it and give the next.
#[derive(Clone, Debug)]
pub struct Table {
    pub(crate) delta: DeltaTable,
    pub(crate) location: Location,
}

impl Table {
    /// The version of the last commit that an application made, in its own counting; none if it made none.
    pub async fn written(&self, application: &str) -> Result<Option<i64>> {
        Ok(self.delta.snapshot()?.transaction_version(self.delta.log_store().as_ref(), application).await?)
    }

    pub fn location(&self) -> &Location {
        &self.location
    }

    pub fn version(&self) -> u64 {
        self.delta.version().unwrap_or_default()
    }

    /// The columns as Arrow types, in the order of the table.
    pub fn schema(&self) -> Result<SchemaRef> {
        Ok(self.delta.snapshot()?.snapshot().arrow_schema())
    }

    pub fn partition_columns(&self) -> Result<Vec<String>> {
        Ok(self.delta.snapshot()?.metadata().partition_columns().to_vec())
    }

    /// Table properties, constraints (`delta.constraints.*`) among them, in order of name.
    pub fn properties(&self) -> Result<Vec<(String, String)>> {
        let mut properties: Vec<_> =
            self.delta.snapshot()?.metadata().configuration().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        properties.sort();
        Ok(properties)
    }

    /// "id NOT NULL, CHECK positive: id > 0": what rows must be like.
    pub(crate) fn demands(&self) -> String {
        let schema = self.schema().ok();
        let columns = schema.iter().flat_map(|schema| schema.fields().iter().filter(|field| !field.is_nullable()));
        let mut demands: Vec<String> = columns.map(|field| format!("{} NOT NULL", field.name())).collect();
        let checks = self.constraints().unwrap_or_default();
        demands.extend(checks.into_iter().map(|(name, condition)| format!("CHECK {name}: {condition}")));
        demands.join(", ")
    }

    /// CHECK constraints: name and condition.
    pub fn constraints(&self) -> Result<Vec<(String, String)>> {
        let named = |(key, value): (String, String)| Some((key.strip_prefix("delta.constraints.")?.to_owned(), value));
        Ok(self.properties()?.into_iter().filter_map(named).collect())
    }

    /// The table for a query plan.
    pub fn provider(&self, session: &SessionState) -> Result<Arc<dyn TableProvider>> {
        let snapshot = Arc::new(self.delta.snapshot()?.snapshot().clone());
        self.delta.update_datafusion_session(session)?;
        // Plain partition values: dictionaries would show in the types that users and plugins see.
        let config = DeltaScanConfig::new_from_session(session).with_wrap_partition_values(false);
        Ok(Arc::new(DeltaScanNext::new(snapshot, config)?))
    }

    pub fn detail(&self) -> Result<Detail> {
        let state = self.delta.snapshot()?;
        let (files, size) = state.log_data().into_iter().fold((0, 0), |(n, bytes), file| (n + 1, bytes + file.size()));
        Ok(Detail {
            id: state.metadata().id().to_owned(),
            location: self.location.to_string(),
            created_at: state.metadata().created_time().and_then(DateTime::from_timestamp_millis),
            partition_columns: self.partition_columns()?,
            files,
            size: u64::try_from(size).unwrap_or_default(),
            properties: self.properties()?,
            min_reader_version: state.protocol().min_reader_version(),
            min_writer_version: state.protocol().min_writer_version(),
            version: self.version(),
        })
    }
}
