//! The cache folder, shared by all processes of a user: whole folders and files appear in it by rename
//! only, so what is there is complete, and a lock file keeps two processes from doing the same work.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

use crate::progress::{Progress, Step};
use crate::{Error, Result};

#[derive(Clone, Debug)]
pub(crate) struct Cache {
    root: PathBuf,
}

impl Cache {
    /// `POLDER_CACHE`, else `XDG_CACHE_HOME/polder`, else `~/.cache/polder`.
    pub(crate) fn find() -> Result<Cache> {
        let set = |name: &str| std::env::var_os(name).filter(|value: &OsString| !value.is_empty()).map(PathBuf::from);
        let root = set("POLDER_CACHE")
            .or_else(|| set("XDG_CACHE_HOME").map(|folder| folder.join("polder")))
            .or_else(|| std::env::home_dir().map(|home| home.join(".cache/polder")))
            .ok_or(Error::NoCache)?;
        Cache::at(&root)
    }

    pub(crate) fn at(root: &Path) -> Result<Cache> {
        fs::create_dir_all(root).map_err(Error::io("create", root))?;
        let root = root.canonicalize().map_err(Error::io("open", root))?;
        Ok(Cache { root })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Keeps other processes (and threads) from the work `what` until the returned file is dropped.
    pub(crate) fn lock(&self, name: &str, what: &str, progress: &mut dyn Progress) -> Result<File> {
        let path = self.root.join(format!("{name}.lock"));
        let file = File::create(&path).map_err(Error::io("create", &path))?;
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => progress.step(Step::Wait { what }),
            Err(TryLockError::Error(error)) => return Err(Error::io("lock", &path)(error)),
        }
        file.lock().map_err(Error::io("lock", &path))?;
        Ok(file)
    }

    /// An empty folder beside its future place, removed on drop unless [`persist`]ed.
    pub(crate) fn scratch(&self) -> Result<TempDir> {
        tempfile::Builder::new().prefix(".new-").tempdir_in(&self.root).map_err(Error::io("write to", &self.root))
    }
}

/// Moves a finished scratch folder to its place. The loser of a race takes the winner's.
pub(crate) fn persist(scratch: TempDir, place: &Path) -> Result<()> {
    if let Some(parent) = place.parent() {
        fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
    }
    match fs::rename(scratch.path(), place) {
        Ok(()) => {
            let _moved = scratch.keep();
            Ok(())
        }
        Err(_) if place.is_dir() => Ok(()),
        Err(error) => Err(Error::io("create", place)(error)),
    }
}

/// Writes a file that readers see either whole or not at all.
pub(crate) fn write_atomic(path: &Path, bytes: &[u8]) -> Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file: NamedTempFile = builder.tempfile_in(parent).map_err(Error::io("write to", parent))?;
    file.write_all(bytes).map_err(Error::io("write", path))?;
    file.persist(path).map_err(|error| Error::io("write", path)(error.error))?;
    Ok(())
}
