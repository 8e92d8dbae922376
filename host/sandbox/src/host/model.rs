//! `polder:host/model`

use super::{Answer, answer, given, text};
use crate::bindings::polder::host::model::{Artifact, Host};
use crate::instance::State;

/// Bytes of a path.
const PATH: usize = 1024;

impl Host for State {
    fn artifacts(&mut self) -> Answer<Vec<Artifact>> {
        let all = given(&self.capabilities.model, "model").and_then(|model| model.artifacts());
        answer(all.map(|all| all.into_iter().map(|file| Artifact { path: file.path, size: file.size }).collect()))
    }

    fn read(&mut self, path: String, offset: u64, length: u32) -> Answer<Vec<u8>> {
        let most = self.limits.read_bytes.min(length as usize);
        let read = text("a path", &path, PATH)
            .and_then(|()| given(&self.capabilities.model, "model")?.read(&path, offset, most));
        answer(read)
    }
}
