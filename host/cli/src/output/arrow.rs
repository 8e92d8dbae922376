//! Rows as a stream of Arrow IPC, types and metadata included.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use arrow::ipc::writer::StreamWriter;

use super::Sink;
use crate::Result;

pub(super) struct Arrow<W: Write>(StreamWriter<W>);

impl<W: Write> Arrow<W> {
    pub(super) fn new(to: W, schema: &Schema) -> Result<Self> {
        Ok(Self(StreamWriter::try_new(to, schema)?))
    }
}

impl<W: Write> Sink for Arrow<W> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<()> {
        Ok(self.0.write(batch)?)
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        Ok(self.0.finish()?)
    }
}
