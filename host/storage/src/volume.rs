//! A folder of files that no path leads out of.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::{Error, Location, Result, Stores};

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

    /// Files below `folder` (the root: ""), in order of path.
    pub async fn list(&self, folder: &str) -> Result<Vec<File>> {
        let prefix = self.resolve(folder)?;
        let mut files: Vec<File> = self
            .store
            .list(Some(&prefix))
            .map_err(Error::from)
            .try_filter_map(|meta| async move { Ok(self.describe(&meta)) })
            .try_collect()
            .await?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
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
        let mut target = self.root.clone();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            if part == "." || part == ".." {
                return Err(refuse("it has '.' or '..'"));
            }
            if part.contains(['\\', '\0']) {
                return Err(refuse("it has a backslash or a zero byte"));
            }
            target = target.join(part);
        }
        if let Some(root) = self.location.local() {
            // On disk a symbolic link may lead elsewhere: what exists must lie below the root.
            let inside = path.split('/').filter(|part| !part.is_empty()).fold(root.clone(), |at, part| at.join(part));
            let real_root = root.canonicalize().unwrap_or(root);
            let mut existing = inside.as_path();
            while let Some(parent) = existing.parent() {
                if let Ok(real) = existing.canonicalize() {
                    if real.starts_with(&real_root) || real_root.starts_with(&real) {
                        break;
                    }
                    return Err(refuse("a symbolic link leads out of the volume"));
                }
                existing = parent;
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
        let listed: Vec<_> = volume.list("").await.unwrap().into_iter().map(|file| file.path).collect();
        assert_eq!(listed, ["a/b.txt"]);
        for path in
            ["../secret.txt", "a/../../secret.txt", "/etc/passwd", "link/secret.txt", "file:///etc/passwd", ".."]
        {
            let error = volume.read(path).await.unwrap_err();
            assert!(matches!(error, Error::Path { .. }), "{path}: {error}");
        }
        assert!(matches!(volume.read("a/none").await.unwrap_err(), Error::NoSuchFile(_)));
    }
}
