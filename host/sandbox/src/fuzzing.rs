//! What guests return in the contract's words, and the checks of it one by one, for the fuzz targets in `tests/fuzz`. This
//! is no interface: it changes with what is behind it.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{FieldRef, Schema, SchemaRef};

use crate::bind::wire;
pub use crate::bindings::data::{ArrayResult as Array, BatchResult as Batch, FieldResult as Field};
pub use crate::bindings::exports::polder::plugin::description as guest;
use crate::{Description, Limits, Result, format, lift, lower};

/// The columns that a guest's flat list stands for.
pub fn schema(fields: Vec<Field>, limits: &Limits) -> Result<SchemaRef, String> {
    format::parse(&wire(fields), limits).map(|fields| Arc::new(Schema::new(fields)))
}

/// The way back.
pub fn fields(schema: &Schema) -> Result<Vec<Field>> {
    format::fields(schema)
}

/// The columns of a guest's batch.
pub fn lift(fields: &[FieldRef], batch: Batch, rows: usize, most: usize) -> Result<Vec<ArrayRef>, String> {
    lift::lift(fields, batch, rows, most)
}

/// The way back.
pub fn lower(batch: &RecordBatch) -> Result<Batch> {
    lower::owned(batch, &batch.schema())
}

/// What a guest says of itself.
pub fn description(plugin: guest::Plugin, requests: &[&str], limits: &Limits) -> Result<Description> {
    let description = Description::check(plugin, limits)?;
    description.explains(requests).map_err(crate::Error::Description)?;
    Ok(description)
}

/// A guest's text made fit to show.
pub fn clean(text: &str, most: usize) -> String {
    crate::error::clean(text, most)
}
