//! The text of single values, the same in every format that is text.
//!
//! Dates, times and timestamps are in ISO 8601, binary values in hexadecimal digits, decimals with all
//! their digits.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, FieldRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};

use crate::Result;

/// Texts of a column's values; NULL is `null`, also within lists and structs.
pub(super) fn formatter<'a>(array: &'a dyn Array, null: &'a str) -> Result<ArrayFormatter<'a>> {
    Ok(ArrayFormatter::try_new(array, &FormatOptions::default().with_null(null).with_display_error(true))?)
}

/// Whether values of the type hold other values.
pub(super) fn is_nested(data_type: &DataType) -> bool {
    data_type.is_nested()
}

/// Whether people expect values of the type on the right of their column.
pub(super) fn is_number(data_type: &DataType) -> bool {
    data_type.is_numeric()
}

/// The column without dictionaries and run ends, which are a way to store values and none to see them.
pub(super) fn unpacked(array: &ArrayRef) -> Result<ArrayRef> {
    match unpacked_type(array.data_type()) {
        same if same == *array.data_type() => Ok(Arc::clone(array)),
        plain => Ok(cast(array, &plain)?),
    }
}

fn unpacked_type(data_type: &DataType) -> DataType {
    let field = |field: &FieldRef| -> FieldRef {
        Arc::new(Field::clone(field).with_data_type(unpacked_type(field.data_type())))
    };
    match data_type {
        DataType::Dictionary(_, values) => unpacked_type(values),
        DataType::RunEndEncoded(_, values) => unpacked_type(values.data_type()),
        DataType::List(item) | DataType::ListView(item) => DataType::List(field(item)),
        DataType::LargeList(item) | DataType::LargeListView(item) => DataType::LargeList(field(item)),
        DataType::FixedSizeList(item, size) => DataType::FixedSizeList(field(item), *size),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(field).collect()),
        DataType::Map(entries, sorted) => DataType::Map(field(entries), *sorted),
        other => other.clone(),
    }
}
