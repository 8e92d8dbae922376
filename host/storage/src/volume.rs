//! A folder of files that no path leads out of.

use std::collections::BTreeSet;
use std::fs;
use std::future::ready;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt};

use crate::{Error, Location, Result, Stores, Upload};

/// Files of a local folder whose properties are asked for at once.
const HEADS: usize = 16;

/// One file of a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// From the root of the volume, with `/`.
    pub path: String,
    /// Bytes.
    pub size: u64,
    pub modified: DateTime<Utc>,
    /// Changes whenever the content does, as far as the store can tell.
    pub tag: String,
}

/// The files below a location.
#[derive(Clone, Debug)]
pub struct Volume {
    location: Location,
    store: Arc<dyn ObjectStore>,
    root: Path,
}

impl Volume {
    pub fn open(location: &Location, stores: &Stores) -> Result<Self> {
        let (store, root) = stores.open(location)?;
        Ok(Self { location: location.clone(), store, root })
    }

    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Files below `folder` (the root: ""), in order of path. On disk, links to folders are not followed.
    pub async fn list(&self, folder: &str) -> Result<Vec<File>> {
        let prefix = self.resolve(folder)?;
        let found: Vec<ObjectMeta> = match self.location.local() {
            Some(root) => self.walk(root, folder).await?,
            None => self.store.list(Some(&prefix)).try_collect().await?,
        };
        let mut files: Vec<File> = found.iter().filter_map(|meta| self.describe(meta)).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    /// What is below a folder on disk. The store's own listing follows every link, into loops and out of the volume.
    async fn walk(&self, root: PathBuf, folder: &str) -> Result<Vec<ObjectMeta>> {
        let folder = folder.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
        let names =
            tokio::task::spawn_blocking(move || names_below(&root, folder)).await.map_err(io::Error::other)??;
        let head = |path: Path| {
            let store = Arc::clone(&self.store);
            async move { store.head(&path).await }.boxed()
        };
        let heads: Vec<_> = names.iter().filter_map(|name| self.resolve(name).ok()).map(head).collect();
        let found = stream::iter(heads).buffered(HEADS);
        // One that went meanwhile is not there.
        let there = found.filter(|found| ready(!matches!(found, Err(object_store::Error::NotFound { .. }))));
        Ok(there.try_collect().await?)
    }

    /// The folders that files really lie in, where links lead, as URLs.
    pub fn folders(&self, files: &[File]) -> Result<BTreeSet<String>> {
        let local = self.location.local();
        let folder = |file: &File| match &local {
            Some(root) => {
                let real = root.join(&file.path).canonicalize()?;
                Ok(Location::folder(real.parent().unwrap_or(&real))?.to_string())
            }
            None => {
                let refuse = |_| Error::Path { path: file.path.clone(), reason: "it has no folder" };
                Ok(self.url(file)?.join(".").map_err(refuse)?.to_string())
            }
        };
        files.iter().map(folder).collect()
    }

    /// The file itself, if `path` names one; else the files below it.
    pub async fn find(&self, path: &str) -> Result<Vec<File>> {
        if path.is_empty() {
            return self.list(path).await;
        }
        match self.store.head(&self.resolve(path)?).await {
            Ok(meta) => Ok(self.describe(&meta).into_iter().collect()),
            Err(object_store::Error::NotFound { .. }) => {
                let files = self.list(path).await?;
                if files.is_empty() { Err(Error::NoSuchFile(path.to_owned())) } else { Ok(files) }
            }
            Err(error) => Err(error.into()),
        }
    }

    pub async fn read(&self, path: &str) -> Result<Vec<u8>> {
        match self.store.get(&self.resolve(path)?).await {
            Ok(found) => Ok(found.bytes().await?.to_vec()),
            Err(object_store::Error::NotFound { .. }) => Err(Error::NoSuchFile(path.to_owned())),
            Err(error) => Err(error.into()),
        }
    }

    /// At most `most` files below `folder` whose paths come after `after`, in order of path.
    pub async fn page(&self, folder: &str, after: Option<&str>, most: usize) -> Result<Vec<File>> {
        let after = after.unwrap_or_default();
        if self.location.local().is_some() {
            let mut files = self.list(folder).await?;
            files.retain(|file| file.path.as_str() > after);
            files.truncate(most);
            return Ok(files);
        }
        let prefix = self.resolve(folder)?;
        let offset = self.resolve(after)?;
        let found = self.store.list_with_offset(Some(&prefix), &offset);
        let page: Vec<ObjectMeta> = found.take(most).try_collect().await?;
        Ok(page.iter().filter_map(|meta| self.describe(meta)).collect())
    }

    /// One file, by its exact path.
    pub async fn stat(&self, path: &str) -> Result<File> {
        let gone = || Error::NoSuchFile(path.to_owned());
        match self.store.head(&self.resolve(path)?).await {
            Ok(meta) => self.describe(&meta).ok_or_else(gone),
            Err(object_store::Error::NotFound { .. }) => Err(gone()),
            Err(error) => Err(error.into()),
        }
    }

    /// At most `length` bytes of a file from `offset`; fewer only at its end.
    pub async fn read_range(&self, path: &str, offset: u64, length: u64) -> Result<Vec<u8>> {
        let size = self.stat(path).await?.size;
        let end = offset.saturating_add(length).min(size);
        if offset >= end {
            return Ok(Vec::new());
        }
        Ok(self.store.get_range(&self.resolve(path)?, offset..end).await?.to_vec())
    }

    /// Remove a file.
    pub async fn delete(&self, path: &str) -> Result<()> {
        self.stat(path).await?;
        Ok(self.store.delete(&self.resolve(path)?).await?)
    }

    /// Begin a file that is seen by nobody until it is committed.
    pub fn upload(&self, path: &str) -> Result<Upload> {
        let target = self.resolve(path)?;
        if target == self.root {
            return Err(Error::Path { path: path.to_owned(), reason: "it is the volume itself" });
        }
        Ok(Upload::new(self.clone(), path.to_owned(), Arc::clone(&self.store), target))
    }

    /// Put a whole file in place, at once.
    pub async fn write(&self, path: &str, bytes: Vec<u8>) -> Result<()> {
        let target = self.resolve(path)?;
        if target == self.root {
            return Err(Error::Path { path: path.to_owned(), reason: "it is the volume itself" });
        }
        self.store.put(&target, bytes.into()).await?;
        Ok(())
    }

    /// The URL of a file for an engine that reads it.
    pub fn url(&self, file: &File) -> Result<url::Url> {
        let mut url = self.location.url().clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(file.path.split('/'));
        }
        Ok(url)
    }

