//! From project folders to components.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::cache::{self, Cache};
use crate::component;
use crate::compose::{self, Part};
use crate::digest;
use crate::language::Language;
use crate::manifest::Manifest;
use crate::progress::{Progress, Step};
use crate::project;
use crate::rust::{self, Road};
use crate::sources;
use crate::{Error, Result};

/// A built plugin.
#[derive(Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Name of the package, which is what the plugin is called unless its installer says otherwise.
    pub name: String,
    /// Semantic version of the package.
    pub version: String,
    /// The file: `<project>/target/polder/<name>.wasm`, or where the caller wanted it.
    pub path: PathBuf,
    /// The component.
    pub bytes: Vec<u8>,
    /// SHA-256 of the component, in lower-case hexadecimal digits.
    pub digest: String,
}

impl fmt::Debug for Artifact {
    /// Everything but the bytes, which the digest stands for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Artifact { name, version, path, bytes, digest } = self;
        write!(f, "{name} {version}: {} ({} bytes, {digest})", path.display(), bytes.len())
    }
}

/// Builds plugins and creates projects, with one cache folder.
#[derive(Clone, Debug)]
pub struct Toolchain {
    cache: Cache,
    road: Option<Road>,
}

impl Toolchain {
    /// A toolchain on the user's cache folder (`POLDER_CACHE`, else `XDG_CACHE_HOME/polder`, else
    /// `~/.cache/polder`). `POLDER_RUST_ROAD` forces the way to a compiler: `installed`, `rustup`, `debian`.
    pub fn new() -> Result<Toolchain> {
        let road = match std::env::var("POLDER_RUST_ROAD") {
            Ok(name) if !name.is_empty() => Some(name.parse()?),
            _ => None,
        };
        Ok(Toolchain { cache: Cache::find()?, road })
    }

    /// A toolchain on another cache folder.
    pub fn at(cache: &Path, road: Option<Road>) -> Result<Toolchain> {
        Ok(Toolchain { cache: Cache::at(cache)?, road })
    }

    /// Builds the plugin in a project folder, to `out` if given.
    pub fn build(&self, project: &Path, out: Option<&Path>, progress: &mut dyn Progress) -> Result<Artifact> {
        let mut built = self.build_all(&[project], progress)?;
        let mut artifact = built.pop().ok_or_else(|| Error::NotAProject(project.to_owned()))?;
        if let Some(out) = out {
            cache::write_atomic(out, &artifact.bytes)?;
            artifact.path = out.to_owned();
        }
        Ok(artifact)
    }

    /// Builds several plugins; what they have in common is built once, where the language knows how. The artifacts are in
    /// the order of the projects.
    pub fn build_all(&self, projects: &[impl AsRef<Path>], progress: &mut dyn Progress) -> Result<Vec<Artifact>> {
        let mut built: Vec<(usize, Artifact)> = Vec::with_capacity(projects.len());
        let (mut places, mut crates) = (Vec::new(), Vec::new());
        for (index, project) in projects.iter().enumerate() {
            let project = project.as_ref();
            let folder = project.canonicalize().map_err(|_| Error::NotAProject(project.to_owned()))?;
            let language = Language::of(&folder)?;
            if language == Language::Rust {
                places.push(index);
                crates.push(folder);
            } else {
                built.push((index, self.build_one(&folder, language, progress)?));
            }
        }
        if !crates.is_empty() {
            let modules = rust::build(&self.cache, self.road, &crates, progress)?;
            for ((index, folder), (manifest, module)) in places.into_iter().zip(crates).zip(modules) {
                let parts = compose::read(&folder)?;
                let product = Product::of(&self.cache, &folder, manifest, parts, &digest::of(&module));
                let artifact = match product.kept() {
                    Some(artifact) => artifact,
                    None => product.finish(&module, progress)?,
                };
                built.push((index, artifact));
            }
        }
        built.sort_by_key(|(index, _)| *index);
        Ok(built.into_iter().map(|(_, artifact)| artifact).collect())
    }

