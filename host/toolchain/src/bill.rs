//! The bill of materials of a component, in the words of CycloneDX 1.6: <https://cyclonedx.org/docs/1.6/json/>
//!
//! Tools that ran at build time are there too, with the scope `excluded`, as they are not in the component. The digest of a
//! folder is that of Go's `go.sum`, and called SHA-256, as others do who write bills of Go's modules. The same component,
//! time and builder give the same bill: its serial number is made of the component's digest.

use serde_json::{Map, Value, json};

use crate::digest::{self, Digest};
use crate::manifest::Manifest;
use crate::materials::{Materials, Part, Role};

/// The media type of a bill of materials.
pub const MEDIA_TYPE: &str = "application/vnd.cyclonedx+json";

/// What a property is called that says what the scope does not.
const LANGUAGE: &str = "polder:language";

/// The bill of the component with this digest.
pub(crate) fn of(materials: &Materials, digest: &str, time: &str) -> Value {
    let Materials { language, manifest, parts, .. } = materials;
    let root = format!("{}@{}", manifest.name, manifest.version);
    // A part may be called as the component is.
    let root = if parts.all.contains_key(&root) { format!("{root}#{digest}") } else { root };
    let mut itself = component(&root, &manifest.name, &manifest.version, "application");
    set(&mut itself, "description", &manifest.description);
    itself.extend(licenses(&manifest.license));
    itself.insert("hashes".into(), hashes(&Digest::Sha256(digest.to_owned())));
    if !manifest.authors.is_empty() {
        let authors: Vec<_> = manifest.authors.iter().map(|name| json!({"name": name})).collect();
        itself.insert("authors".into(), authors.into());
    }
    itself.extend(references(manifest));
    itself.insert("properties".into(), json!([{"name": LANGUAGE, "value": language}]));

    let mut dependencies = vec![json!({"ref": root, "dependsOn": parts.direct})];
    dependencies.extend(parts.all.iter().map(|(id, part)| json!({"ref": id, "dependsOn": part.uses})));
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": serial(digest),
        "version": 1,
        "metadata": {
            "timestamp": time,
            "tools": {"components": [{"type": "application", "name": "polder", "version": env!("CARGO_PKG_VERSION")}]},
            "component": itself,
        },
        "components": parts.all.iter().map(|(id, part)| entry(id, part)).collect::<Vec<_>>(),
        "dependencies": dependencies,
    })
}

fn entry(id: &str, part: &Part) -> Map<String, Value> {
    let (kind, scope) = match part.role {
        Role::Library => ("library", "required"),
        Role::Platform => ("platform", "required"),
        Role::Tool => ("application", "excluded"),
    };
    let mut entry = component(id, &part.name, &part.version, kind);
    set(&mut entry, "scope", scope);
    set(&mut entry, "purl", part.purl.as_deref().unwrap_or_default());
    entry.extend(licenses(&part.license));
    if let Some(digest) = &part.digest {
        entry.insert("hashes".into(), hashes(digest));
    }
    entry
}

fn component(id: &str, name: &str, version: &str, kind: &str) -> Map<String, Value> {
    let mut component = Map::new();
    for (key, value) in [("bom-ref", id), ("type", kind), ("name", name), ("version", version)] {
        set(&mut component, key, value);
    }
    component
}

/// Texts that are not there are left out.
fn set(object: &mut Map<String, Value>, key: &str, value: &str) {
    if !value.is_empty() {
        object.insert(key.into(), value.into());
    }
}

fn hashes(digest: &Digest) -> Value {
    let (algorithm, content) = match digest {
        Digest::Sha1(hex) => ("SHA-1", hex),
        Digest::Sha256(hex) | Digest::DirHash(hex) => ("SHA-256", hex),
        Digest::Sha384(hex) => ("SHA-384", hex),
        Digest::Sha512(hex) => ("SHA-512", hex),
    };
    json!([{"alg": algorithm, "content": content}])
}

/// An expression of SPDX, or what else somebody calls a license. Cargo had `/` where SPDX has `OR`.
fn licenses(license: &str) -> Option<(String, Value)> {
    let expression = license.replace('/', " OR ").split_whitespace().collect::<Vec<_>>().join(" ");
    let value = match expression.parse::<wasm_metadata::Licenses>() {
        _ if license.is_empty() => return None,
        Ok(_) => json!([{"expression": expression}]),
        Err(_) => json!([{"license": {"name": license}}]),
    };
    Some(("licenses".into(), value))
}

fn references(manifest: &Manifest) -> Option<(String, Value)> {
    let references: Vec<_> = [("website", &manifest.homepage), ("vcs", &manifest.repository)]
        .into_iter()
        // What is no address would make the bill invalid.
        .filter(|(_, url)| url.contains("://") && url.bytes().all(|byte| byte.is_ascii_graphic()))
        .map(|(kind, url)| json!({"type": kind, "url": url}))
        .collect();
    (!references.is_empty()).then(|| ("externalReferences".into(), references.into()))
}

/// A UUID of version 8 (RFC 9562), whose bits are whatever their maker wants.
fn serial(digest: &str) -> String {
    let hex = digest::of(format!("polder bill of materials of {digest}").as_bytes());
    format!("urn:uuid:{}-{}-8{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licenses_are_expressions_or_names() {
        for (license, said) in [
            ("MIT", json!([{"expression": "MIT"}])),
            ("MIT/Apache-2.0", json!([{"expression": "MIT OR Apache-2.0"}])),
            ("MIT OR  Apache-2.0", json!([{"expression": "MIT OR Apache-2.0"}])),
            ("My own", json!([{"license": {"name": "My own"}}])),
        ] {
            assert_eq!(licenses(license).unwrap().1, said);
        }
        assert_eq!(licenses(""), None);
    }

    #[test]
    fn only_addresses_are_references() {
        let manifest = |url: &str| Manifest { homepage: url.into(), ..Manifest::default() };
        assert!(references(&manifest("https://example.com")).is_some());
        for wrong in ["", "example", "https://example.com/a b"] {
            assert_eq!(references(&manifest(wrong)), None, "{wrong}");
        }
    }

    #[test]
    fn a_component_has_its_serial_number() {
        let serial = serial(&"ab".repeat(32));
        assert_eq!(serial, super::serial(&"ab".repeat(32)));
        assert_ne!(serial, super::serial(&"cd".repeat(32)));
        let lengths: Vec<_> = serial["urn:uuid:".len()..].split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
    }
}
