//! Plugins in Python: an interpreter that has loaded the plugin's modules, as componentize-py makes it.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::build::Site;
use crate::command;
use crate::manifest::Manifest;
use crate::progress::{Progress, Step};
use crate::tools::{self, Tool};
use crate::world::{self, World};
use crate::{Error, Result};

const COMPONENTIZE: Tool =
    Tool::Python { name: "componentize-py", requirements: include_str!("../../../sdk/python/tools/requirements.txt") };

/// `pyproject.toml`, as far as it matters here: <https://packaging.python.org/en/latest/specifications/pyproject-toml/>
#[derive(Deserialize)]
struct PyProject {
    project: Project,
}

#[derive(Deserialize)]
struct Project {
    name: String,
    version: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    license: Option<License>,
    #[serde(default)]
    authors: Vec<Author>,
    #[serde(default)]
    urls: std::collections::HashMap<String, String>,
}

/// An SPDX expression, or as it was before these were agreed on.
#[derive(Deserialize)]
#[serde(untagged)]
enum License {
    Expression(String),
    Table { text: Option<String> },
}

#[derive(Deserialize)]
struct Author {
    #[serde(default)]
    name: String,
}

/// What `[project]` says.
pub(crate) fn manifest(project: &Path) -> Result<Manifest> {
    let path = project.join("pyproject.toml");
    let text = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
    let PyProject { project } =
        toml_edit::de::from_str(&text).map_err(|error| Error::Manifest { path, reason: error.to_string() })?;
    let url = |name: &str| {
        let found = project.urls.iter().find(|(label, _)| label.eq_ignore_ascii_case(name));
        found.map(|(_, url)| url.clone()).unwrap_or_default()
    };
    Ok(Manifest {
        homepage: url("homepage"),
        repository: url("repository"),
        name: project.name,
        version: project.version,
        description: project.description,
        license: match project.license {
            Some(License::Expression(text) | License::Table { text: Some(text) }) => text,
            _ => String::new(),
        },
        authors: project.authors.into_iter().map(|author| author.name).filter(|name| !name.is_empty()).collect(),
    })
}

/// Loads the project's modules to see what they have, then makes the component of just that.
pub(crate) fn build(site: &Site, progress: &mut dyn Progress) -> Result<Vec<u8>> {
    let python = tools::python()?;
    let tool = COMPONENTIZE.install(site.cache, progress)?;
    progress.step(Step::Compile { name: &site.manifest.name, done: 0, total: 0 });
    let sdk = site.sources.join("sdk/python/src");
    let mut describe = Command::new(&python);
    describe.args(["-m", "polder.describe"]).current_dir(site.project);
    describe.env("PYTHONPATH", &sdk).env("PYTHONDONTWRITEBYTECODE", "1");
    let said = command::output(&mut describe)?;
    let world: World = serde_json::from_str(&said)
        .map_err(|source| Error::Unexpected { command: command::line(&describe), source })?;
    let wit = site.work.join("wit");
    world.write(&site.sources.join("wit"), &wit)?;

    let component = site.work.join("component.wasm");
    let mut componentize = Command::new(&python);
    componentize.args(["-m", "componentize_py", "--wit-path"]).arg(&wit).args(["--world", world::NAME]);
    componentize.args(["componentize", "--stub-wasi", "polder.component"]);
    componentize.arg("--python-path").arg(site.project.join("src")).arg("--python-path").arg(&sdk);
    componentize.arg("--output").arg(&component).env("PYTHONPATH", &tool).env("PYTHONDONTWRITEBYTECODE", "1");
    command::output(&mut componentize)?;
    fs::read(&component).map_err(Error::io("read", &component))
}
