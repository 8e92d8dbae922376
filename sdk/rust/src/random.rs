//! Randomness; the same again when a run is given the same seed.

use crate::host::random;

/// Bytes that the host gives at once.
const MOST: usize = 1 << 16;

pub fn bytes(count: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(count);
    while bytes.len() < count {
        bytes.extend(random::bytes((count - bytes.len()).min(MOST) as u32));
    }
    bytes
}

/// Any number.
pub fn u64() -> u64 {
    random::bytes(8).into_iter().fold(0, |number, byte| number << 8 | u64::from(byte))
}
