//! Values of any type, as generic functions pass them on.

use super::bits::BoolWriter;
use super::bytes::{BytesWriter, Offsets};
use super::list::ListWriter;
use super::{Read, Typed, Write, Writer};
use crate::buffer::{BLOCK, Validity};
use crate::{Column, DataType, Error};

/// A value of any type, or null: a row of some column. As a parameter it accepts every type, and sees nulls.
#[derive(Clone, Copy, Debug)]
pub struct Value<'c> {
    column: &'c Column,
    /// Where it lies in the column's buffers.
    position: usize,
}

impl<'c> Value<'c> {
    /// The value of a row.
    pub fn of(column: &'c Column, row: usize) -> Self {
        Self { column, position: column.position(row) }
    }

    pub fn data_type(self) -> &'c DataType {
        self.column.data_type()
    }

    pub fn is_null(self) -> bool {
        self.column.is_null(self.position)
    }

    /// The value as a Rust type; none when it is null, or holds a null that the type cannot hold.
    ///
    /// # Errors
    /// When the value is of another type.
    pub fn get<T: Read<'c>>(self) -> Result<Option<T>, Error> {
        if !T::ANY && !T::data_type().same_values(self.data_type()) {
            let (wanted, given) = (T::data_type().format(), self.data_type().format());
            return Err(Error::new(format!("the value has Arrow format `{given}`, not `{wanted}`")));
        }
        let reader = T::reader(self.column);
        let (index, row) = (self.position / BLOCK, self.position % BLOCK);
        let valid = T::valid(self.column, &reader, index) >> row & 1 == 1;
        Ok(valid.then(|| T::get(T::block(&reader, index), row)))
    }

    /// A moment, whatever zone it is shown in.
    #[cfg(feature = "task")]
    pub(crate) fn timestamp(self) -> Option<crate::Timestamp> {
        self.fixed().map(|bytes| crate::Timestamp(i64::from_le_bytes(bytes)))
    }

    /// A number of any type as a floating-point number; none when it is null or no number.
    pub fn number(self) -> Option<f64> {
        /// The number as one of the type.
        macro_rules! as_type {
            ($type:ty) => {
                self.get::<$type>().ok().flatten().map(|number| number as f64)
            };
        }
        match self.data_type() {
            DataType::Int8 => as_type!(i8),
            DataType::Int16 => as_type!(i16),
            DataType::Int32 => as_type!(i32),
            DataType::Int64 => as_type!(i64),
            DataType::UInt8 => as_type!(u8),
            DataType::UInt16 => as_type!(u16),
            DataType::UInt32 => as_type!(u32),
            DataType::UInt64 => as_type!(u64),
            DataType::Float32 => as_type!(f32),
            DataType::Float64 => as_type!(f64),
            DataType::Decimal { scale, .. } if !self.is_null() => {
                self.units().map(|units| units as f64 / 10_f64.powi(i32::from(*scale)))
            }
            _ => None,
        }
    }

    /// The units of a decimal, whatever its scale.
    pub(crate) fn units(self) -> Option<i128> {
        self.fixed().map(i128::from_le_bytes)
    }

    /// The bytes of a value that has so many.
    fn fixed<const N: usize>(self) -> Option<[u8; N]> {
        self.column.buffer(0).as_chunks().0.get(self.position).copied()
    }

    /// The items of a list, or the entries of a map; nothing for other types.
    pub fn items(self) -> impl ExactSizeIterator<Item = Value<'c>> {
        let range = match (self.is_null(), self.data_type()) {
            (false, DataType::List(_) | DataType::Map(_)) => Offsets::new(self.column).range(self.position),
            _ => 0..0,
        };
        range.map(move |row| Value::of(&self.column.children()[0], row))
    }

    /// A field of a struct, by its position; none for other types.
    pub fn field(self, index: usize) -> Option<Value<'c>> {
        let children = matches!(self.data_type(), DataType::Struct(_)).then(|| self.column.children())?;
        children.get(index).map(|child| Value::of(child, self.position))
    }
}

impl Typed for Value<'_> {
    /// A placeholder: each column has a type of its own.
    fn data_type() -> DataType {
        DataType::Null
    }

    const NULLABLE: bool = true;
    const ANY: bool = true;
}

impl<'c> Read<'c> for Value<'c> {
    type Reader = &'c Column;
    type Block<'r>
        = (&'c Column, usize)
    where
        'c: 'r;

    fn reader(column: &'c Column) -> Self::Reader {
        column
    }

    fn block<'r>(column: &'r Self::Reader, index: usize) -> Self::Block<'r>
    where
        'c: 'r,
    {
        (column, index * BLOCK)
    }

    fn get<'r>((column, first): Self::Block<'r>, row: usize) -> Self
    where
        'c: 'r,
    {
        Value::of(column, first + row)
    }

    fn valid(_: &'c Column, _: &Self::Reader, _: usize) -> u64 {
        u64::MAX
    }
}

/// Copies values of a type that is only known when it runs.
pub struct AnyWriter {
    data_type: DataType,
    layout: Layout,
}

