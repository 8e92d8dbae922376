//! `polder:host/query`

use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Schema, SchemaRef};
use wasmtime::component::Resource;

use super::{Answer, answer, given, refusal, text};
use crate::bind::wire;
use crate::bindings::data::{BatchResult, FieldResult};
use crate::bindings::polder::host::query::{Host, HostRows, HostWriter, Mode as GuestMode, Once as GuestOnce};
use crate::capabilities::{Granted, Mode, Once, Refusal, Rows, Writer};
use crate::format::parse;
use crate::instance::State;
use crate::lift::lift;
use crate::lower::owned;
use crate::plain::plain_schema;

/// Bytes of a table's name, or of an application's.
const NAME: usize = 1024;

/// A guest's handle of rows that it reads.
#[expect(unreachable_pub, reason = "the bindings re-export it")]
pub struct OpenRows {
    rows: Box<dyn Rows>,
    /// Their columns as the guest sees them.
    schema: SchemaRef,
}

/// A guest's handle of a commit that it prepares.
#[expect(unreachable_pub, reason = "the bindings re-export it")]
pub struct OpenWriter {
    writer: Box<dyn Writer>,
    schema: SchemaRef,
}

impl State {
    /// Columns that a guest describes.
    fn columns(&self, schema: Vec<FieldResult>) -> Granted<SchemaRef> {
        let fields = parse(&wire(schema), &self.limits).map_err(Refusal::Invalid)?;
        Ok(Arc::new(Schema::new(fields)))
    }

    /// A batch from a guest. One that is not what it should be is a lie, and ends the guest.
    fn batch(&self, schema: &SchemaRef, batch: BatchResult) -> wasmtime::Result<RecordBatch> {
        let rows = batch.rows as usize;
        let columns = lift(schema.fields(), batch, rows, self.limits.result_bytes);
        let columns = columns.map_err(|why| wasmtime::Error::msg(format!("a batch that it sent: {why}")))?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)?)
    }
}

impl Host for State {
    fn run(
        &mut self,
        statement: String,
        parameters_schema: Vec<FieldResult>,
        parameters: BatchResult,
    ) -> Answer<Resource<OpenRows>> {
        let schema = match self.columns(parameters_schema) {
            Ok(schema) => schema,
            Err(why) => return answer(Err(why)),
        };
        let parameters = self.batch(&schema, parameters)?;
        let most = self.limits.statement_bytes;
        let run = || {
            if statement.len() > most {
                let length = statement.len();
                return Err(Refusal::Limit(format!("a statement of {length} bytes (limit `statement_bytes`: {most})")));
            }
            if parameters.num_columns() > 0 && parameters.num_rows() != 1 {
                return Err(Refusal::Invalid("parameters are the columns of a single row".into()));
            }
            given(&self.capabilities.query, "query")?.run(&statement, parameters)
        };
        match run() {
            Ok(rows) => {
                let schema = plain_schema(&rows.schema());
                Ok(Ok(self.handles.push(OpenRows { rows, schema })?))
            }
            Err(why) => Ok(Err(refusal(why))),
        }
    }
}

impl HostRows for State {
    fn schema(&mut self, rows: Resource<OpenRows>) -> wasmtime::Result<Vec<FieldResult>> {
        let schema = &self.handles.get(&rows)?.schema;
        crate::format::fields(schema).map_err(wasmtime::Error::from)
    }

    fn next(&mut self, rows: Resource<OpenRows>) -> Answer<Option<BatchResult>> {
        let OpenRows { rows, schema } = self.handles.get(&rows)?;
        match rows.next() {
            Ok(Some(batch)) => {
                answer(owned(&batch, schema).map(Some).map_err(|error| Refusal::Failed(error.to_string())))
            }
            Ok(None) => answer(Ok(None)),
            Err(why) => answer(Err(why)),
        }
    }

    fn drop(&mut self, rows: Resource<OpenRows>) -> wasmtime::Result<()> {
        self.handles.take(rows).map(drop)
    }
}

impl HostWriter for State {
    fn open(
        &mut self,
        table: String,
        schema: Vec<FieldResult>,
        mode: GuestMode,
        once: Option<GuestOnce>,
    ) -> Answer<Resource<OpenWriter>> {
        let open = || {
            text("a table's name", &table, NAME)?;
            let schema = self.columns(schema)?;
            let mode = match mode {
                GuestMode::Append => Mode::Append,
                GuestMode::Overwrite => Mode::Overwrite,
                GuestMode::Merge(keys) => Mode::Merge(keys),
            };
            let once = once.map(|once| {
                text("an application's name", &once.application, NAME)?;
                Ok(Once { application: once.application, version: once.version })
            });
            let query = given(&self.capabilities.query, "query")?;
            let writer = query.write(&table, Arc::clone(&schema), mode, once.transpose()?)?;
            Ok(OpenWriter { writer, schema })
        };
        match open() {
            Ok(writer) => Ok(Ok(self.handles.push(writer)?)),
            Err(why) => Ok(Err(refusal(why))),
        }
    }

    fn push(&mut self, writer: Resource<OpenWriter>, batch: BatchResult) -> Answer<()> {
        let schema = Arc::clone(&self.handles.get(&writer)?.schema);
        let batch = self.batch(&schema, batch)?;
        answer(self.handles.get(&writer)?.writer.push(batch))
    }

    fn commit(&mut self, writer: Resource<OpenWriter>) -> Answer<u64> {
        let OpenWriter { writer, .. } = self.handles.take(writer)?;
        answer(writer.commit())
    }

    fn drop(&mut self, writer: Resource<OpenWriter>) -> wasmtime::Result<()> {
        self.handles.take(writer).map(drop)
    }
}
