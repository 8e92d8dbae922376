//! The files of a layout, in a folder or in one archive that is not unpacked. Only three kinds of names mean anything, and
//! they are ours, so nothing that a stranger wrote ever becomes a path.

use std::collections::HashMap;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tar::{Archive, EntryType, PaxExtensions};

use crate::{Digest, Error, Result};

pub(super) const MARK: &str = "oci-layout";
pub(super) const INDEX: &str = "index.json";
const BLOBS: &str = "blobs/sha256/";

/// How many files an archive may have.
const ENTRIES: usize = 100_000;
/// What an archive may say of a file in other words than the header's.
const WORDS: u64 = 64 << 10;

/// The name of a blob.
pub(super) fn blob(digest: Digest) -> String {
    format!("{BLOBS}{}", digest.hex())
}

pub(super) struct Files {
    place: PathBuf,
    kind: Kind,
}

enum Kind {
    Folder,
    /// Where each file begins, and how long it is.
    Archive(Mutex<File>, HashMap<String, (u64, u64)>),
}

impl Files {
    pub(super) fn open(place: &Path) -> Result<Self> {
        let place = place.to_owned();
        let unreadable = |error: std::io::Error| unreadable(&place, &error);
        let kind = if std::fs::metadata(&place).map_err(unreadable)?.is_dir() {
            for folder in ["blobs", "blobs/sha256"] {
                match std::fs::symlink_metadata(place.join(folder)) {
                    Ok(found) if !found.is_dir() => return Err(wrong(&place, &format!("its {folder} is no folder"))),
                    _ => {}
                }
            }
            Kind::Folder
        } else {
            let mut file = regular(&place).map_err(unreadable)?;
            let names = scan(&mut file).map_err(|why| wrong(&place, &why))?;
            Kind::Archive(Mutex::new(file), names)
        };
        Ok(Self { place, kind })
    }

    /// The bytes of a file, if it is there and has at most `limit`.
    pub(super) fn read(&self, name: &str, limit: u64) -> Result<Option<Vec<u8>>> {
        let failed = |error: std::io::Error| unreadable(&self.place.join(name), &error);
        let too_large = || Error::TooLarge { what: format!("{name} in {}", self.place.display()), limit };
        let mut bytes = Vec::new();
        match &self.kind {
            Kind::Folder => {
                let file = match regular(&self.place.join(name)) {
                    Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
                    other => other.map_err(failed)?,
                };
                file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
                if bytes.len() as u64 > limit {
                    return Err(too_large());
                }
            }
            Kind::Archive(file, names) => {
                let Some(&(start, size)) = names.get(name) else { return Ok(None) };
                if size > limit {
                    return Err(too_large());
                }
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(start)).map_err(failed)?;
                Read::by_ref(&mut *file).take(size).read_to_end(&mut bytes).map_err(failed)?;
            }
        }
        Ok(Some(bytes))
    }

    /// What is wrong with it.
    pub(super) fn wrong(&self, why: &str) -> Error {
        wrong(&self.place, why)
    }
}

/// Opens what is a file and nothing else: a link may lead anywhere, and a device or pipe may never end.
fn regular(path: &Path) -> std::io::Result<File> {
    if !std::fs::symlink_metadata(path)?.is_file() {
        return Err(std::io::Error::other("it is no regular file"));
    }
    File::open(path)
}

/// Finds the files of an archive. One thing in it that no layout has makes all of it worthless.
fn scan(file: &mut File) -> Result<HashMap<String, (u64, u64)>, String> {
    let length = file.seek(SeekFrom::End(0)).map_err(|error| error.to_string())?;
    file.rewind().map_err(|error| error.to_string())?;
    let mut names = HashMap::new();
    let mut archive = Archive::new(file);
    let entries = archive.entries_with_seek().map_err(|error| error.to_string())?.raw(true);
    for (number, entry) in entries.enumerate() {
        let mut entry = entry.map_err(|error| format!("it is no archive of tar: {error}"))?;
        if number == ENTRIES {
            return Err(format!("it has more than {ENTRIES} files"));
        }
        let path = entry.header().path_bytes().into_owned();
        let name = name(&path)?;
        let (start, size) = (entry.raw_file_position(), entry.size());
        if start.checked_add(size).is_none_or(|end| end > length) {
            return Err(format!("{name} is longer than the archive"));
        }
        match entry.header().entry_type() {
            EntryType::Directory => {}
            EntryType::Regular if !name.is_empty() => {
                if (name == MARK || name == INDEX || is_blob(&name))
                    && names.insert(name.clone(), (start, size)).is_some()
                {
                    return Err(format!("{name} is in it twice"));
                }
            }
            // Times and the like, as some tools write them.
            EntryType::XHeader | EntryType::XGlobalHeader => {
                let mut words = Vec::new();
                entry.by_ref().take(WORDS).read_to_end(&mut words).map_err(|error| error.to_string())?;
                if size > WORDS || !are_harmless(&words) {
                    return Err("it names or measures its files in a way that no layout needs".to_owned());
                }
            }
            _ => return Err(format!("{name} is neither file nor folder")),
        }
    }
    Ok(names)
}

/// Whether nothing says that a file has another name or size.
fn are_harmless(words: &[u8]) -> bool {
    let harmless = |key: &str| !matches!(key, "path" | "linkpath" | "size") && !key.starts_with("GNU.sparse");
    PaxExtensions::new(words).all(|word| word.is_ok_and(|word| word.key().is_ok_and(harmless)))
}

/// A path as it may be: relative, downwards, in letters that can be shown.
fn name(path: &[u8]) -> Result<String, String> {
    let shown = crate::package::shown(&String::from_utf8_lossy(path));
    let text = str::from_utf8(path).ok().filter(|text| !text.contains(|c: char| c.is_control() || c == '\\'));
    let text = text.ok_or_else(|| format!("'{shown}' is no name of a file in a layout"))?;
    let text = text.strip_prefix("./").unwrap_or(text).trim_end_matches('/');
    if text.split('/').any(|part| part == "..") || path.starts_with(b"/") {
        return Err(format!("'{shown}' leads out of it"));
    }
    Ok(text.to_owned())
}

fn is_blob(name: &str) -> bool {
    name.strip_prefix(BLOBS).is_some_and(|hex| format!("sha256:{hex}").parse::<Digest>().is_ok())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::File { path: path.display().to_string(), action: "read", why: error.to_string() }
}

fn wrong(path: &Path, why: &str) -> Error {
    Error::Layout { path: path.display().to_string(), why: crate::package::shown(why) }
}
