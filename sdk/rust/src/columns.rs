//! Whole columns of a known type, for functions that would rather loop over buffers than over rows.

use crate::buffer::{BLOCK, Validity};
use crate::function::Call;
use crate::value::{Slice, Typed, Value, Write, Writer, repeat};
use crate::{Column, DataType, Error};
use std::borrow::Cow;
use std::marker::PhantomData;

/// A column of values of type `T`; `str` and `[u8]` for text and binary. Clones share their buffers.
pub struct ColumnOf<T: ?Sized> {
    column: Column,
    of: PhantomData<T>,
}

pub type BooleanColumn = ColumnOf<bool>;
pub type Int8Column = ColumnOf<i8>;
pub type Int16Column = ColumnOf<i16>;
pub type Int32Column = ColumnOf<i32>;
pub type Int64Column = ColumnOf<i64>;
pub type UInt8Column = ColumnOf<u8>;
pub type UInt16Column = ColumnOf<u16>;
pub type UInt32Column = ColumnOf<u32>;
pub type UInt64Column = ColumnOf<u64>;
pub type Float32Column = ColumnOf<f32>;
pub type Float64Column = ColumnOf<f64>;
pub type Utf8Column = ColumnOf<str>;
pub type BinaryColumn = ColumnOf<[u8]>;

/// What a column can hold, as [`ColumnOf`] names it.
#[doc(hidden)]
pub trait Kind {
    fn data_type() -> DataType;
}

/// A Rust type from which columns of `T` are collected: `T` itself, or an option of it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "a column of `{T}` cannot be collected from `{Self}`")]
pub trait CellOf<T: ?Sized>: Write {}

macro_rules! kinds {
    ($($kind:ty: $($cell:ty),+;)*) => {$(
        impl Kind for $kind {
            fn data_type() -> DataType {
                kinds!(@first $($cell),+)
            }
        }
        $(impl CellOf<$kind> for $cell {} impl CellOf<$kind> for Option<$cell> {})+
    )*};
    (@first $cell:ty $(, $rest:ty)*) => { <$cell as Typed>::data_type() };
}
kinds! {
    bool: bool; i8: i8; i16: i16; i32: i32; i64: i64; u8: u8; u16: u16; u32: u32; u64: u64; f32: f32; f64: f64;
    str: &str, String, Cow<'_, str>;
    [u8]: &[u8], Vec<u8>;
}

/// A parameter or a result of a function on whole columns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a column",
    label = "is not a column",
    note = "with #[scalar(columns)] parameters are `&Float64Column`, `&Utf8Column`, … or `&Column`, and so is the result"
)]
pub trait Whole: Sized {
    /// None: any type.
    fn data_type() -> Option<DataType>;

    /// Whether it stands for every type.
    const ANY: bool;

    fn from_column(column: Column) -> Self;

    fn into_column(self) -> Column;
}

impl Whole for Column {
    fn data_type() -> Option<DataType> {
        None
    }

    const ANY: bool = true;

    fn from_column(column: Column) -> Self {
        column
    }

    fn into_column(self) -> Column {
        self
    }
}

impl<T: Kind + ?Sized> Whole for ColumnOf<T> {
    fn data_type() -> Option<DataType> {
        Some(T::data_type())
    }

    const ANY: bool = false;

    fn from_column(column: Column) -> Self {
        Self { column, of: PhantomData }
    }

    fn into_column(self) -> Column {
        self.column
    }
}

/// What a function on whole columns returns: a column, or a result of one.
pub trait WholeOutput {
    type Column: Whole;

    fn into_result(self) -> Result<Self::Column, Error>;
}

impl<C: Whole> WholeOutput for C {
    type Column = C;

    fn into_result(self) -> Result<C, Error> {
        Ok(self)
    }
}

impl<C: Whole, E: Into<Error>> WholeOutput for Result<C, E> {
    type Column = C;

    fn into_result(self) -> Result<C, Error> {
        self.map_err(Into::into)
    }
}

/// The result of a call, if it has the rows and the type that it ought to have.
pub fn whole<O: WholeOutput>(call: &Call, output: O) -> Result<Column, Error> {
    let column = output.into_result()?.into_column();
    if column.len() != call.rows {
        return Err(Error::new(format!("the function returned {} rows for {}", column.len(), call.rows)));
    }
    if !column.data_type().same_values(call.data_type()) {
        let (returned, said) = (column.data_type().format(), call.data_type().format());
        return Err(Error::new(format!("the function returned Arrow format `{returned}`, not `{said}` as it said")));
    }
    Ok(if column.is_constant() { repeat(&column) } else { column })
}

