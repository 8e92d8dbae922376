//! Batches of a plugin that become one commit.
//!
//! Rows are written as they come, by a query that reads them off a channel: the plugin waits when the store is slower
//! than it is. Files that no commit names are nobody's, so one that is given up leaves only those behind.

use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::catalog::streaming::StreamingTable;
use datafusion::datasource::{MemTable, provider_as_source};
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use polder_sandbox::{Granted, Mode, Once, Refusal, Writer};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::Reach;
use crate::resolve::Reads;
use crate::statements::{Target, insert, merge};
use crate::{Error, Result};

/// Batches that wait to be written.
const WAITING: usize = 2;

pub(super) fn open(
    reach: &Reach,
    table: &str,
    schema: SchemaRef,
    mode: Mode,
    once: Option<Once>,
) -> Granted<Box<dyn Writer>> {
    let name: Vec<String> = table.split('.').map(str::to_owned).collect();
    let once = once.map(|once| (once.application, once.version));
    let statement = format!("WRITE INTO {table}");
    let written = reach.wait(async {
        let target = Target::open(&reach.statement(&statement), &name).await?;
        Ok(match &once {
            Some((application, version)) => {
                target.table.written(application).await?.is_some_and(|last| last >= *version)
            }
            None => false,
        }
        .then(|| target.table.version()))
    })?;
    if let Some(version) = written {
        return Ok(Box::new(Written(version)));
    }
    let job = Job { reach: reach.clone(), name, statement, once, mode };
    Ok(match job.mode {
        Mode::Merge(_) => Box::new(Collected { job, schema, batches: Vec::new(), bytes: 0 }),
        Mode::Append | Mode::Overwrite => {
            let (send, receive) = mpsc::channel(WAITING);
            let plan = plan(Source::Channel(receive), &schema).map_err(super::refusal)?;
            let writing = reach.runtime.spawn(async move { job.write(plan).await });
            Box::new(Streaming { reach: reach.clone(), send: Some(send), writing })
        }
    })
}

/// A commit that was made before.
struct Written(u64);

impl Writer for Written {
    fn push(&mut self, _: RecordBatch) -> Granted<()> {
        Ok(())
    }

    fn commit(self: Box<Self>) -> Granted<u64> {
        Ok(self.0)
    }
}

/// What is to be written, and as what.
struct Job {
    reach: Reach,
    name: Vec<String>,
    statement: String,
    once: Option<(String, i64)>,
    mode: Mode,
}

impl Job {
    /// Write the rows of a plan in one commit; gives the table's version.
    async fn write(&self, rows: LogicalPlan) -> Result<u64> {
        let mut run = self.reach.statement(&self.statement);
        run.once = self.once.clone();
        let target = Target::open(&run, &self.name).await?;
        let rows = insert::named(rows, &target.table, &target.securable.name, false)?;
        let mode = match &self.mode {
            Mode::Append => polder_storage::Mode::Append,
            Mode::Overwrite => polder_storage::Mode::Overwrite,
            Mode::Merge(keys) => return merge::upsert(&run, &target, rows, keys).await,
        };
        let (table, _) = insert::commit(&run, &target, rows, Reads::default(), mode).await?;
        Ok(table.version())
    }
}

/// Where the rows of a plan come from.
enum Source {
    Channel(mpsc::Receiver<Sent>),
    Batches(Vec<RecordBatch>),
}

fn plan(source: Source, schema: &SchemaRef) -> Result<LogicalPlan> {
    let provider: Arc<dyn datafusion::catalog::TableProvider> = match source {
        Source::Channel(receive) => {
            let rows = Arc::new(Channel { schema: Arc::clone(schema), receive: Mutex::new(Some(receive)) });
            Arc::new(StreamingTable::try_new(Arc::clone(schema), vec![rows])?)
        }
        Source::Batches(batches) => Arc::new(MemTable::try_new(Arc::clone(schema), vec![batches])?),
    };
    Ok(LogicalPlanBuilder::scan("rows", provider_as_source(provider), None)?.build()?)
}

/// Rows, or the sign that all were sent: a channel that closes without it was given up.
enum Sent {
    Rows(RecordBatch),
    All,
}

#[derive(Debug)]
struct Channel {
    schema: SchemaRef,
    receive: Mutex<Option<mpsc::Receiver<Sent>>>,
}

impl std::fmt::Debug for Sent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sent")
    }
}

impl PartitionStream for Channel {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let receive = self.receive.lock().unwrap_or_else(PoisonError::into_inner).take();
        let lost = |why: &str| Err(DataFusionError::Execution(why.to_owned()));
        let rows = futures::stream::unfold(receive, move |receive| async move {
            let mut receive: mpsc::Receiver<Sent> = receive?;
            match receive.recv().await {
                Some(Sent::Rows(batch)) => Some((Ok(batch), Some(receive))),
                Some(Sent::All) => None,
                None => Some((lost("the plugin gave up writing"), None)),
            }
        });
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), rows))
    }
}

/// Rows that are written while they come.
struct Streaming {
    reach: Reach,
    send: Option<mpsc::Sender<Sent>>,
    writing: JoinHandle<Result<u64>>,
}

impl Streaming {
    fn send(&mut self, sent: Sent) -> bool {
        let Some(send) = &self.send else { return false };
        matches!(self.reach.wait(async { Ok(send.send(sent).await.is_ok()) }), Ok(true))
    }

    /// What became of the commit.
    fn end(&mut self) -> Granted<u64> {
        self.send = None;
        let (reach, writing) = (self.reach.clone(), &mut self.writing);
        reach.wait(async {
            writing.await.unwrap_or_else(|failed| Err(Error::Invalid(format!("writing failed: {failed}"))))
        })
    }
}

impl Writer for Streaming {
    fn push(&mut self, batch: RecordBatch) -> Granted<()> {
        if self.send(Sent::Rows(batch)) {
            return Ok(());
        }
        Err(self.end().err().unwrap_or_else(|| Refusal::Failed("the writer has ended".to_owned())))
    }

    fn commit(mut self: Box<Self>) -> Granted<u64> {
        self.send(Sent::All);
        self.end()
    }
}

impl Drop for Streaming {
    fn drop(&mut self) {
        self.writing.abort();
    }
}

/// Rows that are merged, for which all must be there.
struct Collected {
    job: Job,
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
    bytes: usize,
}

impl Writer for Collected {
    fn push(&mut self, batch: RecordBatch) -> Granted<()> {
        let most = self.job.reach.limits.table_bytes;
        self.bytes = self.bytes.saturating_add(batch.get_array_memory_size());
        if self.bytes > most {
            let what = format!("a merge into {}", self.job.name.join("."));
            return Err(Refusal::Limit(self.job.reach.limits.reached(what, "table_bytes").to_string()));
        }
        self.batches.push(batch);
        Ok(())
    }

    fn commit(self: Box<Self>) -> Granted<u64> {
        let Self { job, schema, batches, .. } = *self;
        let plan = plan(Source::Batches(batches), &schema).map_err(super::refusal)?;
        job.reach.wait(async { job.write(plan).await })
    }
}
