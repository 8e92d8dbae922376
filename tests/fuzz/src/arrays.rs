//! Arrays that a guest returns: refused, or valid to the last value.

use std::sync::Arc;

use arbitrary::{Result, Unstructured};
use arrow::array::{Array as _, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{DataType, Field, FieldRef, Fields, IntervalUnit, Schema, TimeUnit};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use polder_sandbox::fuzzing::{Array, Batch, lift, lower};

/// Values of one array at most, as `result_bytes` bounds them in earnest.
const MOST: usize = 4096;
/// How deep types nest here.
const DEPTH: usize = 3;

/// A type and a batch that a guest claims to be of it. What is accepted must pass Arrow's full validation, must be
/// readable value by value, and must be the same after it was lowered and lifted again.
pub fn arrays(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let Ok((fields, rows, batch)) = claim(&mut input) else { return };
    let Ok(columns) = lift(&fields, batch, rows, MOST) else { return };
    assert_eq!(columns.len(), fields.len());
    for (column, field) in std::iter::zip(&columns, &fields) {
        assert_eq!((column.len(), column.data_type()), (rows, field.data_type()));
        assert!(field.is_nullable() || column.null_count() == 0);
        column.to_data().validate_full().expect("what is accepted is valid");
        let shown = ArrayFormatter::try_new(column, &FormatOptions::default()).expect("every type can be shown");
        // A date beyond the calendar has no text, which is an error and no crash.
        (0..rows).for_each(|row| drop(shown.value(row).try_to_string()));
    }
    let schema = Arc::new(Schema::new(fields.clone()));
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let batch =
        RecordBatch::try_new_with_options(schema, columns, &options).expect("the columns are those of the schema");
    let lowered = lower(&batch).expect("what came from a guest can go to one");
    let again = lift(&fields, lowered, rows, MOST).expect("what was lowered can be lifted");
    assert_eq!(batch.columns(), again);
}

fn claim(input: &mut Unstructured<'_>) -> Result<(Vec<FieldRef>, usize, Batch)> {
    let columns = input.int_in_range(1..=2)?;
    let fields = (0..columns).map(|_| field(input, DEPTH)).collect::<Result<Vec<_>>>()?;
    let rows = input.int_in_range(0..=9)?;
    let mut arrays = Vec::new();
    for field in &fields {
        claimed(input, field.data_type(), rows, &mut arrays)?;
    }
    if input.ratio(1, 16)? {
        arrays.pop();
    }
    Ok((fields, rows as usize, Batch { rows, arrays }))
}

fn field(input: &mut Unstructured<'_>, depth: usize) -> Result<FieldRef> {
    let nullable = !input.ratio(1, 4)?;
    Ok(Arc::new(Field::new("x", data_type(input, depth)?, nullable)))
}

fn data_type(input: &mut Unstructured<'_>, depth: usize) -> Result<DataType> {
    let kinds = if depth == 0 { 23 } else { 28 };
    Ok(match input.int_in_range(0..=kinds)? {
        0 => DataType::Null,
        1 => DataType::Boolean,
        2 => DataType::Int8,
        3 => DataType::UInt16,
        4 => DataType::Int32,
        5 => DataType::Int64,
        6 => DataType::Float16,
        7 => DataType::Float32,
        8 => DataType::Float64,
        9 => DataType::Utf8,
        10 => DataType::LargeUtf8,
        11 => DataType::Binary,
        12 => DataType::LargeBinary,
        13 => DataType::FixedSizeBinary(input.int_in_range(1..=5)?),
        14 => DataType::Decimal128(input.int_in_range(1..=38)?, 1),
        15 => DataType::Decimal256(input.int_in_range(1..=76)?, -1),
        16 => DataType::Decimal32(9, 2),
        17 => DataType::Decimal64(18, 2),
        18 => DataType::Date32,
        19 => DataType::Date64,
        20 => DataType::Time64(TimeUnit::Nanosecond),
        21 => DataType::Timestamp(TimeUnit::Microsecond, Some("Europe/Amsterdam".into())),
        22 => DataType::Duration(TimeUnit::Second),
        23 => DataType::Interval(IntervalUnit::MonthDayNano),
        24 => DataType::List(field(input, depth - 1)?),
        25 => DataType::LargeList(field(input, depth - 1)?),
        26 => DataType::FixedSizeList(field(input, depth - 1)?, input.int_in_range(1..=3)?),
        27 => {
            let members = input.int_in_range(0..=3)?;
            let members = (0..members).map(|_| field(input, depth - 1)).collect::<Result<Vec<_>>>()?;
            DataType::Struct(members.into())
        }
        _ => {
            let value = data_type(input, depth - 1)?;
            let pair = Fields::from(vec![Field::new("key", DataType::Int8, false), Field::new("value", value, true)]);
            DataType::Map(Arc::new(Field::new("entries", DataType::Struct(pair), false)), false)
        }
    })
}

/// An array that is claimed to be of a type, and its children. Lengths are right more often than not, or no input would
/// come far.
fn claimed(input: &mut Unstructured<'_>, data_type: &DataType, length: u32, arrays: &mut Vec<Array>) -> Result<()> {
    let length = if input.ratio(1, 12)? { input.arbitrary()? } else { length };
    let (validity, null_count) = validity(input, length)?;
    let null_count = match data_type {
        DataType::Null if !input.ratio(1, 8)? => length,
        _ => null_count,
    };
    let mut buffers = Vec::new();
    for _ in 0..buffer_count(data_type) {
        let most = input.int_in_range(0..=64)?;
        buffers.push(input.bytes(most.min(input.len()))?.to_vec());
    }
    if input.ratio(1, 16)? {
        buffers.push(vec![0; 8]);
    }
    arrays.push(Array { length, null_count, validity, buffers });
    match data_type {
        DataType::List(item) | DataType::LargeList(item) => {
            let items = input.int_in_range(0..=12)?;
            claimed(input, item.data_type(), items, arrays)
        }
        DataType::Map(entries, _) => {
            let items = input.int_in_range(0..=12)?;
            claimed(input, entries.data_type(), items, arrays)
        }
        DataType::FixedSizeList(item, size) => {
            claimed(input, item.data_type(), length.saturating_mul(*size as u32), arrays)
        }
        DataType::Struct(members) => {
            members.iter().try_for_each(|member| claimed(input, member.data_type(), length, arrays))
        }
        _ => Ok(()),
    }
}

fn validity(input: &mut Unstructured<'_>, length: u32) -> Result<(Vec<u8>, u32)> {
    if input.ratio(1, 2)? {
        return Ok((vec![], 0));
    }
    let bytes = input.bytes((length.div_ceil(8) as usize).min(input.len()))?.to_vec();
    let bit = |at: u32| bytes.get(at as usize / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1);
    let valid = (0..length.min(64)).filter(|at| bit(*at)).count() as u32;
    let nulls = if input.ratio(1, 8)? { input.arbitrary()? } else { length.saturating_sub(valid) };
    Ok((bytes, nulls))
}

fn buffer_count(data_type: &DataType) -> usize {
    match data_type {
        DataType::Null | DataType::Struct(_) | DataType::FixedSizeList(..) => 0,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Binary | DataType::LargeBinary => 2,
        _ => 1,
    }
}