/// The type of what a function returns, which has to be known without its arguments.
pub fn whole_type<O: WholeOutput>() -> DataType {
    const { assert!(!O::Column::ANY, "a function that returns any `Column` needs #[scalar(returns = …)]") };
    O::Column::data_type().unwrap_or(DataType::Null)
}

impl<T: Kind + ?Sized> ColumnOf<T> {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.column.len()
    }

    pub fn is_empty(&self) -> bool {
        self.column.is_empty()
    }

    /// Whether all rows have the one value that the buffers hold.
    pub fn is_constant(&self) -> bool {
        self.column.is_constant()
    }

    pub fn is_null(&self, row: usize) -> bool {
        self.column.is_null(row)
    }

    /// The column, whatever its type.
    pub fn column(&self) -> &Column {
        &self.column
    }

    /// The same values, but null wherever `other` is.
    #[must_use]
    pub fn null_where<U: Kind + ?Sized>(mut self, other: &ColumnOf<U>) -> Self {
        if other.column.has_nulls() && !self.is_constant() {
            let mut validity = Validity::default();
            for start in (0..self.len()).step_by(BLOCK) {
                let valid = self.column.validity(start / BLOCK) & other.column.validity(start / BLOCK);
                validity.append(valid, BLOCK.min(self.len() - start));
            }
            self.column = self.column.with_validity(validity);
        } else if other.column.has_nulls() {
            self = Self::from_column(repeat(&self.column)).null_where(other);
        }
        self
    }
}

impl<T: Kind + Slice> ColumnOf<T> {
    /// The numbers, those of nulls being any; a single one when the column is constant.
    pub fn values(&self) -> &[T] {
        T::slice(self.column.buffer(0))
    }

    /// The number of a row.
    pub fn get(&self, row: usize) -> Option<T> {
        (!self.is_null(row)).then(|| self.values()[self.column.position(row)])
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<T>> {
        (0..self.len()).map(|row| self.get(row))
    }
}

impl ColumnOf<bool> {
    /// The value of a row.
    pub fn get(&self, row: usize) -> Option<bool> {
        Value::of(&self.column, row).get().ok().flatten()
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<bool>> {
        (0..self.len()).map(|row| self.get(row))
    }
}

impl ColumnOf<[u8]> {
    /// The bytes of a row.
    pub fn get(&self, row: usize) -> Option<&[u8]> {
        Value::of(&self.column, row).get().ok().flatten()
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<&[u8]>> {
        (0..self.len()).map(|row| self.get(row))
    }
}

impl ColumnOf<str> {
    /// The text of a row.
    pub fn get(&self, row: usize) -> Option<&str> {
        Value::of(&self.column, row).get().ok().flatten()
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<&str>> {
        (0..self.len()).map(|row| self.get(row))
    }

    /// The texts of all rows, one after the other; of a single one when the column is constant.
    pub fn text(&self) -> &str {
        crate::value::text(self.column.buffer(1))
    }

    /// Other texts of the same lengths, one after the other, in the same rows.
    ///
    /// # Errors
    /// When `text` has another length in all, or a row would begin inside a character.
    pub fn with_text(&self, text: String) -> Result<Self, Error> {
        let (offsets, _) = self.column.buffer(0).as_chunks();
        let whole = |offset: &[u8; 4]| text.is_char_boundary(i32::from_le_bytes(*offset) as usize);
        if text.len() != self.text().len() || !(is_ascii(text.as_bytes()) || offsets.iter().all(whole)) {
            return Err(Error::new("the new text does not fit the rows of the old one"));
        }
        Ok(Self::from_column(self.column.with_buffer(1, text.into_bytes())))
    }
}

/// Whether a character begins at each byte. Looks at many bytes in each round of its loop, where the engine looks at
/// its clock; the standard library's own loop is not made for WebAssembly.
fn is_ascii(bytes: &[u8]) -> bool {
    let ascii = |bytes: &[u8]| bytes.iter().fold(0, |all, byte| all | byte) < 0x80;
    let (blocks, rest) = bytes.as_chunks::<128>();
    blocks.iter().all(|block| ascii(block)) && ascii(rest)
}

impl<T: ?Sized> Clone for ColumnOf<T> {
    fn clone(&self) -> Self {
        Self { column: self.column.clone(), of: PhantomData }
    }
}

impl<T: Kind + ?Sized, C: CellOf<T>> FromIterator<C> for ColumnOf<T> {
    fn from_iter<I: IntoIterator<Item = C>>(cells: I) -> Self {
        let cells = cells.into_iter();
        let mut writer = C::Writer::new(&T::data_type(), cells.size_hint().0);
        C::write_all(&mut writer, cells);
        Self::from_column(writer.finish())
    }
}
