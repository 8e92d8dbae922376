//! The files of the model that a scorer is loaded with.

use crate::HostError;
use crate::host::model;

/// Bytes that are read at once.
const CHUNK: u32 = 1 << 20;

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    pub path: String,
    /// Bytes.
    pub size: u64,
}

/// All files of the model.
pub fn artifacts() -> Result<Vec<Artifact>, HostError> {
    let artifacts = model::artifacts()?.into_iter();
    Ok(artifacts.map(|model::Artifact { path, size }| Artifact { path, size }).collect())
}

/// All bytes of a file.
pub fn read(path: &str) -> Result<Vec<u8>, HostError> {
    let mut bytes = Vec::new();
    loop {
        let chunk = read_at(path, bytes.len() as u64, CHUNK)?;
        if chunk.is_empty() {
            return Ok(bytes);
        }
        bytes.extend(chunk);
    }
}

/// The text of a file.
pub fn read_to_string(path: &str) -> Result<String, HostError> {
    String::from_utf8(read(path)?).map_err(|_| HostError::Invalid(format!("`{path}` is not UTF-8")))
}

/// At most `length` bytes from `offset`; none at the end of the file.
pub fn read_at(path: &str, offset: u64, length: u32) -> Result<Vec<u8>, HostError> {
    Ok(model::read(path, offset, length)?)
}
