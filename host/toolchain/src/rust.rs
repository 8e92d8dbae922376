//! Plugins in Rust: Cargo libraries for `wasm32-unknown-unknown`, those of one workspace in one run of Cargo.

mod apart;
mod cargo;
mod compiler;
mod crates;
mod package;
mod sdk;

use std::fs;
use std::path::PathBuf;
use std::rc::Rc;

pub use compiler::Road;

use crate::cache::Cache;
use crate::digest::{self, Digest};
use crate::manifest::Manifest;
use crate::materials::{CONTRACT, Inputs, Parts};
use crate::progress::Progress;
use crate::project;
use crate::sources;
use crate::{Error, Result};

use self::cargo::Job;
use self::compiler::Compiler;
use self::package::{Package, Workspace};

/// A plugin that Cargo has built.
pub(crate) struct Built {
    pub(crate) manifest: Manifest,
    pub(crate) module: Vec<u8>,
    package: Package,
    workspace: Rc<Workspace>,
    compiler: Rc<Compiler>,
    /// Where the SDK lies that it asks for.
    sdk: Option<PathBuf>,
}

impl Built {
    /// What Cargo read beside the project's folder.
    pub(crate) fn inputs(&self) -> Result<Inputs> {
        let mut inputs = Inputs::new();
        // The contract that it is built for lies beside the SDK.
        let contract = self.sdk.as_ref().and_then(|sdk| Some(sdk.canonicalize().ok()?.join("../../wit")));
        if let Some(contract) = contract.filter(|folder| folder.is_dir()) {
            inputs.insert(CONTRACT.to_owned(), digest::of_folder(&contract)?);
        }
        for name in ["Cargo.lock", ".cargo/config.toml"] {
            match fs::read(self.workspace.root.join(name)) {
                // It says where the SDK lies on this machine, and no more.
                Ok(bytes) if project::is_ours(&bytes) => {}
                Ok(bytes) => drop(inputs.insert(name.to_owned(), Digest::Sha256(digest::of(&bytes)))),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(Error::io("read", &self.workspace.root.join(name))(error)),
            }
        }
        Ok(inputs)
    }

    /// The crates that it was built of.
    pub(crate) fn parts(&self) -> Result<Parts> {
        crates::parts(&self.compiler, &self.workspace.root, &self.package, self.sdk.as_deref())
    }
}

/// Compiles the plugins in several project folders. They are in the order of the projects.
pub(crate) fn build(
    cache: &Cache,
    road: Option<Road>,
    projects: &[PathBuf],
    progress: &mut dyn Progress,
) -> Result<Vec<Built>> {
    let sdk = sources::unpack(cache)?.join("sdk/rust");
    let mut workspaces: Vec<Members> = Vec::new();
    for (index, folder) in projects.iter().enumerate() {
        let manifest = folder.join("Cargo.toml");
        project::refresh_config(folder, &sdk)?;
        let known = workspaces.iter().position(|members| members.workspace.package(&manifest).is_some());
        let known = match known {
            Some(known) => known,
            None => {
                let compiler = compiler::find(cache, folder, road, progress)?;
                let workspace = Workspace::of(folder, &compiler)?;
                workspaces.push(Members {
                    compiler: Rc::new(compiler),
                    workspace: Rc::new(workspace),
                    chosen: Vec::new(),
                });
                workspaces.len() - 1
            }
        };
        let members = &mut workspaces[known];
        let no_project = || Error::NotAProject(folder.clone());
        let package = members.workspace.package(&manifest).ok_or_else(no_project)?.clone();
        if !package.is_dynamic_library() {
            return Err(Error::NotADynamicLibrary { package: package.name });
        }
        members.chosen.push((index, package));
    }

    // All builds share one folder, so that crates which plugins have in common are compiled once. Its
    // lock is held until the modules are read: two plugins may bear the same name.
    let _lock = cache.lock("build", "it builds plugins", progress)?;
    let target_dir = cache.path("guests");
    let mut renamed = vec![(sources::folder(cache), "/polder")];
    renamed.extend(cargo_home().map(|home| (home, "/cargo")));
    let mut built = Vec::new();
    for Members { compiler, workspace, chosen } in &workspaces {
        let job = Job { compiler, target_dir: &target_dir, sdk: &sdk, renamed: &renamed };
        let packages: Vec<&Package> = chosen.iter().map(|(_, package)| package).collect();
        apart::set_apart(&target_dir, workspace)?;
        let modules = cargo::build(&job, workspace, &packages, progress)?;
        for ((index, package), module) in chosen.iter().zip(modules) {
            let plugin = Built {
                manifest: package.manifest(),
                module: fs::read(&module).map_err(Error::io("read", &module))?,
                package: package.clone(),
                workspace: workspace.clone(),
                compiler: compiler.clone(),
                sdk: cargo::sdk(&job, workspace, &packages)?,
            };
            built.push((*index, plugin));
        }
    }
    built.sort_by_key(|(index, _)| *index);
    Ok(built.into_iter().map(|(_, plugin)| plugin).collect())
}

/// What is built of one workspace: each package with its place among the projects.
struct Members {
    compiler: Rc<Compiler>,
    workspace: Rc<Workspace>,
    chosen: Vec<(usize, Package)>,
}

/// Where Cargo keeps the sources of crates.
fn cargo_home() -> Option<PathBuf> {
    std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".cargo")))
}
