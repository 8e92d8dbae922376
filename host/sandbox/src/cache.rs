//! Compiled code on disk, so that a component is compiled once.
//!
//! Loading compiled code is as good as running it, so the folder is the owner's alone, and a file is used only if its
//! bytes still have the digest in its name. (A key would add nothing: who can write the folder could read the key.)
//! Names are `<engine>/<component>.<artefact>.cwasm`: another engine or configuration has another folder, a file
//! appears whole by renaming, and a bad one is deleted, after which the component is compiled again.

use std::collections::hash_map::DefaultHasher;
use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::{Digest, Error, Result};

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

    /// The compiled component, if there is a good one.
    pub(crate) fn load(&self, engine: &Engine, digest: &Digest) -> Option<Component> {
        self.entries(digest).into_iter().find_map(|path| match deserialize(engine, &path) {
            Ok(component) => Some(component),
            Err(why) => {
                tracing::warn!(path = %path.display(), "compiled code is discarded: {why}");
                let _ = fs::remove_file(&path);
                None
            }
        })
    }

    /// Keeps a compiled component, and makes room for it. That it cannot be kept is no reason to fail.
    pub(crate) fn store(&self, digest: &Digest, component: &Component) {
        let kept = component.serialize().map_err(io::Error::other).and_then(|artefact| self.write(digest, &artefact));
        if let Err(error) = kept.and_then(|()| self.make_room()) {
            tracing::warn!(folder = %self.folder.display(), "compiled code cannot be kept: {error}");
        }
    }

    fn write(&self, digest: &Digest, artefact: &[u8]) -> io::Result<()> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let unique = format!("{}-{}.part", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let part = self.folder.join(unique);
        let written = File::create(&part).and_then(|mut file| {
            file.write_all(artefact)?;
            file.sync_all()?;
            fs::rename(&part, self.folder.join(format!("{digest}.{}.cwasm", Digest::of(artefact))))
        });
        written.inspect_err(|_| drop(fs::remove_file(&part)))
    }

    fn entries(&self, digest: &Digest) -> Vec<PathBuf> {
        let begin = digest.to_string();
        files(&self.folder).filter(|path| name(path).starts_with(&begin) && name(path).ends_with(".cwasm")).collect()
    }

    /// Deletes what was unused longest, until the rest is within bounds.
    fn make_room(&self) -> io::Result<()> {
        let now = SystemTime::now();
        let mut kept: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for folder in fs::read_dir(&self.root)?.flatten() {
            for path in files(&folder.path()) {
                let Ok(metadata) = fs::metadata(&path) else { continue };
                let used = metadata.modified()?;
                let old = now.duration_since(used).unwrap_or_default() > UNFINISHED;
                match (name(&path).ends_with(".part"), old) {
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

fn deserialize(engine: &Engine, path: &Path) -> Result<Component, String> {
    let artefact = fs::read(path).map_err(|error| error.to_string())?;
    let sealed = name(path).strip_suffix(".cwasm").and_then(|name| name.rsplit_once('.'));
    if sealed.is_none_or(|(_, seal)| seal != Digest::of(&artefact).to_string()) {
        return Err("its bytes are not those that were written".into());
    }
    // SAFETY: the bytes are what `serialize` gave, as their digest shows, and only the owner of the host's process can
    // write to the folder in the meantime.
    let component = unsafe { Component::deserialize_file(engine, path) }.map_err(|error| format!("{error:#}"))?;
    // When it was last used decides what goes first; that it cannot be noted matters to nobody.
    let _ = File::open(path).and_then(|file| file.set_modified(SystemTime::now()));
    Ok(component)
}

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
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
