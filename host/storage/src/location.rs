//! A place for data, as a URL without ambiguity: two locations are the same place if and only if they are equal.

use std::fmt;
use std::path::{Component, Path, PathBuf};

use url::Url;

use crate::{Error, Result};

/// An absolute folder: `file:///…`, `s3://bucket/…`, `az://…`, `gs://…`. Always ends with a slash, so that
/// one location contains another exactly when its text is a prefix of the other's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Location(Url);

impl Location {
    /// Read a URL or a local path; a relative path is taken from `base`.
    pub fn parse(text: &str, base: &Path) -> Result<Self> {
        let refuse = |reason: &str| Error::Location { location: text.to_owned(), reason: reason.to_owned() };
        if text.trim().is_empty() {
            return Err(refuse("it is empty"));
        }
        match Url::parse(text) {
            Ok(url) if url.scheme() == "file" => {
                let path = url.to_file_path().map_err(|()| refuse("a file URL has an absolute path and no host"))?;
                Self::folder(&path)
            }
            Ok(url) if url.scheme().len() > 1 => {
                if !crate::stores::SCHEMES.contains(&url.scheme()) {
                    let known = crate::stores::SCHEMES.join(", ");
                    return Err(refuse(&format!("the scheme '{}' is not one of file, {known}", url.scheme())));
                }
                if !url.username().is_empty() || url.password().is_some() {
                    return Err(refuse("credentials belong in the environment, not in the URL"));
                }
                if url.query().is_some() || url.fragment().is_some() {
                    return Err(refuse("it has a query or fragment"));
                }
                if url.host_str().is_none_or(str::is_empty) {
                    return Err(refuse("it names no bucket"));
                }
                Ok(Self(with_slash(url)))
            }
            _ => Self::folder(&base.join(text)),
        }
    }

    /// A local folder.
    pub fn folder(path: &Path) -> Result<Self> {
        let absolute = normalize(path);
        let url = Url::from_directory_path(&absolute).map_err(|()| Error::Location {
            location: path.display().to_string(),
            reason: "it is not an absolute path".to_owned(),
        })?;
        Ok(Self(url))
    }

    /// The folder `name` in this one; `name` must be a single plain segment. Control characters are none: URLs pass over
    /// some, so that what stands around them could become `..`.
    pub fn child(&self, name: &str) -> Result<Self> {
        let refuse = |reason: &str| Error::Location { location: name.to_owned(), reason: reason.to_owned() };
        let plain = !name.is_empty() && !name.contains(['/', '\\']) && !name.chars().any(char::is_control);
        if !plain || name == "." || name == ".." {
            return Err(refuse("a folder's name is one plain path segment"));
        }
        let mut url = self.0.clone();
        url.path_segments_mut().map_err(|()| refuse("its parent has no path"))?.pop_if_empty().push(name).push("");
        Ok(Self(url))
    }

    pub fn url(&self) -> &Url {
        &self.0
    }

    /// The folder on local disk, if it is there.
    pub fn local(&self) -> Option<PathBuf> {
        (self.0.scheme() == "file").then(|| self.0.to_file_path().ok()).flatten()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

fn with_slash(mut url: Url) -> Url {
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    url
}

/// Resolve `.` and `..`, and symbolic links as far as the path exists, so that one folder has one name.
fn normalize(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    let mut missing = Vec::new();
    let mut existing = plain.as_path();
    loop {
        if let Ok(real) = existing.canonicalize() {
            return missing.iter().rev().fold(real, |path, name| path.join(name));
        }
        match (existing.parent(), existing.file_name()) {
            (Some(parent), Some(name)) => {
                missing.push(name.to_owned());
                existing = parent;
            }
            _ => return plain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_folder_has_one_name() {
        let base = Path::new("/data");
        for text in ["x/y", "/data/x/y", "/data/x/./y/", "/data/z/../x/y", "file:///data/x/y", "file:///data/x/y/"] {
            assert_eq!(Location::parse(text, base).unwrap().to_string(), "file:///data/x/y/", "{text}");
        }
        assert_eq!(Location::parse("s3://b/t", base).unwrap().to_string(), "s3://b/t/");
    }

    #[test]
    fn refuses_what_is_not_a_place() {
        for text in ["", "  ", "ftp://h/x", "s3://user:pw@b/x", "s3:///x", "s3://b/x?y=1", "http://h/x"] {
            assert!(Location::parse(text, Path::new("/data")).is_err(), "{text}");
        }
        let home = Location::parse("/data", Path::new("/")).unwrap();
        for name in ["", ".", "..", "a/b", "a\\b", ".\r.", "\t..", "a\0"] {
            assert!(home.child(name).is_err(), "{name}");
        }
        assert_eq!(home.child("a b").unwrap().to_string(), "file:///data/a%20b/");
    }
}