    /// The place in the store of a path in the volume. The one check that keeps paths inside.
    fn resolve(&self, path: &str) -> Result<Path> {
        let refuse = |reason| Error::Path { path: path.to_owned(), reason };
        if path.starts_with('/') || path.contains("://") {
            return Err(refuse("it is absolute"));
        }
        let mut parts: Vec<&str> = self.root.as_ref().split('/').collect();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            if part == "." || part == ".." {
                return Err(refuse("it has '.' or '..'"));
            }
            if part.contains('\\') {
                return Err(refuse("it has a backslash"));
            }
            parts.push(part);
        }
        parts.retain(|part| !part.is_empty());
        // As it is: `join` would escape what a file may well be called.
        let target = Path::parse(parts.join("/")).map_err(|_| refuse("it has a control character"))?;
        if let Some(root) = self.location.local() {
            // On disk a symbolic link may lead elsewhere: as far as the path exists from the root on, it must lie below it.
            let inside = path.split('/').filter(|part| !part.is_empty()).fold(root.clone(), |at, part| at.join(part));
            let within = inside.ancestors().take_while(|at| at.starts_with(&root));
            if let Some(real) = within.flat_map(|at| at.canonicalize()).next()
                && !root.canonicalize().is_ok_and(|root| real.starts_with(root))
            {
                return Err(refuse("a symbolic link leads out of the volume"));
            }
        }
        Ok(target)
    }

    fn describe(&self, meta: &object_store::ObjectMeta) -> Option<File> {
        let parts: Vec<_> = meta.location.prefix_match(&self.root)?.map(|part| part.as_ref().to_owned()).collect();
        // Links inside the volume that lead out of it are not files of the volume.
        let path = parts.join("/");
        self.resolve(&path).ok()?;
        let tag =
            meta.e_tag.clone().unwrap_or_else(|| format!("{}-{}", meta.last_modified.timestamp_micros(), meta.size));
        Some(File { path, size: meta.size, modified: meta.last_modified, tag })
    }
}

/// Paths of the files in and below a folder, from the root.
fn names_below(root: &std::path::Path, folder: String) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        let told = |error: io::Error| io::Error::new(error.kind(), format!("'{folder}': {error}"));
        let entries = match fs::read_dir(root.join(&folder)) {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => continue,
            entries => entries.map_err(told)?,
        };
        for entry in entries {
            let entry = entry.map_err(told)?;
            let name = entry.file_name();
            // What has no name in UTF-8 has none in SQL.
            let Some(name) = name.to_str().filter(|name| !is_upload(name)) else { continue };
            let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
            let kind = entry.file_type().map_err(told)?;
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() || entry.path().is_file() {
                files.push(path);
            }
        }
    }
    Ok(files)
}

/// Whether it is how the store calls a file that is being written, which it reads under no name.
fn is_upload(name: &str) -> bool {
    name.split_once('#').is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_path_leads_out() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret.txt"), "secret").unwrap();
        std::fs::create_dir(outside.path().join("other")).unwrap();
        std::fs::write(outside.path().join("other/secret.txt"), "secret").unwrap();
        let inside = outside.path().join("volume");
        std::fs::create_dir_all(inside.join("a")).unwrap();
        std::fs::write(inside.join("a/b.txt"), "hello").unwrap();
        std::os::unix::fs::symlink(outside.path().join("other"), inside.join("link")).unwrap();
        let volume = Volume::open(&Location::folder(&inside).unwrap(), &Stores::new()).unwrap();

        assert_eq!(volume.read("a/b.txt").await.unwrap(), b"hello");
        std::os::unix::fs::symlink(&inside, inside.join("a/loop")).unwrap();
        std::os::unix::fs::symlink("b.txt", inside.join("a/same.txt")).unwrap();
        let listed: Vec<_> = volume.list("").await.unwrap().into_iter().map(|file| file.path).collect();
        assert_eq!(listed, ["a/b.txt", "a/same.txt"]);
        // Not even one that leads to where the volume itself lies.
        std::os::unix::fs::symlink("..", inside.join("up")).unwrap();
        for path in [
            "../secret.txt",
            "a/../../secret.txt",
            "/etc/passwd",
            "link/secret.txt",
            "link/new.txt",
            "up/secret.txt",
            "up/new.txt",
            "up/new/new.txt",
            "file:///etc/passwd",
            "..",
        ] {
            let error = volume.read(path).await.unwrap_err();
            assert!(matches!(error, Error::Path { .. }), "{path}: {error}");
            let error = volume.write(path, b"new".to_vec()).await.unwrap_err();
            assert!(matches!(error, Error::Path { .. }), "{path}: {error}");
        }
        assert!(matches!(volume.read("a/none").await.unwrap_err(), Error::NoSuchFile(_)));
    }
}
