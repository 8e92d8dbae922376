//! Plugins in Rust: Cargo libraries for `wasm32-unknown-unknown`, those of one workspace in one run of Cargo.

mod apart;
mod cargo;
mod compiler;
mod package;
mod sdk;

use std::fs;
use std::path::PathBuf;

pub use compiler::Road;

use crate::cache::Cache;
use crate::manifest::Manifest;
use crate::progress::Progress;
use crate::project;
use crate::sources;
use crate::{Error, Result};

use self::cargo::Job;
use self::compiler::Compiler;
use self::package::{Package, Workspace};

/// Compiles the plugins in several project folders. Manifests and core modules are in the order of the projects.
pub(crate) fn build(
    cache: &Cache,
    road: Option<Road>,
    projects: &[PathBuf],
    progress: &mut dyn Progress,
) -> Result<Vec<(Manifest, Vec<u8>)>> {
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
                workspaces.push(Members { compiler, workspace, chosen: Vec::new() });
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
            built.push((*index, package.manifest(), fs::read(&module).map_err(Error::io("read", &module))?));
        }
    }
    built.sort_by_key(|(index, ..)| *index);
    Ok(built.into_iter().map(|(_, manifest, module)| (manifest, module)).collect())
}

/// What is built of one workspace: each package with its place among the projects.
struct Members {
    compiler: Compiler,
    workspace: Workspace,
    chosen: Vec<(usize, Package)>,
}

/// Where Cargo keeps the sources of crates.
fn cargo_home() -> Option<PathBuf> {
    std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".cargo")))
}
