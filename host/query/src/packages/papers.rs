//! What came with a package: its manifest, who signed it, what it is made of. It is kept in the home as it came, one bundle in
//! the layout of OCI a package, so that it can be asked again, and carried elsewhere.

use std::path::{Path, PathBuf};
use std::time::Duration;

use polder_market::{Attestation, Digest, Item, Layout, Pick, Reference, Shelf, Signatures};
use tempfile::TempDir;

use crate::{Error, Polder, Result};

/// A package with all that lay beside it.
pub(crate) struct Papers {
    layout: Layout,
    /// Just this package.
    reference: Reference,
    manifest: Digest,
    /// Where it lies until it is kept.
    incoming: Option<TempDir>,
}

/// The name of the bundle while it is looked at.
const INCOMING: &str = "package.tar";
const INCOMING_FOLDER: &str = "incoming-";
/// Nobody looks at a package for longer.
const ABANDONED: Duration = Duration::from_secs(24 * 3600);

impl Papers {
    /// Takes a package from where it lies; `reference` names its digest.
    pub(super) async fn receive<S: Shelf>(
        polder: &Polder,
        shelf: &S,
        reference: &Reference,
        most: u64,
    ) -> Result<Self> {
        let manifest = digest(reference)?;
        let item = shelf.item(reference, most).await?;
        let folder = folder(polder);
        let io = |error| Error::File { path: folder.display().to_string(), error };
        sweep(&folder);
        let incoming = tempfile::Builder::new().prefix(INCOMING_FOLDER).tempdir_in(&folder).map_err(io)?;
        let path = incoming.path().join(INCOMING);
        Layout::write(&path, [&item])?;
        Ok(Self { layout: Layout::open(path)?, reference: reference.clone(), manifest, incoming: Some(incoming) })
    }

    /// Keeps them, under the digest of the manifest.
    pub(crate) fn keep(&self, polder: &Polder) -> Result<()> {
        let Some(incoming) = &self.incoming else { return Ok(()) };
        let path = place(polder, self.manifest);
        let io = |error| Error::File { path: path.display().to_string(), error };
        std::fs::rename(incoming.path().join(INCOMING), &path).map_err(io)
    }

    /// Those of a package that was installed from `source`, if they are about the component that is there.
    pub(crate) async fn kept(polder: &Polder, source: &str, component: &str) -> Result<Self> {
        let reference: Reference = source.parse()?;
        let manifest = digest(&reference)?;
        let path = place(polder, manifest);
        let damaged = |why: String| Error::Invalid(format!("{}: {why}; install {source} again", path.display()));
        let layout = Layout::open(&path).map_err(|error| damaged(error.to_string()))?;
        let named = layout.component(&reference).await.map_err(|error| damaged(error.to_string()))?;
        if named.hex() != component {
            return Err(damaged("it is about another component".to_owned()));
        }
        Ok(Self { layout, reference, manifest, incoming: None })
    }

    /// Digest of the manifest, which signatures are made of.
    pub(crate) fn manifest(&self) -> Digest {
        self.manifest
    }

    pub(crate) async fn signatures(&self) -> Result<Signatures> {
        Ok(self.layout.signatures(&self.reference, self.manifest).await?)
    }

    /// The package itself, with everything.
    pub(super) async fn item(&self) -> Result<Item> {
        /// It came in within the limits; here it only has to end.
        const MOST: u64 = 4 << 30;
        Ok(self.layout.item(&self.reference, MOST).await?)
    }

    /// Reads all of it, and compares it.
    pub(crate) async fn whole(&self) -> Result<()> {
        self.item().await.map(drop)
    }

    /// What it is made of, and how it was built.
    pub(crate) async fn attestations(&self) -> Result<Vec<Attestation>> {
        Ok(self.layout.attestations(&self.reference, self.manifest).await?)
    }
}

impl std::fmt::Debug for Papers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Papers").field(&self.reference).finish()
    }
}

fn digest(reference: &Reference) -> Result<Digest> {
    match reference.pick {
        Pick::Digest(digest) => Ok(digest),
        _ => Err(Error::Invalid(format!("{reference} names no digest"))),
    }
}

/// Removes what a process left that was killed while it looked at a package.
fn sweep(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let old = entry.metadata().and_then(|metadata| metadata.modified()).ok();
        let old = old.and_then(|time| time.elapsed().ok()).is_some_and(|age| age > ABANDONED);
        if old && entry.file_name().to_string_lossy().starts_with(INCOMING_FOLDER) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn folder(polder: &Polder) -> PathBuf {
    polder.home().join("packages")
}

/// Where the papers of a manifest lie.
pub(crate) fn place(polder: &Polder, manifest: Digest) -> PathBuf {
    folder(polder).join(format!("{}.tar", manifest.hex()))
}
