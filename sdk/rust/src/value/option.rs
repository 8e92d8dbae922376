//! Nulls that the function wants to see, or to return.

use super::{Read, Typed, Write, Writer};
use crate::{Column, DataType};

impl<T: Typed> Typed for Option<T> {
    fn data_type() -> DataType {
        T::data_type()
    }

    const NULLABLE: bool = true;
    const ANY: bool = T::ANY;
}

impl<'c, T: Read<'c>> Read<'c> for Option<T> {
    type Reader = (&'c Column, T::Reader);
    type Block<'r>
        = (u64, T::Block<'r>)
    where
        'c: 'r;

    fn reader(column: &'c Column) -> Self::Reader {
        (column, T::reader(column))
    }

    #[inline]
    fn block<'r>((column, reader): &'r Self::Reader, index: usize) -> Self::Block<'r>
    where
        'c: 'r,
    {
        (T::valid(column, reader, index), T::block(reader, index))
    }

    #[inline]
    fn get<'r>((valid, block): Self::Block<'r>, row: usize) -> Self
    where
        'c: 'r,
    {
        (valid >> row & 1 == 1).then(|| T::get(block, row))
    }

    fn valid(_: &'c Column, _: &Self::Reader, _: usize) -> u64 {
        u64::MAX
    }
}

impl<T: Write> Write for Option<T> {
    type Writer = T::Writer;

    #[inline]
    fn write(self, writer: &mut Self::Writer) {
        match self {
            Some(value) => value.write(writer),
            None => writer.push_null(),
        }
    }

    fn heap_size(&self) -> usize {
        self.as_ref().map_or(0, T::heap_size)
    }
}
