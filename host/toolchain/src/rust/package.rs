//! What a project folder says of itself, as Cargo understands it.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::cargo;
use super::compiler::Compiler;
use crate::command;
use crate::manifest::Manifest;
use crate::{Error, Result};

/// A package as `cargo metadata` tells of it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    version: String,
    manifest_path: PathBuf,
    description: Option<String>,
    license: Option<String>,
    authors: Vec<String>,
    homepage: Option<String>,
    repository: Option<String>,
    targets: Vec<Target>,
    dependencies: Vec<Dependency>,
}

#[derive(Clone, Debug, Deserialize)]
struct Target {
    crate_types: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Dependency {
    name: String,
    /// Where it comes from; none for a path.
    source: Option<String>,
}

impl Package {
    /// What it says of the plugin.
    pub(crate) fn manifest(&self) -> Manifest {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Manifest {
            name: self.name.clone(),
            version: self.version.clone(),
            description: text(&self.description),
            license: text(&self.license),
            authors: self.authors.clone(),
            homepage: text(&self.homepage),
            repository: text(&self.repository),
        }
    }

    /// Whether its library becomes a module.
    pub(crate) fn is_dynamic_library(&self) -> bool {
        self.targets.iter().any(|target| target.crate_types.iter().any(|kind| kind == "cdylib"))
    }

    /// Whether it asks the registry for the SDK.
    pub(crate) fn wants_sdk(&self) -> bool {
        self.dependencies.iter().any(|dependency| dependency.name == "polder-sdk" && dependency.source.is_some())
    }
}

/// The workspace that a project belongs to; a lone project is its own.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    pub(crate) packages: Vec<Package>,
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
}

impl Workspace {
    /// The workspace of a project folder.
    pub(crate) fn of(project: &Path, compiler: &Compiler) -> Result<Workspace> {
        let mut command = cargo::command(compiler);
        command.args(["metadata", "--format-version", "1", "--no-deps"]).current_dir(project);
        let text = command::output(&mut command)?;
        serde_json::from_str(&text).map_err(|source| Error::Unexpected { command: command::line(&command), source })
    }

    /// The member with this manifest.
    pub(crate) fn package(&self, manifest: &Path) -> Option<&Package> {
        self.packages.iter().find(|package| package.manifest_path == manifest)
    }

    /// Where it says itself that the SDK is, as a checkout of Polder does for its own plugins.
    pub(crate) fn sdk(&self) -> Option<PathBuf> {
        let manifest = fs::read_to_string(self.root.join("Cargo.toml")).ok()?;
        // Cargo has read the file before and said what is wrong with it.
        let manifest = manifest.parse::<toml_edit::Document<String>>().ok()?;
        let keys = ["patch", "crates-io", "polder-sdk", "path"];
        let path = keys.iter().try_fold(manifest.as_item(), |item, key| item.get(key))?;
        Some(self.root.join(path.as_str()?))
    }
}
