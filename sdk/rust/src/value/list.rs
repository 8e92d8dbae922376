//! Lists: offsets into the column of all items.

use super::bytes::{Offsets, OffsetsWriter};
use super::{Read, Typed, Write, Writer};
use crate::buffer::BLOCK;
use crate::{Column, DataType};

/// A type that a `Vec` can hold to be a list: every type but `u8`, since `Vec<u8>` is binary.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "a list cannot hold `{Self}`", label = "cannot be the item of a list")]
pub trait Item {}

impl Item for &str {}
impl Item for std::borrow::Cow<'_, str> {}
impl Item for &[u8] {}
impl<T: Typed> Item for Option<T> {}
impl<T: Item> Item for Vec<T> {}
macro_rules! items {
    ($($type:ty),*) => { $(impl Item for $type {})* };
}
items!(bool, i8, i16, i32, i64, u16, u32, u64, f32, f64, String, Vec<u8>);
items!(crate::Date, crate::Timestamp, crate::LocalTimestamp);
impl<const P: u8, const S: i8> Item for crate::Decimal<P, S> {}

/// Reads the items between two offsets.
pub struct ListReader<'c, R> {
    offsets: Offsets<'c>,
    items: R,
}

/// A block is the reader and the number of its first row.
type ListBlock<'r, 'c, R> = (&'r ListReader<'c, R>, usize);

/// One bit a row: whether the list and all its items are there.
fn valid<'c, T: Read<'c>>(column: &'c Column, offsets: &Offsets<'c>, items: &T::Reader, index: usize) -> u64 {
    let (own, item_column) = (column.validity(index), &column.children()[0]);
    if T::NULLABLE || !item_column.has_nulls() {
        return own;
    }
    let complete = |row: usize| {
        offsets.range(row).all(|item| T::valid(item_column, items, item / BLOCK) >> (item % BLOCK) & 1 == 1)
    };
    (0..BLOCK)
        .fold(own, |valid, row| valid & !(u64::from(valid >> row & 1 == 1 && !complete(index * BLOCK + row)) << row))
}

impl<T: Item + Typed> Typed for Vec<T> {
    fn data_type() -> DataType {
        DataType::list(T::data_type())
    }
}

impl<'c, T: Item + Read<'c>> Read<'c> for Vec<T> {
    type Reader = ListReader<'c, T::Reader>;
    type Block<'r>
        = ListBlock<'r, 'c, T::Reader>
    where
        'c: 'r;

    fn reader(column: &'c Column) -> Self::Reader {
        ListReader { offsets: Offsets::new(column), items: T::reader(&column.children()[0]) }
    }

    #[inline]
    fn block<'r>(reader: &'r Self::Reader, index: usize) -> Self::Block<'r>
    where
        'c: 'r,
    {
        (reader, index * BLOCK)
    }

    fn get<'r>((reader, first): Self::Block<'r>, row: usize) -> Self
    where
        'c: 'r,
    {
        let item = |item: usize| T::get(T::block(&reader.items, item / BLOCK), item % BLOCK);
        reader.offsets.range(first + row).map(item).collect()
    }

    fn valid(column: &'c Column, reader: &Self::Reader, index: usize) -> u64 {
        valid::<T>(column, &reader.offsets, &reader.items, index)
    }
}

/// Collects the items of lists one after the other.
pub struct ListWriter<W> {
    data_type: DataType,
    offsets: OffsetsWriter,
    items: W,
    end: usize,
}

impl<W> ListWriter<W> {
    /// A list of `count` items, which `write` writes.
    pub(super) fn push(&mut self, count: usize, write: impl FnOnce(&mut W)) {
        write(&mut self.items);
        self.end += count;
        self.offsets.push(self.end, true);
    }
}

impl<W: Writer> Writer for ListWriter<W> {
    fn new(data_type: &DataType, rows: usize) -> Self {
        let items = W::new(data_type.children().first().map_or(&DataType::Null, |item| &item.data_type), rows);
        Self { data_type: data_type.clone(), offsets: OffsetsWriter::new(rows), items, end: 0 }
    }

    fn push_null(&mut self) {
        self.offsets.push(self.end, false);
    }

    fn finish(self) -> Column {
        self.offsets.finish(self.data_type, self.end, None, vec![self.items.finish()])
    }
}

impl<T: Item + Write> Write for Vec<T> {
    type Writer = ListWriter<T::Writer>;

    fn write(self, writer: &mut Self::Writer) {
        writer.push(self.len(), |items| self.into_iter().for_each(|item| item.write(items)));
    }

    fn heap_size(&self) -> usize {
        self.capacity() * size_of::<T>() + self.iter().map(T::heap_size).sum::<usize>()
    }
}

/// A number whose lists can be read in place, as slices.
#[doc(hidden)]
pub trait Slice: Copy + 'static {
    /// The numbers in a buffer.
    fn slice(buffer: &[u8]) -> &[Self];
}

macro_rules! slices {
    ($($type:ty),*) => {$(
        impl Slice for $type {
            fn slice(buffer: &[u8]) -> &[Self] {
                // SAFETY: every pattern of bits is a number of this type.
                let (before, numbers, _) = unsafe { buffer.align_to() };
                assert!(before.is_empty(), "buffers begin at multiples of 8 bytes");
                numbers
            }
        }
    )*};
}
slices!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64);

/// Reads slices of the buffer of all items.
pub struct SliceReader<'c, T> {
    offsets: Offsets<'c>,
    numbers: &'c [T],
}

impl<T: Item + Slice + Typed> Typed for &[T] {
    fn data_type() -> DataType {
        DataType::list(T::data_type())
    }
}

impl<'c, T: Item + Slice + Read<'c>> Read<'c> for &'c [T] {
    type Reader = (SliceReader<'c, T>, T::Reader);
    type Block<'r>
        = (&'r SliceReader<'c, T>, usize)
    where
        'c: 'r;

    fn reader(column: &'c Column) -> Self::Reader {
        let items = &column.children()[0];
        (SliceReader { offsets: Offsets::new(column), numbers: T::slice(items.buffer(0)) }, T::reader(items))
    }

    #[inline]
    fn block<'r>((reader, _): &'r Self::Reader, index: usize) -> Self::Block<'r>
    where
        'c: 'r,
    {
        (reader, index * BLOCK)
    }

    #[inline]
    fn get<'r>((reader, first): Self::Block<'r>, row: usize) -> Self
    where
        'c: 'r,
    {
        reader.numbers.get(reader.offsets.range(first + row)).unwrap_or_default()
    }

    fn valid(column: &'c Column, (reader, items): &Self::Reader, index: usize) -> u64 {
        valid::<T>(column, &reader.offsets, items, index)
    }
}
