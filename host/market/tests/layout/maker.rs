//! Makes layouts by hand, so that each can be wrong in one respect.

use std::fs;
use std::path::{Path, PathBuf};

use polder_market::{Attestation, Bundle, Digest, KeyPair, Layout, Result, SBOM, Trusted};
use serde_json::{Value, json};

pub(crate) const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
pub(crate) const LIMIT: u64 = 1 << 16;
pub(crate) const NAME: &str = "acme.example/acme/geo:1.2.3";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const PREDICATE: &str = "dev.sigstore.bundle.predicateType";

/// Files by name, in their order.
#[derive(Clone, Default)]
pub(crate) struct Maker {
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) entries: Vec<Value>,
}

pub(crate) fn blob(digest: Digest) -> String {
    format!("blobs/sha256/{}", digest.hex())
}

impl Maker {
    /// One package, signed and described.
    pub(crate) fn package(key: &KeyPair) -> (Self, Digest) {
        let mut maker = Self::default();
        let manifest = maker.component(COMPONENT, NAME);
        let sbom = Attestation::sign(key, manifest, SBOM, &json!({ "bomFormat": "CycloneDX" })).unwrap();
        for (bundle, predicate) in [
            (Bundle::sign(key, manifest).unwrap(), "https://sigstore.dev/cosign/sign/v1"),
            (sbom.bundle().unwrap().clone(), SBOM),
        ] {
            maker.beside(manifest, &bundle, predicate);
        }
        (maker, manifest)
    }

    pub(crate) fn component(&mut self, component: &[u8], name: &str) -> Digest {
        let layer = self.blob(component);
        let config = self.blob(b"{}");
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": { "mediaType": "application/vnd.wasm.config.v0+json", "digest": config, "size": 2 },
            "layers": [{ "mediaType": "application/wasm", "digest": layer, "size": component.len() }],
            "annotations": { "org.opencontainers.image.title": "geo", "org.opencontainers.image.version": "1.2.3" },
        });
        self.list(&manifest, &json!({ "annotations": { "org.opencontainers.image.ref.name": name } }))
    }

    fn beside(&mut self, subject: Digest, bundle: &Bundle, predicate: &str) {
        let (layer, config) = (self.blob(bundle.json()), self.blob(b"{}"));
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": BUNDLE,
            "config": { "mediaType": "application/vnd.oci.empty.v1+json", "digest": config, "size": 2 },
            "layers": [{ "mediaType": BUNDLE, "digest": layer, "size": bundle.json().len() }],
            "subject": { "mediaType": MANIFEST, "digest": subject, "size": 1 },
            "annotations": { PREDICATE: predicate },
        });
        self.list(&manifest, &json!({ "artifactType": BUNDLE, "annotations": manifest["annotations"] }));
    }

    pub(crate) fn blob(&mut self, bytes: &[u8]) -> Digest {
        let digest = Digest::of(bytes);
        if !self.files.iter().any(|(name, _)| *name == blob(digest)) {
            self.files.push((blob(digest), bytes.to_vec()));
        }
        digest
    }

    fn list(&mut self, manifest: &Value, more: &Value) -> Digest {
        let bytes = manifest.to_string();
        let digest = self.blob(bytes.as_bytes());
        let mut entry = json!({ "mediaType": MANIFEST, "digest": digest, "size": bytes.len() });
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.entries.push(entry);
        digest
    }

    /// With the two files that make a layout of it, unless a test made them.
    pub(crate) fn whole(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = self.files.clone();
        let index = json!({ "schemaVersion": 2, "manifests": self.entries }).to_string();
        for (name, text) in [("oci-layout", r#"{"imageLayoutVersion":"1.0.0"}"#), ("index.json", &index)] {
            if !files.iter().any(|(other, _)| other == name) {
                files.push((name.to_owned(), text.as_bytes().to_vec()));
            }
        }
        files
    }

    /// In another file or instead of one.
    pub(crate) fn with(&self, name: &str, bytes: &[u8]) -> Self {
        let mut other = self.clone();
        other.files.retain(|(there, _)| there != name);
        other.files.push((name.to_owned(), bytes.to_vec()));
        other
    }

    pub(crate) fn without(&self, name: &str) -> Self {
        let mut other = self.clone();
        other.files.retain(|(there, _)| there != name);
        other
    }

    pub(crate) fn folder(&self, place: &Path) -> PathBuf {
        let folder = place.join("folder");
        let _new = fs::remove_dir_all(&folder);
        for (name, bytes) in self.whole() {
            fs::create_dir_all(folder.join(&name).parent().unwrap()).unwrap();
            fs::write(folder.join(name), bytes).unwrap();
        }
        folder
    }

    pub(crate) fn archive(&self, place: &Path) -> PathBuf {
        let entries = self.whole().into_iter().map(|(name, bytes)| entry(&name, b'0', &bytes));
        archive(place, &entries.collect::<Vec<_>>())
    }

    /// Opens it both ways, which have to agree.
    pub(crate) fn open(&self) -> (tempfile::TempDir, [Result<Layout>; 2]) {
        let place = tempfile::tempdir().unwrap();
        let both = [Layout::open(self.folder(place.path())), Layout::open(self.archive(place.path()))];
        (place, both)
    }
}

/// An entry of an archive: any name and kind.
pub(crate) fn entry(name: &str, kind: u8, bytes: &[u8]) -> Vec<u8> {
    sized(name, kind, bytes, bytes.len() as u64)
}

/// One that says that it has another size than it has.
pub(crate) fn sized(name: &str, kind: u8, bytes: &[u8], size: u64) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    let field = &mut header.as_old_mut().name;
    field[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(tar::EntryType::new(kind));
    header.set_mode(0o644);
    header.set_size(size);
    header.set_cksum();
    let padding = vec![0; bytes.len().next_multiple_of(512) - bytes.len()];
    [header.as_bytes(), bytes, &padding].concat()
}

pub(crate) fn archive(place: &Path, entries: &[Vec<u8>]) -> PathBuf {
    let file = place.join("archive.tar");
    fs::write(&file, [entries.concat(), vec![0; 1024]].concat()).unwrap();
    file
}

pub(crate) fn trusted(key: &KeyPair) -> [Trusted; 1] {
    [Trusted::always("acme", key.public().clone())]
}
