//! What went into a component, as its build saw it. A bill of materials and a provenance only put it in others' words.

use std::collections::{BTreeMap, BTreeSet};

use packageurl::PackageUrl;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::git::Commit;
use crate::manifest::Manifest;

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Materials {
    /// As `polder plugin new --lang` takes it.
    pub(crate) language: String,
    pub(crate) manifest: Manifest,
    pub(crate) inputs: Inputs,
    pub(crate) parts: Parts,
    /// Where the project's folder lay in git.
    pub(crate) commit: Option<Commit>,
}

/// What the project's folder is called among the inputs.
pub(crate) const SOURCES: &str = "sources";

/// What the interfaces are called among them.
pub(crate) const CONTRACT: &str = "wit";

/// Files and folders that a build read, by what they are called.
pub(crate) type Inputs = BTreeMap<String, Digest>;

/// The parts of a component, and what made it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Parts {
    /// What the project itself uses.
    pub(crate) direct: BTreeSet<String>,
    /// By [`Part::id`].
    pub(crate) all: BTreeMap<String, Part>,
}

impl Parts {
    /// Adds a part; returns what it is called. One that is there already stays.
    pub(crate) fn add(&mut self, part: Part) -> String {
        let id = part.id();
        self.all.entry(id.clone()).or_insert(part);
        id
    }

    /// Adds a part that the project itself uses.
    pub(crate) fn add_direct(&mut self, part: Part) {
        let id = self.add(part);
        self.direct.insert(id);
    }

    /// Says that one part uses another.
    pub(crate) fn connect(&mut self, from: &str, to: String) {
        if let Some(part) = self.all.get_mut(from).filter(|part| part.id() != to) {
            part.uses.insert(to);
        }
    }
}

/// A package, of whatever registry, or what stands for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    pub(crate) name: String,
    /// Empty where nobody said it.
    pub(crate) version: String,
    pub(crate) role: Role,
    /// <https://github.com/package-url/purl-spec>; none for what no registry has.
    pub(crate) purl: Option<String>,
    /// As its author says it; empty where he does not.
    pub(crate) license: String,
    pub(crate) digest: Option<Digest>,
    /// The other parts that it uses.
    pub(crate) uses: BTreeSet<String>,
}

/// What a part is to the component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Role {
    /// Code of it is in the component.
    Library,
    /// It is in the component, and runs what else is there.
    Platform,
    /// It ran when the component was built, and is not in it.
    Tool,
}

impl Part {
    /// A part without an origin.
    pub(crate) fn new(name: &str, version: &str, role: Role) -> Self {
        Self {
            name: name.to_owned(),
            version: version.to_owned(),
            role,
            purl: None,
            license: String::new(),
            digest: None,
            uses: BTreeSet::new(),
        }
    }

    /// With where it comes from: a type of registry and its qualifiers.
    pub(crate) fn from(mut self, registry: &'static str, qualifiers: &[(&'static str, String)]) -> Self {
        self.purl = purl(registry, &self.name, &self.version, qualifiers);
        self
    }

    pub(crate) fn licensed(mut self, license: &str) -> Self {
        self.license = license.to_owned();
        self
    }

    pub(crate) fn digest(mut self, digest: impl Into<Option<Digest>>) -> Self {
        self.digest = digest.into();
        self
    }

    /// What no other part is called.
    pub(crate) fn id(&self) -> String {
        match &self.purl {
            Some(purl) => purl.clone(),
            None => format!("{}@{}", self.name, self.version),
        }
    }
}

/// None for names that no registry of that type takes.
fn purl(registry: &'static str, name: &str, version: &str, qualifiers: &[(&'static str, String)]) -> Option<String> {
    let (namespace, name) = match (registry, name.rsplit_once('/')) {
        ("npm" | "golang", Some((namespace, name))) => (Some(namespace), name),
        _ => (None, name),
    };
    let mut purl = PackageUrl::new(registry, name.to_owned()).ok()?;
    if let Some(namespace) = namespace {
        purl.with_namespace(namespace.to_owned()).ok()?;
    }
    if !version.is_empty() {
        purl.with_version(version.to_owned()).ok()?;
    }
    for (key, value) in qualifiers {
        purl.add_qualifier(*key, value.clone()).ok()?;
    }
    Some(purl.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_registries() {
        let purl = |registry, name, version| Part::new(name, version, Role::Library).from(registry, &[]).id();
        assert_eq!(purl("cargo", "inventory", "0.3.21"), "pkg:cargo/inventory@0.3.21");
        assert_eq!(purl("npm", "@ada/geo", "1.0.0"), "pkg:npm/%40ada/geo@1.0.0");
        assert_eq!(purl("golang", "golang.org/x/text", "v0.14.0"), "pkg:golang/golang.org/x/text@v0.14.0");
        assert_eq!(purl("pypi", "Typing_Extensions", "4.16.0"), "pkg:pypi/typing-extensions@4.16.0");
        assert_eq!(purl("generic", "quickjs", ""), "pkg:generic/quickjs");
        assert_eq!(Part::new("polder-sdk", "0.1.0", Role::Library).id(), "polder-sdk@0.1.0");
        let git = [("vcs_url", "git+https://example.com/a.git@abc".to_owned())];
        let part = Part::new("a", "1.0.0", Role::Library).from("cargo", &git);
        assert_eq!(part.id(), "pkg:cargo/a@1.0.0?vcs_url=git%2Bhttps:%2F%2Fexample.com%2Fa.git%40abc");
    }

    #[test]
    fn parts_are_there_once() {
        let mut parts = Parts::default();
        parts.add_direct(Part::new("a", "1", Role::Library));
        let b = parts.add(Part::new("b", "1", Role::Library));
        parts.add(Part::new("a", "1", Role::Tool));
        parts.connect("a@1", b.clone());
        parts.connect(&b, b.clone());
        assert_eq!(parts.all.len(), 2);
        assert_eq!(parts.all["a@1"].role, Role::Library);
        assert_eq!(parts.all["a@1"].uses, BTreeSet::from([b.clone()]));
        assert!(parts.all[&b].uses.is_empty());
    }
}
