//! `polder:host/storage`

use std::sync::Arc;

use wasmtime::component::Resource;

use super::{Answer, answer, given, millis, refusal, text};
use crate::bindings::polder::host::storage::{Entry as GuestEntry, Host, HostUpload, HostVolume};
use crate::capabilities::{Entry, Refusal, Upload, Volume};
use crate::instance::State;

/// Entries of one page of a listing.
const PAGE: usize = 1000;
/// Bytes of a path.
const PATH: usize = 1024;

/// A guest's handle of a volume.
#[expect(unreachable_pub, reason = "the bindings re-export it")]
pub struct OpenVolume(Arc<dyn Volume>);
/// A guest's handle of a file being written; none once committing it was tried.
#[expect(unreachable_pub, reason = "the bindings re-export it")]
pub struct OpenUpload(Box<dyn Upload>);

fn entry(entry: Entry) -> GuestEntry {
    GuestEntry { path: entry.path, size: entry.size, modified: millis(entry.modified) }
}

impl Host for State {}

impl HostVolume for State {
    fn open(&mut self, name: String) -> Answer<Resource<OpenVolume>> {
        let opened = text("a volume's name", &name, PATH)
            .and_then(|()| given(&self.capabilities.storage, "storage")?.open(&name));
        match opened {
            Ok(volume) => Ok(Ok(self.handles.push(OpenVolume(volume))?)),
            Err(why) => Ok(Err(refusal(why))),
        }
    }

    fn list(&mut self, volume: Resource<OpenVolume>, prefix: String, after: Option<String>) -> Answer<Vec<GuestEntry>> {
        let OpenVolume(volume) = self.handles.get(&volume)?;
        let listed = text("a path", &prefix, PATH).and_then(|()| volume.list(&prefix, after.as_deref(), PAGE));
        answer(listed.map(|entries| entries.into_iter().map(entry).collect()))
    }

    fn stat(&mut self, volume: Resource<OpenVolume>, path: String) -> Answer<GuestEntry> {
        let OpenVolume(volume) = self.handles.get(&volume)?;
        answer(text("a path", &path, PATH).and_then(|()| volume.stat(&path)).map(entry))
    }

    fn read(&mut self, volume: Resource<OpenVolume>, path: String, offset: u64, length: u32) -> Answer<Vec<u8>> {
        let most = self.limits.read_bytes;
        let OpenVolume(volume) = self.handles.get(&volume)?;
        let read = text("a path", &path, PATH).and_then(|()| volume.read(&path, offset, most.min(length as usize)));
        answer(read)
    }

    fn write(&mut self, volume: Resource<OpenVolume>, path: String) -> Answer<Resource<OpenUpload>> {
        let OpenVolume(volume) = self.handles.get(&volume)?;
        match text("a path", &path, PATH).and_then(|()| volume.write(&path)) {
            Ok(upload) => Ok(Ok(self.handles.push(OpenUpload(upload))?)),
            Err(why) => Ok(Err(refusal(why))),
        }
    }

    fn delete(&mut self, volume: Resource<OpenVolume>, path: String) -> Answer<()> {
        let OpenVolume(volume) = self.handles.get(&volume)?;
        answer(text("a path", &path, PATH).and_then(|()| volume.delete(&path)))
    }

    fn drop(&mut self, volume: Resource<OpenVolume>) -> wasmtime::Result<()> {
        self.handles.take(volume).map(drop)
    }
}

impl HostUpload for State {
    fn write(&mut self, upload: Resource<OpenUpload>, bytes: Vec<u8>) -> Answer<()> {
        let most = self.limits.write_bytes;
        let written = self.written.saturating_add(bytes.len() as u64);
        if written > most {
            return answer(Err(Refusal::Limit(self.limits.reached(&*self.what, "write_bytes").to_string())));
        }
        self.written = written;
        let OpenUpload(upload) = self.handles.get(&upload)?;
        answer(upload.write(bytes))
    }

    fn commit(&mut self, upload: Resource<OpenUpload>) -> Answer<GuestEntry> {
        let OpenUpload(upload) = self.handles.take(upload)?;
        answer(upload.commit().map(entry))
    }

    fn drop(&mut self, upload: Resource<OpenUpload>) -> wasmtime::Result<()> {
        self.handles.take(upload).map(drop)
    }
}
