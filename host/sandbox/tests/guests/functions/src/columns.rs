//! Columns as vectors, for functions that are about something else.

use crate::data::{Array, Batch, Field};

pub fn field(name: &str, format: &str) -> Vec<Field> {
    vec![Field { name: name.into(), format: format.into(), nullable: true, children: 0, metadata: vec![] }]
}

pub fn int64s(array: &Array) -> Vec<i64> {
    array.buffers[0].chunks_exact(8).map(|bytes| i64::from_le_bytes(bytes.try_into().unwrap())).collect()
}

pub fn is_valid(array: &Array, row: usize) -> bool {
    array.validity.is_empty() || array.validity[row / 8] >> (row % 8) & 1 == 1
}

pub fn int64_array(values: impl IntoIterator<Item = i64>) -> Array {
    let values: Vec<u8> = values.into_iter().flat_map(i64::to_le_bytes).collect();
    Array { length: values.len() as u32 / 8, null_count: 0, validity: vec![], buffers: vec![values] }
}

pub fn one(array: Array) -> Batch {
    Batch { rows: array.length, arrays: vec![array] }
}
