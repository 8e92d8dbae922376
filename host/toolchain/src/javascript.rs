//! Plugins in JavaScript and TypeScript: QuickJS that has loaded the plugin's module, as componentize-qjs makes it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::build::{Compiled, Site};
use crate::command;
use crate::manifest::Manifest;
use crate::materials::{Part, Parts, Role};
use crate::npm::{self, Lock};
use crate::progress::{Progress, Step};
use crate::tools::{self, Tool};
use crate::world::{self, World};
use crate::{Error, Result};

const TOOLS: Tool = Tool::Npm {
    name: "javascript",
    package: include_str!("../../../sdk/javascript/tools/package.json"),
    lock: include_str!("../../../sdk/javascript/tools/package-lock.json"),
};

/// The packages of those whose engine goes into components.
const ENGINE: &str = "componentize-qjs";

/// What the SDK's bundler says.
#[derive(Deserialize)]
struct Bundle {
    world: World,
    /// The files that are in the module, from the project's folder.
    inputs: Vec<String>,
}

/// The module whose exports are a plugin in TypeScript.
pub(crate) const TYPESCRIPT: &str = "src/plugin.ts";

/// `package.json`, as far as it matters here.
#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    license: String,
    author: Option<Person>,
    #[serde(default)]
    contributors: Vec<Person>,
    #[serde(default)]
    homepage: String,
    repository: Option<Repository>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Person {
    Text(String),
    Named { name: String, email: Option<String> },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Repository {
    Text(String),
    Place { url: String },
}

impl Person {
    fn text(self) -> String {
        match self {
            Person::Text(text) | Person::Named { name: text, email: None } => text,
            Person::Named { name, email: Some(email) } => format!("{name} <{email}>"),
        }
    }
}

/// What `package.json` says.
pub(crate) fn manifest(project: &Path) -> Result<Manifest> {
    let path = project.join("package.json");
    let text = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
    let package: Package =
        serde_json::from_str(&text).map_err(|error| Error::Manifest { path, reason: error.to_string() })?;
    let name = package.name.rsplit('/').next().unwrap_or_default().to_owned();
    Ok(Manifest {
        name,
        version: package.version,
        description: package.description,
        license: package.license,
        authors: package.author.into_iter().chain(package.contributors).map(Person::text).collect(),
        homepage: package.homepage,
        repository: match package.repository {
            Some(Repository::Text(text) | Repository::Place { url: text }) => text,
            None => String::new(),
        },
    })
}

/// Reads the types of the project's module, makes one module of all that it imports, then the component of that.
pub(crate) fn build(site: &Site, progress: &mut dyn Progress) -> Result<Compiled> {
    let node = tools::node()?;
    let tools = TOOLS.install(site.cache, progress)?;
    let sdk = site.sources.join("sdk/javascript");
    link(site.project, &sdk)?;

    progress.step(Step::Compile { name: &site.manifest.name, done: 0, total: 0 });
    let module = site.work.join("plugin.js");
    let mut bundle = Command::new(&node);
    bundle.arg(sdk.join("build/main.mjs")).arg(&tools).arg(site.project).arg(&module);
    let said = command::output(&mut bundle).map_err(|error| match error {
        Error::Command { output, .. } => Error::Compile { project: site.project.to_owned(), output },
        other => other,
    })?;
    let Bundle { world, inputs } =
        serde_json::from_str(&said).map_err(|source| Error::Unexpected { command: command::line(&bundle), source })?;
    let wit = site.work.join("wit");
    world.write(&site.sources.join("wit"), &wit)?;

    let component = site.work.join("component.wasm");
    let mut componentize = Command::new(&node);
    componentize.arg(tools.join("node_modules/componentize-qjs/cli.mjs"));
    componentize.arg("--wit").arg(&wit).args(["--world", world::NAME]).arg("--js").arg(&module);
    componentize.args(["--sync", "--stub-wasi"]).arg("--output").arg(&component);
    command::output(&mut componentize)?;
    let wasm = fs::read(&component).map_err(Error::io("read", &component))?;
    Ok(Compiled { wasm, parts: parts(site.project, &tools, &inputs)? })
}

/// What is in the component: the engine that componentize-qjs brings, and the packages whose files were bundled.
fn parts(project: &Path, tools: &Path, inputs: &[String]) -> Result<Parts> {
    let mut parts = Parts::default();
    let lock = Lock::read(&project.join("package-lock.json"))?;
    let bundled: BTreeSet<&str> = inputs.iter().filter_map(|file| npm::package_of(file)).collect();
    let ids = lock.add(&mut parts, project, bundled.into_iter().map(|folder| (folder.to_owned(), Role::Library)));
    let used: BTreeSet<String> = parts.all.values().flat_map(|part| part.uses.clone()).collect();
    // What no other package asks for, the project does.
    parts.direct.extend(ids.into_values().filter(|id| !used.contains(id)));
    let engine = parts.add(Part::new("quickjs", "", Role::Platform).from("generic", &[]));
    let role = |name: &str| if name.contains(ENGINE) { Role::Library } else { Role::Tool };
    for id in TOOLS.add(&mut parts, tools, role)? {
        if parts.all[&id].role == Role::Library {
            parts.connect(&id, engine.clone());
            parts.direct.insert(id);
        }
    }
    Ok(parts)
}

/// Lets editors and tests under Node.js find the SDK: `node_modules/polder` leads to it. A package that was installed
/// there stays.
pub(crate) fn link(project: &Path, sdk: &Path) -> Result<()> {
    let place = project.join("node_modules/polder");
    match fs::read_link(&place) {
        Ok(old) if old == sdk => return Ok(()),
        Ok(_) => fs::remove_file(&place).map_err(Error::io("replace", &place))?,
        Err(_) if place.exists() => return Ok(()),
        Err(_) => {
            let modules = project.join("node_modules");
            fs::create_dir_all(&modules).map_err(Error::io("create", &modules))?;
        }
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(sdk, &place).map_err(Error::io("create", &place))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Manifest> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("package.json"), text).unwrap();
        manifest(folder.path())
    }

    #[test]
    fn a_manifest() {
        let manifest = read(
            r#"{"name": "@ada/geo", "version": "1.2.3", "author": {"name": "Ada", "email": "ada@example.com"},
                "contributors": ["Grace"], "repository": {"type": "git", "url": "https://example.com/geo.git"}}"#,
        )
        .unwrap();
        assert_eq!((manifest.name.as_str(), manifest.version.as_str()), ("geo", "1.2.3"));
        assert_eq!(manifest.authors, ["Ada <ada@example.com>", "Grace"]);
        assert_eq!(manifest.repository, "https://example.com/geo.git");
        assert!(read(r#"{"name": "geo"}"#).unwrap_err().to_string().contains("version"));
    }

    #[cfg(unix)]
    #[test]
    fn the_sdk_is_linked_unless_a_package_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("node_modules/polder");
        for sdk in ["/one", "/other", "/other"] {
            link(folder.path(), Path::new(sdk)).unwrap();
            assert_eq!(fs::read_link(&place).unwrap(), Path::new(sdk));
        }
        fs::remove_file(&place).unwrap();
        fs::create_dir(&place).unwrap();
        link(folder.path(), Path::new("/one")).unwrap();
        assert!(place.is_dir());
    }
}
