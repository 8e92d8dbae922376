//! Arrow arrays to the contract's buffers.
//!
//! Nothing is copied here that need not be: buffers are shared with Arrow and lent to the engine, which copies them
//! once, into the guest. Only what a slice has moved is rewritten: offsets that do not start at 0, and bitmaps that
//! do not start at a byte.

use std::ops::Range;

use arrow::array::{Array, ArrayRef, AsArray, OffsetSizeTrait, RecordBatch, downcast_primitive_array};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer};
use arrow::datatypes::{BinaryType, ByteArrayType, DataType, LargeBinaryType, LargeUtf8Type, Schema, Utf8Type};

use crate::bindings::data::{ArrayParam, ArrayResult, BatchParam, BatchResult};
use crate::plain::conform;
use crate::{Error, Result};

/// Columns ready to be lent to a guest.
pub(crate) struct Lowered {
    rows: u32,
    arrays: Vec<Flat>,
}

/// One array of the flattened batch.
struct Flat {
    length: u32,
    null_count: u32,
    validity: Option<Buffer>,
    /// No layout that crosses has more than two.
    buffers: [Option<Buffer>; 2],
}

/// Flattens `columns`, which all have `rows` rows.
///
/// # Errors
/// [`Error::Type`] for a type that cannot cross.
pub(crate) fn lower(columns: &[ArrayRef], rows: usize) -> Result<Lowered> {
    let mut arrays = Vec::with_capacity(columns.len());
    columns.iter().try_for_each(|column| flatten(column.as_ref(), &mut arrays))?;
    Ok(Lowered { rows: count(rows)?, arrays })
}

/// The columns of a batch, in the plain layouts of `schema`.
pub(crate) fn lower_batch(batch: &RecordBatch, schema: &Schema) -> Result<Lowered> {
    if batch.num_columns() != schema.fields().len() {
        let (got, wanted) = (batch.num_columns(), schema.fields().len());
        return Err(Error::Arguments {
            what: "a plugin".into(),
            detail: format!("{got} columns where {wanted} are expected"),
        });
    }
    let columns = std::iter::zip(batch.columns(), schema.fields())
        .map(|(column, field)| conform(column, field.data_type()))
        .collect::<Result<Vec<_>>>()?;
    lower(&columns, batch.num_rows())
}

/// A batch that a guest asked for, copied for it.
pub(crate) fn owned(batch: &RecordBatch, schema: &Schema) -> Result<BatchResult> {
    let lowered = lower_batch(batch, schema)?;
    let arrays = lowered.arrays.iter().map(|flat| ArrayResult {
        length: flat.length,
        null_count: flat.null_count,
        validity: bytes(&flat.validity).to_vec(),
        buffers: flat.buffers.iter().flatten().map(|buffer| buffer.as_slice().to_vec()).collect(),
    });
    Ok(BatchResult { rows: lowered.rows, arrays: arrays.collect() })
}

impl Lowered {
    /// Calls `f` with the batch that borrows these buffers.
    pub(crate) fn lend<R>(&self, f: impl FnOnce(BatchParam<'_>) -> R) -> R {
        let slices = self.slices();
        let arrays = self.arrays(&slices);
        f(self.batch(&arrays))
    }

    /// First step of lending: the bytes of each array's buffers.
    pub(crate) fn slices(&self) -> Vec<[&[u8]; 2]> {
        self.arrays.iter().map(|flat| flat.buffers.each_ref().map(bytes)).collect()
    }

    /// Second step: the arrays of those.
    pub(crate) fn arrays<'a>(&'a self, slices: &'a [[&'a [u8]; 2]]) -> Vec<ArrayParam<'a>> {
        std::iter::zip(&self.arrays, slices)
            .map(|(flat, buffers)| ArrayParam {
                length: flat.length,
                null_count: flat.null_count,
                validity: bytes(&flat.validity),
                buffers: &buffers[..flat.buffers.iter().flatten().count()],
            })
            .collect()
    }

    /// Third step: the batch of those.
    pub(crate) fn batch<'a>(&self, arrays: &'a [ArrayParam<'a>]) -> BatchParam<'a> {
        BatchParam { rows: self.rows, arrays }
    }
}

