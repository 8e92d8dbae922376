//! Text and binary: offsets into one buffer.

use super::{Read, Typed, Write, Writer};
use crate::buffer::{BLOCK, Validity};
use crate::{Column, DataType};
use std::borrow::Cow;
use std::ops::Range;

/// Where the values of a column lie: between two offsets.
#[derive(Clone, Copy)]
pub(super) struct Offsets<'c> {
    offsets: &'c [[u8; 4]],
    /// From row to row: 0 for a constant.
    stride: usize,
}

impl<'c> Offsets<'c> {
    pub(super) fn new(column: &'c Column) -> Self {
        Self { offsets: column.buffer(0).as_chunks().0, stride: usize::from(!column.is_constant()) }
    }

    #[inline]
    pub(super) fn range(&self, row: usize) -> Range<usize> {
        let row = row * self.stride;
        match self.offsets.get(row..row + 2) {
            Some(&[start, end]) => i32::from_le_bytes(start) as usize..i32::from_le_bytes(end) as usize,
            _ => 0..0,
        }
    }
}

/// Collects where the values of a column end.
pub(super) struct OffsetsWriter {
    offsets: Vec<[u8; 4]>,
    validity: Validity,
}

impl OffsetsWriter {
    pub(super) fn new(rows: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push([0; 4]);
        Self { offsets, validity: Validity::default() }
    }

    /// Ends a row at `end`, as far as an offset reaches; [`OffsetsWriter::finish`] looks whether it does.
    #[inline]
    pub(super) fn push(&mut self, end: usize, valid: bool) {
        self.offsets.push((end as i32).to_le_bytes());
        self.validity.push(valid);
    }

    /// The column that ends at `end`, with the offsets before its other buffers.
    pub(super) fn finish(self, data_type: DataType, end: usize, bytes: Option<Vec<u8>>, items: Vec<Column>) -> Column {
        assert!(i32::try_from(end).is_ok(), "the values of a batch are more than its offsets can count");
        let buffers = [self.offsets.into_flattened()].into_iter().chain(bytes).collect();
        Column::new(data_type, self.validity.len(), self.validity.finish(), buffers, items)
    }
}

/// Reads the bytes between two offsets.
#[derive(Clone, Copy)]
pub struct BytesReader<'c> {
    offsets: Offsets<'c>,
    bytes: &'c [u8],
}

impl<'c> BytesReader<'c> {
    #[inline]
    fn get(&self, row: usize) -> &'c [u8] {
        self.bytes.get(self.offsets.range(row)).unwrap_or_default()
    }
}

/// A block is the reader and the number of its first row.
type BytesBlock<'c> = (BytesReader<'c>, usize);

/// Collects bytes one after the other.
pub struct BytesWriter {
    data_type: DataType,
    bytes: Vec<u8>,
    offsets: OffsetsWriter,
}

impl BytesWriter {
    #[inline]
    pub(super) fn push(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(value);
        self.offsets.push(self.bytes.len(), true);
    }
}

impl Writer for BytesWriter {
    fn new(data_type: &DataType, rows: usize) -> Self {
        let bytes = Vec::with_capacity(rows * 8);
        Self { data_type: data_type.clone(), bytes, offsets: OffsetsWriter::new(rows) }
    }

    fn push_null(&mut self) {
        self.offsets.push(self.bytes.len(), false);
    }

    fn finish(self) -> Column {
        self.offsets.finish(self.data_type, self.bytes.len(), Some(self.bytes), vec![])
    }
}

/// The host checks that text is UTF-8 before it sends it.
#[inline]
pub(crate) fn text(bytes: &[u8]) -> &str {
    // SAFETY: columns of type utf8 come from the host, which sends checked UTF-8 with offsets between characters,
    // or from writers of `str`s. Checking each value again costs more than many a text function itself.
    unsafe { std::str::from_utf8_unchecked(bytes) }
}

macro_rules! bytes {
    ($($type:ty, $readable:ty, $data_type:expr, |$read:ident| $value:expr, |$held:ident| $bytes:expr, $heap:expr;)*) => {$(
        impl Typed for $type {
            fn data_type() -> DataType {
                $data_type
            }
        }

        impl<'c> Read<'c> for $readable {
            type Reader = BytesReader<'c>;
            type Block<'r> = BytesBlock<'c> where 'c: 'r;

            fn reader(column: &'c Column) -> Self::Reader {
                BytesReader { offsets: Offsets::new(column), bytes: column.buffer(1) }
            }

            #[inline]
            fn block<'r>(reader: &'r Self::Reader, index: usize) -> Self::Block<'r>
            where
                'c: 'r,
            {
                (*reader, index * BLOCK)
            }

            #[inline]
            fn get<'r>((reader, first): Self::Block<'r>, row: usize) -> Self
            where
                'c: 'r,
            {
                let $read = reader.get(first + row);
                $value
            }
        }

        impl Write for $type {
            type Writer = BytesWriter;

            #[inline]
            fn write(self, writer: &mut Self::Writer) {
                let $held = &self;
                writer.push($bytes);
            }

            fn heap_size(&self) -> usize {
                let $held = self;
                let _ = $held;
                $heap
            }
        }
    )*};
}

bytes! {
    &str, &'c str, DataType::Utf8, |bytes| text(bytes), |value| value.as_bytes(), 0;
    String, String, DataType::Utf8, |bytes| text(bytes).to_owned(), |value| value.as_bytes(), value.capacity();
    Cow<'_, str>, Cow<'c, str>, DataType::Utf8, |bytes| Cow::Borrowed(text(bytes)), |value| value.as_bytes(), value.len();
    &[u8], &'c [u8], DataType::Binary, |bytes| bytes, |value| value, 0;
    Vec<u8>, Vec<u8>, DataType::Binary, |bytes| bytes.to_owned(), |value| value, value.capacity();
}
