//! Bundles: packages in one file, for hosts that reach no registry. `INSTALL PLUGIN p FROM '/media/bundle.tar'`, and
//! `'/media/bundle.tar#oci://ghcr.io/acme/geo'` where there are several.

use polder_market::{Layout, Pick, Reference};
use semver::VersionReq;
use tempfile::TempDir;

use crate::run::Run;
use crate::{Error, Result, files};

/// How a bundle's name ends.
const SUFFIX: &str = ".tar";
/// Larger bundles are not read.
const BUNDLE_BYTES: u64 = 2 << 30;

/// The file of a bundle, and the package in it that is named.
pub(super) fn split(place: &str) -> Option<(&str, Option<&str>)> {
    match place.split_once(".tar#") {
        Some((file, package)) => Some((&place[..file.len() + SUFFIX.len()], Some(package))),
        None => place.ends_with(SUFFIX).then_some((place, None)),
    }
}

/// A package in a bundle.
pub(super) fn join(file: &str, package: &str) -> String {
    format!("{file}#{package}")
}

/// An open bundle.
pub(super) struct Bundle {
    layout: Layout,
    /// A volume may be anywhere: a copy of it lies here.
    _copy: TempDir,
}

impl Bundle {
    /// Opens a file that the principal may read.
    pub(super) async fn open(run: &Run<'_>, file: &str) -> Result<Self> {
        let bytes = files::read(run, file, BUNDLE_BYTES).await?;
        let io = |error| Error::File { path: file.to_owned(), error };
        let copy = tempfile::tempdir_in(run.polder().home().join("spill")).map_err(io)?;
        let path = copy.path().join("bundle.tar");
        std::fs::write(&path, bytes).map_err(io)?;
        Ok(Self { layout: Layout::open(&path)?, _copy: copy })
    }

    pub(super) fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The package in it, where there is one; without its version, if that is said elsewhere.
    pub(super) fn only(&self, any: bool) -> Result<Reference> {
        if !any {
            return Ok(self.layout.only()?);
        }
        let all = |reference: &Reference| reference.at(Pick::Fitting(VersionReq::STAR));
        let mut packages: Vec<_> = self.layout.packages().iter().map(|(reference, _)| all(reference)).collect();
        packages.dedup_by_key(|reference| reference.to_string());
        match packages.as_slice() {
            [package] => Ok(package.clone()),
            _ => Ok(self.layout.only()?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_bundles() {
        assert_eq!(split("/a/b.tar"), Some(("/a/b.tar", None)));
        let package = "oci://r.example/a@sha256:00";
        assert_eq!(split(&join("/a/b.tar", package)), Some(("/a/b.tar", Some(package))));
        assert_eq!(split("/a/b.wasm"), None);
    }
}
