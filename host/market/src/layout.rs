//! Packages in files, for networks that reach no registry: the OCI image layout, in a folder or one archive of tar. It holds
//! any number of packages, each with its signatures and attestations, and indexes of packages.
//!
//! <https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md>
//!
//! A package is named `ghcr.io/acme/geo:1.2.3` in it; one that another tool stored under a tag only lies at
//! `oci://layout.invalid/` and its title. Who wrote the file chose the names, so only signatures say whose a package is.
//! All manifests are read and compared when it is opened: where one of them lies, nothing of the layout is used.

mod files;
mod write;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use async_trait::async_trait;
use semver::Version;
use serde::Deserialize;

use self::files::Files;
pub use self::write::Bundler;
use crate::object::Object;
use crate::package::{CONFIG, INDEX, MANIFEST, MANIFEST_BYTES, Manifest};
use crate::reference::is_tag;
use crate::shelf::source::{Document, Entry, Source};
use crate::shelf::{tag, version};
use crate::{Digest, Error, Item, Pick, Reference, Result};

/// Version 1.0.0 is the only one.
const LAYOUT: &str = "1.0.0";
const MARK_BYTES: u64 = 4 << 10;
const INDEX_BYTES: u64 = 16 << 20;
/// How many manifests are listed, and how many bytes they may have in all.
const MANIFESTS: usize = 20_000;
const ALL_BYTES: u64 = 64 << 20;

/// The name of what is listed.
const NAME: &str = "org.opencontainers.image.ref.name";
/// Where packages lie that have none: no host is ever called so (RFC 2606).
const NOWHERE: &str = "layout.invalid";

/// A folder or archive of packages.
pub struct Layout {
    files: Files,
    things: Vec<Thing>,
}

/// Something that is listed in a layout.
struct Thing {
    entry: Entry,
    document: Document,
    /// The package that it says something of.
    subject: Option<Digest>,
    /// Where it lies, with the tag that it has.
    reference: Reference,
    version: Option<Version>,
    is_package: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mark {
    image_layout_version: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    #[serde(default)]
    media_type: Option<String>,
    manifests: Vec<Listing>,
}

/// An entry, and how long it is said to be.
#[derive(Deserialize)]
struct Listing {
    size: u64,
    #[serde(flatten)]
    entry: Entry,
}

impl Layout {
    /// Opens a folder or an archive. Of blobs nothing is read before they are asked for.
    ///
    /// # Errors
    /// [`Error::File`] if it cannot be read; [`Error::Layout`] if it is none, or one thing in it is not as it is said to be.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let files = Files::open(path.as_ref())?;
        let read = |name: &str, limit| match files.read(name, limit) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(files.wrong(&format!("it has no {name}"))),
            Err(error) => Err(files.wrong(&error.to_string())),
        };
        let unread = |name: &str, error: serde_json::Error| files.wrong(&format!("its {name} is none: {error}"));
        let mark = read(files::MARK, MARK_BYTES)?;
        let Object(Mark { image_layout_version }) =
            serde_json::from_slice(&mark).map_err(|error| unread(files::MARK, error))?;
        if image_layout_version != LAYOUT {
            return Err(files.wrong(&format!("it is of version '{image_layout_version}', not {LAYOUT}")));
        }
        let list = read(files::INDEX, INDEX_BYTES)?;
        let Object(list): Object<List> = serde_json::from_slice(&list).map_err(|error| unread(files::INDEX, error))?;
        if list.media_type.is_some_and(|kind| kind != INDEX) || list.manifests.len() > MANIFESTS {
            return Err(files.wrong(&format!("its {} is no list, or of more than {MANIFESTS}", files::INDEX)));
        }
        let (mut things, mut names, mut room) = (Vec::new(), HashMap::new(), ALL_BYTES);
        for Listing { size, entry } in list.manifests {
            // Lists of lists, and digests of other kinds, are not ours.
            let Ok(digest) = entry.digest.parse::<Digest>() else { continue };
            if entry.media_type != MANIFEST {
                continue;
            }
            let Some(left) = room.checked_sub(size).filter(|_| size <= MANIFEST_BYTES) else {
                return Err(files.wrong("its manifests are too large"));
            };
            room = left;
            let bytes = read(&files::blob(digest), size)?;
            if Digest::of(&bytes) != digest || bytes.len() as u64 != size {
                return Err(files.wrong(&format!("the manifest {digest} has other bytes than it is listed with")));
            }
            let thing = Thing::read(entry, Document { digest, bytes });
            let thing = thing.map_err(|why| files.wrong(&format!("the manifest {digest} is none: {why}")))?;
            if thing.subject.is_none()
                && let Pick::Tag(_) = thing.reference.pick
                && names.insert(thing.reference.to_string(), digest).is_some_and(|other| other != digest)
            {
                return Err(files.wrong(&format!("{} is in it twice", thing.reference)));
            }
            things.push(thing);
        }
        Ok(Self { files, things })
    }

    /// The packages in it, with the version that each says it has.
    pub fn packages(&self) -> Vec<(Reference, Option<Version>)> {
        let packages = self.things.iter().filter(|thing| thing.is_package);
        packages.map(|thing| (thing.reference.clone(), thing.version.clone())).collect()
    }

    /// The package, if there is just one.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none; [`Error::Layout`], which names some, if there are several.
    pub fn only(&self) -> Result<Reference> {
        let packages = self.packages();
        match packages.as_slice() {
            [] => Err(Error::NotFound("a package in this bundle".to_owned())),
            [(reference, _)] => Ok(reference.clone()),
            [..] => {
                let some: Vec<_> = packages.iter().take(5).map(|(reference, _)| reference.to_string()).collect();
                let why = format!("it has {} packages, such as {}: name one", packages.len(), some.join(", "));
                Err(self.files.wrong(&why))
            }
        }
    }

    /// Writes packages into a folder, or an archive if the path ends in `.tar`. It is there when it is whole, or never.
    ///
    /// # Errors
    /// Those of [`Bundler`].
    pub fn write<'a>(path: impl AsRef<Path>, items: impl IntoIterator<Item = &'a Item>) -> Result<()> {
        let mut bundler = Bundler::new(path)?;
        for item in items {
            bundler.add(item)?;
        }
        bundler.finish()
    }
}

