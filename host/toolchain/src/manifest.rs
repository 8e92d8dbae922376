//! What a project says of itself, in whatever file its language keeps that.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;
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
    /// See [`components`].
    #[serde(default)]
    #[expect(dead_code, reason = "it may be there")]
    components: IgnoredAny,
}

impl File {
    /// Reads the `polder.toml` of a project.
    pub(crate) fn read(project: &Path) -> Result<Self> {
        parse(&project.join(FILE))
    }
}

/// A component inside the plugin.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Component {
    /// A file in the project's folder.
    pub(crate) from: PathBuf,
    /// "sha256:…". Required, but who lacks it is told what it is.
    pub(crate) digest: Option<String>,
    /// What it imports and gets.
    #[serde(default)]
    pub(crate) hands_on: Vec<String>,
    /// What it imports and does not get.
    #[serde(default)]
    pub(crate) withholds: Vec<String>,
}

/// What `polder.toml` says of components, beside a manifest of the language's own or in one file with it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Composition {
    #[serde(default)]
    components: BTreeMap<String, Component>,
    #[expect(dead_code, reason = "read by another")]
    language: Option<IgnoredAny>,
    #[expect(dead_code, reason = "read by another")]
    plugin: Option<IgnoredAny>,
}

/// The components inside a project's plugin, by name; projects of any language may have a `polder.toml` for them.
pub(crate) fn components(project: &Path) -> Result<BTreeMap<String, Component>> {
    let path = project.join(FILE);
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    parse::<Composition>(&path).map(|composition| composition.components)
}

fn parse<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<T> {
    let text = fs::read_to_string(path).map_err(Error::io("read", path))?;
    toml_edit::de::from_str(&text).map_err(|error| Error::Manifest { path: path.to_owned(), reason: error.to_string() })
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
