//! The files of a model, read before a scorer is loaded with them.

use std::fmt;
use std::time::SystemTime;

use polder_sandbox::{Entry, Granted, Model, Refusal};

use super::Reach;
use crate::{Error, Result, files};

/// A model in memory, as scorers in all partitions read it.
pub(crate) struct Artifacts(Vec<Artifact>);

struct Artifact {
    path: String,
    bytes: Vec<u8>,
    modified: SystemTime,
}

impl Artifacts {
    /// The file at a path, or all files below it. Both the plugin and whoever runs it must be allowed to read them.
    pub(crate) async fn read(reach: &Reach, path: &str) -> Result<Self> {
        let most = reach.limits.model_bytes;
        let found = files::find(&reach.statement(""), path).await?;
        let total: u64 = found.files.iter().map(|file| file.size).sum();
        if total > most {
            return Err(Error::Invalid(format!(
                "the model at '{path}' has {total} bytes (limit `model_bytes`: {most})"
            )));
        }
        // Paths are told from the model's own folder, wherever that lies.
        let folder =
            found.files.iter().map(|file| file.path.rsplit_once('/').map_or(0, |(folder, _)| folder.len() + 1));
        let folder = folder.min().unwrap_or(0);
        let mut artifacts = Vec::new();
        for file in &found.files {
            let bytes = found.volume.read(&file.path).await?;
            let path = file.path.get(folder..).unwrap_or(&file.path).to_owned();
            artifacts.push(Artifact { path, bytes, modified: file.modified.into() });
        }
        Ok(Self(artifacts))
    }
}

impl Model for Artifacts {
    fn artifacts(&self) -> Granted<Vec<Entry>> {
        let entry =
            |file: &Artifact| Entry { path: file.path.clone(), size: file.bytes.len() as u64, modified: file.modified };
        Ok(self.0.iter().map(entry).collect())
    }

    fn read(&self, path: &str, offset: u64, length: usize) -> Granted<Vec<u8>> {
        let file = self.0.iter().find(|file| file.path == path);
        let file = file.ok_or_else(|| Refusal::NotFound(format!("the model has no file '{path}'")))?;
        let begin = usize::try_from(offset).unwrap_or(usize::MAX).min(file.bytes.len());
        let end = begin.saturating_add(length).min(file.bytes.len());
        Ok(file.bytes[begin..end].to_vec())
    }
}

impl fmt::Debug for Artifacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|file| &file.path)).finish()
    }
}