impl Thing {
    fn read(entry: Entry, document: Document) -> Result<Self, String> {
        let manifest: Manifest = serde_json::from_slice(&document.bytes).map_err(|error| error.to_string())?;
        let version = manifest.version();
        let name = entry.annotations.as_ref().and_then(|annotations| annotations.get(NAME));
        let said = |tagged: Option<&str>| match (tagged, &version) {
            (Some(tag), _) => Pick::Tag(tag.to_owned()),
            (None, Some(version)) => Pick::Tag(tag(version)),
            (None, None) => Pick::Digest(document.digest),
        };
        let reference = match name.map(|name| format!("oci://{name}").parse::<Reference>()) {
            Some(Ok(reference)) if matches!(reference.pick, Pick::Tag(_)) => reference,
            Some(Ok(reference)) => reference.at(said(None)),
            _ => nowhere(&manifest.annotations).at(said(name.map(String::as_str).filter(|name| is_tag(name)))),
        };
        let version = match &reference.pick {
            Pick::Tag(tag) => self::version(tag),
            _ => version,
        };
        let is_package = manifest.config.media_type == CONFIG && manifest.subject.is_none();
        Ok(Self {
            entry,
            subject: manifest.subject.map(|subject| subject.digest),
            document,
            reference,
            version,
            is_package,
        })
    }

    fn is_at(&self, place: &Reference) -> bool {
        self.subject.is_none()
            && (self.reference.registry(), self.reference.repository()) == (place.registry(), place.repository())
    }
}

fn nowhere(annotations: &BTreeMap<String, String>) -> Reference {
    let at = |name: &str| format!("oci://{NOWHERE}/{name}").parse::<Reference>().ok();
    let title = annotations.get("org.opencontainers.image.title").and_then(|title| at(title));
    let title = title.filter(|reference| matches!(reference.pick, Pick::Fitting(_)));
    title.unwrap_or_else(|| Reference::unnamed(NOWHERE))
}

#[async_trait]
impl Source for Layout {
    async fn tags(&self, place: &Reference) -> Result<Vec<String>> {
        let here = self.things.iter().filter(|thing| thing.is_at(place));
        let tags = here.filter_map(|thing| match &thing.reference.pick {
            Pick::Tag(tag) => Some(tag.clone()),
            _ => None,
        });
        Ok(tags.collect())
    }

    async fn document(&self, place: &Reference, pick: &Pick, _: &'static str, limit: u64) -> Result<Document> {
        let found = self.things.iter().find(|thing| match pick {
            // A digest is this package and no other, wherever it lies.
            Pick::Digest(digest) => thing.document.digest == *digest,
            tag => thing.is_at(place) && thing.reference.pick == *tag,
        });
        let found = found.ok_or_else(|| Error::NotFound(place.at(pick.clone()).to_string()))?;
        if found.document.bytes.len() as u64 > limit {
            return Err(Error::TooLarge { what: format!("the manifest {}", found.document.digest), limit });
        }
        Ok(found.document.clone())
    }

    async fn blob(&self, place: &Reference, digest: Digest, size: u64) -> Result<Vec<u8>> {
        let bytes = self.files.read(&files::blob(digest), size)?;
        let bytes = bytes.ok_or_else(|| Error::NotFound(format!("{digest} of {place}")))?;
        let found = Digest::of(&bytes);
        match found == digest {
            true => Ok(bytes),
            false => Err(Error::Digest { what: format!("a blob of {place}"), expected: digest, found }),
        }
    }

    async fn entries(&self, _: &Reference, manifest: Digest) -> Result<Vec<Entry>> {
        let beside = self.things.iter().filter(|thing| thing.subject == Some(manifest));
        Ok(beside.map(|thing| thing.entry.clone()).collect())
    }
}
