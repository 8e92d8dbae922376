//! From project folders to components: the whole way, once per workspace.

use std::fmt::{self, Write as _};
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::cache::{self, Cache};
use crate::cargo::{self, Job};
use crate::component;
use crate::package::{Package, Workspace};
use crate::progress::{Progress, Step};
use crate::project::{self, Language};
use crate::rust::{self, Compiler, Road};
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

    /// Builds several plugins, those of one workspace in one run of Cargo. The artifacts are in the order
    /// of the projects.
    pub fn build_all(&self, projects: &[impl AsRef<Path>], progress: &mut dyn Progress) -> Result<Vec<Artifact>> {
        let sdk = self.sources()?.join("sdk/rust");
        let mut workspaces: Vec<Members> = Vec::new();
        for (index, project) in projects.iter().enumerate() {
            let project = project.as_ref();
            let no_project = || Error::NotAProject(project.to_owned());
            let folder = project.canonicalize().map_err(|_| no_project())?;
            let manifest = folder.join("Cargo.toml");
            if !manifest.is_file() {
                return Err(no_project());
            }
            project::refresh_config(&folder, &sdk)?;
            let known = workspaces.iter().position(|members| members.workspace.package(&manifest).is_some());
            let known = match known {
                Some(known) => known,
                None => {
                    let compiler = rust::find(&self.cache, &folder, self.road, progress)?;
                    let workspace = Workspace::of(&folder, &compiler)?;
                    workspaces.push(Members { compiler, workspace, chosen: Vec::new() });
                    workspaces.len() - 1
                }
            };
            let members = &mut workspaces[known];
            let package = members.workspace.package(&manifest).ok_or_else(no_project)?.clone();
            if !package.is_dynamic_library() {
                return Err(Error::NotADynamicLibrary { package: package.name });
            }
            members.chosen.push((index, package));
        }

        // All builds share one folder, so that crates which plugins have in common are compiled once. Its
        // lock is held until the modules are read: two plugins may bear the same name.
        let _lock = self.cache.lock("build", "it builds plugins", progress)?;
        let target_dir = self.cache.path("guests");
        let mut renamed = vec![(sources::folder(&self.cache), "/polder")];
        renamed.extend(cargo_home().map(|home| (home, "/cargo")));
        let mut built = Vec::new();
        for Members { compiler, workspace, chosen } in &workspaces {
            let job = Job { compiler, target_dir: &target_dir, sdk: &sdk, renamed: &renamed };
            let packages: Vec<&Package> = chosen.iter().map(|(_, package)| package).collect();
            let modules = cargo::build(&job, workspace, &packages, progress)?;
            for ((index, package), module) in chosen.iter().zip(modules) {
                built.push((*index, finish(package, &module, progress)?));
            }
        }
        built.sort_by_key(|(index, _)| *index);
        Ok(built.into_iter().map(|(_, artifact)| artifact).collect())
    }

    /// Creates the project `parent/name` from the SDK's template; refuses to overwrite. The name must do as
    /// an SQL identifier.
    pub fn new_project(&self, parent: &Path, name: &str, language: Language) -> Result<PathBuf> {
        project::create(parent, name, language, &self.sources()?.join("sdk/rust"))
    }

    /// The folder with the sources that the binary carries: `sdk/rust`, `wit`, `plugins`, `examples`.
    /// Unpacked into the cache folder on first use.
    pub fn sources(&self) -> Result<PathBuf> {
        sources::unpack(&self.cache)
    }
}

/// What is built of one workspace: each package with its place among the artifacts.
struct Members {
    compiler: Compiler,
    workspace: Workspace,
    chosen: Vec<(usize, Package)>,
}

/// Makes the component of a module and puts it into the project, unless the one there is made of just that.
fn finish(package: &Package, module: &Path, progress: &mut dyn Progress) -> Result<Artifact> {
    let module = fs::read(module).map_err(Error::io("read", module))?;
    let project = package.manifest_path.parent().unwrap_or(Path::new("."));
    let path = project.join("target/polder").join(format!("{}.wasm", package.name));
    let stamp = path.with_extension("stamp");
    let metadata = format!("{package:?} {}", env!("CARGO_PKG_VERSION"));
    let made_of = format!("{} {}", hex(&module), hex(metadata.as_bytes()));
    let artifact = |bytes: Vec<u8>, digest: String| {
        let (name, version) = (package.name.clone(), package.version.clone());
        Artifact { name, version, path: path.clone(), bytes, digest }
    };
    if let (Ok(old), Ok(bytes)) = (fs::read_to_string(&stamp), fs::read(&path)) {
        let digest = hex(&bytes);
        if old == format!("{made_of} {digest}\n") {
            return Ok(artifact(bytes, digest));
        }
    }
    progress.step(Step::Encode { name: &package.name });
    let bytes = component::encode(package, &module)?;
    let digest = hex(&bytes);
    cache::write_atomic(&path, &bytes)?;
    cache::write_atomic(&stamp, format!("{made_of} {digest}\n").as_bytes())?;
    Ok(artifact(bytes, digest))
}

/// SHA-256 in lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

/// Where Cargo keeps the sources of crates.
fn cargo_home() -> Option<PathBuf> {
    std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".cargo")))
}
