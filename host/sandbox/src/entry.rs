//! A file of the cache: compiled code, and behind it the outline of the component that it was compiled from.
//!
//! ```text
//! code       as the engine writes it, which maps the file and looks no further
//! outline    JSON
//! length     of the outline: 4 bytes, little-endian
//! ```
//!
//! Its seal is the BLAKE3 of all of it, and part of its name: `<component>.<seal>.cwasm`. Interpreters come to tens of
//! megabytes of code, which SHA-256 takes longer to read than they take to answer. What is read is compared with the
//! seal before any of it is used, and the outline names the component, so that a file does not pass for another's.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::outline::Outline;
use crate::{Digest, files};

/// How the names of entries end.
pub(crate) const ENDING: &str = ".cwasm";

/// Bytes of the outline's length.
const LENGTH: u64 = 4;

/// Bytes of an outline at most. That of a plugin which imports and exports all of the contract has some 2,000.
const OUTLINE: u64 = 1 << 20;

/// Bytes that are read at once.
const CHUNK: usize = 256 << 10;

/// An entry whose bytes are those that were written.
pub(crate) struct Entry {
    path: PathBuf,
    pub(crate) outline: Outline,
}

impl Entry {
    /// Opens what should be the entry of `component`, of at most `most` bytes.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub(crate) fn open(path: PathBuf, component: &Digest, most: u64) -> Result<Self, String> {
        let mut file = File::open(&path).map_err(|error| error.to_string())?;
        let (seal, outline) = read(&mut file, most).map_err(|error| error.to_string())?;
        if files::name(&path) != name(component, &seal) {
            return Err("its bytes are not those that were written".into());
        }
        let outline: Outline = serde_json::from_slice(&outline).map_err(|error| format!("its outline: {error}"))?;
        if outline.component != *component {
            return Err(format!("it is of another component, {}", outline.component));
        }
        // When it was last used decides what goes first; that it cannot be noted matters to nobody.
        let _ = file.set_modified(SystemTime::now());
        Ok(Self { path, outline })
    }

    /// The code, ready to run.
    ///
    /// # Errors
    /// Why this engine does not take it.
    pub(crate) fn code(&self, engine: &Engine) -> Result<Component, String> {
        // SAFETY: the bytes are what `serialize` gave, as their seal shows, and only the owner of the host's process can
        // write to the folder in the meantime.
        unsafe { Component::deserialize_file(engine, &self.path) }.map_err(|error| format!("{error:#}"))
    }

    /// Does away with it.
    pub(crate) fn discard(&self, why: &str) {
        discard(&self.path, why);
    }
}

/// Deletes a file that is no good.
pub(crate) fn discard(path: &Path, why: &str) {
    tracing::warn!(path = %path.display(), "compiled code is discarded: {why}");
    let _ = fs::remove_file(path);
}

/// Writes an entry to `file`. Gives the name that it is to have.
pub(crate) fn write(file: File, code: &[u8], outline: &Outline) -> io::Result<String> {
    let mut tail = serde_json::to_vec(outline)?;
    let length = u32::try_from(tail.len()).ok().filter(|length| u64::from(*length) <= OUTLINE);
    let length = length.ok_or_else(|| io::Error::other(format!("its outline has more than {OUTLINE} bytes")))?;
    tail.extend(length.to_le_bytes());
    let mut file = file;
    let mut hasher = blake3::Hasher::new();
    for part in [code, &tail] {
        file.write_all(part)?;
        hasher.update(part);
    }
    file.sync_all()?;
    Ok(name(&outline.component, &hasher.finalize()))
}

/// The seal of a file, and what should be its outline. Each byte is read once: what is used is what was hashed.
fn read(file: &mut File, most: u64) -> io::Result<(blake3::Hash, Vec<u8>)> {
    let bad = |why: &str| io::Error::other(why.to_owned());
    let size = file.metadata()?.len();
    if size > most {
        return Err(bad("it is larger than all of the cache may be"));
    }
    let end = size.checked_sub(LENGTH).ok_or_else(|| bad("it was cut short"))?;
    let mut length = [0; LENGTH as usize];
    file.seek(SeekFrom::Start(end))?;
    file.read_exact(&mut length)?;
    let begin = Some(u64::from(u32::from_le_bytes(length))).filter(|length| *length <= OUTLINE);
    let begin = begin.and_then(|length| end.checked_sub(length)).ok_or_else(|| bad("it was cut short or changed"))?;
    let mut outline = Vec::new();
    file.seek(SeekFrom::Start(begin))?;
    file.take(end - begin).read_to_end(&mut outline)?;

    let mut hasher = blake3::Hasher::new();
    let mut chunk = vec![0; CHUNK];
    file.seek(SeekFrom::Start(0))?;
    let mut code = file.take(begin);
    loop {
        match code.read(&mut chunk)? {
            0 => break,
            read => hasher.update(&chunk[..read]),
        };
    }
    Ok((hasher.update(&outline).update(&length).finalize(), outline))
}

fn name(component: &Digest, seal: &blake3::Hash) -> String {
    format!("{component}.{seal}{ENDING}")
}
