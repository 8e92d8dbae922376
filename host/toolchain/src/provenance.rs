//! How a component was built, in the words of SLSA: <https://slsa.dev/spec/v1.0/provenance>. What each field says, and what
//! nobody should believe for it, is in `PROVENANCE.md`, which the type of the build names.

use serde_json::{Map, Value, json};

use crate::digest::Digest;
use crate::materials::{Inputs, Materials, Part, Role, SOURCES};

/// The type of the predicate.
pub const PREDICATE_TYPE: &str = "https://slsa.dev/provenance/v1";

/// The type of the build. It has no place on the web yet, so it is a name: that of `PROVENANCE.md`.
const BUILD_TYPE: &str = "urn:polder:plugin-build:v1";

/// Whoever runs the `polder` binary on a machine of his own.
const BUILDER: &str = "urn:polder:local-builder:v1";

/// The times of a build, each as RFC 3339 has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run<'a> {
    pub started: &'a str,
    pub finished: &'a str,
}

/// The predicate. What was not seen is not in it.
pub(crate) fn of(materials: &Materials, run: Option<Run>) -> Value {
    let mut details = Map::new();
    details.insert("builder".into(), json!({"id": BUILDER, "version": {"polder": env!("CARGO_PKG_VERSION")}}));
    if let Some(Run { started, finished }) = run {
        details.insert("metadata".into(), json!({"startedOn": started, "finishedOn": finished}));
    }
    json!({
        "buildDefinition": {
            "buildType": BUILD_TYPE,
            "externalParameters": {"language": materials.language, "manifest": materials.manifest},
            "resolvedDependencies": dependencies(materials),
        },
        "runDetails": details,
    })
}

fn dependencies(materials: &Materials) -> Vec<Value> {
    let Materials { inputs, parts, commit, .. } = materials;
    let mut all = read(inputs, commit.as_ref().map(|commit| json!({"commit": commit.id, "clean": commit.clean})));
    if let Some(commit) = commit.as_ref().filter(|commit| commit.clean) {
        let mut entry = Map::new();
        entry.insert("name".into(), "repository".into());
        if let Some(remote) = &commit.remote {
            entry.insert("uri".into(), json!(format!("{remote}@{}", commit.id)));
        }
        entry.insert("digest".into(), json!({"gitCommit": commit.id}));
        if !commit.folder.is_empty() {
            entry.insert("annotations".into(), json!({"folder": commit.folder}));
        }
        all.push(entry.into());
    }
    all.extend(parts.all.values().filter_map(package));
    all
}

/// Files and folders; of the project's it is said what git thinks of them.
fn read(inputs: &Inputs, git: Option<Value>) -> Vec<Value> {
    let entry = |(name, digest): (&String, &Digest)| {
        let mut entry = json!({"name": name, "digest": digest});
        if let (SOURCES, Some(git)) = (name.as_str(), &git) {
            entry["annotations"] = json!({"git": git});
        }
        entry
    };
    inputs.iter().map(entry).collect()
}

/// A descriptor has an address or a digest.
fn package(part: &Part) -> Option<Value> {
    let mut entry = Map::new();
    entry.insert("name".into(), json!(part.name));
    entry.extend(part.purl.as_ref().map(|purl| ("uri".into(), json!(purl))));
    entry.extend(part.digest.as_ref().map(|digest| ("digest".into(), json!(digest))));
    let role = match part.role {
        Role::Library | Role::Platform => "linked",
        Role::Tool => "tool",
    };
    entry.insert("annotations".into(), json!({"role": role, "version": part.version}));
    (part.purl.is_some() || part.digest.is_some()).then(|| entry.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::Commit;
    use crate::manifest::Manifest;
    use crate::materials::Parts;

    fn materials(commit: Option<Commit>) -> Materials {
        let mut parts = Parts::default();
        let digest = Digest::Sha256("ab".repeat(32));
        parts.add_direct(Part::new("a", "1.0.0", Role::Library).from("cargo", &[]).digest(digest));
        parts.add(Part::new("unknown", "1.0.0", Role::Tool));
        let inputs = [("wit", "00"), (SOURCES, "11")];
        let inputs = inputs.map(|(name, hex)| (name.to_owned(), Digest::DirHash(hex.repeat(32)))).into();
        let manifest = Manifest { name: "geo".into(), version: "1.2.3".into(), ..Manifest::default() };
        Materials { language: "rust".into(), manifest, inputs, parts, commit }
    }

    fn named<'a>(predicate: &'a Value, name: &str) -> Option<&'a Value> {
        let all = predicate["buildDefinition"]["resolvedDependencies"].as_array().unwrap();
        all.iter().find(|entry| entry["name"] == name)
    }

    #[test]
    fn what_was_not_seen_is_not_claimed() {
        let predicate = of(&materials(None), None);
        assert_eq!(predicate["buildDefinition"]["externalParameters"]["manifest"]["version"], "1.2.3");
        assert_eq!(predicate["runDetails"].get("metadata"), None);
        assert_eq!(named(&predicate, SOURCES).unwrap().get("annotations"), None);
        assert_eq!(named(&predicate, "repository"), None);
        assert_eq!(named(&predicate, "unknown"), None);
        let a = named(&predicate, "a").unwrap();
        assert_eq!((&a["uri"], &a["digest"]["sha256"]), (&json!("pkg:cargo/a@1.0.0"), &json!("ab".repeat(32))));
    }

    #[test]
    fn only_a_clean_work_tree_is_a_commit() {
        let commit = |clean| Commit {
            id: "ef".repeat(20),
            clean,
            remote: Some("git+https://example.com/geo.git".into()),
            folder: "plugins/geo".into(),
        };
        let times = Run { started: "2026-01-01T00:00:00Z", finished: "2026-01-01T00:00:01Z" };
        let clean = of(&materials(Some(commit(true))), Some(times));
        let repository = named(&clean, "repository").unwrap();
        assert_eq!(repository["uri"], format!("git+https://example.com/geo.git@{}", "ef".repeat(20)));
        assert_eq!(repository["digest"]["gitCommit"], "ef".repeat(20));
        assert_eq!(clean["runDetails"]["metadata"]["finishedOn"], times.finished);
        let dirty = of(&materials(Some(commit(false))), None);
        assert_eq!(named(&dirty, "repository"), None);
        assert_eq!(named(&dirty, SOURCES).unwrap()["annotations"]["git"]["clean"], false);
    }
}
