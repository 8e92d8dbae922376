//! A registry in memory, which keeps lists of referrers if it is told to, and whose shelves a test may fill itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use polder_market::Digest;
use serde_json::{Value, json};

use crate::liar::{Answer, Asked, Liar, answer};

pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
pub(crate) const PREDICATE: &str = "dev.sigstore.bundle.predicateType";
pub(crate) const EMPTY: &str = "application/vnd.oci.empty.v1+json";

/// A media type and bytes.
type Thing = (String, Vec<u8>);

/// What lies in it, by the end of its path: `manifests/…`, `blobs/…`, `referrers/…`.
#[derive(Clone, Default)]
pub(crate) struct Shelf {
    things: Arc<Mutex<BTreeMap<String, Thing>>>,
    /// Keeps lists of referrers.
    lists: bool,
}

impl Shelf {
    pub(crate) fn new(lists: bool) -> Self {
        Self { lists, ..Self::default() }
    }

    pub(crate) fn serve(&self) -> Liar {
        let shelf = self.clone();
        Liar::start(move |asked| shelf.answer(asked))
    }

    pub(crate) fn put(&self, path: &str, kind: &str, bytes: &[u8]) {
        self.things.lock().unwrap().insert(path.to_owned(), (kind.to_owned(), bytes.to_vec()));
    }

    pub(crate) fn get(&self, path: &str) -> Option<Vec<u8>> {
        self.things.lock().unwrap().get(path).map(|(_, bytes)| bytes.clone())
    }

    /// Stores a manifest, and says how it is listed.
    pub(crate) fn put_manifest(&self, manifest: &Value) -> Value {
        let bytes = manifest.to_string().into_bytes();
        self.put(&format!("manifests/{}", Digest::of(&bytes)), MANIFEST, &bytes);
        json!({ "mediaType": MANIFEST, "digest": Digest::of(&bytes), "size": bytes.len(), "artifactType": manifest["artifactType"] })
    }

    /// Stores a bundle, and makes the manifest that it is found by.
    pub(crate) fn referrer(&self, subject: Digest, bundle: &[u8]) -> Value {
        let digest = Digest::of(bundle);
        self.put(&format!("blobs/{digest}"), "", bundle);
        json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "artifactType": BUNDLE,
            "config": { "mediaType": EMPTY, "digest": Digest::of(b"{}"), "size": 2 },
            "layers": [{ "mediaType": BUNDLE, "digest": digest, "size": bundle.len() }],
            "subject": { "mediaType": MANIFEST, "digest": subject, "size": 1 },
        })
    }

    /// The same, annotated with what it says.
    pub(crate) fn saying(&self, subject: Digest, bundle: &[u8], predicate: &str) -> Value {
        let mut referrer = self.referrer(subject, bundle);
        referrer["annotations"] = json!({ PREDICATE: predicate });
        let mut entry = self.put_manifest(&referrer);
        entry["annotations"] = referrer["annotations"].take();
        entry
    }

    /// Makes the registry's own list of what refers to a manifest.
    pub(crate) fn list(&self, subject: Digest, entries: &[Value]) {
        let list = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": entries });
        self.put(&format!("referrers/{subject}"), INDEX, list.to_string().as_bytes());
    }

    pub(crate) fn answer(&self, asked: &Asked) -> Answer {
        let mut words = asked.line.split(' ');
        let (method, url) = (words.next().unwrap(), words.next().unwrap());
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let path = path.splitn(5, '/').nth(4).unwrap_or_default();
        match method {
            "POST" => return answer("202 Accepted", &[("Location", "/v2/a/b/upload")], b""),
            "PUT" => return self.take(asked, path, query),
            _ => {}
        }
        match self.things.lock().unwrap().get(path) {
            Some((kind, bytes)) => answer("200 OK", &[("Content-Type", kind)], bytes),
            None if self.lists && path.starts_with("referrers/") => {
                answer("200 OK", &[("Content-Type", INDEX)], br#"{"schemaVersion":2,"manifests":[]}"#)
            }
            None => answer("404 Not Found", &[], b""),
        }
    }

    fn take(&self, asked: &Asked, path: &str, query: &str) -> Answer {
        if let Some(digest) = query.strip_prefix("digest=") {
            self.put(&format!("blobs/{}", digest.replace("%3A", ":")), "", &asked.body);
            return answer("201 Created", &[], b"");
        }
        let manifest: Value = serde_json::from_slice(&asked.body).unwrap();
        self.put(path, manifest["mediaType"].as_str().unwrap(), &asked.body);
        match manifest["subject"]["digest"].as_str() {
            Some(subject) if self.lists => {
                self.list(subject.parse().unwrap(), &[self.put_manifest(&manifest)]);
                answer("201 Created", &[("OCI-Subject", subject)], b"")
            }
            _ => answer("201 Created", &[], b""),
        }
    }
}
