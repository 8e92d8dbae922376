//! How answers are shown: a format, and where it is written to.
//!
//! csv, json and arrow are written batch by batch as rows come; a table is drawn when all rows that it
//! shows are known, because its columns are as wide as what they hold.

mod arrow;
mod cells;
mod csv;
mod json;
mod table;

use std::io::Write;

use ::arrow::array::RecordBatch;
use ::arrow::datatypes::SchemaRef;
use futures::{Stream, StreamExt as _};
use polder_query::Answer;

use crate::{Error, Result, terminal};

pub(crate) use csv::records;
pub(crate) use table::Look;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A drawing for people
    Table,
    /// Comma-separated values with a header; NULL is empty, an empty text is ""
    Csv,
    /// One JSON object per row and line
    Json,
    /// A stream of Arrow IPC; of one result
    Arrow,
}

/// Takes the rows of one answer.
trait Sink {
    fn batch(&mut self, batch: &RecordBatch) -> Result<()>;
    fn finish(self: Box<Self>) -> Result<()>;
}

/// Where answers go, and how.
pub(crate) struct Output<W> {
    pub(crate) to: W,
    pub(crate) format: Format,
    pub(crate) look: Look,
    /// Whether there were rows already.
    begun: bool,
}

impl<W: Write> Output<W> {
    pub(crate) fn new(to: W, format: Format) -> Self {
        Self { to, format, look: Look::default(), begun: false }
    }

    /// Write an answer whole; gives the number of its rows, if it has any.
    pub(crate) async fn answer(&mut self, answer: Answer) -> Result<Option<usize>> {
        match answer {
            Answer::Rows(rows) => {
                let schema = rows.schema();
                Ok(Some(self.rows(schema, rows).await?))
            }
            Answer::Done(text, _) => {
                self.sentence(&text)?;
                Ok(None)
            }
        }
    }

    /// Write rows as they come.
    pub(crate) async fn rows<E>(
        &mut self,
        schema: SchemaRef,
        mut rows: impl Stream<Item = Result<RecordBatch, E>> + Unpin,
    ) -> Result<usize>
    where
        polder_query::Error: From<E>,
    {
        if self.begun && self.format == Format::Arrow {
            return Err(Error::invalid(
                "the format arrow is one stream of one result, and there was one already; run each query for itself",
            ));
        }
        self.begun = true;
        let mut count = 0;
        let mut sink: Box<dyn Sink + '_> = match self.format {
            Format::Table => Box::new(table::Table::new(&mut self.to, &schema, self.look)),
            Format::Csv => Box::new(csv::Csv::new(&mut self.to, &schema)?),
            Format::Json => Box::new(json::Json::new(&mut self.to, &schema)),
            Format::Arrow => Box::new(arrow::Arrow::new(&mut self.to, &schema)?),
        };
        while let Some(batch) = rows.next().await {
            let batch = batch.map_err(polder_query::Error::from)?;
            count += batch.num_rows();
            sink.batch(&batch)?;
        }
        sink.finish()?;
        self.to.flush()?;
        Ok(count)
    }

    /// Write rows that are there.
    pub(crate) async fn batch(&mut self, batch: RecordBatch) -> Result<usize> {
        let rows = futures::stream::iter([Ok::<_, polder_query::Error>(batch.clone())]);
        self.rows(batch.schema(), rows).await
    }

    /// What a statement says beside rows: among them in a table, elsewhere not.
    pub(crate) fn sentence(&mut self, text: &str) -> Result<()> {
        if self.format == Format::Table {
            writeln!(self.to, "{}", terminal::plain(text))?;
            self.to.flush()?;
        } else {
            terminal::note(terminal::plain(text));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ::arrow::array::{ArrayRef, Int64Array};
    use futures::executor::block_on;

    use super::*;

    #[test]
    fn a_second_result_does_not_follow_in_a_stream_of_arrow() {
        let numbers: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
        let batch = RecordBatch::try_from_iter([("n", numbers)]).unwrap();
        for (format, allowed) in [(Format::Arrow, false), (Format::Csv, true), (Format::Json, true)] {
            let mut output = Output::new(Vec::new(), format);
            assert_eq!(block_on(output.batch(batch.clone())).unwrap(), 2);
            let length = output.to.len();
            assert_eq!(block_on(output.batch(batch.clone())).is_ok(), allowed, "{format:?}");
            assert_eq!(output.to.len() > length, allowed, "{format:?}");
        }
    }
}
