//! What lies beside a package: artifacts whose subject is its manifest, each with one sigstore bundle, as cosign 3 stores and
//! finds them. Signatures and attestations differ in the predicate that they are annotated with, and in nothing else.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use crate::package::{MANIFEST, Manifest};
use crate::shelf::source::{Document, Entry, Source};
use crate::signature::{ATTESTATION_BYTES, ATTESTATIONS, Attestation, SIGNATURE_BYTES, SIGNED, Signatures};
use crate::{Digest, Error, Pick, Reference, Result};

/// The media type of a config that says nothing.
pub(crate) const EMPTY: &str = "application/vnd.oci.empty.v1+json";
/// Every version of bundles begins so.
pub(crate) const BUNDLES: &str = "application/vnd.dev.sigstore.bundle";
/// What a bundle says, where it can be read without it.
pub(crate) const PREDICATE: &str = "dev.sigstore.bundle.predicateType";
/// The manifest of a bundle.
pub(crate) const REFERRER_BYTES: u64 = 64 << 10;

/// How long bundles are looked for.
const PATIENCE: Duration = Duration::from_secs(120);
/// The attestations of a package in all.
const ALL_BYTES: usize = 32 << 20;

/// Which of the bundles are looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Signature,
    Attestation,
    Any,
}

impl Kind {
    /// Whether a bundle that is annotated so may be one.
    fn is(self, predicate: Option<&str>) -> bool {
        match (self, predicate) {
            (Self::Signature, Some(predicate)) => predicate == SIGNED,
            (Self::Attestation, Some(predicate)) => predicate != SIGNED,
            (Self::Any, _) | (_, None) => true,
        }
    }

    fn limit(self) -> u64 {
        let limit = if self == Self::Signature { SIGNATURE_BYTES } else { ATTESTATION_BYTES };
        limit as u64
    }

    fn name(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Attestation => "attestation",
            Self::Any => "bundle",
        }
    }
}

/// A bundle that lies there, and the manifest that it is found by.
pub(crate) struct Found {
    pub(crate) manifest: Document,
    pub(crate) bundle: Vec<u8>,
}

/// A bundle that is said to lie there.
struct Referrer {
    digest: Digest,
    /// Whether it is said to be a bundle at all.
    sure: bool,
    predicate: Option<String>,
}

pub(crate) async fn signatures<S: Source + ?Sized>(
    shelf: &S,
    place: &Reference,
    manifest: Digest,
) -> Result<Signatures> {
    let search = Search::new(shelf, place, manifest, Kind::Signature);
    let mut all = Signatures::default();
    for mut referrer in search.referrers().await? {
        if !all.look() {
            break;
        }
        match search.bundle(&mut referrer).await? {
            Some(Ok(found)) => all.add(found.bundle),
            Some(Err(why)) => all.missing(&why),
            None => {}
        }
    }
    Ok(all)
}

pub(crate) async fn attestations<S: Source + ?Sized>(
    shelf: &S,
    place: &Reference,
    manifest: Digest,
) -> Result<Vec<Attestation>> {
    let search = Search::new(shelf, place, manifest, Kind::Attestation);
    let (mut all, mut room) = (Vec::new(), ALL_BYTES);
    for (looked, mut referrer) in search.referrers().await?.into_iter().enumerate() {
        if looked == ATTESTATIONS || room == 0 {
            let why = format!("only {ATTESTATIONS} attestations of at most {ALL_BYTES} bytes were looked at");
            all.push(Attestation::missing(manifest, None, &why));
            break;
        }
        match search.bundle(&mut referrer).await? {
            Some(Ok(found)) => {
                room = room.saturating_sub(found.bundle.len());
                let found = Attestation::found(manifest, referrer.predicate, &found.bundle);
                // A signature that nothing said to be one.
                if found.predicate_type() != SIGNED {
                    all.push(found);
                }
            }
            Some(Err(why)) => all.push(Attestation::missing(manifest, referrer.predicate, &why)),
            None => {}
        }
    }
    Ok(all)
}

/// Everything that can be had, to be kept.
pub(crate) async fn everything<S: Source + ?Sized>(
    shelf: &S,
    place: &Reference,
    manifest: Digest,
) -> Result<Vec<Found>> {
    let search = Search::new(shelf, place, manifest, Kind::Any);
    let (mut all, mut room) = (Vec::new(), ALL_BYTES);
    for mut referrer in search.referrers().await?.into_iter().take(2 * ATTESTATIONS) {
        if let Some(Ok(found)) = search.bundle(&mut referrer).await? {
            let Some(left) = room.checked_sub(found.bundle.len()) else { continue };
            room = left;
            all.push(found);
        }
    }
    Ok(all)
}

