//! The contract's buffers, back from a guest, to Arrow arrays.
//!
//! Whatever a guest hands back is hostile: every length, bitmap, null count, offset, byte of UTF-8 and decimal is
//! checked before an array exists, so that nothing downstream has to. Types are not among it: a batch carries none,
//! and its buffers are read as the types that the function declared at bind.

use std::vec::IntoIter;

use arrow::array::{
    Array, ArrayData, ArrayDataBuilder, ArrayRef, BufferSpec, Decimal32Array, Decimal64Array, Decimal128Array,
    Decimal256Array, GenericByteArray, PrimitiveArray, layout, make_array,
};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer};
use arrow::datatypes::{
    ArrowPrimitiveType, BinaryType, ByteArrayType, DataType, FieldRef, Float64Type, Int64Type, Utf8Type,
};

use crate::bindings::data::{ArrayResult, BatchResult};
use crate::format::children;

#[cfg(target_endian = "big")]
compile_error!("the contract's buffers are little endian, and so must be the host");

/// The columns of `batch`, which must be exactly `fields` by `rows`, or what is wrong with it.
///
/// No array may claim more than `most` values, as some take no memory at all (nulls, empty structs).
pub(crate) fn lift(fields: &[FieldRef], batch: BatchResult, rows: usize, most: usize) -> Result<Vec<ArrayRef>, String> {
    if batch.rows as usize != rows {
        return Err(format!("{} rows where {rows} are expected", batch.rows));
    }
    let mut arrays = batch.arrays.into_iter();
    let mut columns = Vec::with_capacity(fields.len());
    for field in fields {
        let name = field.name();
        let data =
            array(field.data_type(), &mut arrays, most, Some(rows)).map_err(|why| format!("column `{name}`: {why}"))?;
        if !field.is_nullable() && data.null_count() > 0 {
            return Err(format!("column `{name}` is declared without nulls but has {}", data.null_count()));
        }
        columns.push(make_array(data));
    }
    match arrays.len() {
        0 => Ok(columns),
        more => Err(format!("{more} arrays more than the schema has fields")),
    }
}

/// Takes the next array, with its children, of `expected` values if given.
fn array(
    data_type: &DataType,
    arrays: &mut IntoIter<ArrayResult>,
    most: usize,
    expected: Option<usize>,
) -> Result<ArrayData, String> {
    let flat = arrays.next().ok_or("fewer arrays than the schema has fields")?;
    let length = flat.length as usize;
    if expected.is_some_and(|expected| expected != length) {
        return Err(format!("an array of {length} values where {} are expected", expected.unwrap_or_default()));
    }
    if length > most {
        return Err(format!("an array of {length} values; at most {most} may come back"));
    }
    let nulls = match data_type {
        DataType::Null if flat.null_count == flat.length && flat.validity.is_empty() => None,
        DataType::Null => return Err("an array of type null counts every value as null, and has no validity".into()),
        _ => validity(flat.validity, length, flat.null_count)?,
    };
    let child_length = match data_type {
        DataType::Struct(_) => Some(length),
        DataType::FixedSizeList(_, size) => Some(length.checked_mul(*size as usize).ok_or("too many values")?),
        _ => None,
    };
    let mut below = Vec::new();
    for field in children(data_type) {
        let child = array(field.data_type(), arrays, most, child_length)
            .map_err(|why| format!("`{}` within: {why}", field.name()))?;
        below.push(child);
    }
    let mut buffers: Vec<Buffer> = flat.buffers.into_iter().map(Buffer::from_vec).collect();
    if let Some(first) = buffers.first_mut() {
        trim(first, data_type, length)?;
    }
    let quick = match data_type {
        DataType::Utf8 => bytes::<Utf8Type>(length, nulls.as_ref(), &buffers),
        DataType::Binary => bytes::<BinaryType>(length, nulls.as_ref(), &buffers),
        DataType::Int64 => numbers::<Int64Type>(length, nulls.as_ref(), &buffers),
        DataType::Float64 => numbers::<Float64Type>(length, nulls.as_ref(), &buffers),
        _ => None,
    };
    if let Some(data) = quick {
        return Ok(data);
    }
    // Builds nothing that does not pass Arrow's own validation of buffers, offsets, UTF-8 and nulls of this array;
    // the children passed theirs above.
    let data = ArrayDataBuilder::new(data_type.clone())
        .len(length)
        .nulls(nulls)
        .buffers(buffers)
        .child_data(below)
        .align_buffers(true)
        .build()
        .map_err(|error| error.to_string())?;
    check_decimals(&data)?;
    Ok(data)
}

