//! Plugins in Python: an interpreter that has loaded the plugin's modules, as componentize-py makes it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::build::{Compiled, Site};
use crate::command;
use crate::manifest::Manifest;
use crate::materials::{Part, Parts, Role};
use crate::progress::{Progress, Step};
use crate::tools::{self, Tool};
use crate::wheels::{self, Wheel};
use crate::world::{self, World};
use crate::{Error, Result};

const COMPONENTIZE: Tool =
    Tool::Python { name: "componentize-py", requirements: include_str!("../../../sdk/python/tools/requirements.txt") };

/// The Python that componentize-py brings; packages are chosen for it.
const VERSION: &str = "3.14";

/// Runs componentize-py, which is no module that `-m` takes.
const RUN: &str = "import componentize_py; componentize_py.script()";

/// The folder of a build with the packages that the project depends on, and the note beside it that says which.
const DEPENDENCIES: &str = "dependencies";

/// What carries the manifest into the component: a module of the name that the SDK imports.
const MANIFEST: &str = "polder_manifest.py";

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
    #[serde(default)]
    dependencies: Vec<String>,
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

fn read(project: &Path) -> Result<Project> {
    let path = project.join("pyproject.toml");
    let text = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
    let read: std::result::Result<PyProject, _> = toml_edit::de::from_str(&text);
    read.map(|read| read.project).map_err(|error| Error::Manifest { path, reason: error.to_string() })
}

/// What `[project]` says.
pub(crate) fn manifest(project: &Path) -> Result<Manifest> {
    let project = read(project)?;
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
pub(crate) fn build(site: &Site, progress: &mut dyn Progress) -> Result<Compiled> {
    let refused = |output: String| Error::Compile { project: site.project.to_owned(), output };
    let python = tools::python(site.cache)?;
    let tool = COMPONENTIZE.install(site.cache, progress)?;
    let mut path = vec![site.sources.join("sdk/python/src"), site.project.join("src"), write_manifest(site)?];
    let dependencies = dependencies(site, &python, progress)?;
    path.extend(dependencies.as_ref().map(|_| site.work.join(DEPENDENCIES)));

    progress.step(Step::Compile { name: &site.manifest.name, done: 0, total: 0 });
    let mut describe = Command::new(&python);
    describe.args(["-m", "polder.describe"]).current_dir(site.project);
    describe.env("PYTHONPATH", joined(&path)?).env("PYTHONDONTWRITEBYTECODE", "1");
    let said = command::output(&mut describe).map_err(|error| match error {
        Error::Command { output, .. } => refused(output),
        other => other,
    })?;
    let world: World = serde_json::from_str(&said)
        .map_err(|source| Error::Unexpected { command: command::line(&describe), source })?;
    let wit = site.work.join("wit");
    world.write(&site.sources.join("wit"), &wit)?;

    let component = site.work.join("component.wasm");
    let mut componentize = Command::new(&python);
    componentize.args(["-c", RUN, "--quiet", "--wit-path"]).arg(&wit).args(["--world", world::NAME]);
    componentize.args(["componentize", "--stub-wasi", "polder.component"]);
    for folder in &path {
        componentize.arg("--python-path").arg(folder);
    }
    componentize
        .current_dir(&site.work)
        .arg("--output")
        .arg(&component)
        .env("PYTHONPATH", &tool)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    command::output(&mut componentize).map_err(|error| match error {
        // What follows is of the tool, not of the plugin.
        Error::Command { output, .. } => {
            refused(output.split("\nStack backtrace:").next().unwrap_or_default().to_owned())
        }
        other => other,
    })?;
    let wasm = fs::read(&component).map_err(Error::io("read", &component))?;
    Ok(Compiled { wasm, parts: parts(&tool, dependencies.unwrap_or_default())? })
}

/// What is in the component: the interpreter that componentize-py brings, and the packages.
fn parts(tool: &Path, Dependencies { wanted, wheels }: Dependencies) -> Result<Parts> {
    let mut parts = Parts::default();
    wheels::add(&mut parts, &wheels, &wanted);
    let python = parts.add(Part::new("python", VERSION, Role::Platform).from("generic", &[]));
    for id in COMPONENTIZE.add(&mut parts, tool, |_| Role::Library)? {
        parts.connect(&id, python.clone());
        parts.direct.insert(id);
    }
    Ok(parts)
}

/// Writes the module with what the project says of itself, whose folder it returns.
fn write_manifest(site: &Site) -> Result<PathBuf> {
    let Manifest { name, version, description, license, authors, homepage, .. } = site.manifest;
    let manifest = serde_json::json!({
        "name": name,
        "version": version,
        "description": description,
        "license": license,
        "authors": authors,
        "homepage": homepage,
    });
    let folder = site.work.join("manifest");
    fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
    let path = folder.join(MANIFEST);
    // An object of lists and texts is a dict in Python's words, too.
    fs::write(&path, format!("MANIFEST = {manifest}\n")).map_err(Error::io("write", &path))?;
    Ok(folder)
}

/// The packages that a project depends on.
#[derive(Default, Serialize, Deserialize)]
struct Dependencies {
    /// As the project asks for them.
    wanted: Vec<String>,
    /// As they were installed, with those that they need themselves.
    wheels: Vec<Wheel>,
}

/// Installs the packages that the project depends on, if any, into a folder of the build.
fn dependencies(site: &Site, python: &OsString, progress: &mut dyn Progress) -> Result<Option<Dependencies>> {
    let wanted = read(site.project)?.dependencies;
    if wanted.is_empty() {
        return Ok(None);
    }
    let folder = site.work.join(DEPENDENCIES);
    let note = folder.with_extension("json");
    let noted = fs::read(&note).ok().and_then(|text| serde_json::from_slice::<Dependencies>(&text).ok());
    if let Some(noted) = noted.filter(|noted| noted.wanted == wanted) {
        return Ok(Some(noted));
    }
    progress.step(Step::Fetch { what: &wanted.join(", ") });
    // Without it, what is left of an installation that failed is not taken for a whole one.
    let _absent = fs::remove_file(&note);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Error::io("replace", &folder)(error)),
        _ => {}
    }
    let choice = ["--python-version", VERSION, "--implementation", "py", "--abi", "none", "--platform", "any"];
    let mut arguments = vec!["--"];
    arguments.extend(wanted.iter().map(String::as_str));
    let wheels = wheels::install(python, &arguments, &choice, &folder).map_err(|error| match error {
        Error::Command { output, .. } => Error::Compile {
            project: site.project.to_owned(),
            output: format!(
                "{output}\na plugin can depend on packages in pure Python, whose wheels are called `…-py3-none-any.whl`: \
                 native code does not run in the sandbox"
            ),
        },
        other => other,
    })?;
    let dependencies = Dependencies { wanted, wheels };
    let text = serde_json::json!(dependencies).to_string();
    fs::write(&note, text).map_err(Error::io("write", &note))?;
    Ok(Some(dependencies))
}

/// Folders as Python takes them.
fn joined(path: &[PathBuf]) -> Result<OsString> {
    std::env::join_paths(path).map_err(|error| Error::Manifest { path: path[0].clone(), reason: error.to_string() })
}
