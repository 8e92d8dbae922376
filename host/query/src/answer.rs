//! What a statement answers.

use std::fmt;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;

/// What a statement answers.
pub enum Answer {
    /// Rows, as they are computed. Dropping the stream cancels the rest.
    Rows(SendableRecordBatchStream),
    /// A sentence for people, and how many rows were affected where that is known.
    Done(String, Option<u64>),
}

impl Answer {
    pub(crate) fn done(text: impl Into<String>) -> Self {
        Self::Done(text.into(), None)
    }

    /// The columns, where there are rows.
    pub fn schema(&self) -> Option<SchemaRef> {
        match self {
            Self::Rows(rows) => Some(rows.schema()),
            Self::Done(..) => None,
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rows(rows) => f.debug_tuple("Rows").field(&rows.schema()).finish(),
            Self::Done(text, rows) => f.debug_tuple("Done").field(text).field(rows).finish(),
        }
    }
}

/// "1 row", "2 rows".
pub(crate) fn count(rows: u64) -> String {
    if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") }
}

/// Rows that are there already.
pub(crate) fn rows(batch: RecordBatch) -> Answer {
    let schema = batch.schema();
    let stream = futures::stream::iter([Ok(batch)]);
    Answer::Rows(Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&schema), stream)))
}
