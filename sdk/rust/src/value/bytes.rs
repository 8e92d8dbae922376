//! Text and binary: offsets into one buffer.

use super::{Read, Typed, Write, Writer};
use crate::buffer::{BLOCK, Validity};
use crate::{Column, DataType};

/// Reads the bytes between two offsets.
#[derive(Clone, Copy)]
pub struct BytesReader<'c> {
    offsets: &'c [[u8; 4]],
    bytes: &'c [u8],
    /// From row to row: 0 for a constant.
    stride: usize,
}

impl<'c> BytesReader<'c> {
    pub(super) fn new(column: &'c Column) -> Self {
        let (offsets, _) = column.buffer(0).as_chunks();
        Self { offsets, bytes: column.buffer(1), stride: usize::from(!column.is_constant()) }
    }

    /// Where the value of a row begins and ends.
    #[inline]
    pub(super) fn range(&self, row: usize) -> std::ops::Range<usize> {
        let row = row * self.stride;
        match self.offsets.get(row..row + 2) {
            Some(&[start, end]) => i32::from_le_bytes(start) as usize..i32::from_le_bytes(end) as usize,
            _ => 0..0,
        }
    }

    #[inline]
    fn get(&self, row: usize) -> &'c [u8] {
        self.bytes.get(self.range(row)).unwrap_or_default()
    }
}

/// A block is the reader and the number of its first row.
type BytesBlock<'c> = (BytesReader<'c>, usize);

/// Collects bytes one after the other.
pub struct BytesWriter {
    bytes: Vec<u8>,
    offsets: Vec<[u8; 4]>,
    validity: Validity,
}

impl BytesWriter {
    #[inline]
    fn end(&mut self, valid: bool) {
        // An offset that does not fit shows when the column is finished: the bytes are longer than any offset.
        self.offsets.push((self.bytes.len() as i32).to_le_bytes());
        self.validity.push(valid);
    }

    #[inline]
    fn push(&mut self, value: &[u8]) {
        self.bytes.extend_from_slice(value);
        self.end(true);
    }
}

impl Writer for BytesWriter {
    fn with_capacity(rows: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push([0; 4]);
        Self { bytes: Vec::with_capacity(rows * 8), offsets, validity: Validity::default() }
    }

    fn push_null(&mut self) {
        self.end(false);
    }

    fn finish(self, data_type: DataType) -> Column {
        assert!(i32::try_from(self.bytes.len()).is_ok(), "the text of a batch is longer than 2 GiB");
        let buffers = vec![self.offsets.into_flattened(), self.bytes];
        let rows = self.validity.len();
        Column::new(data_type, rows, self.validity.finish(), buffers, vec![])
    }
}

/// The host checks that text is UTF-8 before it sends it.
#[inline]
fn text(bytes: &[u8]) -> &str {
    // SAFETY: columns of type utf8 come from the host, which sends checked UTF-8 with offsets between characters,
    // or from writers of `str`s. Checking each value again costs more than many a text function itself.
    unsafe { std::str::from_utf8_unchecked(bytes) }
}

macro_rules! bytes {
    ($($type:ty, $readable:ty, $data_type:expr, |$read:ident| $value:expr, |$held:ident| $heap:expr;)*) => {$(
        impl Typed for $type {
            fn data_type() -> DataType {
                $data_type
            }
        }

        impl<'c> Read<'c> for $readable {
            type Reader = BytesReader<'c>;
            type Block<'r> = BytesBlock<'c> where 'c: 'r;

            fn reader(column: &'c Column) -> Self::Reader {
                BytesReader::new(column)
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
                writer.push(self.as_ref());
            }

            fn heap_size(&self) -> usize {
                let $held = self;
                $heap
            }
        }
    )*};
}

bytes! {
    &str, &'c str, DataType::Utf8, |bytes| text(bytes), |_value| 0;
    String, String, DataType::Utf8, |bytes| text(bytes).to_owned(), |value| value.capacity();
    &[u8], &'c [u8], DataType::Binary, |bytes| bytes, |_value| 0;
    Vec<u8>, Vec<u8>, DataType::Binary, |bytes| bytes.to_owned(), |value| value.capacity();
}
