//! Columns, fields and batches on their way across the border, and back.

use crate::batch::Batch;
use crate::column::RawArray;
use crate::data_type::RawField;
use crate::host::data;
use crate::{Column, DataType, Error, Field};
use std::rc::Rc;

/// Takes the columns of `types` from a batch.
pub(crate) fn columns<'t>(types: impl Iterator<Item = &'t DataType>, batch: data::Batch) -> Result<Vec<Column>, Error> {
    let mut arrays = batch.arrays.into_iter().map(|array| RawArray {
        length: array.length,
        null_count: array.null_count,
        validity: array.validity,
        buffers: array.buffers,
    });
    types.map(|data_type| Column::unflatten(data_type, &mut arrays)).collect()
}

/// A batch of `rows` rows for the other side.
pub(crate) fn batch(rows: usize, columns: impl IntoIterator<Item = Column>) -> data::Batch {
    let mut raw = Vec::new();
    columns.into_iter().for_each(|column| column.flatten(&mut raw));
    let arrays = raw.into_iter().map(|array| data::Array {
        length: array.length,
        null_count: array.null_count,
        validity: array.validity,
        buffers: array.buffers,
    });
    data::Batch { rows: rows as u32, arrays: arrays.collect() }
}

/// A schema for the other side.
pub(crate) fn schema(fields: &[Field]) -> data::Schema {
    let mut raw = Vec::new();
    fields.iter().for_each(|field| field.flatten(&mut raw));
    let fields = raw.into_iter().map(|field| data::Field {
        name: field.name,
        format: field.format,
        nullable: field.nullable,
        children: field.children,
        metadata: vec![],
    });
    fields.collect()
}

/// The fields of a schema from the other side.
pub(crate) fn fields(schema: data::Schema) -> Result<Vec<Field>, Error> {
    let mut raw = schema
        .into_iter()
        .map(|field| RawField {
            name: field.name,
            format: field.format,
            nullable: field.nullable,
            children: field.children,
        })
        .peekable();
    let mut fields = Vec::new();
    while raw.peek().is_some() {
        fields.push(Field::unflatten(&mut raw)?);
    }
    Ok(fields)
}

impl Batch {
    /// A batch of `fields` from the other side.
    pub(crate) fn lift(fields: &Rc<[Field]>, batch: data::Batch) -> Result<Self, Error> {
        let rows = batch.rows as usize;
        let columns = columns(fields.iter().map(|field| &field.data_type), batch)?;
        Ok(Self::of(fields.clone(), rows, columns))
    }

    /// The batch for the other side.
    pub(crate) fn lower(self) -> data::Batch {
        batch(self.rows(), self.into_columns())
    }
}
