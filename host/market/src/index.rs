//! An index of packages: what there is, and which of it is to be avoided. It is data, and travels as packages do: an artifact
//! with one layer of JSON, under a tag that moves, signed like any other. Anybody can keep one.
//!
//! Who can write to the registry can put an older index back, in which nothing is yanked yet. So an index has a number, and
//! whoever reads it says which he saw last ([`Seen`]).

mod fields;
mod keep;
mod search;
mod status;
mod written;

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use semver::{Version, VersionReq};

use self::fields::Fields;
pub use self::search::Hit;
pub use self::status::Status;
use crate::beside::EMPTY;
use crate::package::{Descriptor, MANIFEST, MANIFEST_BYTES, Manifest, Published, shown};
use crate::shelf::Shelf as _;
use crate::shelf::source::Source;
use crate::{Digest, Error, Pick, Reference, Registry, Result};

/// The media type of the artifact and of its layer.
const KIND: &str = "application/vnd.polder.index.v1+json";
const INDEX_BYTES: u64 = 16 << 20;
/// The tag of an index, unless its place says another.
const TAG: &str = "latest";

/// A list of packages that somebody keeps. What is in it is somebody's word.
#[derive(Clone, Debug)]
pub struct Index {
    pub name: String,
    pub description: String,
    /// Grows with each that is published.
    pub serial: u64,
    pub time: DateTime<Utc>,
    pub packages: Vec<Listed>,
    rest: Fields,
}

/// A package in an index.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Where it lies, without a version.
    pub reference: Reference,
    pub name: String,
    pub summary: String,
    pub license: String,
    pub authors: Vec<String>,
    pub keywords: Vec<String>,
    pub releases: Vec<Release>,
    /// What is known to be wrong with some of its versions.
    pub advisories: Vec<Advisory>,
    rest: Fields,
}

/// A version of a package.
#[derive(Clone, Debug)]
pub struct Release {
    pub version: Version,
    /// Digest of its manifest: this package and no other.
    pub manifest: Digest,
    pub published: DateTime<Utc>,
    /// The oldest Polder that runs it.
    pub minimum_host: Option<Version>,
    /// Fingerprint of the key that signed it.
    pub signer: Option<Digest>,
    /// Why it should not be installed any more.
    pub yanked: Option<String>,
    rest: Fields,
}

/// Something that is wrong with some versions of a package.
#[derive(Clone, Debug)]
pub struct Advisory {
    /// Such as `CVE-2026-1234`.
    pub id: String,
    pub url: String,
    pub severity: Severity,
    /// Which versions have it.
    pub affected: VersionReq,
    /// The first that has it no more.
    pub fixed: Option<Version>,
    rest: Fields,
}

/// How bad it is, in the words of CVSS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

/// Which index was seen: what a host remembers, so that it is not shown an older one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub serial: u64,
    pub manifest: Digest,
}

/// Reads an index that is not older than what was seen.
pub(crate) async fn read<S: Source + ?Sized>(
    shelf: &S,
    place: &Reference,
    seen: Option<Seen>,
) -> Result<(Index, Seen)> {
    let place = with_tag(place);
    let found = shelf.document(&place, &place.pick, MANIFEST, MANIFEST_BYTES).await?;
    let not = |why: String| Error::Index { what: place.to_string(), why };
    let manifest: Manifest = serde_json::from_slice(&found.bytes).map_err(|error| not(shown(&error.to_string())))?;
    if manifest.artifact_type.as_deref() != Some(KIND) {
        return Err(not(format!("it is not of type '{KIND}'")));
    }
    let [layer] = manifest.layers.as_slice() else {
        return Err(not(format!("it has {} layers, not one", manifest.layers.len())));
    };
    if layer.media_type != KIND {
        return Err(not(format!("its layer is '{}', not '{KIND}'", shown(&layer.media_type))));
    }
    if layer.size > INDEX_BYTES {
        return Err(Error::TooLarge { what: format!("the index {place}"), limit: INDEX_BYTES });
    }
    let index = Index::read(&shelf.blob(&place, layer.digest, layer.size).await?)?;
    let now = Seen { serial: index.serial, manifest: found.digest };
    match seen {
        Some(seen) if now.serial < seen.serial => {
            Err(Error::Older { what: place.to_string(), found: now.serial, seen: seen.serial })
        }
        Some(seen) if now.serial == seen.serial && now.manifest != seen.manifest => {
            Err(not(format!("it is number {} again, with other words: two indexes are shown as one", now.serial)))
        }
        _ => Ok((index, now)),
    }
}

impl Registry {
    /// Publishes an index under a tag that moves: that of the place, or `latest`. Sign it afterwards, as a package.
    ///
    /// # Errors
    /// [`Error::Older`] if one with its number, or a higher one, is there: somebody else published meanwhile, so read
    /// that one and add to it; [`Error::Index`] if the tag is something else, or the index breaks its own rules.
    pub async fn publish_index(&self, place: &Reference, index: &Index) -> Result<Published> {
        let place = with_tag(place);
        if let Pick::Digest(_) = place.pick {
            let why = "an index is published under a tag, not a digest".to_owned();
            return Err(Error::Index { what: place.to_string(), why });
        }
        let bytes = index.json()?;
        match self.index(&place, None).await {
            Ok((_, there)) if there.serial >= index.serial => {
                return Err(Error::Older { what: place.to_string(), found: index.serial, seen: there.serial });
            }
            Ok(_) | Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
        let described = |media_type: &str, bytes: &[u8]| Descriptor {
            media_type: media_type.to_owned(),
            digest: Digest::of(bytes),
            size: bytes.len() as u64,
        };
        let annotations = [
            ("title", index.name.clone()),
            ("description", index.description.clone()),
            ("created", index.time.to_rfc3339_opts(SecondsFormat::Secs, true)),
        ];
        let named = |(name, text)| (format!("org.opencontainers.image.{name}"), text);
        let manifest = Manifest {
            schema_version: 2,
            media_type: Some(MANIFEST.to_owned()),
            artifact_type: Some(KIND.to_owned()),
            config: described(EMPTY, b"{}"),
            layers: vec![described(KIND, &bytes)],
            subject: None,
            annotations: annotations.into_iter().map(named).collect::<BTreeMap<_, _>>(),
        };
        let manifest = serde_json::to_vec(&manifest)
            .map_err(|error| Error::Index { what: place.to_string(), why: error.to_string() })?;
        self.put_blob(&place, b"{}").await?;
        self.put_blob(&place, &bytes).await?;
        let stored = self.put_manifest(&place, &place.pick, MANIFEST, manifest).await?;
        Ok(Published { reference: place, manifest: stored.digest })
    }
}

fn with_tag(place: &Reference) -> Reference {
    match &place.pick {
        Pick::Fitting(_) => place.at(Pick::Tag(TAG.to_owned())),
        _ => place.clone(),
    }
}
