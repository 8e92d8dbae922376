//! The world of one component: it exports what its project has, and imports what its project asks for.
//!
//! The SDKs find out what that is, each in its own way, and say it as JSON. Compilers drop imports that nobody calls;
//! interpreters keep all that their world has, so nothing more may be in it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::{Error, Result};

/// What the world is called, for tools that ask.
pub(crate) const NAME: &str = "plugin";

/// An interface that a component exports beside `description`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Export {
    Udf,
    Transforms,
    Scorers,
    Tasks,
}

/// An interface that a component imports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Import {
    Catalog,
    Clock,
    Http,
    Log,
    Metrics,
    Model,
    Query,
    Random,
    Secrets,
    State,
    Storage,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct World {
    pub(crate) exports: Vec<Export>,
    pub(crate) imports: Vec<Import>,
}

impl World {
    /// Writes the contract with this world in it into `folder`, which it takes over: every tool that reads WIT
    /// reads it there, by the name [`NAME`].
    pub(crate) fn write(&self, contract: &Path, folder: &Path) -> Result<()> {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::io("replace", folder)(error));
            }
            _ => copy(contract, folder)?,
        }
        let path = folder.join("plugin.wit");
        fs::write(&path, self.text()).map_err(Error::io("write", &path))
    }

    /// A file of the package `polder:plugin`.
    fn text(&self) -> String {
        let mut text = format!("world {NAME} {{\n");
        for import in &self.imports {
            let name = match import {
                Import::Catalog => "polder:host/catalog@0.1.0",
                Import::Clock => "polder:host/clock@0.1.0",
                Import::Http => "wasi:http/outgoing-handler@0.2.12",
                Import::Log => "polder:host/log@0.1.0",
                Import::Metrics => "polder:host/metrics@0.1.0",
                Import::Model => "polder:host/model@0.1.0",
                Import::Query => "polder:host/query@0.1.0",
                Import::Random => "polder:host/random@0.1.0",
                Import::Secrets => "polder:host/secrets@0.1.0",
                Import::State => "polder:host/state@0.1.0",
                Import::Storage => "polder:host/storage@0.1.0",
            };
            let _infallible = writeln!(text, "  import {name};");
        }
        text.push_str("  export description;\n");
        for export in &self.exports {
            let name = match export {
                Export::Udf => "udf",
                Export::Transforms => "transforms",
                Export::Scorers => "scorers",
                Export::Tasks => "tasks",
            };
            let _infallible = writeln!(text, "  export {name};");
        }
        text + "}\n"
    }
}

/// Copies a folder with all that is in it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).map_err(Error::io("create", to))?;
    let entries: Vec<PathBuf> = fs::read_dir(from)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .map_err(Error::io("read", from))?;
    for path in entries {
        let to = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &to)?;
        } else {
            fs::copy(&path, &to).map_err(Error::io("copy", &path))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_world_is_read_and_written() {
        let world: World =
            serde_json::from_str(r#"{"exports": ["udf", "tasks"], "imports": ["log", "storage"]}"#).unwrap();
        let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("wit");
        for _again in 0..2 {
            world.write(&contract, &folder).unwrap();
            let mut resolve = wit_parser::Resolve::default();
            let (package, _) = resolve.push_dir(&folder).unwrap();
            let world = &resolve.worlds[resolve.select_world(&[package], Some(NAME)).unwrap()];
            let names = |items: &wit_parser::IndexMap<wit_parser::WorldKey, wit_parser::WorldItem>| -> Vec<String> {
                items.keys().map(|key| resolve.name_world_key(key)).collect()
            };
            let exports = ["description", "udf", "tasks"].map(|name| format!("polder:plugin/{name}@0.1.0"));
            assert_eq!(names(&world.exports), exports);
            assert!(names(&world.imports).contains(&"polder:host/storage@0.1.0".to_owned()));
            assert!(!names(&world.imports).contains(&"polder:host/query@0.1.0".to_owned()));
        }
        assert!(serde_json::from_str::<World>(r#"{"exports": [], "imports": ["filesystem"]}"#).is_err());
    }
}