enum Layout {
    Null(usize),
    Bits(BoolWriter),
    Fixed { width: usize, bytes: Vec<u8>, validity: Validity },
    Bytes(BytesWriter),
    List(ListWriter<Box<AnyWriter>>),
    Struct { fields: Vec<AnyWriter>, validity: Validity },
}

impl Writer for AnyWriter {
    fn new(data_type: &DataType, rows: usize) -> Self {
        let layout = match data_type {
            DataType::Null => Layout::Null(0),
            DataType::Boolean => Layout::Bits(Writer::new(data_type, rows)),
            DataType::Utf8 | DataType::Binary => Layout::Bytes(Writer::new(data_type, rows)),
            DataType::List(_) | DataType::Map(_) => Layout::List(Writer::new(data_type, rows)),
            DataType::Struct(fields) => Layout::Struct {
                fields: fields.iter().map(|field| Writer::new(&field.data_type, rows)).collect(),
                validity: Validity::default(),
            },
            _ => {
                let width = data_type.width();
                let width =
                    width.unwrap_or_else(|| panic!("values of Arrow format `{}` cannot be copied", data_type.format()));
                Layout::Fixed { width, bytes: Vec::with_capacity(rows * width), validity: Validity::default() }
            }
        };
        Self { data_type: data_type.clone(), layout }
    }

    fn push_null(&mut self) {
        match &mut self.layout {
            Layout::Null(rows) => *rows += 1,
            Layout::Bits(writer) => writer.push_null(),
            Layout::Bytes(writer) => writer.push_null(),
            Layout::List(writer) => writer.push_null(),
            Layout::Fixed { width, bytes, validity } => {
                bytes.resize(bytes.len() + *width, 0);
                validity.push(false);
            }
            Layout::Struct { fields, validity } => {
                fields.iter_mut().for_each(AnyWriter::push_null);
                validity.push(false);
            }
        }
    }

    fn finish(self) -> Column {
        match self.layout {
            Layout::Null(rows) => Column::new(self.data_type, rows, (vec![], rows), vec![], vec![]),
            Layout::Bits(writer) => writer.finish(),
            Layout::Bytes(writer) => writer.finish(),
            Layout::List(writer) => writer.finish(),
            Layout::Fixed { bytes, validity, .. } => {
                Column::new(self.data_type, validity.len(), validity.finish(), vec![bytes], vec![])
            }
            Layout::Struct { fields, validity } => {
                let fields = fields.into_iter().map(AnyWriter::finish).collect();
                Column::new(self.data_type, validity.len(), validity.finish(), vec![], fields)
            }
        }
    }
}

impl Writer for Box<AnyWriter> {
    fn new(data_type: &DataType, rows: usize) -> Self {
        Box::new(AnyWriter::new(data_type, rows))
    }

    fn push_null(&mut self) {
        AnyWriter::push_null(self);
    }

    fn finish(self) -> Column {
        AnyWriter::finish(*self)
    }
}

impl Write for Value<'_> {
    type Writer = AnyWriter;

    fn write(self, writer: &mut AnyWriter) {
        let same = self.data_type() == &writer.data_type || self.data_type().same_values(&writer.data_type);
        assert!(
            same || self.data_type() == &DataType::Null,
            "a value of another type than the function said it returns"
        );
        if self.is_null() {
            return writer.push_null();
        }
        let buffer = self.column.buffer(0);
        match &mut writer.layout {
            Layout::Null(rows) => *rows += 1,
            Layout::Bits(writer) => (buffer[self.position / 8] >> (self.position % 8) & 1 == 1).write(writer),
            Layout::Bytes(writer) => {
                writer.push(&self.column.buffer(1)[Offsets::new(self.column).range(self.position)]);
            }
            Layout::Fixed { width, bytes, validity } => {
                bytes.extend_from_slice(&buffer[self.position * *width..][..*width]);
                validity.push(true);
            }
            Layout::List(writer) => {
                let items = self.items();
                writer.push(items.len(), |writer| items.for_each(|item| item.write(writer)));
            }
            Layout::Struct { fields, validity } => {
                let values = self.column.children().iter().map(|child| Value::of(child, self.position));
                values.zip(fields).for_each(|(value, writer)| value.write(writer));
                validity.push(true);
            }
        }
    }
}

/// As many rows of one value as the column has, in buffers of their own.
pub(crate) fn repeat(constant: &Column) -> Column {
    gather(constant, 0..constant.len())
}

/// The rows of these numbers, in that order.
pub(crate) fn gather(column: &Column, rows: impl ExactSizeIterator<Item = usize>) -> Column {
    let mut writer = AnyWriter::new(column.data_type(), rows.len());
    rows.for_each(|row| Value::of(column, row).write(&mut writer));
    writer.finish()
}

/// The rows of columns of one type, one after the other.
pub(crate) fn join<'c>(columns: impl Iterator<Item = &'c Column> + Clone) -> Column {
    let data_type = columns.clone().next().map_or(DataType::Null, |column| column.data_type().clone());
    let mut writer = AnyWriter::new(&data_type, columns.clone().map(Column::len).sum());
    columns.for_each(|column| (0..column.len()).for_each(|row| Value::of(column, row).write(&mut writer)));
    writer.finish()
}