/// A search for bundles of one kind, beside one package.
struct Search<'a, S: ?Sized> {
    shelf: &'a S,
    place: &'a Reference,
    manifest: Digest,
    kind: Kind,
    started: Instant,
}

impl<'a, S: Source + ?Sized> Search<'a, S> {
    fn new(shelf: &'a S, place: &'a Reference, manifest: Digest, kind: Kind) -> Self {
        Self { shelf, place, manifest, kind, started: Instant::now() }
    }

    /// What may be one: first what is said to be.
    async fn referrers(&self) -> Result<Vec<Referrer>> {
        let (mut sure, mut perhaps, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        for entry in self.shelf.entries(self.place, self.manifest).await? {
            let Some((digest, surely)) = may_be_bundle(&entry) else { continue };
            let predicate = entry.annotations.and_then(|mut annotations| annotations.remove(PREDICATE));
            if self.kind.is(predicate.as_deref()) && seen.insert(digest) {
                let list = if surely { &mut sure } else { &mut perhaps };
                list.push(Referrer { digest, sure: surely, predicate });
            }
        }
        sure.append(&mut perhaps);
        Ok(sure)
    }

    /// The bundle of a referrer, or why it cannot be had. None if it turns out to be something else, though nothing said
    /// that it is one. An error if nothing more is to be had.
    async fn bundle(&self, referrer: &mut Referrer) -> Result<Option<Result<Found, String>>> {
        if self.started.elapsed() > PATIENCE {
            let why = format!("it takes minutes to tell the {}s of a package", self.kind.name());
            return Err(Error::Deceived { registry: self.place.registry().to_owned(), why });
        }
        match self.read(referrer).await {
            Ok(found) => Ok(found.map(Ok)),
            Err(
                error @ (Error::NotFound(_) | Error::Digest { .. } | Error::TooLarge { .. } | Error::Signature { .. }),
            ) => Ok(Some(Err(error.to_string()))),
            Err(error) => Err(error),
        }
    }

    async fn read(&self, referrer: &mut Referrer) -> Result<Option<Found>> {
        let name = self.kind.name();
        let digest = referrer.digest;
        let wrong = |why: &str| Error::Signature { why: format!("{digest} {why}") };
        let found = self.shelf.document(self.place, &Pick::Digest(digest), MANIFEST, REFERRER_BYTES).await?;
        let mut document: Manifest = match serde_json::from_slice(&found.bytes) {
            Ok(document) => document,
            Err(_) if !referrer.sure => return Ok(None),
            Err(error) => return Err(wrong(&format!("is listed as a {name}, but is no manifest: {error}"))),
        };
        if !document.artifact_type.as_deref().is_some_and(|kind| kind.starts_with(BUNDLES)) {
            return match referrer.sure {
                true => Err(wrong(&format!("is listed as a {name}, but says it is something else"))),
                false => Ok(None),
            };
        }
        if let Some(predicate) = document.annotations.remove(PREDICATE) {
            if !self.kind.is(Some(&predicate)) {
                return Ok(None);
            }
            if referrer.predicate.get_or_insert(predicate.clone()) != &predicate {
                return Err(wrong("is listed with another predicate than it says"));
            }
        }
        if document.media_type.as_deref().is_some_and(|kind| kind != MANIFEST) {
            return Err(wrong("is not of the media type that it is listed with"));
        }
        if document.subject.as_ref().is_none_or(|subject| subject.digest != self.manifest) {
            return Err(wrong("is listed for this package, but belongs to another"));
        }
        let [layer] = document.layers.as_slice() else {
            return Err(wrong(&format!("has {} layers, not one", document.layers.len())));
        };
        if !layer.media_type.starts_with(BUNDLES) {
            return Err(wrong("holds no bundle"));
        }
        if layer.size > self.kind.limit() {
            return Err(Error::TooLarge { what: format!("the {name} {digest}"), limit: self.kind.limit() });
        }
        let bundle = self.shelf.blob(self.place, layer.digest, layer.size).await?;
        Ok(Some(Found { manifest: found, bundle }))
    }
}

/// The digest of what is listed as a bundle, or may be one because nothing is said; and which of both.
pub(crate) fn may_be_bundle(entry: &Entry) -> Option<(Digest, bool)> {
    if entry.media_type != MANIFEST {
        return None;
    }
    let digest = entry.digest.parse().ok()?;
    match entry.artifact_type.as_deref() {
        Some(kind) if kind.starts_with(BUNDLES) => Some((digest, true)),
        // Some tools list the type of the config, or none.
        None | Some("" | EMPTY) => Some((digest, false)),
        Some(_) => None,
    }
}
