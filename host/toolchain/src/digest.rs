//! Digests, by which things are told apart that have the same name.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::inputs;
use crate::{Error, Result};

/// SHA-256 in lower-case hexadecimal digits.
pub(crate) fn of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// SHA-256 of the files in folders that count: their names and what is in them.
pub(crate) fn of_folders(folders: &[impl AsRef<Path>]) -> Result<String> {
    let mut hash = Sha256::new();
    for folder in folders {
        let root = folder.as_ref();
        for path in inputs::files(root)? {
            let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy();
            hash.update(format!("{name}\0{}\0", bytes.len()));
            hash.update(bytes);
        }
    }
    Ok(hex(&hash.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
