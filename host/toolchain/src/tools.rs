//! Programs that build guests, out of the registries that their users know: Python's and npm's.
//!
//! What is installed is written down to the last byte, as a lock file with a digest for each package, and lies in a
//! folder of the cache that is named by that text. So nothing is installed beside it, nothing in the system changes, and
//! another version of Polder has its own.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::cache::{self, Cache};
use crate::command;
use crate::progress::{Progress, Step};
use crate::{Error, Result};

/// What a builder needs installed.
pub(crate) enum Tool {
    /// Wheels, as a requirements file with `--hash` for each.
    Python { name: &'static str, requirements: &'static str },
    /// Packages of npm, as a `package.json` and its `package-lock.json`.
    Npm { name: &'static str, package: &'static str, lock: &'static str },
}

/// The oldest Python that installs and runs tools.
const PYTHON: (u32, u32) = (3, 10);

/// The oldest Node.js.
const NODE: u32 = 20;

impl Tool {
    /// The folder with the installed packages: modules of Python right in it, those of npm in `node_modules`.
    pub(crate) fn install(&self, cache: &Cache, progress: &mut dyn Progress) -> Result<PathBuf> {
        let (name, text) = match self {
            Tool::Python { name, requirements } => (name, *requirements),
            Tool::Npm { name, lock, .. } => (name, *lock),
        };
        let digest: String = Sha256::digest(text)[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        let place = cache.path("tools").join(format!("{name}-{digest}"));
        if place.is_dir() {
            return Ok(place);
        }
        let _lock = cache.lock(name, "it installs the language's tools", progress)?;
        if place.is_dir() {
            return Ok(place);
        }
        let scratch = cache.scratch()?;
        let mut command = match self {
            Tool::Python { requirements, .. } => {
                let list = scratch.path().join("requirements.txt");
                fs::write(&list, requirements).map_err(Error::io("write", &list))?;
                let mut pip = Command::new(python(cache)?);
                // Python takes modules from the folder that it is started in: not from whoever's this is.
                pip.current_dir(scratch.path());
                pip.args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--no-deps",
                    "--no-compile",
                ]);
                pip.args(["--require-hashes", "--only-binary", ":all:", "--target"]).arg(scratch.path());
                pip.arg("--requirement").arg(list);
                pip
            }
            Tool::Npm { package, lock, .. } => {
                node()?;
                for (file, text) in [("package.json", package), ("package-lock.json", lock)] {
                    let path = scratch.path().join(file);
                    fs::write(&path, text).map_err(Error::io("write", &path))?;
                }
                let mut npm = Command::new("npm");
                npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]);
                npm.current_dir(scratch.path());
                npm
            }
        };
        progress.step(Step::Download { packages: name });
        command::output(&mut command)?;
        cache::persist(scratch, &place)?;
        Ok(place)
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
