//! Booleans: bits, as in the validity bitmap.

use super::{Read, Typed, Write, Writer};
use crate::buffer::{self, BLOCK, Bits, Validity};
use crate::{Column, DataType};

pub struct BoolWriter {
    values: Bits,
    validity: Validity,
}

impl Writer for BoolWriter {
    fn new(_: &DataType, rows: usize) -> Self {
        Self { values: Bits::with_capacity(rows), validity: Validity::default() }
    }

    fn push_null(&mut self) {
        self.values.push(false);
        self.validity.push(false);
    }

    fn finish(self) -> Column {
        let rows = self.values.len();
        Column::new(DataType::Boolean, rows, self.validity.finish(), vec![self.values.into_vec()], vec![])
    }
}

impl Typed for bool {
    fn data_type() -> DataType {
        DataType::Boolean
    }
}

impl<'c> Read<'c> for bool {
    type Reader = &'c Column;
    type Block<'r>
        = u64
    where
        'c: 'r;

    fn reader(column: &'c Column) -> Self::Reader {
        column
    }

    #[inline]
    fn block<'r>(column: &'r Self::Reader, index: usize) -> u64
    where
        'c: 'r,
    {
        if column.is_constant() {
            // All ones or all zeros.
            return (buffer::word(column.buffer(0), 0) & 1).wrapping_neg();
        }
        buffer::word(column.buffer(0), index)
    }

    #[inline]
    fn get<'r>(block: u64, row: usize) -> Self
    where
        'c: 'r,
    {
        block >> row & 1 == 1
    }
}

impl Write for bool {
    type Writer = BoolWriter;

    fn write(self, writer: &mut Self::Writer) {
        writer.values.push(self);
        writer.validity.push(true);
    }

    #[inline]
    fn write_block(writer: &mut Self::Writer, mut value: impl FnMut(usize) -> Self) {
        let word = (0..BLOCK).fold(0, |word, row| word | u64::from(value(row)) << row);
        writer.values.append(word, BLOCK);
        writer.validity.append(u64::MAX, BLOCK);
    }
}
