//! A column of any type: Arrow's physical buffers and what they mean.

use crate::buffer::{self, BLOCK, Buffer, Validity};
use crate::{DataType, Error};

/// Values of one type, some of them null. Clones share their buffers.
///
/// The buffers of an argument that is constant hold a single value, which stands for all rows ([`Column::is_constant`]).
#[derive(Clone, Debug)]
pub struct Column {
    data_type: DataType,
    len: usize,
    nulls: usize,
    validity: Option<Buffer>,
    buffers: Vec<Buffer>,
    children: Vec<Column>,
    constant: bool,
}

/// One array as it crosses the border; the arrays of its children follow it.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawArray {
    pub length: u32,
    pub null_count: u32,
    pub validity: Vec<u8>,
    pub buffers: Vec<Vec<u8>>,
}

impl Column {
    /// A column of `len` rows from the buffers that Arrow lays down for its type; `validity` is a bitmap
    /// and the number of zeros in it.
    pub(crate) fn new(
        data_type: DataType,
        len: usize,
        (validity, nulls): (Vec<u8>, usize),
        buffers: Vec<Vec<u8>>,
        children: Vec<Column>,
    ) -> Self {
        let validity = (nulls > 0).then(|| Buffer::new(validity));
        let buffers = buffers.into_iter().map(Buffer::new).collect();
        Self { data_type, len, nulls, validity, buffers, children, constant: false }
    }

    pub fn data_type(&self) -> &DataType {
        &self.data_type
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the buffers hold a single value, which stands for every row.
    pub fn is_constant(&self) -> bool {
        self.constant
    }

    /// Whether `row` is null.
    pub fn is_null(&self, row: usize) -> bool {
        let row = self.position(row);
        self.validity(row / BLOCK) >> (row % BLOCK) & 1 == 0
    }

    /// The columns inside a nested type: the items of lists, the fields of structs.
    pub fn children(&self) -> &[Column] {
        &self.children
    }

    /// Buffer number `index` in Arrow's order, the validity not counted; empty when there is none.
    pub fn buffer(&self, index: usize) -> &[u8] {
        self.buffers.get(index).map_or(&[], |buffer| buffer)
    }

    /// Where the value of `row` lies in the buffers.
    pub(crate) fn position(&self, row: usize) -> usize {
        if self.constant { 0 } else { row }
    }

    /// One bit a row of block number `index`: whether it is not null. A constant answers for all rows.
    pub(crate) fn validity(&self, index: usize) -> u64 {
        match &self.validity {
            None if matches!(self.data_type, DataType::Null) => 0,
            None => u64::MAX,
            Some(_) if self.constant => 0,
            Some(bitmap) => buffer::word(bitmap, index),
        }
    }

    /// The single row as the value of `rows` rows.
    pub(crate) fn repeated(&self, rows: usize) -> Self {
        let mut column = self.clone();
        if matches!(column.data_type, DataType::Struct(_)) {
            column.children = column.children.iter().map(|child| child.repeated(rows)).collect();
        }
        Self { constant: true, len: rows, ..column }
    }

    /// The same values with another validity.
    pub(crate) fn with_validity(self, validity: Validity) -> Self {
        let (bitmap, nulls) = validity.finish();
        Self { validity: (nulls > 0).then(|| Buffer::new(bitmap)), nulls, ..self }
    }

    /// The same column with another buffer in place of number `index`.
    pub(crate) fn with_buffer(&self, index: usize, bytes: Vec<u8>) -> Self {
        let mut column = self.clone();
        column.buffers[index] = Buffer::new(bytes);
        column
    }

    /// Takes the arrays of one field and of all that is inside it.
    #[doc(hidden)]
    pub fn unflatten(data_type: &DataType, arrays: &mut impl Iterator<Item = RawArray>) -> Result<Self, Error> {
        let raw = arrays.next().ok_or_else(|| Error::new("the batch ends before its last array"))?;
        let children = data_type.children().iter().map(|child| Self::unflatten(&child.data_type, arrays));
        let children = children.collect::<Result<_, _>>()?;
        let validity = (raw.validity, raw.null_count as usize);
        Ok(Self::new(data_type.clone(), raw.length as usize, validity, raw.buffers, children))
    }

    /// Appends the arrays of this column and of all that is inside it.
    #[doc(hidden)]
    pub fn flatten(self, arrays: &mut Vec<RawArray>) {
        arrays.push(RawArray {
            length: self.len as u32,
            null_count: self.nulls as u32,
            validity: self.validity.map(Buffer::into_vec).unwrap_or_default(),
            buffers: self.buffers.into_iter().map(Buffer::into_vec).collect(),
        });
        self.children.into_iter().for_each(|child| child.flatten(arrays));
    }

    /// Whether there is a null among the values or inside them.
    pub(crate) fn has_nulls(&self) -> bool {
        self.nulls > 0 || self.data_type == DataType::Null || self.children.iter().any(Self::has_nulls)
    }

    /// The columns inside a nested type, alone.
    pub(crate) fn into_children(self) -> Vec<Column> {
        self.children
    }
}
