//! Digests, by which things are told apart that have the same name.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::{Error, Result};

/// SHA-256 in lower-case hexadecimal digits.
pub(crate) fn of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// SHA-256 of the files in folders: their names and what is in them. What builds leave behind does not count, nor does
/// what is hidden.
pub(crate) fn of_folders(folders: &[impl AsRef<Path>]) -> Result<String> {
    let mut hash = Sha256::new();
    for folder in folders {
        add(&mut hash, folder.as_ref(), folder.as_ref())?;
    }
    Ok(hex(&hash.finalize()))
}

/// What tools write beside the sources.
const MADE: [&str; 5] = ["target", "node_modules", "__pycache__", "Cargo.lock", "go.work"];

fn add(hash: &mut Sha256, root: &Path, folder: &Path) -> Result<()> {
    let entries = fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths: Vec<PathBuf> = entries.map_err(Error::io("read", folder))?;
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if MADE.contains(&&*name) || name.starts_with('.') {
            continue;
        }
        if path.is_dir() {
            add(hash, root, &path)?;
        } else {
            let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy();
            hash.update(format!("{name}\0{}\0", bytes.len()));
            hash.update(bytes);
        }
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
