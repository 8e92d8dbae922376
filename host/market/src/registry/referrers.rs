//! Bundles beside their package (`beside.rs`), as cosign 3 stores them in a registry, and the lists by which they are found.
//!
//! A registry lists what refers to a manifest
//! (<https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers>). For one that does not, the
//! list is an image index under the tag `sha256-…`, which whoever adds to it reads, extends and writes back; no lock
//! protects it, so it is read again afterwards.

use chrono::{SecondsFormat, Utc};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Registry, Request};
use crate::beside::{EMPTY, PREDICATE};
use crate::object::Object;
use crate::package::{Descriptor, INDEX, MANIFEST, MANIFEST_BYTES, Manifest};
use crate::shelf::source::Entry;
use crate::signature::{Attestation, BUNDLE, Bundle, KeyPair};
use crate::{Digest, Error, Pick, Reference, Result};

/// A list in all, and how many pages it may have: some thousand entries.
const LIST_BYTES: u64 = 2 << 20;
const PAGES: usize = 20;
/// How often somebody else may write the list at the same time.
const TRIES: usize = 5;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    #[serde(default)]
    manifests: Option<Vec<Entry>>,
}

impl Registry {
    /// Signs a package in the registry, by the digest of its manifest.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is no such package; those of [`Self::attach`].
    pub async fn sign(&self, place: &Reference, manifest: Digest, key: &KeyPair) -> Result<Bundle> {
        let bundle = Bundle::sign(key, manifest)?;
        self.attach(place, manifest, &bundle).await?;
        Ok(bundle)
    }

    /// States something of a package in the registry, such as an [`SBOM`](crate::SBOM), beside it.
    ///
    /// # Errors
    /// Those of [`Attestation::sign`] and [`Self::attach`].
    pub async fn attest(
        &self,
        place: &Reference,
        manifest: Digest,
        key: &KeyPair,
        predicate_type: &str,
        predicate: &Value,
    ) -> Result<Attestation> {
        let attestation = Attestation::sign(key, manifest, predicate_type, predicate)?;
        if let Some(bundle) = attestation.bundle() {
            self.attach(place, manifest, bundle).await?;
        }
        Ok(attestation)
    }

