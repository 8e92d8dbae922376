//! A package with everything that lies beside it, as bytes: what is carried from one place to another.

use crate::beside::{self, Found};
use crate::package::{CONFIG_BYTES, MANIFEST, MANIFEST_BYTES, Manifest, shown};
use crate::shelf::source::{Document, Source};
use crate::shelf::{tag, version};
use crate::{Digest, Error, Pick, Reference, Result};

/// What an artifact may be made of.
const LAYERS: usize = 16;

/// A package, or an index of them. Nothing in it is changed on its way, so its digests and signatures stay good.
#[derive(Clone, Debug)]
pub struct Item {
    /// Where it was found, with its tag if it has one.
    pub(crate) reference: Reference,
    pub(crate) manifest: Document,
    /// Config and layers.
    pub(crate) blobs: Vec<(Digest, Vec<u8>)>,
    pub(crate) beside: Vec<(Document, Vec<u8>)>,
}

impl Item {
    /// Where it was found, with its tag if it has one.
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// Digest of the manifest.
    pub fn manifest(&self) -> Digest {
        self.manifest.digest
    }
}

pub(crate) async fn read<S: Source + ?Sized>(
    shelf: &S,
    reference: &Reference,
    pick: &Pick,
    limit: u64,
) -> Result<Item> {
    let manifest = shelf.document(reference, pick, MANIFEST, MANIFEST_BYTES).await?;
    let not = |why: String| Error::NotAPackage { what: reference.at(pick.clone()).to_string(), why };
    let document: Manifest = serde_json::from_slice(&manifest.bytes).map_err(|error| not(shown(&error.to_string())))?;
    if document.media_type.as_deref().is_some_and(|kind| kind != MANIFEST) || document.layers.len() > LAYERS {
        return Err(not("its manifest is not that of an artifact".to_owned()));
    }
    let mut blobs: Vec<(Digest, Vec<u8>)> = Vec::new();
    let mut room = limit;
    for (part, most) in
        [(&document.config, CONFIG_BYTES)].into_iter().chain(document.layers.iter().map(|one| (one, limit)))
    {
        if part.size > most.min(room.max(CONFIG_BYTES)) {
            return Err(Error::TooLarge { what: format!("a part of {reference}"), limit: most });
        }
        if blobs.iter().all(|(digest, _)| *digest != part.digest) {
            room = room.saturating_sub(part.size);
            blobs.push((part.digest, shelf.blob(reference, part.digest, part.size).await?));
        }
    }
    let beside = beside::everything(shelf, reference, manifest.digest).await?;
    let beside = beside.into_iter().map(|Found { manifest, bundle }| (manifest, bundle)).collect();
    let pick = match pick {
        Pick::Tag(tag) => Pick::Tag(tag.clone()),
        _ => document.version().map_or(Pick::Digest(manifest.digest), |version| Pick::Tag(tag(&version))),
    };
    Ok(Item { reference: reference.at(pick), manifest, blobs, beside })
}

impl Manifest {
    /// The version that it says.
    pub(crate) fn version(&self) -> Option<semver::Version> {
        self.annotations.get("org.opencontainers.image.version").and_then(|text| version(text))
    }
}
