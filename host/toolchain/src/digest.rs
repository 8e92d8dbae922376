//! Digests, by which things are told apart that have the same name.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::inputs;
use crate::{Error, Result};

/// What somebody else, or this crate, computed of a thing: lower-case hexadecimal digits. As JSON it is in-toto's `DigestSet`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Digest {
    Sha1(String),
    Sha256(String),
    Sha384(String),
    Sha512(String),
    /// Of the files of a folder, as Go's `go.sum` has it.
    DirHash(String),
}

impl Digest {
    /// The strongest of npm's `integrity`, such as `sha512-…`, that is one.
    pub(crate) fn of_integrity(text: &str) -> Option<Self> {
        let mut known: Vec<Self> = text.split_whitespace().filter_map(Self::of_one_integrity).collect();
        known.sort();
        known.pop()
    }

    fn of_one_integrity(text: &str) -> Option<Self> {
        let (algorithm, value) = text.split_once('-')?;
        let bytes = STANDARD.decode(value.split('?').next()?).ok()?;
        match (algorithm, bytes.len()) {
            ("sha1", 20) => Some(Self::Sha1(hex(&bytes))),
            ("sha256", 32) => Some(Self::Sha256(hex(&bytes))),
            ("sha384", 48) => Some(Self::Sha384(hex(&bytes))),
            ("sha512", 64) => Some(Self::Sha512(hex(&bytes))),
            _ => None,
        }
    }

    /// Of a line of `go.sum`: `h1:…`.
    pub(crate) fn of_go(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.strip_prefix("h1:")?).ok()?;
        (bytes.len() == 32).then(|| Self::DirHash(hex(&bytes)))
    }

    /// Of 64 hexadecimal digits.
    pub(crate) fn of_sha256(text: &str) -> Option<Self> {
        let digits = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        digits.then(|| Self::Sha256(text.to_ascii_lowercase()))
    }
}

/// SHA-256 in lower-case hexadecimal digits.
pub(crate) fn of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The digest of the files in a folder that count: their names and what is in them. It is what
/// `find . -type f | cut -c3- | LC_ALL=C sort | xargs sha256sum | sha256sum` says of these.
pub(crate) fn of_folder(folder: &Path) -> Result<Digest> {
    let named = |path: PathBuf| (path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned(), path);
    let mut files: Vec<(String, PathBuf)> = inputs::files(folder)?.into_iter().map(named).collect();
    files.sort();
    let mut hash = Sha256::new();
    for (name, path) in files {
        let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
        hash.update(format!("{}  {}\n", of(&bytes), name.replace('\n', "\\n")));
    }
    Ok(Digest::DirHash(hex(&hash.finalize())))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_lock_files() {
        let zeros = |count: usize| STANDARD.encode(vec![0; count]);
        let integrity = format!("sha1-{} sha512-{} sha384-{}", zeros(20), zeros(64), zeros(48));
        assert_eq!(Digest::of_integrity(&integrity), Some(Digest::Sha512("00".repeat(64))));
        for wrong in ["", "sha512-", "sha512-AAAA", "md5-AAAA", &format!("sha512-{}", zeros(32)), "sha512-!!!!"] {
            assert_eq!(Digest::of_integrity(wrong), None, "{wrong}");
        }
        assert_eq!(
            Digest::of_go("h1:Khu2En+0gcYPZ2kuIihfswbzxv/mIHXgzPZ018Oty48="),
            Some(Digest::DirHash("2a1bb6127fb481c60f67692e22285fb306f3c6ffe62075e0ccf674d7c3adcb8f".into()))
        );
        assert_eq!(Digest::of_go("h1:AAAA"), None);
        assert_eq!(Digest::of_sha256(&"AB".repeat(32)), Some(Digest::Sha256("ab".repeat(32))));
        assert_eq!(Digest::of_sha256(&"xy".repeat(32)), None);
    }

    #[test]
    fn a_folder_is_its_sources_in_gos_order() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("a/b", "1"), ("a.b", "2"), ("target/c", "3"), (".hidden", "4"), ("Cargo.lock", "5")] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let expected = of(format!("{}  a.b\n{}  a/b\n", of(b"2"), of(b"1")).as_bytes());
        assert_eq!(of_folder(folder.path()).unwrap(), Digest::DirHash(expected.clone()));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(folder.path(), folder.path().join("a/up")).unwrap();
            std::os::unix::fs::symlink("nowhere", folder.path().join("a/lost")).unwrap();
            assert_eq!(of_folder(folder.path()).unwrap(), Digest::DirHash(expected));
        }
    }
}