/// Numbers, if their buffer is just what they take. None where there is more to do or to say.
fn numbers<T: ArrowPrimitiveType>(length: usize, nulls: Option<&NullBuffer>, buffers: &[Buffer]) -> Option<ArrayData> {
    let [values] = buffers else { return None };
    let fits = values.len() == length.checked_mul(size_of::<T::Native>())?;
    if !fits || values.as_ptr().align_offset(align_of::<T::Native>()) != 0 {
        return None;
    }
    let array = PrimitiveArray::<T>::try_new(values.clone().into(), nulls.cloned()).ok()?;
    Some(array.into_data())
}

/// Text or binary, if nothing is wrong with it: a constructor of Arrow checks a whole column in a fraction of the time
/// that its builder takes from row to row. None where the builder has to say what is wrong, or to align buffers.
fn bytes<T: ByteArrayType<Offset = i32>>(
    length: usize,
    nulls: Option<&NullBuffer>,
    buffers: &[Buffer],
) -> Option<ArrayData> {
    let [offsets, values] = buffers else { return None };
    if offsets.as_ptr().align_offset(align_of::<i32>()) != 0 {
        return None;
    }
    let ends = offsets.typed_data::<i32>();
    let ordered = ends.windows(2).fold(true, |ordered, pair| ordered & (pair[0] <= pair[1]));
    let within = *ends.first()? >= 0 && usize::try_from(*ends.last()?).is_ok_and(|end| end <= values.len());
    if ends.len() != length + 1 || !ordered || !within {
        return None;
    }
    let offsets = OffsetBuffer::new(offsets.clone().into());
    let array = GenericByteArray::<T>::try_new(offsets, values.clone(), nulls.cloned()).ok()?;
    Some(array.into_data())
}

/// Cuts the first buffer, the one of fixed width, to what `length` values take.
fn trim(buffer: &mut Buffer, data_type: &DataType, length: usize) -> Result<(), String> {
    let needed = match layout(data_type).buffers.first() {
        Some(BufferSpec::FixedWidth { byte_width, .. }) => {
            length.saturating_add(usize::from(has_offsets(data_type))).saturating_mul(*byte_width)
        }
        Some(BufferSpec::BitMap) => length.div_ceil(8),
        _ => return Ok(()),
    };
    let empty = length == 0 && buffer.is_empty();
    if buffer.len() < needed && !empty {
        return Err(format!("a buffer of {} bytes where {needed} are needed", buffer.len()));
    }
    if buffer.len() > needed {
        *buffer = buffer.slice_with_length(0, needed);
    }
    Ok(())
}

fn has_offsets(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Binary
            | DataType::LargeBinary
            | DataType::List(_)
            | DataType::LargeList(_)
            | DataType::Map(_, _)
    )
}

fn validity(bytes: Vec<u8>, length: usize, claimed: u32) -> Result<Option<NullBuffer>, String> {
    if bytes.is_empty() {
        return if claimed == 0 { Ok(None) } else { Err(format!("{claimed} nulls but no validity bitmap")) };
    }
    if bytes.len() < length.div_ceil(8) {
        return Err(format!("a validity bitmap of {} bytes for {length} values", bytes.len()));
    }
    let nulls = NullBuffer::new(BooleanBuffer::new(Buffer::from_vec(bytes), 0, length));
    if nulls.null_count() != claimed as usize {
        return Err(format!("{} nulls, but the array counts {claimed}", nulls.null_count()));
    }
    Ok(Some(nulls))
}

/// Arrow takes any integer for a decimal; a table would not.
fn check_decimals(data: &ArrayData) -> Result<(), String> {
    match *data.data_type() {
        DataType::Decimal32(precision, _) => Decimal32Array::from(data.clone()).validate_decimal_precision(precision),
        DataType::Decimal64(precision, _) => Decimal64Array::from(data.clone()).validate_decimal_precision(precision),
        DataType::Decimal128(precision, _) => Decimal128Array::from(data.clone()).validate_decimal_precision(precision),
        DataType::Decimal256(precision, _) => Decimal256Array::from(data.clone()).validate_decimal_precision(precision),
        _ => Ok(()),
    }
    .map_err(|error| error.to_string())
}
