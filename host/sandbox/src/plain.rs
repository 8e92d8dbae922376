//! The plain types that functions see.
//!
//! Arrow has several layouts for the same values: large and fixed-size variants, views, dictionaries, run ends,
//! narrow decimals. A plugin should not have to know them, so arguments are normalised here, before bind sees
//! their types: an author who handles utf8, binary, list and decimal128 handles everything that SQL can hold.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};

use crate::{Error, Result};

/// `field` with its type, and its children's types, in their plain variants.
pub(crate) fn plain_field(field: &FieldRef) -> FieldRef {
    match plain(field.data_type()) {
        same if same == *field.data_type() => field.clone(),
        other => Arc::new(Field::clone(field).with_data_type(other)),
    }
}

/// A schema of plain fields.
pub(crate) fn plain_schema(schema: &Schema) -> SchemaRef {
    Arc::new(Schema::new(schema.fields().iter().map(plain_field).collect::<Vec<_>>()))
}

/// The plain variant of a type.
pub(crate) fn plain(data_type: &DataType) -> DataType {
    match data_type {
        DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
        DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => DataType::Binary,
        DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
            DataType::Decimal128(*precision, *scale)
        }
        DataType::Dictionary(_, values) => plain(values),
        DataType::RunEndEncoded(_, values) => plain(values.data_type()),
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::FixedSizeList(item, _)
        | DataType::ListView(item)
        | DataType::LargeListView(item) => DataType::List(plain_field(item)),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(plain_field).collect()),
        DataType::Map(entries, _) => DataType::Map(plain_field(entries), false),
        other => other.clone(),
    }
}

/// `array` as `wanted`, where both hold the same values in different layouts.
///
/// # Errors
/// [`Error::Arrow`] if the types differ in more than layout, or the values do not fit the plain layout
/// (more than 2 GiB of text in one batch).
pub(crate) fn conform(array: &ArrayRef, wanted: &DataType) -> Result<ArrayRef> {
    let given = array.data_type();
    if same_layout(given, wanted) {
        return Ok(Arc::clone(array));
    }
    if !same_layout(&plain(given), &plain(wanted)) {
        return Err(Error::Arrow(arrow::error::ArrowError::CastError(format!("expected {wanted}, got {given}"))));
    }
    let strict = CastOptions { safe: false, ..Default::default() };
    Ok(cast_with_options(array, wanted, &strict)?)
}

/// Whether values of both types are the same buffers, so that names and metadata are all that may differ.
pub(crate) fn same_layout(a: &DataType, b: &DataType) -> bool {
    match (a, b) {
        (DataType::List(a), DataType::List(b))
        | (DataType::LargeList(a), DataType::LargeList(b))
        | (DataType::Map(a, _), DataType::Map(b, _)) => same_layout(a.data_type(), b.data_type()),
        (DataType::FixedSizeList(a, m), DataType::FixedSizeList(b, n)) => {
            m == n && same_layout(a.data_type(), b.data_type())
        }
        (DataType::Struct(a), DataType::Struct(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_layout(a.data_type(), b.data_type()))
        }
        (a, b) => a == b,
    }
}
