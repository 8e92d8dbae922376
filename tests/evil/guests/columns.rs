//! Columns and fields, in as few words as the contract allows. Every guest includes this file.

use crate::data::{Array, Batch, Field};

pub fn field(name: &str, format: &str) -> Field {
    Field { name: name.into(), format: format.into(), nullable: true, children: 0, metadata: vec![] }
}

pub fn int64s(array: &Array) -> Vec<i64> {
    array.buffers[0].chunks_exact(8).map(|bytes| i64::from_le_bytes(bytes.try_into().unwrap())).collect()
}

pub fn int64_array(values: impl IntoIterator<Item = i64>) -> Array {
    let values: Vec<u8> = values.into_iter().flat_map(i64::to_le_bytes).collect();
    Array { length: values.len() as u32 / 8, null_count: 0, validity: vec![], buffers: vec![values] }
}

/// The first text of a column.
pub fn text(array: &Array) -> String {
    let end = u32::from_le_bytes(array.buffers[0][4..8].try_into().unwrap()) as usize;
    String::from_utf8(array.buffers[1][..end].to_vec()).unwrap()
}

pub fn texts(offsets: impl IntoIterator<Item = i32>, values: &[u8]) -> Array {
    let offsets: Vec<u8> = offsets.into_iter().flat_map(i32::to_le_bytes).collect();
    let length = (offsets.len() as u32 / 4).saturating_sub(1);
    Array { length, null_count: 0, validity: vec![], buffers: vec![offsets, values.to_vec()] }
}

pub fn one(array: Array) -> Batch {
    Batch { rows: array.length, arrays: vec![array] }
}
