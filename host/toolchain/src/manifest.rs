//! What a project says of itself, in whatever file its language keeps that.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The file of projects whose language has no manifest that says who wrote what and under which licence.
pub(crate) const FILE: &str = "polder.toml";

/// Name, version and origin of a plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Manifest {
    pub(crate) name: String,
    /// Semantic version.
    pub(crate) version: String,
    #[serde(default)]
    pub(crate) description: String,
    /// An SPDX expression.
    #[serde(default)]
    pub(crate) license: String,
    #[serde(default)]
    pub(crate) authors: Vec<String>,
    #[serde(default)]
    pub(crate) homepage: String,
    #[serde(default)]
    pub(crate) repository: String,
}

/// `polder.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// The name of the language as `polder plugin new` takes it.
    pub(crate) language: String,
    pub(crate) plugin: Manifest,
}

impl File {
    /// Reads the `polder.toml` of a project.
    pub(crate) fn read(project: &Path) -> Result<Self> {
        let path = project.join(FILE);
        let text = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        toml_edit::de::from_str(&text).map_err(|error| Error::Manifest { path, reason: error.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<File> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), text).unwrap();
        File::read(folder.path())
    }

    #[test]
    fn a_manifest() {
        let file =
            read("language = \"c\"\n[plugin]\nname = \"geo\"\nversion = \"1.2.3\"\nauthors = [\"Ada\"]\n").unwrap();
        assert_eq!(file.language, "c");
        assert_eq!((file.plugin.name.as_str(), file.plugin.version.as_str()), ("geo", "1.2.3"));
        assert_eq!((file.plugin.authors, file.plugin.license.as_str()), (vec!["Ada".to_owned()], ""));
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        for (text, said) in [
            ("[plugin]\nname = \"geo\"\nversion = \"1.0.0\"\n", "missing field `language`"),
            ("language = \"c\"\n[plugin]\nname = \"geo\"\n", "missing field `version`"),
            ("language = \"c\"\n[plugin]\nname = \"geo\"\nversion = \"1.0.0\"\nlicence = \"MIT\"\n", "licence"),
            ("language = c", "line 1"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(said) && error.contains(FILE), "{error}");
        }
    }
}