    /// Builds a project, unless what is there is made of just what the project and the SDK hold today.
    fn build_one(&self, project: &Path, language: Language, progress: &mut dyn Progress) -> Result<Artifact> {
        let sources = self.sources()?;
        let manifest = language.manifest(project)?;
        let mut folders = vec![project.to_owned()];
        folders.extend(["wit", language.sdk()].into_iter().chain(language.base()).map(|folder| sources.join(folder)));
        let inputs = digest::of_folders(&folders)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if manifest.name.is_empty() || !manifest.name.chars().all(plain) {
            let reason = "a plugin's name has letters, digits, _ and - only";
            return Err(Error::Name { name: manifest.name, reason });
        }
        let product = Product::of(&self.cache, project, manifest, compose::read(project)?, &inputs);
        if let Some(artifact) = product.kept() {
            return Ok(artifact);
        }
        let work = project.join("target/polder/build");
        fs::create_dir_all(&work).map_err(Error::io("create", &work))?;
        let site = Site { cache: &self.cache, project, manifest: &product.manifest, sources: &sources, work };
        let wasm = language.compile(&site, progress)?;
        product.finish(&wasm, progress)
    }

    /// Creates the project `parent/name` from the SDK's template; refuses to overwrite. The name must do as
    /// an SQL identifier.
    pub fn new_project(&self, parent: &Path, name: &str, language: Language) -> Result<PathBuf> {
        project::create(parent, name, language, &self.sources()?)
    }

    /// The folder with the sources that the binary carries: `sdk`, `wit`, `plugins`, `examples`.
    /// Unpacked into the cache folder on first use.
    pub fn sources(&self) -> Result<PathBuf> {
        sources::unpack(&self.cache)
    }
}

/// Where one project is built, for all languages but Rust, whose projects are built many at a time.
pub(crate) struct Site<'a> {
    pub(crate) cache: &'a Cache,
    pub(crate) project: &'a Path,
    pub(crate) manifest: &'a Manifest,
    /// What the binary carries: `sdk/…`, `wit`.
    pub(crate) sources: &'a Path,
    /// A folder of the build's own in the project's `target`. What an earlier build left is there.
    pub(crate) work: PathBuf,
}

/// The component that a project becomes, and the file that it lies in.
struct Product {
    manifest: Manifest,
    /// The components inside.
    parts: Vec<Part>,
    path: PathBuf,
    /// What all of it is made of. It is noted in the cache folder with the file's digest, so that what is there is known to
    /// be that, or is made again; a note in the project would be its author's word.
    made_of: String,
    note: PathBuf,
}

impl Product {
    fn of(cache: &Cache, project: &Path, manifest: Manifest, parts: Vec<Part>, source: &str) -> Self {
        let path = project.join("target/polder").join(format!("{}.wasm", manifest.name));
        let metadata = digest::of(format!("{manifest:?} {}", env!("CARGO_PKG_VERSION")).as_bytes());
        let note = cache.path("built").join(digest::of(path.as_os_str().as_encoded_bytes()));
        let made_of = format!("{source} {metadata} {}", compose::digest(&parts));
        Self { manifest, parts, path, made_of, note }
    }

    /// The component that is there, if it is this one.
    fn kept(&self) -> Option<Artifact> {
        let (stamp, bytes) = (fs::read_to_string(&self.note).ok()?, fs::read(&self.path).ok()?);
        let digest = digest::of(&bytes);
        (stamp == format!("{} {digest}\n", self.made_of)).then(|| self.artifact(bytes, digest))
    }

    /// Makes the component of what a compiler gave, a core module or a component without metadata.
    fn finish(&self, wasm: &[u8], progress: &mut dyn Progress) -> Result<Artifact> {
        progress.step(Step::Encode { name: &self.manifest.name });
        let bytes = component::encode(&self.manifest, wasm, &self.parts)?;
        let digest = digest::of(&bytes);
        cache::write_atomic(&self.path, &bytes)?;
        cache::write_atomic(&self.note, format!("{} {digest}\n", self.made_of).as_bytes())?;
        Ok(self.artifact(bytes, digest))
    }

    fn artifact(&self, bytes: Vec<u8>, digest: String) -> Artifact {
        let Manifest { name, version, .. } = self.manifest.clone();
        Artifact { name, version, path: self.path.clone(), bytes, digest }
    }
}
