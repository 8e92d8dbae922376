//! What a `package-lock.json` says of packages of npm: <https://docs.npmjs.com/cli/configuring-npm/package-lock-json>

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::digest::Digest;
use crate::materials::{Part, Parts, Role};
use crate::{Error, Result};

/// The folders that packages lie in.
const MODULES: &str = "node_modules/";

/// Packages by their folders, such as `node_modules/a/node_modules/b`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Lock {
    #[serde(default)]
    packages: BTreeMap<String, Package>,
}

/// A package; its own `package.json` has the same fields.
#[derive(Debug, Default, Deserialize)]
struct Package {
    /// If it is not what the folder is called.
    name: Option<String>,
    #[serde(default)]
    version: String,
    /// A text, but for old packages.
    #[serde(default)]
    license: serde_json::Value,
    #[serde(default)]
    integrity: String,
    #[serde(default)]
    dependencies: BTreeMap<String, serde_json::Value>,
    #[serde(default, rename = "optionalDependencies")]
    optional: BTreeMap<String, serde_json::Value>,
    #[serde(default, rename = "peerDependencies")]
    peer: BTreeMap<String, serde_json::Value>,
}

impl Lock {
    /// Reads a lock file; one that is not there is empty.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        match fs::read_to_string(path) {
            Ok(text) => serde_json::from_str(&text)
                .map_err(|error| Error::Manifest { path: path.to_owned(), reason: error.to_string() }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Error::io("read", path)(error)),
        }
    }

    /// Adds packages of these folders, in the role of each; what is not in the file is asked for in `project`. Returns
    /// what they are called in `parts`, by their folders.
    pub(crate) fn add(
        &self,
        parts: &mut Parts,
        project: &Path,
        folders: impl IntoIterator<Item = (String, Role)>,
    ) -> BTreeMap<String, String> {
        let mut ids = BTreeMap::new();
        for (folder, role) in folders {
            let said = || {
                let text = fs::read_to_string(project.join(&folder).join("package.json")).ok()?;
                serde_json::from_str::<Package>(&text).ok()
            };
            let own;
            let package = match self.packages.get(&folder) {
                Some(package) => package,
                None => {
                    own = said().unwrap_or_default();
                    &own
                }
            };
            let name = package.name.as_deref().unwrap_or_else(|| name_of(&folder));
            let part = Part::new(name, &package.version, role)
                .from("npm", &[])
                .licensed(package.license.as_str().unwrap_or_default())
                .digest(Digest::of_integrity(&package.integrity));
            ids.insert(folder, parts.add(part));
        }
        for (folder, id) in &ids {
            let Some(package) = self.packages.get(folder) else { continue };
            for name in package.dependencies.keys().chain(package.optional.keys()).chain(package.peer.keys()) {
                if let Some(to) = seen_from(folder, name).find_map(|folder| ids.get(&folder)) {
                    parts.connect(id, to.clone());
                }
            }
        }
        ids
    }

    /// The folders of all packages.
    pub(crate) fn folders(&self) -> impl Iterator<Item = &str> {
        self.packages.keys().map(String::as_str).filter(|folder| !folder.is_empty())
    }
}

/// The folder of the package that a file is of: `node_modules/@ada/geo` of `node_modules/@ada/geo/src/index.js`.
pub(crate) fn package_of(file: &str) -> Option<&str> {
    let start = file.rfind(MODULES).filter(|at| *at == 0 || file[..*at].ends_with('/'))? + MODULES.len();
    let words = if file[start..].starts_with('@') { 2 } else { 1 };
    let (end, _) = file[start..].match_indices('/').nth(words - 1)?;
    Some(&file[..start + end])
}

fn name_of(folder: &str) -> &str {
    folder.rsplit_once(MODULES).map_or(folder, |(_, name)| name)
}

/// The folders where a package looks for another.
fn seen_from(folder: &str, name: &str) -> impl Iterator<Item = String> {
    let mut around = Some(folder.to_owned());
    std::iter::from_fn(move || {
        let place = around.take()?;
        around = place.rfind(MODULES).map(|at| place[..at].trim_end_matches('/').to_owned());
        Some(if place.is_empty() { format!("{MODULES}{name}") } else { format!("{place}/{MODULES}{name}") })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_of_packages() {
        for (file, package) in [
            ("node_modules/geo/src/index.js", Some("node_modules/geo")),
            ("node_modules/@ada/geo/index.js", Some("node_modules/@ada/geo")),
            ("node_modules/a/node_modules/b/b.js", Some("node_modules/a/node_modules/b")),
            ("../../node_modules/a/a.js", Some("../../node_modules/a")),
            ("src/my_node_modules/a/a.js", None),
            ("src/plugin.js", None),
            ("node_modules/a.js", None),
        ] {
            assert_eq!(package_of(file), package, "{file}");
        }
    }

    #[test]
    fn packages_use_the_nearest() {
        let lock: Lock = serde_json::from_str(
            r#"{"packages": {
                "": {"name": "project", "dependencies": {"a": "1"}},
                "node_modules/a": {"version": "1.0.0", "license": "MIT", "dependencies": {"b": "*", "c": "*"}},
                "node_modules/a/node_modules/b": {"version": "2.0.0", "dependencies": {"c": "*"}},
                "node_modules/b": {"version": "1.0.0"},
                "node_modules/c": {"name": "real", "version": "3.0.0", "license": {"type": "old"}}}}"#,
        )
        .unwrap();
        let mut parts = Parts::default();
        let folders: Vec<_> = lock.folders().map(|folder| (folder.to_owned(), Role::Library)).collect();
        lock.add(&mut parts, Path::new("/nowhere"), folders);
        let uses = |id: &str| parts.all[id].uses.iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(uses("pkg:npm/a@1.0.0"), ["pkg:npm/b@2.0.0", "pkg:npm/real@3.0.0"]);
        assert_eq!(uses("pkg:npm/b@2.0.0"), ["pkg:npm/real@3.0.0"]);
        assert_eq!(parts.all["pkg:npm/a@1.0.0"].license, "MIT");
        assert_eq!(parts.all.len(), 4);
    }

    #[test]
    fn a_package_that_no_lock_file_has_says_itself_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("node_modules/geo");
        fs::create_dir_all(&place).unwrap();
        fs::write(place.join("package.json"), r#"{"name": "geo", "version": "1.2.3", "license": "MIT"}"#).unwrap();
        let lock = Lock::read(&folder.path().join("package-lock.json")).unwrap();
        let mut parts = Parts::default();
        lock.add(&mut parts, folder.path(), [("node_modules/geo".to_owned(), Role::Library)]);
        assert_eq!(parts.all["pkg:npm/geo@1.2.3"].license, "MIT");
        fs::write(folder.path().join("package-lock.json"), "{").unwrap();
        assert!(Lock::read(&folder.path().join("package-lock.json")).unwrap_err().to_string().contains("package-lock"));
    }
}
