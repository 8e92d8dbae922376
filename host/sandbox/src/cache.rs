//! Compiled code on disk, so that a component is compiled once.
//!
//! Loading compiled code is as good as running it, so the folder is the owner's alone, and a file is used only if its
//! bytes still have the seal in its name. (A key would add nothing: who can write the folder could read the key.)
//! Files are `<engine>/<entry>` (`entry`): another engine or configuration has another folder, a file appears whole by
//! renaming, and a bad one is deleted, after which the component is compiled again from its own bytes.

use std::collections::hash_map::DefaultHasher;
use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::entry::{self, Entry};
use crate::outline::Outline;
use crate::{Digest, Error, Result, files};

/// A file that another process may still be writing is younger than this.
const UNFINISHED: Duration = Duration::from_secs(3600);

pub(crate) struct Cache {
    root: PathBuf,
    folder: PathBuf,
    most: u64,
}

impl Cache {
    /// Opens the cache in `root`, for artefacts of `engine`, of at most `most` bytes in all.
    pub(crate) fn open(root: PathBuf, engine: &Engine, most: u64) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        let folder = root.join(format!("{:016x}", hasher.finish()));
        fs::create_dir_all(&folder)
            .and_then(|()| protect(&root))
            .map_err(|source| Error::Cache { path: root.clone(), source })?;
        Ok(Self { root, folder, most })
    }

    /// The entry of a component, if there is a good one.
    pub(crate) fn find(&self, component: &Digest) -> Option<Entry> {
        self.entries(component).into_iter().find_map(|path| {
            let entry = Entry::open(path.clone(), component, self.most);
            entry.inspect_err(|why| entry::discard(&path, why)).ok()
        })
    }

    /// Keeps a compiled component, and makes room for it. That it cannot be kept is no reason to fail.
    pub(crate) fn store(&self, component: &Component, outline: &Outline) {
        let kept = component.serialize().map_err(io::Error::other).and_then(|code| self.write(&code, outline));
        if let Err(error) = kept.and_then(|()| self.make_room()) {
            tracing::warn!(folder = %self.folder.display(), "compiled code cannot be kept: {error}");
        }
    }

    fn write(&self, code: &[u8], outline: &Outline) -> io::Result<()> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let unique = format!("{}-{}.part", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let part = self.folder.join(unique);
        let written = File::create(&part)
            .and_then(|file| entry::write(file, code, outline))
            .and_then(|name| fs::rename(&part, self.folder.join(name)));
        written.inspect_err(|_| drop(fs::remove_file(&part)))
    }

    fn entries(&self, component: &Digest) -> Vec<PathBuf> {
        let begin = component.to_string();
        files::within(&self.folder)
            .filter(|path| files::name(path).starts_with(&begin) && files::name(path).ends_with(entry::ENDING))
            .collect()
    }

    /// Deletes what was unused longest, until the rest is within bounds.
    fn make_room(&self) -> io::Result<()> {
        let now = SystemTime::now();
        let mut kept: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for folder in fs::read_dir(&self.root)?.flatten() {
            for path in files::within(&folder.path()) {
                let Ok(metadata) = fs::metadata(&path) else { continue };
                let used = metadata.modified()?;
                let old = now.duration_since(used).unwrap_or_default() > UNFINISHED;
                match (files::name(&path).ends_with(".part"), old) {
                    (false, _) => kept.push((used, metadata.len(), path)),
                    (true, true) => fs::remove_file(&path)?,
                    (true, false) => {}
                }
            }
        }
        kept.sort();
        let mut total: u64 = kept.iter().map(|(_, size, _)| size).sum();
        for (_, size, path) in kept {
            if total <= self.most {
                break;
            }
            // Another process may have been quicker; code in use stays mapped.
            let _ = fs::remove_file(path);
            total -= size;
        }
        Ok(())
    }
}

/// Makes a folder the owner's alone; fails if it is somebody else's.
fn protect(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    let _ = folder;
    Ok(())
}
