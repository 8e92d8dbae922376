//! Signatures beside their package: artifacts whose subject is its manifest, as cosign 3 stores and finds them.
//!
//! A registry lists what refers to a manifest
//! (<https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers>). For one that does not, the
//! list is an image index under the tag `sha256-…`, which whoever adds to it reads, extends and writes back; no lock
//! protects it, so it is read again afterwards.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use chrono::{SecondsFormat, Utc};
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Registry, Request};
use crate::object::Object;
use crate::package::{Descriptor, MANIFEST, Manifest};
use crate::signature::{BUNDLE, BUNDLE_BYTES, Bundle, KeyPair, SIGNED, Signatures};
use crate::{Digest, Error, Pick, Reference, Result};

/// Media types of lists, and of a config that says nothing.
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const EMPTY: &str = "application/vnd.oci.empty.v1+json";
/// Every version of bundles begins so.
const BUNDLES: &str = "application/vnd.dev.sigstore.bundle";
/// What a bundle says, where it can be read without it.
const PREDICATE: &str = "dev.sigstore.bundle.predicateType";

/// A list in all, and how many pages it may have: some thousand entries.
const LIST_BYTES: u64 = 2 << 20;
const PAGES: usize = 20;
/// The manifest of a signature.
const REFERRER_BYTES: u64 = 64 << 10;
/// How long signatures are looked for.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often somebody else may write the list at the same time.
const TRIES: usize = 5;

/// An entry of a list. Most of it may be anything: it is somebody else's.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(default)]
    media_type: String,
    digest: String,
    #[serde(default)]
    artifact_type: Option<String>,
    #[serde(default)]
    annotations: Option<BTreeMap<String, String>>,
}

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

    /// Stores a signature beside its package. Returns the digest under which it lies there.
    ///
    /// # Errors
    /// [`Error::Refused`], [`Error::Unauthorized`]; [`Error::Deceived`] if the tag for its list is something else.
    pub async fn attach(&self, place: &Reference, manifest: Digest, bundle: &Bundle) -> Result<Digest> {
        let subject = self.manifest(place, &Pick::Digest(manifest)).await?;
        let described = |media_type: &str, bytes: &[u8]| Descriptor {
            media_type: media_type.to_owned(),
            digest: Digest::of(bytes),
            size: bytes.len() as u64,
        };
        let annotations = [
            ("org.opencontainers.image.created", Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true)),
            ("dev.sigstore.bundle.content", "dsse-envelope".to_owned()),
            (PREDICATE, SIGNED.to_owned()),
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

    /// The signatures that lie beside a package, as they are: whether they are good says [`Signatures::verify`]. Those
    /// that cannot be had or read are among them.
    ///
    /// # Errors
    /// [`Error::Unreachable`] and [`Error::Unauthorized`]; [`Error::TooLarge`] for a list that does not end.
    pub async fn signatures(&self, place: &Reference, manifest: Digest) -> Result<Signatures> {
        let started = Instant::now();
        let mut all = Signatures::default();
        for (referrer, sure) in self.referrers(place, manifest).await? {
            if !all.look() {
                break;
            }
            if started.elapsed() > PATIENCE {
                return Err(self.deceived("it takes minutes to tell the signatures of a package"));
            }
            match self.referrer(place, manifest, referrer, sure).await {
                Ok(Some(bytes)) => all.add(bytes),
                Ok(None) => {}
                Err(
                    error @ (Error::NotFound(_)
                    | Error::Digest { .. }
                    | Error::TooLarge { .. }
                    | Error::Signature { .. }),
                ) => all.missing(&error.to_string()),
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }

    /// The bundle that a manifest holds. None if it turns out to be something else, though nothing said that it is one.
    async fn referrer(
        &self,
        place: &Reference,
        manifest: Digest,
        referrer: Digest,
        sure: bool,
    ) -> Result<Option<Vec<u8>>> {
        let wrong = |why: &str| Error::Signature { why: format!("{referrer} {why}") };
        let found = self.document(place, &Pick::Digest(referrer), MANIFEST, REFERRER_BYTES).await?;
        let document: Manifest = match serde_json::from_slice(&found.bytes) {
            Ok(document) => document,
            Err(_) if !sure => return Ok(None),
            Err(error) => return Err(wrong(&format!("is listed as a signature, but is no manifest: {error}"))),
        };
        if !document.artifact_type.as_deref().is_some_and(|kind| kind.starts_with(BUNDLES)) {
            return if sure { Err(wrong("is listed as a signature, but says it is something else")) } else { Ok(None) };
        }
        if document.annotations.get(PREDICATE).is_some_and(|predicate| predicate != SIGNED) {
            return Ok(None);
        }
        if document.media_type.as_deref().is_some_and(|kind| kind != MANIFEST) {
            return Err(wrong("is not of the media type that it is listed with"));
        }
        if document.subject.as_ref().is_none_or(|subject| subject.digest != manifest) {
            return Err(wrong("is listed for this package, but belongs to another"));
        }
        let [layer] = document.layers.as_slice() else {
            return Err(wrong(&format!("has {} layers, not one", document.layers.len())));
        };
        if !layer.media_type.starts_with(BUNDLES) {
            return Err(wrong("holds no bundle"));
        }
        if layer.size > BUNDLE_BYTES as u64 {
            return Err(Error::TooLarge { what: format!("the signature {referrer}"), limit: BUNDLE_BYTES as u64 });
        }
        self.blob(place, layer.digest, layer.size).await.map(Some)
    }

    /// What may be a signature of a manifest, and whether it is said to be: first those that are.
    async fn referrers(&self, place: &Reference, manifest: Digest) -> Result<Vec<(Digest, bool)>> {
        let (mut sure, mut perhaps, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        for entry in self.list(place, manifest).await? {
            let Ok(digest) = entry.digest.parse() else { continue };
            let predicate = entry.annotations.as_ref().and_then(|annotations| annotations.get(PREDICATE));
            if entry.media_type != MANIFEST || predicate.is_some_and(|predicate| predicate != SIGNED) {
                continue;
            }
            match entry.artifact_type.as_deref() {
                Some(kind) if kind.starts_with(BUNDLES) && seen.insert(digest) => sure.push((digest, true)),
                // Some tools list the type of the config, or none.
                None | Some("" | EMPTY) if seen.insert(digest) => perhaps.push((digest, false)),
                _ => {}
            }
        }
        sure.append(&mut perhaps);
        Ok(sure)
    }

    /// The registry's list, or the one under its tag.
    async fn list(&self, place: &Reference, manifest: Digest) -> Result<Vec<Entry>> {
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
        match self.document(place, &Pick::Tag(list_tag(manifest)), INDEX, LIST_BYTES).await {
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
