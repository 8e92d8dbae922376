//! How Rust values are read from columns and written to them: one trait for the type, one for each way,
//! and an implementation for every Rust type that has a place in SQL.
//!
//! Rows are read in blocks of 64, so that the inner loop runs over arrays of a fixed length, without a bounds
//! check, and a word of the validity bitmap tells at once whether any row of the block is null.

mod any;
mod bits;
mod bytes;
mod fixed;
mod list;
mod option;
mod record;

pub use any::Value;
pub(crate) use any::{gather, join, repeat};
pub(crate) use bytes::text;
pub use list::Item;
pub(crate) use list::Slice;
pub use record::{Record, RecordReader, RecordWriter, WriteRow};

use crate::buffer::BLOCK;
use crate::{Column, DataType};

/// A Rust type that stands for a type of SQL.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type of SQL",
    label = "has no place in a column",
    note = "use bool, i8 to i64, u8 to u64, f32, f64, &str, String, &[u8], Vec<u8>, Date, Timestamp, LocalTimestamp, \
            Decimal<P, S>, Vec<T>, Option<T>, or a struct with #[derive(Row)]"
)]
pub trait Typed {
    /// The type of its columns.
    fn data_type() -> DataType;

    /// Whether null is one of its values.
    const NULLABLE: bool = false;

    /// Whether it stands for every type.
    const ANY: bool = false;
}

/// A value that a parameter can have: readable from a column that lives for `'c`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of an argument",
    label = "cannot be read from a column",
    note = "use bool, i8 to i64, u8 to u64, f32, f64, &str, String, &[u8], Vec<u8>, Date, Timestamp, LocalTimestamp, \
            Decimal<P, S>, Vec<T>, Option<T> (to see nulls), or a struct with #[derive(Row)]"
)]
pub trait Read<'c>: Typed + Sized + 'c {
    /// The column, made ready for reading.
    type Reader: 'c;
    /// 64 rows of it.
    type Block<'r>: Copy
    where
        'c: 'r;

    fn reader(column: &'c Column) -> Self::Reader;

    fn block<'r>(reader: &'r Self::Reader, index: usize) -> Self::Block<'r>
    where
        'c: 'r;

    /// The value of row number `row` (below 64) of the block. A row that is not valid has any value.
    fn get<'r>(block: Self::Block<'r>, row: usize) -> Self
    where
        'c: 'r;

    /// One bit for each row of a block: whether it has a value of this type.
    fn valid(column: &'c Column, reader: &Self::Reader, index: usize) -> u64 {
        let _ = reader;
        column.validity(index)
    }
}

/// A value that a function can return: writable to a column.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a result",
    label = "cannot be written to a column",
    note = "use bool, i8 to i64, u8 to u64, f32, f64, &str, String, &[u8], Vec<u8>, Date, Timestamp, LocalTimestamp, \
            Decimal<P, S>, Vec<T>, Option<T>, a struct with #[derive(Row)], or a Result of one of these"
)]
pub trait Write: Typed + Sized {
    type Writer: Writer;

    fn write(self, writer: &mut Self::Writer);

    /// Writes the values of 64 rows.
    fn write_block(writer: &mut Self::Writer, mut value: impl FnMut(usize) -> Self) {
        (0..BLOCK).for_each(|row| value(row).write(writer));
    }

    /// Writes all values of an iterator.
    fn write_all(writer: &mut Self::Writer, values: impl Iterator<Item = Self>) {
        values.for_each(|value| value.write(writer));
    }

    /// Bytes that the value holds outside itself.
    fn heap_size(&self) -> usize {
        0
    }
}

/// A column that grows.
pub trait Writer: Sized {
    /// An empty column of `data_type` with room for some rows.
    fn new(data_type: &DataType, rows: usize) -> Self;

    fn push_null(&mut self);

    /// The column of all rows.
    fn finish(self) -> Column;
}

/// The type of a parameter; none when it takes any. Nulls may be anywhere: they make the argument null as a whole.
pub fn parameter_type<T: Typed>() -> Option<DataType> {
    (!T::ANY).then(|| T::data_type().nullable_inside())
}

/// Readers of several values of a row at once: a list of pairs that ends in `()`.
pub trait ReadRow<'c>: Sized + 'c {
    type Readers: 'c;
    type Blocks<'r>: Copy
    where
        'c: 'r;

    /// The readers of as many columns as there are values.
    fn readers(columns: &'c [Column]) -> Self::Readers;

    fn blocks<'r>(readers: &'r Self::Readers, index: usize) -> Self::Blocks<'r>
    where
        'c: 'r;

    fn get<'r>(blocks: Self::Blocks<'r>, row: usize) -> Self
    where
        'c: 'r;

    /// One bit a row: whether every value is there.
    fn valid(columns: &'c [Column], readers: &Self::Readers, index: usize) -> u64;
}

impl<'c> ReadRow<'c> for () {
    type Readers = ();
    type Blocks<'r>
        = ()
    where
        'c: 'r;

    fn readers(_: &'c [Column]) -> Self::Readers {}

    fn blocks<'r>((): &'r (), _: usize)
    where
        'c: 'r,
    {
    }

    fn get<'r>((): (), _: usize)
    where
        'c: 'r,
    {
    }

    fn valid(_: &'c [Column], (): &(), _: usize) -> u64 {
        u64::MAX
    }
}

impl<'c, A: Read<'c>, B: ReadRow<'c>> ReadRow<'c> for (A, B) {
    type Readers = (A::Reader, B::Readers);
    type Blocks<'r>
        = (A::Block<'r>, B::Blocks<'r>)
    where
        'c: 'r;

    fn readers(columns: &'c [Column]) -> Self::Readers {
        (A::reader(&columns[0]), B::readers(&columns[1..]))
    }

    fn blocks<'r>((first, rest): &'r Self::Readers, index: usize) -> Self::Blocks<'r>
    where
        'c: 'r,
    {
        (A::block(first, index), B::blocks(rest, index))
    }

    fn get<'r>((first, rest): Self::Blocks<'r>, row: usize) -> Self
    where
        'c: 'r,
    {
        (A::get(first, row), B::get(rest, row))
    }

    fn valid(columns: &'c [Column], (first, rest): &Self::Readers, index: usize) -> u64 {
        A::valid(&columns[0], first, index) & B::valid(&columns[1..], rest, index)
    }
}

/// The values of all columns that are left: the end of a row with any number of values.
pub struct Rest<T>(pub Vec<T>);

impl<'c, T: Read<'c>> ReadRow<'c> for Rest<T> {
    type Readers = Vec<T::Reader>;
    type Blocks<'r>
        = (&'r [T::Reader], usize)
    where
        'c: 'r;

    fn readers(columns: &'c [Column]) -> Self::Readers {
        columns.iter().map(T::reader).collect()
    }

    fn blocks<'r>(readers: &'r Self::Readers, index: usize) -> Self::Blocks<'r>
    where
        'c: 'r,
    {
        (readers, index)
    }

    fn get<'r>((readers, index): Self::Blocks<'r>, row: usize) -> Self
    where
        'c: 'r,
    {
        Self(readers.iter().map(|reader| T::get(T::block(reader, index), row)).collect())
    }

    fn valid(columns: &'c [Column], readers: &Self::Readers, index: usize) -> u64 {
        columns.iter().zip(readers).fold(u64::MAX, |valid, (column, reader)| valid & T::valid(column, reader, index))
    }
}
