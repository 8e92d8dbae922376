//! Numbers and all that is stored like them: dates, timestamps, decimals.

use super::{Read, Typed, Write, Writer};
use crate::buffer::{BLOCK, Validity};
use crate::{Column, DataType, Date, Decimal, LocalTimestamp, Timestamp};

/// Rows whose values are made in one round of a loop, at the end of which the engine looks at its clock.
const ROUND: usize = 16;
const _: () = assert!(BLOCK.is_multiple_of(ROUND));

/// A value of a fixed number of bytes.
#[doc(hidden)]
pub trait Fixed: Copy {
    type Bytes: Copy + 'static;
    const ZERO: Self::Bytes;

    fn from_bytes(bytes: Self::Bytes) -> Self;

    fn into_bytes(self) -> Self::Bytes;

    fn split(buffer: &[u8]) -> &[Self::Bytes];

    fn join(values: Vec<Self::Bytes>) -> Vec<u8>;
}

/// Reads blocks in place; the last, incomplete one is kept apart, filled up. A constant is nothing but such
/// a last block, which holds the value 64 times.
pub struct FixedReader<'c, T: Fixed> {
    blocks: &'c [[T::Bytes; BLOCK]],
    last: [T::Bytes; BLOCK],
}

impl<'c, T: Fixed> FixedReader<'c, T> {
    fn new(column: &'c Column) -> Self {
        let values = T::split(column.buffer(0));
        if column.is_constant() {
            return Self { blocks: &[], last: [values.first().copied().unwrap_or(T::ZERO); BLOCK] };
        }
        let (blocks, rest) = values.as_chunks();
        let mut last = [T::ZERO; BLOCK];
        last[..rest.len()].copy_from_slice(rest);
        Self { blocks, last }
    }
}

/// Collects values in their bytes.
pub struct FixedWriter<T: Fixed> {
    data_type: DataType,
    values: Vec<T::Bytes>,
    validity: Validity,
}

impl<T: Fixed> Writer for FixedWriter<T> {
    fn new(data_type: &DataType, rows: usize) -> Self {
        Self { data_type: data_type.clone(), values: Vec::with_capacity(rows), validity: Validity::default() }
    }

    fn push_null(&mut self) {
        self.values.push(T::ZERO);
        self.validity.push(false);
    }

    fn finish(self) -> Column {
        Column::new(self.data_type, self.values.len(), self.validity.finish(), vec![T::join(self.values)], vec![])
    }
}

macro_rules! fixed {
    ($($type:ident$(<$(const $parameter:ident: $of:ty),+>)? as $native:ty: $data_type:expr,
       |$value:pat_param| $inner:expr, |$native_value:ident| $outer:expr;)*) => {$(
        impl $(<$(const $parameter: $of),+>)? Fixed for $type$(<$($parameter),+>)? {
            type Bytes = [u8; size_of::<$native>()];
            const ZERO: Self::Bytes = [0; size_of::<$native>()];

            #[inline]
            fn from_bytes(bytes: Self::Bytes) -> Self {
                let $native_value = <$native>::from_le_bytes(bytes);
                $outer
            }

            #[inline]
            fn into_bytes(self) -> Self::Bytes {
                let $value = self;
                <$native>::to_le_bytes($inner)
            }

            fn split(buffer: &[u8]) -> &[Self::Bytes] {
                buffer.as_chunks().0
            }

            fn join(values: Vec<Self::Bytes>) -> Vec<u8> {
                values.into_flattened()
            }
        }

        impl $(<$(const $parameter: $of),+>)? Typed for $type$(<$($parameter),+>)? {
            fn data_type() -> DataType {
                $data_type
            }
        }

        impl<'c $($(, const $parameter: $of)+)?> Read<'c> for $type$(<$($parameter),+>)? {
            type Reader = FixedReader<'c, Self>;
            type Block<'r> = &'r [<Self as Fixed>::Bytes; BLOCK] where 'c: 'r;

            fn reader(column: &'c Column) -> Self::Reader {
                FixedReader::new(column)
            }

            #[inline]
            fn block<'r>(reader: &'r Self::Reader, index: usize) -> Self::Block<'r>
            where
                'c: 'r,
            {
                reader.blocks.get(index).unwrap_or(&reader.last)
            }

            #[inline]
            fn get<'r>(block: Self::Block<'r>, row: usize) -> Self
            where
                'c: 'r,
            {
                Self::from_bytes(block[row])
            }
        }

        impl $(<$(const $parameter: $of),+>)? Write for $type$(<$($parameter),+>)? {
            type Writer = FixedWriter<Self>;

            #[inline]
            fn write(self, writer: &mut Self::Writer) {
                writer.values.push(self.into_bytes());
                writer.validity.push(true);
            }

            #[inline]
            fn write_block(writer: &mut Self::Writer, mut value: impl FnMut(usize) -> Self) {
                // Counted so, a round's values stay in registers until they are written; by its number they do not.
                for first in (0..BLOCK / ROUND).map(|round| round * ROUND) {
                    let values: [_; ROUND] = std::array::from_fn(|row| value(first + row).into_bytes());
                    writer.values.extend_from_slice(&values);
                }
                writer.validity.append(u64::MAX, BLOCK);
            }

            #[inline]
            fn write_all(writer: &mut Self::Writer, values: impl Iterator<Item = Self>) {
                // Without a look at the validity between them, the values can be written several at a time.
                let before = writer.values.len();
                writer.values.extend(values.map(Self::into_bytes));
                writer.validity.append_valid(writer.values.len() - before);
            }
        }
    )*};
}

fixed! {
    i8 as i8: DataType::Int8, |value| value, |value| value;
    i16 as i16: DataType::Int16, |value| value, |value| value;
    i32 as i32: DataType::Int32, |value| value, |value| value;
    i64 as i64: DataType::Int64, |value| value, |value| value;
    u8 as u8: DataType::UInt8, |value| value, |value| value;
    u16 as u16: DataType::UInt16, |value| value, |value| value;
    u32 as u32: DataType::UInt32, |value| value, |value| value;
    u64 as u64: DataType::UInt64, |value| value, |value| value;
    f32 as f32: DataType::Float32, |value| value, |value| value;
    f64 as f64: DataType::Float64, |value| value, |value| value;
    Date as i32: DataType::Date, |Self(days)| days, |days| Self(days);
    Timestamp as i64: DataType::timestamp_utc(), |Self(micros)| micros, |micros| Self(micros);
    LocalTimestamp as i64: DataType::Timestamp(None), |Self(micros)| micros, |micros| Self(micros);
    Decimal<const P: u8, const S: i8> as i128: DataType::Decimal { precision: P, scale: S }, |Self(units)| units, |units| Self(units);
}
