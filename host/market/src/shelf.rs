//! Where packages lie: a registry, or a layout in files. Both hold the same things under the same names, so whoever reads
//! packages need not know which it is.
//!
//! A place is asked for four things only ([`source::Source`]); everything else is read out of these.

use async_trait::async_trait;
use semver::{Version, VersionReq};

use self::source::Source;
use crate::index::{self, Index, Seen};
use crate::item::{self, Item};
use crate::package::Package;
use crate::{Attestation, Digest, Error, Pick, Reference, Result, Signatures, beside, package};

/// What is asked of a place. It cannot be implemented elsewhere: what is read must have been compared with its digest.
pub(crate) mod source {
    use std::collections::BTreeMap;

    use async_trait::async_trait;
    use serde::Deserialize;

    use crate::{Digest, Pick, Reference, Result};

    /// A manifest of any kind, and the digest that it has.
    #[derive(Clone, Debug)]
    pub struct Document {
        pub(crate) digest: Digest,
        pub(crate) bytes: Vec<u8>,
    }

    /// An entry of a list. Most of it may be anything: it is somebody else's.
    #[derive(Clone, Debug, Deserialize)]
    #[serde(rename_all = "camelCase")]
    pub struct Entry {
        #[serde(default)]
        pub(crate) media_type: String,
        pub(crate) digest: String,
        #[serde(default)]
        pub(crate) artifact_type: Option<String>,
        #[serde(default)]
        pub(crate) annotations: Option<BTreeMap<String, String>>,
    }

    #[async_trait]
    pub trait Source: Send + Sync {
        /// All tags of a package.
        async fn tags(&self, place: &Reference) -> Result<Vec<String>>;

        /// What is stored as a manifest of some kind, of at most `limit` bytes.
        async fn document(&self, place: &Reference, pick: &Pick, kind: &'static str, limit: u64) -> Result<Document>;

        /// The bytes of a digest, at most as many as was said.
        async fn blob(&self, place: &Reference, digest: Digest, size: u64) -> Result<Vec<u8>>;

        /// What refers to a manifest.
        async fn entries(&self, place: &Reference, manifest: Digest) -> Result<Vec<Entry>>;
    }
}

/// A place that packages lie in.
#[async_trait]
pub trait Shelf: Source {
    /// The versions of a package, highest first.
    async fn versions(&self, reference: &Reference) -> Result<Vec<Version>> {
        let tags = self.tags(reference).await?;
        let mut versions: Vec<_> = tags.iter().filter_map(|tag| version(tag)).collect();
        versions.sort_by(|a, b| b.cmp(a));
        versions.dedup();
        Ok(versions)
    }

    /// Reads a package whose component has at most `limit` bytes.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::NoVersion`]; [`Error::NotAPackage`] for artifacts of other kinds; [`Error::TooLarge`];
    /// [`Error::Digest`] if bytes are not those that were named.
    async fn pull(&self, reference: &Reference, limit: u64) -> Result<Package> {
        let pick = self.pick(reference).await?;
        package::pull(self, reference, &pick, limit).await
    }

    /// The digest of a package's component, which is not read.
    ///
    /// # Errors
    /// Those of [`Self::pull`].
    async fn component(&self, reference: &Reference) -> Result<Digest> {
        let pick = self.pick(reference).await?;
        package::component(self, reference, &pick).await
    }

    /// The signatures that lie beside a package, as they are: whether they are good says [`Signatures::verify`]. Those
    /// that cannot be had or read are among them.
    ///
    /// # Errors
    /// [`Error::Unreachable`] and [`Error::Unauthorized`]; [`Error::TooLarge`] for a list that does not end.
    async fn signatures(&self, place: &Reference, manifest: Digest) -> Result<Signatures> {
        beside::signatures(self, place, manifest).await
    }

    /// What else is said of a package, as it is: whom to believe says [`Attestation::state`]. What cannot be had or read is
    /// among it, and fails.
    ///
    /// # Errors
    /// As those of [`Self::signatures`].
    async fn attestations(&self, place: &Reference, manifest: Digest) -> Result<Vec<Attestation>> {
        beside::attestations(self, place, manifest).await
    }

    /// Reads an index of packages, and says which it is: signatures are of this manifest. It is believed when one is good
    /// ([`Self::signatures`]), not before.
    ///
    /// # Errors
    /// [`Error::Older`] if one was seen that is newer, or another under the same number; [`Error::Index`] for what is none;
    /// [`Error::TooLarge`] beyond 16 MiB.
    async fn index(&self, place: &Reference, seen: Option<Seen>) -> Result<(Index, Seen)> {
        index::read(self, place, seen).await
    }

    /// Reads a package or an index with everything beside it, to be kept in a [`Layout`](crate::Layout). Its component has at
    /// most `limit` bytes. What lies beside it and cannot be had is left out.
    ///
    /// # Errors
    /// Those of [`Self::pull`].
    async fn item(&self, reference: &Reference, limit: u64) -> Result<Item> {
        let pick = self.pick(reference).await?;
        item::read(self, reference, &pick, limit).await
    }

    /// The tag or digest that a reference means.
    #[doc(hidden)]
    async fn pick(&self, reference: &Reference) -> Result<Pick> {
        let Pick::Fitting(wanted) = &reference.pick else { return Ok(reference.pick.clone()) };
        let versions = self.versions(reference).await?;
        match versions.iter().find(|version| wanted.matches(version)) {
            Some(version) => Ok(Pick::Tag(tag(version))),
            None => Err(no_version(reference, wanted, &versions)),
        }
    }
}

impl<T: Source + ?Sized> Shelf for T {}

fn no_version(reference: &Reference, wanted: &VersionReq, versions: &[Version]) -> Error {
    let found: Vec<_> = versions.iter().take(10).map(Version::to_string).collect();
    Error::NoVersion { package: reference.to_string(), wanted: wanted.to_string(), found: found.join(", ") }
}

/// The tag of a version. Tags have no `+`; the field's tools write `_` for it.
pub(crate) fn tag(version: &Version) -> String {
    version.to_string().replace('+', "_")
}

/// The version that a tag stands for, if any.
pub(crate) fn version(tag: &str) -> Option<Version> {
    Version::parse(&tag.replace('_', "+")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_tags() {
        for (text, name) in [("1.2.3", "1.2.3"), ("1.0.0-rc.1+build.5", "1.0.0-rc.1_build.5")] {
            let read = Version::parse(text).unwrap();
            assert_eq!(tag(&read), name);
            assert_eq!(version(name), Some(read));
        }
        assert_eq!(version("latest"), None);
        assert_eq!(version("sha256-00"), None);
    }
}
