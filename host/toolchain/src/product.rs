//! The component that a project becomes, and the note of what it is made of.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::build::Artifact;
use crate::cache::{self, Cache};
use crate::component;
use crate::compose;
use crate::digest;
use crate::git::Commit;
use crate::language::Language;
use crate::manifest::Manifest;
use crate::materials::{Inputs, Materials, Parts};
use crate::progress::{Progress, Step};
use crate::{Error, Result};

/// What the cache folder knows of the last build of a project. A note in the project would be its author's word.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    /// What all of it is made of, so that what is there is known to be that, or is made again.
    made_of: String,
    /// The component's digest.
    component: String,
    materials: Materials,
}

impl Note {
    /// A folder is known by its path, without links.
    fn place(cache: &Cache, project: &Path) -> PathBuf {
        cache.path("built").join(digest::of(project.as_os_str().as_encoded_bytes()))
    }

    fn read(place: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(place).ok()?).ok()
    }

    fn write(&self, place: &Path) -> Result<()> {
        cache::write_atomic(place, serde_json::json!(self).to_string().as_bytes())
    }
}

/// What went into the component of this digest, which is the last that was built of a project.
pub(crate) fn materials(cache: &Cache, project: &Path, digest: &str) -> Result<Materials> {
    let folder = project.canonicalize().map_err(Error::io("open", project))?;
    if !folder.is_dir() {
        return Err(Error::NeedsProject(project.to_owned()));
    }
    Language::of(&folder)?;
    let note = Note::read(&Note::place(cache, &folder)).filter(|note| note.component == digest);
    let unknown = || Error::NotBuilt { project: project.to_owned(), digest: digest.to_owned() };
    note.map(|note| note.materials).ok_or_else(unknown)
}

/// The component of a project, and the file that it lies in.
pub(crate) struct Product {
    materials: Materials,
    /// The components of others inside.
    inside: Vec<compose::Inside>,
    path: PathBuf,
    made_of: String,
    note: PathBuf,
}

impl Product {
    /// What a project becomes. `made_of` is what counts beside the inputs and the manifest.
    pub(crate) fn new(
        cache: &Cache,
        project: &Path,
        language: Language,
        manifest: Manifest,
        inputs: Inputs,
        made_of: &str,
    ) -> Result<Self> {
        let inside = compose::read(project)?;
        let path = project.join("target/polder").join(format!("{}.wasm", manifest.name));
        let made_of =
            format!("{inputs:?} {manifest:?} {made_of} {} {}", compose::digest(&inside), env!("CARGO_PKG_VERSION"));
        let made_of = digest::of(made_of.as_bytes());
        let language = language.name().to_owned();
        let commit = Commit::of(project);
        let materials = Materials { language, manifest, inputs, parts: Parts::default(), commit };
        Ok(Self { materials, inside, path, made_of, note: Note::place(cache, project) })
    }

    pub(crate) fn manifest(&self) -> &Manifest {
        &self.materials.manifest
    }

    /// The component that is there, if it is this one.
    pub(crate) fn kept(&self) -> Result<Option<Artifact>> {
        let (Some(mut note), Ok(bytes)) = (Note::read(&self.note), fs::read(&self.path)) else { return Ok(None) };
        let digest = digest::of(&bytes);
        if note.made_of != self.made_of || note.component != digest {
            return Ok(None);
        }
        // The same sources may have been committed since.
        if note.materials.commit != self.materials.commit {
            note.materials.commit = self.materials.commit.clone();
            note.write(&self.note)?;
        }
        Ok(Some(self.artifact(bytes, digest)))
    }

    /// Makes the component of what a compiler gave, a core module or a component without metadata.
    pub(crate) fn finish(mut self, wasm: &[u8], parts: Parts, progress: &mut dyn Progress) -> Result<Artifact> {
        progress.step(Step::Encode { name: &self.materials.manifest.name });
        let bytes = component::encode(&self.materials.manifest, wasm, &self.inside)?;
        let digest = digest::of(&bytes);
        self.materials.parts = parts;
        if let Some(adapter) = component::adapter(wasm) {
            self.materials.parts.add_direct(adapter);
        }
        for inside in &self.inside {
            self.materials.parts.add_direct(inside.material());
        }
        cache::write_atomic(&self.path, &bytes)?;
        let note = Note { made_of: self.made_of.clone(), component: digest.clone(), materials: self.materials.clone() };
        note.write(&self.note)?;
        Ok(self.artifact(bytes, digest))
    }

    fn artifact(&self, bytes: Vec<u8>, digest: String) -> Artifact {
        let Manifest { name, version, .. } = self.materials.manifest.clone();
        Artifact { name, version, path: self.path.clone(), bytes, digest }
    }
}
