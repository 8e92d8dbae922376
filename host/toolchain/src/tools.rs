//! Programs that build guests, out of the registries that their users know: Python's and npm's.
//!
//! What is installed is written down to the last byte, as a lock file with a digest for each package, and lies in a
//! folder of the cache that is named by that text. So nothing is installed beside it, nothing in the system changes, and
//! another version of Polder has its own.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cache::{self, Cache};
use crate::command;
use crate::digest;
use crate::materials::{Part, Parts, Role};
use crate::npm::Lock;
use crate::progress::{Progress, Step};
use crate::wheels::{self, Wheel};
use crate::{Error, Result};

/// What a builder needs installed.
pub(crate) enum Tool {
    /// Wheels, as a requirements file with `--hash` for each.
    Python { name: &'static str, requirements: &'static str },
    /// Packages of npm, as a `package.json` and its `package-lock.json`.
    Npm { name: &'static str, package: &'static str, lock: &'static str },
}

/// What is noted of wheels that were installed, beside them.
const WHEELS: &str = "wheels.json";

/// What npm notes of packages that it installed.
const INSTALLED: &str = "node_modules/.package-lock.json";

/// The oldest Python that installs and runs tools.
const PYTHON: (u32, u32) = (3, 10);

/// The oldest Node.js.
const NODE: u32 = 20;

impl Tool {
    /// The folder with the installed packages: modules of Python right in it, those of npm in `node_modules`.
    pub(crate) fn install(&self, cache: &Cache, progress: &mut dyn Progress) -> Result<PathBuf> {
        let (name, text) = match self {
            // Another note beside the wheels is another installation.
            Tool::Python { name, requirements } => (name, format!("{requirements}{WHEELS}")),
            Tool::Npm { name, lock, .. } => (name, (*lock).to_owned()),
        };
        let place = cache.path("tools").join(format!("{name}-{}", &digest::of(text.as_bytes())[..12]));
        if place.is_dir() {
            return Ok(place);
        }
        let _lock = cache.lock(name, "it installs the language's tools", progress)?;
        if place.is_dir() {
            return Ok(place);
        }
        let scratch = cache.scratch()?;
        progress.step(Step::Download { packages: name });
        match self {
            Tool::Python { requirements, .. } => {
                let list = scratch.path().join("requirements.txt");
                fs::write(&list, requirements).map_err(Error::io("write", &list))?;
                let wanted = ["--require-hashes".into(), "--requirement".into(), list.into_os_string()];
                let choice = ["--no-deps"];
                let wheels = wheels::install(&python(cache)?, &wanted, &choice, scratch.path())?;
                let note = scratch.path().join(WHEELS);
                fs::write(&note, serde_json::json!(wheels).to_string()).map_err(Error::io("write", &note))?;
            }
            Tool::Npm { package, lock, .. } => {
                node()?;
                for (file, text) in [("package.json", package), ("package-lock.json", lock)] {
                    let path = scratch.path().join(file);
                    fs::write(&path, text).map_err(Error::io("write", &path))?;
                }
                let mut npm = Command::new("npm");
                npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]);
                command::output(npm.current_dir(scratch.path()))?;
            }
        }
        cache::persist(scratch, &place)?;
        Ok(place)
    }

    /// Adds what was installed in a folder, in the role of each package by its name. Returns what they are called.
    pub(crate) fn add(&self, parts: &mut Parts, place: &Path, role: impl Fn(&str) -> Role) -> Result<Vec<String>> {
        match self {
            Tool::Python { .. } => {
                let path = place.join(WHEELS);
                let text = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
                let wheels: Vec<Wheel> =
                    serde_json::from_str(&text).map_err(|error| Error::Manifest { path, reason: error.to_string() })?;
                let part = |wheel: &Wheel| -> Part { wheel.part(role(&wheel.name)) };
                Ok(wheels.iter().map(|wheel| parts.add(part(wheel))).collect())
            }
            Tool::Npm { .. } => {
                let lock = Lock::read(&place.join(INSTALLED))?;
                let folders = lock.folders().map(|folder| (folder.to_owned(), role(folder))).collect::<Vec<_>>();
                Ok(lock.add(parts, place, folders).into_values().collect())
            }
        }
    }
}

/// A Python with pip.
pub(crate) fn python(cache: &Cache) -> Result<OsString> {
    let missing = |reason: String| Error::Missing {
        what: format!("Python {}.{} or later with pip", PYTHON.0, PYTHON.1),
        reason,
        remedy: "install python3 and python3-pip",
    };
    let program = OsString::from("python3");
    let mut version = Command::new(&program);
    version.args(["-c", "import sys, pip; print(*sys.version_info[:2])"]).current_dir(cache.path(""));
    let version = command::output(&mut version).map_err(|error| missing(error.to_string()))?;
    let mut numbers = version.split_whitespace().filter_map(|number| number.parse().ok());
    match (numbers.next(), numbers.next()) {
        (Some(major), Some(minor)) if (major, minor) >= PYTHON => Ok(program),
        _ => Err(missing(format!("python3 is {}", version.trim()))),
    }
}

/// Fails unless Node.js and npm are there.
pub(crate) fn node() -> Result<OsString> {
    let missing = |reason: String| Error::Missing {
        what: format!("Node.js {NODE} or later with npm"),
        reason,
        remedy: "install nodejs and npm",
    };
    let program = OsString::from("node");
    let version =
        command::output(Command::new(&program).arg("--version")).map_err(|error| missing(error.to_string()))?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < NODE) {
        return Err(missing(format!("node is {}", version.trim())));
    }
    command::output(Command::new("npm").arg("--version")).map_err(|error| missing(error.to_string()))?;
    Ok(program)
}
