//! Writing a layout: beside its place under another name, which becomes its own when all of it is there. The same packages
//! make the same bytes.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tar::Header;
use tempfile::{NamedTempFile, TempDir};

use super::{LAYOUT, NAME, NOWHERE, files};
use crate::package::{INDEX, MANIFEST};
use crate::{Digest, Error, Item, Pick, Result};

/// Writes packages one by one, so that only one has to be in memory.
pub struct Bundler {
    target: PathBuf,
    files: Files,
    /// What is in it already.
    blobs: HashSet<Digest>,
    names: HashMap<String, Digest>,
    entries: Vec<Value>,
}

enum Files {
    Folder(TempDir),
    Archive(tar::Builder<NamedTempFile>),
}

impl Bundler {
    /// Begins a folder, or an archive if the path ends in `.tar`.
    ///
    /// # Errors
    /// [`Error::File`] if there is something at the path already, or nothing can be written beside it.
    pub fn new(path: impl AsRef<Path>) -> Result<Self> {
        let target = path.as_ref().to_owned();
        let failed = |error: io::Error| unwritable(&target, &error);
        if fs::symlink_metadata(&target).is_ok() {
            return Err(failed(io::Error::from(io::ErrorKind::AlreadyExists)));
        }
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut made = tempfile::Builder::new();
        made.prefix(".polder-bundle-");
        let files = if target.extension().is_some_and(|extension| extension == "tar") {
            Files::Archive(tar::Builder::new(made.tempfile_in(folder).map_err(failed)?))
        } else {
            let folder = made.tempdir_in(folder).map_err(failed)?;
            fs::create_dir_all(folder.path().join("blobs/sha256")).map_err(failed)?;
            Files::Folder(folder)
        };
        Ok(Self { target, files, blobs: HashSet::new(), names: HashMap::new(), entries: Vec::new() })
    }

    /// Adds a package with everything beside it.
    ///
    /// # Errors
    /// [`Error::Exists`] if another one is in it under the same name; [`Error::File`].
    pub fn add(&mut self, item: &Item) -> Result<()> {
        let reference = item.reference();
        let name = match &reference.pick {
            Pick::Tag(tag) if reference.registry() == NOWHERE => tag.clone(),
            Pick::Tag(tag) => format!("{}/{}:{tag}", reference.registry(), reference.repository()),
            _ => format!("{}/{}@{}", reference.registry(), reference.repository(), item.manifest()),
        };
        match self.names.insert(name.clone(), item.manifest()) {
            None => {}
            Some(same) if same == item.manifest() => return Ok(()),
            Some(_) => return Err(Error::Exists(name)),
        }
        for (digest, bytes) in &item.blobs {
            self.put(*digest, bytes)?;
        }
        self.list(item.manifest(), &item.manifest.bytes, Some(name))?;
        for (manifest, bundle) in &item.beside {
            self.put(Digest::of(b"{}"), b"{}")?;
            self.put(Digest::of(bundle), bundle)?;
            self.list(manifest.digest, &manifest.bytes, None)?;
        }
        Ok(())
    }

    /// Puts what was written in its place.
    ///
    /// # Errors
    /// [`Error::File`]; nothing is there then.
    pub fn finish(mut self) -> Result<()> {
        let list = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": std::mem::take(&mut self.entries) });
        self.file(files::INDEX, list.to_string().as_bytes())?;
        self.file(files::MARK, json!({ "imageLayoutVersion": LAYOUT }).to_string().as_bytes())?;
        let Self { target, files, .. } = self;
        let failed = |error: io::Error| unwritable(&target, &error);
        match files {
            Files::Folder(folder) => {
                open_to_read(folder.path(), true).map_err(failed)?;
                // A folder that came meanwhile is not replaced, unless it is empty.
                fs::rename(folder.path(), &target).map_err(failed)?;
                let _moved = folder.keep();
            }
            Files::Archive(archive) => {
                let file = archive.into_inner().map_err(failed)?;
                open_to_read(file.path(), false).map_err(failed)?;
                file.as_file().sync_all().map_err(failed)?;
                file.persist_noclobber(&target).map_err(|error| failed(error.error))?;
            }
        }
        Ok(())
    }

    /// Stores a manifest, and lists it.
    fn list(&mut self, digest: Digest, bytes: &[u8], name: Option<String>) -> Result<()> {
        let manifest: Value = serde_json::from_slice(bytes).unwrap_or_default();
        let mut entry = json!({ "mediaType": MANIFEST, "digest": digest, "size": bytes.len() });
        match name {
            Some(name) => entry["annotations"] = json!({ NAME: name }),
            None => entry["annotations"] = manifest["annotations"].clone(),
        }
        entry["artifactType"] = manifest["artifactType"].clone();
        if let Some(fields) = entry.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
        }
        self.put(digest, bytes)?;
        self.entries.push(entry);
        Ok(())
    }

    fn put(&mut self, digest: Digest, bytes: &[u8]) -> Result<()> {
        if self.blobs.insert(digest) { self.file(&files::blob(digest), bytes) } else { Ok(()) }
    }

    fn file(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let written = match &mut self.files {
            Files::Folder(folder) => File::create_new(folder.path().join(name)).and_then(|mut file| {
                file.write_all(bytes)?;
                file.sync_all()
            }),
            Files::Archive(archive) => {
                let mut header = Header::new_ustar();
                header.set_size(bytes.len() as u64);
                header.set_mode(0o644);
                header.set_mtime(0);
                archive.append_data(&mut header, name, bytes)
            }
        };
        written.map_err(|error| unwritable(&self.target, &error))
    }
}

/// Temporary files are their owner's alone; a bundle is made to be carried on.
fn open_to_read(path: &Path, folder: bool) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, Permissions::from_mode(if folder { 0o755 } else { 0o644 }))?;
    }
    Ok(())
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    Error::File { path: path.display().to_string(), action: "written", why: error.to_string() }
}
