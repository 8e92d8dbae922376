//! A number for a value of any simple type: equal values have equal numbers, and others all but never.

use polder_sdk::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

/// The 64-bit xxh3 hash of a value, none of null.
pub(crate) fn hash(value: Value<'_>) -> Result<Option<u64>> {
    let whole = |number: i64| xxh3_64(&number.to_le_bytes());
    // Zero and minus zero are equal, and so are all that is no number.
    let real = |number: f64| xxh3_64(&(if number.is_nan() { f64::NAN } else { number + 0.0 }).to_le_bytes());
    Ok(match value.data_type() {
        DataType::Null => None,
        DataType::Utf8 => value.get::<&str>()?.map(|text| xxh3_64(text.as_bytes())),
        DataType::Binary => value.get::<&[u8]>()?.map(xxh3_64),
        DataType::Boolean => value.get::<bool>()?.map(|truth| whole(truth.into())),
        DataType::Int8 => value.get::<i8>()?.map(|number| whole(number.into())),
        DataType::Int16 => value.get::<i16>()?.map(|number| whole(number.into())),
        DataType::Int32 => value.get::<i32>()?.map(|number| whole(number.into())),
        DataType::Int64 => value.get::<i64>()?.map(whole),
        DataType::Float32 => value.get::<f32>()?.map(|number| real(number.into())),
        DataType::Float64 => value.get::<f64>()?.map(real),
        DataType::Date => value.get::<Date>()?.map(|date| whole(date.0.into())),
        DataType::Timestamp(Some(_)) => value.get::<Timestamp>()?.map(|time| whole(time.0)),
        DataType::Timestamp(None) => value.get::<LocalTimestamp>()?.map(|time| whole(time.0)),
        _ => return Err("values of this type cannot be counted: write CAST(… AS STRING)".into()),
    })
}
