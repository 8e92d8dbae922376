//! Files of volumes for plugins: READ VOLUME to read and list, WRITE VOLUME to write and delete.

use std::sync::Arc;

use polder_catalog::{Kind, Privilege, Securable};
use polder_sandbox::{Entry, Granted, Refusal, Storage, Upload, Volume};
use polder_storage::File;

use super::Reach;
use crate::{Error, Result};

impl Storage for Reach {
    fn open(&self, name: &str) -> Granted<Arc<dyn Volume>> {
        let opened = self.wait(async {
            let run = self.statement("");
            let parts: Vec<String> = name.split('.').map(str::to_owned).collect();
            let securable = run.resolve(Kind::Volume, &parts).await?;
            let readable = self.access.may(&securable, Privilege::ReadVolume);
            let writable = self.access.may(&securable, Privilege::WriteVolume);
            let Some(spec) = securable.as_volume() else {
                return Err(Error::Invalid(format!("{name} is not a volume")));
            };
            let location = run.polder().location(&spec.location)?;
            let files = polder_storage::Volume::open(&location, run.polder().stores())?;
            Ok(Open { reach: self.clone(), securable, files, readable, writable })
        });
        Ok(Arc::new(opened?))
    }
}

/// A volume that a plugin opened, with the rights that it has on it throughout the run.
struct Open {
    reach: Reach,
    securable: Securable,
    files: polder_storage::Volume,
    readable: bool,
    writable: bool,
}

impl Open {
    /// Do something that takes a right.
    fn with<T>(&self, privilege: Privilege, work: impl Future<Output = polder_storage::Result<T>>) -> Granted<T> {
        let held = if privilege == Privilege::ReadVolume { self.readable } else { self.writable };
        self.reach.wait(async {
            if !held {
                self.reach.access.require(&self.securable, privilege).await?;
            }
            Ok(work.await?)
        })
    }
}

impl Volume for Open {
    fn list(&self, prefix: &str, after: Option<&str>, most: usize) -> Granted<Vec<Entry>> {
        let files = self.with(Privilege::ReadVolume, self.files.page(prefix, after, most))?;
        Ok(files.into_iter().map(entry).collect())
    }

    fn stat(&self, path: &str) -> Granted<Entry> {
        self.with(Privilege::ReadVolume, self.files.stat(path)).map(entry)
    }

    fn read(&self, path: &str, offset: u64, length: usize) -> Granted<Vec<u8>> {
        self.with(Privilege::ReadVolume, self.files.read_range(path, offset, length as u64))
    }

    fn write(&self, path: &str) -> Granted<Box<dyn Upload>> {
        let upload = self.with(Privilege::WriteVolume, async { self.files.upload(path) })?;
        Ok(Box::new(Uploading { reach: self.reach.clone(), upload: Some(upload) }))
    }

    fn delete(&self, path: &str) -> Granted<()> {
        self.with(Privilege::WriteVolume, self.files.delete(path))
    }
}

fn entry(file: File) -> Entry {
    Entry { path: file.path, size: file.size, modified: file.modified.into() }
}

/// A file that a plugin writes. The guest may end at any time: what is not committed by then is cleared away.
struct Uploading {
    reach: Reach,
    /// None once it failed.
    upload: Option<polder_storage::Upload>,
}

impl Uploading {
    fn failed<T>() -> Granted<T> {
        Err(Refusal::Failed("writing the file failed before".to_owned()))
    }
}

impl Upload for Uploading {
    fn write(&mut self, bytes: Vec<u8>) -> Granted<()> {
        let Some(mut upload) = self.upload.take() else { return Self::failed() };
        let (upload, written) = self.reach.wait(async {
            let written: Result<()> = upload.write(bytes).await.map_err(Error::from);
            Ok((upload, written))
        })?;
        self.upload = Some(upload);
        written.map_err(super::refusal)
    }

    fn commit(mut self: Box<Self>) -> Granted<Entry> {
        let Some(upload) = self.upload.take() else { return Self::failed() };
        self.reach.wait(async { Ok(upload.commit().await?) }).map(entry)
    }
}

impl Drop for Uploading {
    fn drop(&mut self) {
        if let Some(upload) = self.upload.take() {
            // Nobody waits for it; what stays behind is a part that no listing shows.
            self.reach.runtime.spawn(upload.abort());
        }
    }
}