    /// Stores a signature, or the bundle of an attestation, beside its package. Returns the digest under which it lies there.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Unauthorized`]; [`Error::Deceived`] if the tag for its list is something else.
    pub async fn attach(&self, place: &Reference, manifest: Digest, bundle: &Bundle) -> Result<Digest> {
        let subject = self.read_document(place, &Pick::Digest(manifest), MANIFEST, MANIFEST_BYTES).await?;
        let described = |media_type: &str, bytes: &[u8]| Descriptor {
            media_type: media_type.to_owned(),
            digest: Digest::of(bytes),
            size: bytes.len() as u64,
        };
        let annotations = [
            ("org.opencontainers.image.created", Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true)),
            ("dev.sigstore.bundle.content", "dsse-envelope".to_owned()),
            (PREDICATE, bundle.predicate_type().to_owned()),
        ];
        let document = Manifest {
            schema_version: 2,
            media_type: Some(MANIFEST.to_owned()),
            artifact_type: Some(BUNDLE.to_owned()),
            config: described(EMPTY, b"{}"),
            layers: vec![described(BUNDLE, bundle.json())],
            subject: Some(described(MANIFEST, &subject.bytes)),
            annotations: annotations.into_iter().map(|(name, text)| (name.to_owned(), text)).collect(),
        };
        let bytes = serde_json::to_vec(&document).map_err(|error| Error::Signature { why: error.to_string() })?;
        let entry = json!({
            "mediaType": MANIFEST,
            "digest": Digest::of(&bytes),
            "size": bytes.len(),
            "artifactType": BUNDLE,
            "annotations": document.annotations,
        });
        self.put_blob(place, b"{}").await?;
        self.put_blob(place, bundle.json()).await?;
        let stored = self.put_manifest(place, &Pick::Digest(Digest::of(&bytes)), MANIFEST, bytes).await?;
        if stored.subject != Some(manifest) {
            self.enlist(place, manifest, stored.digest, entry).await?;
        }
        Ok(stored.digest)
    }

    /// Adds to the list of a registry that keeps none itself. What else is in it stays as it is.
    async fn enlist(&self, place: &Reference, manifest: Digest, referrer: Digest, entry: Value) -> Result<()> {
        let no_list = || self.deceived(&format!("what it has as {} is no list of signatures", list_tag(manifest)));
        for _try in 0..TRIES {
            let mut list = match self.tagged_list(place, manifest).await? {
                Some(bytes) => serde_json::from_slice::<Map<String, Value>>(&bytes).map_err(|_| no_list())?,
                None => Map::from_iter([
                    ("schemaVersion".to_owned(), json!(2)),
                    ("mediaType".to_owned(), json!(INDEX)),
                    ("manifests".to_owned(), json!([])),
                ]),
            };
            if list.get("mediaType").is_some_and(|kind| kind != INDEX) {
                return Err(no_list());
            }
            let entries = list.get_mut("manifests").and_then(Value::as_array_mut).ok_or_else(no_list)?;
            let digest = referrer.to_string();
            if entries.iter().any(|entry| entry.get("digest").and_then(Value::as_str) == Some(&digest)) {
                return Ok(());
            }
            entries.push(entry.clone());
            let bytes = serde_json::to_vec(&list).map_err(|error| self.deceived(&error.to_string()))?;
            if bytes.len() as u64 > LIST_BYTES {
                return Err(Error::TooLarge {
                    what: format!("the list of signatures of {manifest}"),
                    limit: LIST_BYTES,
                });
            }
            self.put_manifest(place, &Pick::Tag(list_tag(manifest)), INDEX, bytes).await?;
        }
        let action = format!("list the signature of {manifest}");
        let why = "it was not in the list afterwards; perhaps others sign at the same time: try again".to_owned();
        Err(Error::Refused { registry: self.name.clone(), action, why })
    }

    /// The registry's list, or the one under its tag.
    pub(super) async fn list(&self, place: &Reference, manifest: Digest) -> Result<Vec<Entry>> {
        let action = format!("list the signatures of {manifest}");
        let mut url = self.url(place, &format!("referrers/{manifest}"))?;
        let (mut found, mut room) = (Vec::new(), LIST_BYTES);
        for page in 0..PAGES {
            let request = Request::new(Method::GET, url.clone(), action.clone()).with(ACCEPT, INDEX);
            let response = self.send(&request).await?;
            let unknown = match response.status() {
                StatusCode::NOT_FOUND
                | StatusCode::BAD_REQUEST
                | StatusCode::METHOD_NOT_ALLOWED
                | StatusCode::NOT_ACCEPTABLE => true,
                status => status.is_success() && !is_index(&response),
            };
            if unknown && page == 0 {
                let Some(bytes) = self.tagged_list(place, manifest).await? else { return Ok(Vec::new()) };
                return self.entries(&bytes);
            }
            let response = self.accepted(response, &action).await?;
            let next = self.next_page(&url, &response)?;
            let body = self.read(response, room, "a list of signatures").await?;
            room -= body.len() as u64;
            found.append(&mut self.entries(&body)?);
            let Some(next) = next else { return Ok(found) };
            url = next;
        }
        Err(Error::TooLarge { what: format!("the list of signatures of {manifest}"), limit: LIST_BYTES })
    }

    fn entries(&self, list: &[u8]) -> Result<Vec<Entry>> {
        let Object(list): Object<List> = serde_json::from_slice(list)
            .map_err(|error| self.deceived(&format!("its list of signatures is none: {error}")))?;
        Ok(list.manifests.unwrap_or_default())
    }

    async fn tagged_list(&self, place: &Reference, manifest: Digest) -> Result<Option<Vec<u8>>> {
        match self.read_document(place, &Pick::Tag(list_tag(manifest)), INDEX, LIST_BYTES).await {
            Ok(found) => Ok(Some(found.bytes)),
            Err(Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The tag under which the list of a manifest lies.
fn list_tag(manifest: Digest) -> String {
    format!("sha256-{}", manifest.hex())
}

fn is_index(response: &reqwest::Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.split(';').next().unwrap_or_default().trim() == INDEX)
}
