//! Bytes that several columns may share, and bits.

use std::ops::Deref;
use std::rc::Rc;

/// Rows that are handled at once: as many as a word of a bitmap has bits.
pub(crate) const BLOCK: usize = 64;

/// One buffer of an Arrow array. It begins at an address that is a multiple of 8 bytes.
#[derive(Clone, Debug)]
pub(crate) struct Buffer {
    bytes: Rc<Vec<u8>>,
    start: usize,
}

impl Buffer {
    /// Takes the bytes as they are; copies them only when they begin at an odd address.
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        if bytes.as_ptr().align_offset(8) == 0 {
            return Self { bytes: Rc::new(bytes), start: 0 };
        }
        let mut padded: Vec<u8> = Vec::with_capacity(bytes.len() + 8);
        let start = padded.as_ptr().align_offset(8);
        padded.resize(start, 0);
        padded.extend_from_slice(&bytes);
        Self { bytes: Rc::new(padded), start }
    }

    /// The bytes alone, without a copy when nobody else holds them.
    pub(crate) fn into_vec(self) -> Vec<u8> {
        match Rc::try_unwrap(self.bytes) {
            Ok(bytes) if self.start == 0 => bytes,
            Ok(bytes) => bytes[self.start..].to_vec(),
            Err(shared) => shared[self.start..].to_vec(),
        }
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}

/// The first `count` bits of a word.
pub(crate) fn low_bits(count: usize) -> u64 {
    if count >= BLOCK { u64::MAX } else { (1 << count) - 1 }
}

/// The bits of block number `index` of a bitmap; zeros beyond its end.
pub(crate) fn word(bitmap: &[u8], index: usize) -> u64 {
    let (words, tail) = bitmap.as_chunks();
    words.get(index).map_or_else(
        || {
            let mut last = [0; 8];
            if index == words.len() {
                last[..tail.len()].copy_from_slice(tail);
            }
            u64::from_le_bytes(last)
        },
        |word| u64::from_le_bytes(*word),
    )
}

/// A bitmap that grows.
#[derive(Default)]
pub(crate) struct Bits {
    words: Vec<u64>,
    len: usize,
}

impl Bits {
    pub(crate) fn with_capacity(bits: usize) -> Self {
        Self { words: Vec::with_capacity(bits.div_ceil(BLOCK)), len: 0 }
    }

    pub(crate) fn push(&mut self, bit: bool) {
        self.append(u64::from(bit), 1);
    }

    /// Appends the first `count` bits of `word`; its other bits are zero.
    pub(crate) fn append(&mut self, word: u64, count: usize) {
        let used = self.len % BLOCK;
        match self.words.last_mut() {
            Some(last) if used > 0 => {
                *last |= word << used;
                if used + count > BLOCK {
                    self.words.push(word >> (BLOCK - used));
                }
            }
            _ if count > 0 => self.words.push(word),
            _ => {}
        }
        self.len += count;
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn into_vec(self) -> Vec<u8> {
        let mut bytes = self.words.into_iter().map(u64::to_le_bytes).collect::<Vec<_>>().into_flattened();
        bytes.truncate(self.len.div_ceil(8));
        bytes
    }
}

/// Which rows of a growing column are there. As long as no row is null it is only a count.
#[derive(Default)]
pub(crate) struct Validity {
    bits: Bits,
    len: usize,
    nulls: usize,
}

impl Validity {
    /// Appends `count` rows, null where the bit of `valid` is zero.
    pub(crate) fn append(&mut self, valid: u64, count: usize) {
        let valid = valid & low_bits(count);
        let nulls = count - valid.count_ones() as usize;
        if self.nulls == 0 && nulls > 0 {
            for start in (0..self.len).step_by(BLOCK) {
                let rows = BLOCK.min(self.len - start);
                self.bits.append(low_bits(rows), rows);
            }
        }
        if self.nulls + nulls > 0 {
            self.bits.append(valid, count);
        }
        self.len += count;
        self.nulls += nulls;
    }

    /// Appends `count` rows of which none is null.
    pub(crate) fn append_valid(&mut self, count: usize) {
        if self.nulls == 0 {
            self.len += count;
        } else {
            (0..count).step_by(BLOCK).for_each(|start| self.append(u64::MAX, BLOCK.min(count - start)));
        }
    }

    pub(crate) fn push(&mut self, valid: bool) {
        if valid && self.nulls == 0 {
            self.len += 1;
        } else {
            self.append(u64::from(valid), 1);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The bitmap, empty when there is no null, and the number of nulls.
    pub(crate) fn finish(self) -> (Vec<u8>, usize) {
        (self.bits.into_vec(), self.nulls)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_addresses_are_cured_by_a_copy() {
        let aligned = Buffer::new((0..32).collect());
        let odd = Buffer { bytes: Rc::new((0..32).collect()), start: 3 };
        for buffer in [&aligned, &Buffer::new(odd.to_vec())] {
            assert_eq!(buffer.as_ptr().align_offset(8), 0);
        }
        assert_eq!(odd.into_vec(), (3..32).collect::<Vec<u8>>());
        assert_eq!(aligned.clone().into_vec(), aligned.into_vec());
    }

    #[test]
    fn bits_append_across_words() {
        let mut bits = Bits::default();
        let mut expected = Vec::new();
        for count in [1, 63, 64, 7, 64, 3, 0, 58, 64] {
            let word = 0x9E37_79B9_7F4A_7C15 & low_bits(count);
            bits.append(word, count);
            expected.extend((0..count).map(|i| word >> i & 1 == 1));
        }
        assert_eq!(bits.len(), expected.len());
        let bytes = bits.into_vec();
        assert_eq!(bytes.len(), expected.len().div_ceil(8));
        for (row, bit) in expected.iter().enumerate() {
            assert_eq!(word(&bytes, row / BLOCK) >> (row % BLOCK) & 1 == 1, *bit, "row {row}");
        }
        assert_eq!(word(&bytes, 100), 0);
    }

    #[test]
    fn validity_has_a_bitmap_only_after_the_first_null() {
        let mut validity = Validity::default();
        (0..70).for_each(|_| validity.push(true));
        validity.append(u64::MAX, 64);
        assert_eq!(validity.finish(), (vec![], 0));

        let mut validity = Validity::default();
        (0..70).for_each(|_| validity.push(true));
        validity.push(false);
        validity.append(0b101, 3);
        validity.append_valid(100);
        assert_eq!(validity.len(), 174);
        let (bits, nulls) = validity.finish();
        assert_eq!(nulls, 2);
        assert_eq!(word(&bits, 0), u64::MAX);
        assert_eq!(word(&bits, 1), !0b01_0100_0000);
        assert_eq!(word(&bits, 2), low_bits(174 - 128));
    }
}
