//! The modules whose packages are linked, as `go list` tells of them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::digest::Digest;
use crate::materials::{Part, Parts, Role};

/// What `go list` is asked for.
pub(super) const FIELDS: &str = "-json=ImportPath,Imports,Module";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Package {
    import_path: String,
    #[serde(default)]
    imports: Vec<String>,
    /// None for packages that come with Go.
    module: Option<Module>,
}

#[derive(Clone, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "PascalCase")]
struct Module {
    path: String,
    #[serde(default)]
    version: String,
    /// The project's own, or the SDK's.
    #[serde(default)]
    main: bool,
    replace: Option<Box<Module>>,
}

impl Module {
    /// What is compiled in its place.
    fn actual(&self) -> &Module {
        self.replace.as_deref().map_or(self, Module::actual)
    }

    fn part(&self, sums: &BTreeMap<(&str, &str), &str>) -> Part {
        let Module { path, version, .. } = self.actual();
        let sum = sums.get(&(path.as_str(), version.as_str()));
        // A module in a folder has no version, and its path is this machine's.
        let part = match version.is_empty() {
            true => Part::new(&self.path, &self.version, Role::Library),
            false => Part::new(path, version, Role::Library).from("golang", &[]),
        };
        part.digest(sum.and_then(|sum| Digest::of_go(sum)))
    }
}

/// The modules in what `go list` said, with their digests out of `go.sum`.
pub(super) fn parts(listed: &str, sums: &str) -> serde_json::Result<Parts> {
    let packages: Vec<Package> =
        serde_json::Deserializer::from_str(listed).into_iter().collect::<serde_json::Result<_>>()?;
    let sums = sums.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        Some(((words.next()?, words.next()?), words.next()?))
    });
    let sums: BTreeMap<_, _> = sums.collect();
    let mut parts = Parts::default();
    let foreign = |package: &Package| package.module.clone().filter(|module| !module.main);
    let ids: BTreeMap<&str, String> = packages
        .iter()
        .filter_map(|package| Some((package.import_path.as_str(), parts.add(foreign(package)?.part(&sums)))))
        .collect();
    for package in packages.iter().filter(|package| package.module.is_some()) {
        let from = ids.get(package.import_path.as_str());
        for to in package.imports.iter().filter_map(|import| ids.get(import.as_str())) {
            match from {
                Some(from) => parts.connect(from, to.clone()),
                None => drop(parts.direct.insert(to.clone())),
            }
        }
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = r#"
        {"ImportPath": "strings"}
        {"ImportPath": "golang.org/x/text/internal", "Module": {"Path": "golang.org/x/text", "Version": "v0.14.0"}}
        {"ImportPath": "golang.org/x/text/cases", "Module": {"Path": "golang.org/x/text", "Version": "v0.14.0"},
         "Imports": ["golang.org/x/text/internal", "strings"]}
        {"ImportPath": "example/near", "Module": {"Path": "example/near", "Version": "v1.0.0",
         "Replace": {"Path": "../near"}}, "Imports": ["golang.org/x/text/cases"]}
        {"ImportPath": "polder", "Module": {"Path": "polder", "Main": true}}
        {"ImportPath": "example/geo", "Module": {"Path": "example/geo", "Main": true},
         "Imports": ["example/near", "polder", "strings"]}"#;

    #[test]
    fn modules_are_parts_once_each() {
        let sums = "golang.org/x/text v0.14.0 h1:Khu2En+0gcYPZ2kuIihfswbzxv/mIHXgzPZ018Oty48=\n\
                    golang.org/x/text v0.14.0/go.mod h1:AAAA=\n\n";
        let parts = parts(LISTED, sums).unwrap();
        let text = "pkg:golang/golang.org/x/text@v0.14.0";
        assert_eq!(parts.all.keys().collect::<Vec<_>>(), ["example/near@v1.0.0", text]);
        assert_eq!(parts.direct, ["example/near@v1.0.0".to_owned()].into());
        assert_eq!(parts.all["example/near@v1.0.0"].uses, [text.to_owned()].into());
        assert!(parts.all[text].uses.is_empty());
        assert!(matches!(&parts.all[text].digest, Some(Digest::DirHash(hex)) if hex.starts_with("2a1bb612")));
        assert!(super::parts("{", "").is_err());
    }
}
