//! Functions from one row to any number of rows.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::buffer::OffsetBuffer;
use arrow::compute::concat_batches;
use arrow::datatypes::{Schema, SchemaRef};
use wasmtime::component::ResourceAny;

use crate::bind::{Binding, Pool, accept, wire};
use crate::bindings::udf::Rows;
use crate::format::parse;
use crate::instance::Instance;
use crate::lift::lift;
use crate::plugin::Plugin;
use crate::{Argument, Result, Terms};

/// Rows asked of a guest at a time when all are wanted.
const BATCH: usize = 8192;

/// A table function bound to the types of its arguments.
#[derive(Clone)]
pub struct TableFunction(Arc<Shared>);

struct Shared {
    binding: Binding,
    returns: SchemaRef,
    idle: Pool<Bound>,
}

struct Bound {
    instance: Instance,
    function: ResourceAny,
}

impl TableFunction {
    pub(crate) fn bind(plugin: &Arc<Plugin>, name: &str, arguments: &[Argument], terms: Terms) -> Result<Self> {
        let binding = Binding::new(plugin, name, arguments, terms)?;
        let mut first = Bound::new(&binding)?;
        let schema = first.instance.call(|store, guest| guest.table_function().call_returns(store, first.function))?;
        let limits = binding.limits();
        let fields = parse(&wire(schema), limits).map_err(|why| first.instance.broke_contract(why))?;
        let idle = Pool::new(limits.idle_instances);
        idle.put(first);
        Ok(Self(Arc::new(Shared { binding, returns: Arc::new(Schema::new(fields)), idle })))
    }

    /// The output columns.
    pub fn returns(&self) -> &SchemaRef {
        &self.0.returns
    }

    /// All rows at once, and where those of each row of the arguments begin and end among them.
    ///
    /// # Errors
    /// [`Error::Limit`] for more than [`table_rows`](crate::Limits::table_rows) rows, or more than
    /// [`table_bytes`](crate::Limits::table_bytes).
    pub fn collect(&self, columns: &[ArrayRef], rows: usize) -> Result<(RecordBatch, OffsetBuffer<i32>)> {
        let limits = self.0.binding.limits();
        // Offsets are of 32 bits.
        let most = limits.table_rows.min(i32::MAX as usize);
        let reached = |limit| limits.reached(&*self.0.binding.what, limit);
        let mut open = self.open(columns, rows)?;
        let (mut batches, mut bytes) = (Vec::new(), 0usize);
        // How many rows there are up to the end of each row of the arguments.
        let (mut ends, mut count) = (Vec::with_capacity(rows + 1), 0);
        while let Some((batch, source)) = open.next(BATCH)? {
            if source.len() > most - count {
                return Err(reached("table_rows"));
            }
            bytes = bytes.saturating_add(batch.get_array_memory_size());
            if bytes > limits.table_bytes {
                return Err(reached("table_bytes"));
            }
            for row in source {
                ends.resize(row as usize + 1, count as i32);
                count += 1;
            }
            batches.push(batch);
        }
        ends.resize(rows + 1, count as i32);
        let all = concat_batches(&self.0.returns, &batches)?;
        Ok((all, OffsetBuffer::new(ends.into())))
    }

    /// Begins with `rows` rows of `columns`: the arguments that are not constant, in order.
    pub fn open(&self, columns: &[ArrayRef], rows: usize) -> Result<TableRows> {
        let lowered = self.0.binding.lower(columns, rows)?;
        let mut bound = self.0.idle.take().map_or_else(|| Bound::new(&self.0.binding), Ok)?;
        let Bound { instance, function } = &mut bound;
        let opened = instance
            .call(|store, guest| lowered.lend(|batch| guest.table_function().call_open(store, *function, batch)))?;
        let opened = accept(instance, opened);
        // Made in any case: dropping it puts a healthy instance back.
        let open = TableRows { shared: Arc::clone(&self.0), bound: Some(bound), rows, last: 0, done: false };
        opened.map(|()| open)
    }
}

impl Bound {
    fn new(binding: &Binding) -> Result<Self> {
        let mut instance = binding.instance()?;
        let function = instance.call(|store, guest| {
            binding.lend(|arguments| guest.table_function().call_bind(store, &binding.name, arguments))
        })?;
        Ok(Self { function: accept(&instance, function)?, instance })
    }
}

/// The rows of one batch of arguments, in an instance of its own.
pub struct TableRows {
    shared: Arc<Shared>,
    bound: Option<Bound>,
    /// Rows of arguments.
    rows: usize,
    /// The row of the arguments that the last row came from.
    last: u32,
    done: bool,
}

impl TableRows {
    /// At most `max` more rows, and for each the row of the arguments that it comes from, never decreasing; none at
    /// the end. After an error there are no more.
    pub fn next(&mut self, max: usize) -> Result<Option<(RecordBatch, Vec<u32>)>> {
        if self.done {
            return Ok(None);
        }
        self.done = true;
        let Some(Bound { instance, function }) = &mut self.bound else { return Ok(None) };
        let max = max.clamp(1, self.shared.binding.limits().rows);
        let answer = instance.call(|store, guest| guest.table_function().call_next(store, *function, max as u32))?;
        let Some(Rows { columns, source }) = accept(instance, answer)? else { return Ok(None) };
        let fields = self.shared.returns.fields();
        let rows = columns.rows as usize;
        let most = instance.most_values();
        let checked = check(rows, max, &source, self.last, self.rows)
            .and_then(|last| Ok((lift(fields, columns, rows, most)?, last)));
        let (columns, last) = checked.map_err(|why| instance.broke_contract(why))?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.shared.returns), columns, &options)?;
        self.last = last;
        self.done = false;
        Ok(Some((batch, source)))
    }
}

/// The last source row, if the sources are what the contract says.
fn check(rows: usize, max: usize, source: &[u32], last: u32, arguments: usize) -> Result<u32, String> {
    if rows == 0 || rows > max {
        return Err(format!("{rows} rows where 1 to {max} were asked for"));
    }
    if source.len() != rows {
        return Err(format!("{} source rows for {rows} rows", source.len()));
    }
    let mut last = last;
    for row in source {
        if *row < last || *row as usize >= arguments {
            return Err(format!("source row {row} after {last}, of {arguments} rows"));
        }
        last = *row;
    }
    Ok(last)
}

impl Drop for TableRows {
    fn drop(&mut self) {
        if let Some(bound) = self.bound.take()
            && bound.instance.is_healthy()
        {
            self.shared.idle.put(bound);
        }
    }
}

impl std::fmt::Debug for TableFunction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableFunction").field("what", &self.0.binding.what).field("returns", &self.0.returns).finish()
    }
}

impl std::fmt::Debug for TableRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TableRows").field("what", &self.shared.binding.what).field("done", &self.done).finish()
    }
}