fn bytes(buffer: &Option<Buffer>) -> &[u8] {
    buffer.as_ref().map_or(&[], Buffer::as_slice)
}

fn flatten(array: &dyn Array, out: &mut Vec<Flat>) -> Result<()> {
    let length = count(array.len())?;
    let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
    let mut flat = Flat {
        length,
        null_count: nulls.map_or(0, NullBuffer::null_count) as u32,
        // Rewritten only if the bits do not start at a byte.
        validity: nulls.map(|nulls| nulls.inner().sliced()),
        buffers: [None, None],
    };
    let mut children = Vec::new();
    match array.data_type() {
        DataType::Null => flat.null_count = length,
        DataType::Boolean => flat.buffers[0] = Some(array.as_boolean().values().sliced()),
        DataType::Utf8 => flat.buffers = byte_buffers::<Utf8Type>(array),
        DataType::LargeUtf8 => flat.buffers = byte_buffers::<LargeUtf8Type>(array),
        DataType::Binary => flat.buffers = byte_buffers::<BinaryType>(array),
        DataType::LargeBinary => flat.buffers = byte_buffers::<LargeBinaryType>(array),
        DataType::FixedSizeBinary(_) => flat.buffers[0] = Some(array.as_fixed_size_binary().values().clone()),
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            let (offsets, used) = rebase(list.offsets());
            flat.buffers[0] = Some(offsets);
            children.push(list.values().slice(used.start, used.len()));
        }
        DataType::LargeList(_) => {
            let list = array.as_list::<i64>();
            let (offsets, used) = rebase(list.offsets());
            flat.buffers[0] = Some(offsets);
            children.push(list.values().slice(used.start, used.len()));
        }
        DataType::Map(_, _) => {
            let map = array.as_map();
            let (offsets, used) = rebase(map.offsets());
            flat.buffers[0] = Some(offsets);
            children.push(std::sync::Arc::new(map.entries().slice(used.start, used.len())));
        }
        DataType::FixedSizeList(_, size) => {
            let list = array.as_fixed_size_list();
            children.push(list.values().slice(0, list.len() * *size as usize));
        }
        DataType::Struct(_) => children.extend(array.as_struct().columns().iter().cloned()),
        _ => {
            flat.buffers[0] = Some(downcast_primitive_array!(
                array => array.values().inner().clone(),
                other => return Err(Error::Type(other.clone()))
            ));
        }
    }
    out.push(flat);
    children.iter().try_for_each(|child| flatten(child.as_ref(), out))
}

fn byte_buffers<T: ByteArrayType>(array: &dyn Array) -> [Option<Buffer>; 2] {
    let array = array.as_bytes::<T>();
    let (offsets, used) = rebase(array.offsets());
    [Some(offsets), Some(array.values().slice_with_length(used.start, used.len()))]
}

/// Offsets from 0, and the range of the child's values that they span.
fn rebase<O: OffsetSizeTrait>(offsets: &OffsetBuffer<O>) -> (Buffer, Range<usize>) {
    let (first, last) = (offsets[0], offsets[offsets.len() - 1]);
    let from_zero = if first == O::zero() {
        offsets.inner().inner().clone()
    } else {
        Buffer::from_vec(offsets.iter().map(|offset| *offset - first).collect::<Vec<O>>())
    };
    (from_zero, first.as_usize()..last.as_usize())
}

fn count(rows: usize) -> Result<u32> {
    u32::try_from(rows).map_err(|_| Error::Arguments {
        what: "a function of a plugin".into(),
        detail: format!("a batch of {rows} rows is too long; at most {} cross at once", u32::MAX),
    })
}
