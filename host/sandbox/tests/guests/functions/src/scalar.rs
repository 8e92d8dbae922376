//! Scalar functions.

use crate::call::{Argument, Error};
use crate::columns::{field, int64_array, is_valid, one};
use crate::data::{Array, Batch, Schema};
use crate::udf;
use crate::{hostile, log, log_panics, refuse};

pub struct Scalar {
    name: String,
    arguments: Vec<Argument>,
    returns: Schema,
}

impl udf::GuestScalar for Scalar {
    fn bind(name: String, arguments: Vec<Argument>) -> Result<udf::Scalar, Error> {
        log_panics();
        let returns = match name.as_str() {
            "add" => vec![arguments.first().ok_or_else(|| refuse("add takes two arguments"))?.type_[0].clone()],
            "echo" => arguments.first().ok_or_else(|| refuse("echo takes an argument"))?.type_.clone(),
            "prefix" => field("prefixed", "u"),
            "upper" => field("upper", "u"),
            "calls" => field("calls", "l"),
            _ => hostile::returns(&name).ok_or_else(|| refuse(format!("there is no function `{name}`")))?,
        };
        Ok(udf::Scalar::new(Self { name, arguments, returns }))
    }

    fn returns(&self) -> Schema {
        self.returns.clone()
    }

    fn call(&self, mut batch: Batch) -> Result<Batch, Error> {
        match self.name.as_str() {
            "add" => self.add(batch).map(one),
            "echo" => Ok(self.constant(0).unwrap_or_else(|| {
                batch.arrays.shrink_to_fit();
                batch
            })),
            "prefix" => {
                let prefix = self.constant(0).ok_or_else(|| refuse("the prefix must be a constant"))?;
                Ok(one(texts(&batch.arrays[0], |text| [&prefix.arrays[0].buffers[1], text].concat())))
            }
            "upper" => Ok(one(texts(&batch.arrays[0], |text| text.to_ascii_uppercase()))),
            "calls" => {
                log::log(log::Level::Info, "called", &[("rows".into(), batch.rows.to_string())]);
                Ok(one(int64_array((0..batch.rows).map(|_| count()))))
            }
            name => hostile::call(name, batch),
        }
    }
}

impl Scalar {
    fn constant(&self, argument: usize) -> Option<Batch> {
        self.arguments[argument].constant.clone()
    }

    fn add(&self, batch: Batch) -> Result<Array, Error> {
        let columns: Vec<Array> = self.columns(batch);
        let [a, b] = &columns[..] else { return Err(refuse("add takes two arguments")) };
        let rows = a.length as usize;
        let valid = |row: usize| is_valid(a, row) && is_valid(b, row);
        let values: Vec<u8> = match self.returns[0].format.as_str() {
            "l" => combine(a, b, |a, b| i64::from_le_bytes(a).wrapping_add(i64::from_le_bytes(b)).to_le_bytes()),
            "g" => combine(a, b, |a, b| (f64::from_le_bytes(a) + f64::from_le_bytes(b)).to_le_bytes()),
            other => return Err(refuse(format!("cannot add values of format {other}"))),
        };
        let mut array = Array { length: a.length, null_count: 0, validity: vec![], buffers: vec![values] };
        if a.null_count + b.null_count > 0 {
            array.validity = vec![0; rows.div_ceil(8)];
            (0..rows).filter(|row| valid(*row)).for_each(|row| array.validity[row / 8] |= 1 << (row % 8));
            array.null_count = (0..rows).filter(|row| !valid(*row)).count() as u32;
        }
        Ok(array)
    }

    /// All arguments as columns: a constant repeats its value in every row.
    fn columns(&self, batch: Batch) -> Vec<Array> {
        let rows = batch.rows as usize;
        let mut arrays = batch.arrays.into_iter();
        let column = |argument: &Argument| match &argument.constant {
            None => arrays.next(),
            Some(constant) => constant.arrays.first().map(|one| Array {
                length: rows as u32,
                null_count: one.null_count * rows as u32,
                validity: if one.null_count > 0 { vec![0; rows.div_ceil(8)] } else { vec![] },
                buffers: vec![one.buffers[0].repeat(rows)],
            }),
        };
        self.arguments.iter().filter_map(column).collect()
    }
}

/// A value of eight bytes of each pair of values.
fn combine(a: &Array, b: &Array, f: impl Fn([u8; 8], [u8; 8]) -> [u8; 8]) -> Vec<u8> {
    let mut values = vec![0; a.buffers[0].len()];
    let pairs = std::iter::zip(a.buffers[0].as_chunks().0, b.buffers[0].as_chunks().0);
    std::iter::zip(values.as_chunks_mut().0, pairs).for_each(|(value, (a, b))| *value = f(*a, *b));
    values
}

/// How often this instance was called.
fn count() -> i64 {
    use std::sync::atomic::{AtomicI64, Ordering};
    static CALLS: AtomicI64 = AtomicI64::new(0);
    CALLS.fetch_add(1, Ordering::Relaxed) + 1
}

fn texts(array: &Array, f: impl Fn(&[u8]) -> Vec<u8>) -> Array {
    let offset = |i: usize| u32::from_le_bytes(array.buffers[0][4 * i..4 * i + 4].try_into().unwrap()) as usize;
    let (mut offsets, mut values) = (vec![0; 4], Vec::new());
    for row in 0..array.length as usize {
        values.extend(f(&array.buffers[1][offset(row)..offset(row + 1)]));
        offsets.extend((values.len() as u32).to_le_bytes());
    }
    let Array { length, null_count, ref validity, .. } = *array;
    Array { length, null_count, validity: validity.clone(), buffers: vec![offsets, values] }
}
