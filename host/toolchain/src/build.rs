//! From project folders to components.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::bill;
use crate::cache::{self, Cache};
use crate::digest;
use crate::language::Language;
use crate::manifest::Manifest;
use crate::materials::{CONTRACT, Inputs, Parts, SOURCES};
use crate::product::{self, Product};
use crate::progress::Progress;
use crate::project;
use crate::provenance::{self, Run};
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
            for ((index, folder), plugin) in places.into_iter().zip(crates).zip(modules) {
                built.push((index, self.finish_crate(&folder, plugin, progress)?));
            }
        }
        built.sort_by_key(|(index, _)| *index);
        Ok(built.into_iter().map(|(_, artifact)| artifact).collect())
    }

    /// Builds a project, unless what is there is made of just what the project and the SDK hold today.
    fn build_one(&self, project: &Path, language: Language, progress: &mut dyn Progress) -> Result<Artifact> {
        let sources = self.sources()?;
        let manifest = language.manifest(project)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if manifest.name.is_empty() || !manifest.name.chars().all(plain) {
            let reason = "a plugin's name has letters, digits, _ and - only";
            return Err(Error::Name { name: manifest.name, reason });
        }
        let inputs = Inputs::from([
            (SOURCES.to_owned(), digest::of_folder(project)?),
            (CONTRACT.to_owned(), digest::of_folder(&sources.join("wit"))?),
        ]);
        let sdks = language.sdks(&sources)?;
        let product = Product::new(&self.cache, project, language, manifest, inputs, &format!("{sdks:?}"))?;
        if let Some(artifact) = product.kept()? {
            return Ok(artifact);
        }
        let work = project.join("target/polder/build");
        fs::create_dir_all(&work).map_err(Error::io("create", &work))?;
        let site = Site { cache: &self.cache, project, manifest: product.manifest(), sources: &sources, work };
        let Compiled { wasm, mut parts } = language.compile(&site, progress)?;
        for sdk in sdks {
            parts.add_direct(sdk);
        }
        product.finish(&wasm, parts, progress)
    }

    /// Makes the component of a module that Cargo built, unless what is there is that.
    fn finish_crate(&self, project: &Path, plugin: rust::Built, progress: &mut dyn Progress) -> Result<Artifact> {
        let mut inputs = plugin.inputs()?;
        inputs.insert(SOURCES.to_owned(), digest::of_folder(project)?);
        let (manifest, module) = (plugin.manifest.clone(), digest::of(&plugin.module));
        let product = Product::new(&self.cache, project, Language::Rust, manifest, inputs, &module)?;
        match product.kept()? {
            Some(artifact) => Ok(artifact),
            None => product.finish(&plugin.module, plugin.parts()?, progress),
        }
    }

    /// What went into a component that was built of a project here, a CycloneDX document (<https://cyclonedx.org>). `digest`
    /// is the component's, as [`Artifact::digest`] has it, and `time` that of now, as RFC 3339 has it. Nothing is built.
    pub fn bill_of_materials(&self, project: &Path, digest: &str, time: &str) -> Result<serde_json::Value> {
        let materials = product::materials(&self.cache, project, digest)?;
        Ok(bill::of(&materials, digest, time))
    }

    /// How a component was built of a project here, a predicate of [`PROVENANCE`](crate::PROVENANCE). `run` has the times
    /// of that build, if the caller saw it. Nothing is built.
    pub fn provenance(&self, project: &Path, digest: &str, run: Option<Run>) -> Result<serde_json::Value> {
        let materials = product::materials(&self.cache, project, digest)?;
        Ok(provenance::of(&materials, run))
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

/// What a compiler gave.
pub(crate) struct Compiled {
    /// A core module with its world in it, or a component.
    pub(crate) wasm: Vec<u8>,
    pub(crate) parts: Parts,
}
