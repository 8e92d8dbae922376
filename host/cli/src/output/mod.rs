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

use crate::{Result, terminal};

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
    /// A stream of Arrow IPC
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
}

impl<W: Write> Output<W> {
    pub(crate) fn new(to: W, format: Format) -> Self {
        Self { to, format, look: Look::default() }
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
