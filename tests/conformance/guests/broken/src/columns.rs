//! Columns of whole numbers, on the bare contract.

use crate::data::{Array, Batch, Field};

pub fn field(name: &str, format: &str) -> Field {
    Field { name: name.into(), format: format.into(), nullable: true, children: 0, metadata: vec![] }
}

pub fn numbers(array: &Array) -> Vec<Option<i64>> {
    let valid = |row: usize| array.validity.is_empty() || array.validity[row / 8] >> (row % 8) & 1 == 1;
    let values = array.buffers[0].chunks_exact(8).map(|bytes| i64::from_le_bytes(bytes.try_into().unwrap()));
    values.enumerate().map(|(row, value)| valid(row).then_some(value)).collect()
}

pub fn column(values: &[Option<i64>]) -> Array {
    let null_count = values.iter().filter(|value| value.is_none()).count() as u32;
    let mut validity = vec![0; if null_count > 0 { values.len().div_ceil(8) } else { 0 }];
    if null_count > 0 {
        values.iter().enumerate().for_each(|(row, value)| validity[row / 8] |= u8::from(value.is_some()) << (row % 8));
    }
    let buffer = values.iter().flat_map(|value| value.unwrap_or_default().to_le_bytes()).collect();
    Array { length: values.len() as u32, null_count, validity, buffers: vec![buffer] }
}

pub fn batch(values: &[Option<i64>]) -> Batch {
    Batch { rows: values.len() as u32, arrays: vec![column(values)] }
}
