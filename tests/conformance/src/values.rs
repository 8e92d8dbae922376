//! Columns of any type that can cross: ordinary values, the corners of the type, and nulls among them.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Float64Array, Int64Array, ListArray, StringArray, StructArray,
    UInt32Array, new_null_array,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::compute::{cast, concat, take};
use arrow::datatypes::{DataType, Field, FieldRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};

const WHOLE: [i64; 12] = [0, 1, 2, -1, 7, 42, 100, -40, 13, 5, i64::MAX, i64::MIN];
const REAL: [f64; 12] = [0.0, 0.5, 1.0, -1.0, 52.37, 4.9, -73.78, 1e9, -0.0, f64::NAN, f64::INFINITY, f64::MIN];
const TEXT: [&str; 12] = [
    "",
    "a",
    "ada lovelace",
    "42",
    "Grüße aus 土地 🦀",
    "2024-02-29",
    " two  spaces ",
    "jane@example.com",
    "it's; -- \"quoted\", \\ and \u{0}",
    "u173z",
    "{\"a\": [1, null]}",
    "line\nand\tline",
];
/// Every so many values one is null.
const NULLS: usize = 5;

/// A column of `rows` rows; another `turn` gives its values in another order.
pub(crate) fn column(data_type: &DataType, rows: usize, turn: usize) -> ArrayRef {
    let at = |row: usize| row.wrapping_mul(2 * turn + 1).wrapping_add(5 * turn);
    let valid = |row: usize| at(row) % NULLS != NULLS - 1;
    let whole = || (0..rows).map(|row| valid(row).then(|| WHOLE[at(row) % WHOLE.len()])).collect::<Int64Array>();
    let nulls = || Some((0..rows).map(valid).collect::<NullBuffer>());
    match data_type {
        DataType::Boolean => {
            Arc::new((0..rows).map(|row| valid(row).then_some(at(row).is_multiple_of(2))).collect::<BooleanArray>())
        }
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            let real = (0..rows).map(|row| valid(row).then(|| REAL[at(row) % REAL.len()])).collect::<Float64Array>();
            converted(&real, data_type)
        }
        DataType::Utf8 => {
            Arc::new((0..rows).map(|row| valid(row).then(|| TEXT[at(row) % TEXT.len()])).collect::<StringArray>())
        }
        DataType::Binary => {
            Arc::new((0..rows).map(|row| valid(row).then(|| TEXT[at(row) % TEXT.len()])).collect::<BinaryArray>())
        }
        DataType::Date32 | DataType::Time32(_) => converted(&converted(&whole(), &DataType::Int32), data_type),
        DataType::List(item) => {
            let offsets = OffsetBuffer::<i32>::from_lengths((0..rows).map(|row| at(row) % 4));
            let items = filled(item, offsets.last().map_or(0, |end| *end as usize), turn);
            Arc::new(ListArray::new(Arc::clone(item), offsets, items, nulls()))
        }
        DataType::Struct(fields) if !fields.is_empty() => {
            let members = fields.iter().enumerate().map(|(at, field)| filled(field, rows, turn + at)).collect();
            Arc::new(StructArray::new(fields.clone(), members, nulls()))
        }
        other => converted(&whole(), other),
    }
}

/// A column for a field that may be declared without nulls.
fn filled(field: &Field, rows: usize, turn: usize) -> ArrayRef {
    let values = column(field.data_type(), rows.saturating_mul(2) + 1, turn);
    let chosen: UInt32Array =
        (0..values.len() as u32).filter(|row| field.is_nullable() || values.is_valid(*row as usize)).collect();
    take(&values, &chosen, None)
        .map_or_else(|_| new_null_array(field.data_type(), rows), |values| values.slice(0, rows))
}

/// Numbers as another type; null where one does not fit, and all of them where none can.
fn converted(array: &dyn Array, data_type: &DataType) -> ArrayRef {
    cast(array, data_type).unwrap_or_else(|_| new_null_array(data_type, array.len()))
}

/// A column of nothing but nulls.
pub(crate) fn nulls(data_type: &DataType, rows: usize) -> ArrayRef {
    new_null_array(data_type, rows)
}

/// A row whose first text or binary is a mebibyte long, beside values of `row`; none if there is no such column. Only one,
/// as what compares two texts may take time for each pair of letters.
pub(crate) fn large(columns: &[ArrayRef], row: usize) -> Option<Vec<ArrayRef>> {
    let text = "long ".repeat((1 << 20) / 5);
    let mut columns = slice(columns, row, 1);
    let first = columns.iter_mut().find(|column| matches!(column.data_type(), DataType::Utf8 | DataType::Binary))?;
    *first = match first.data_type() {
        DataType::Utf8 => Arc::new(StringArray::from(vec![text])),
        _ => Arc::new(BinaryArray::from(vec![text.as_bytes()])),
    };
    Some(columns)
}

/// The input that transforms and scorers get: the kit's table.
pub(crate) fn table() -> Vec<(FieldRef, ArrayRef)> {
    let column = |name: &str, array: ArrayRef| (Arc::new(Field::new(name, array.data_type().clone(), true)), array);
    let ids: Int64Array = (0..24).map(|row| (row != 7).then_some(row % 9)).collect();
    vec![
        column("id", Arc::new(ids)),
        column("name", self::column(&DataType::Utf8, 24, 1)),
        column(
            "value",
            Arc::new((0..24).map(|row| (row != 3).then_some(f64::from(row) / 4.0)).collect::<Float64Array>()),
        ),
    ]
}

/// The rows `rows` of each column, in that order.
pub(crate) fn rows(columns: &[ArrayRef], rows: impl IntoIterator<Item = usize>) -> Vec<ArrayRef> {
    let chosen: UInt32Array = rows.into_iter().map(|row| row as u32).collect();
    let taken = columns.iter().map(|column| take(column, &chosen, None));
    taken.collect::<Result<_, _>>().expect("rows that are there can be taken")
}

/// Columns of the same type below each other.
pub(crate) fn joined(pieces: &[ArrayRef]) -> Option<ArrayRef> {
    let pieces: Vec<&dyn Array> = pieces.iter().map(AsRef::as_ref).collect();
    (!pieces.is_empty()).then(|| concat(&pieces).expect("columns of one type can be joined"))
}

/// A part of every column.
pub(crate) fn slice(columns: &[ArrayRef], offset: usize, length: usize) -> Vec<ArrayRef> {
    columns.iter().map(|column| column.slice(offset, length)).collect()
}

/// A row as people read it.
pub(crate) fn shown(columns: &[ArrayRef], row: usize) -> String {
    let cells: Vec<_> = columns.iter().map(|column| cell(column, row)).collect();
    format!("({})", cells.join(", "))
}

/// A value as people read it.
pub(crate) fn cell(column: &ArrayRef, row: usize) -> String {
    let options = FormatOptions::new().with_null("NULL");
    let text = ArrayFormatter::try_new(column, &options).and_then(|format| format.value(row).try_to_string());
    let text = text.unwrap_or_else(|error| error.to_string());
    let quoted = matches!(column.data_type(), DataType::Utf8) && column.is_valid(row);
    let text = if quoted { format!("{text:?}") } else { text };
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
