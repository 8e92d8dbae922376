//! Files that appear whole, however large they are.

use std::fmt;
use std::sync::Arc;

use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload};

use crate::volume::{File, Volume};
use crate::{Error, Result};

/// Bytes of a part; stores take no smaller ones but the last, and no more than 10,000 of them.
const PART: usize = 8 << 20;
/// Parts of a file at most.
const PARTS: usize = 10_000;

/// A file being written in parts. What is smaller than a part is put in place at once.
pub struct Upload {
    volume: Volume,
    path: String,
    store: Arc<dyn ObjectStore>,
    target: Path,
    waiting: Vec<u8>,
    parts: Option<Box<dyn MultipartUpload>>,
    count: usize,
}

impl Upload {
    pub(crate) fn new(volume: Volume, path: String, store: Arc<dyn ObjectStore>, target: Path) -> Self {
        Self { volume, path, store, target, waiting: Vec::new(), parts: None, count: 0 }
    }

    pub async fn write(&mut self, bytes: Vec<u8>) -> Result<()> {
        if self.waiting.is_empty() {
            self.waiting = bytes;
        } else {
            self.waiting.extend_from_slice(&bytes);
        }
        while self.waiting.len() >= PART {
            let rest = self.waiting.split_off(PART);
            let part = std::mem::replace(&mut self.waiting, rest);
            self.send(part).await?;
        }
        Ok(())
    }

    async fn send(&mut self, part: Vec<u8>) -> Result<()> {
        if self.count == PARTS {
            return Err(Error::Path { path: self.path.clone(), reason: "it is too long for one file" });
        }
        self.count += 1;
        let parts = match &mut self.parts {
            Some(parts) => parts,
            none => none.insert(self.store.put_multipart(&self.target).await?),
        };
        Ok(parts.put_part(PutPayload::from(part)).await?)
    }

    /// Put the file in place.
    pub async fn commit(mut self) -> Result<File> {
        let last = std::mem::take(&mut self.waiting);
        if self.parts.is_none() {
            self.store.put(&self.target, last.into()).await?;
        } else {
            if !last.is_empty() {
                self.send(last).await?;
            }
            if let Some(parts) = &mut self.parts {
                parts.complete().await?;
            }
        }
        self.volume.stat(&self.path).await
    }

    /// Forget the file.
    pub async fn abort(mut self) -> Result<()> {
        match &mut self.parts {
            Some(parts) => Ok(parts.abort().await?),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("path", &self.path).field("parts", &self.count).finish_non_exhaustive()
    }
}
