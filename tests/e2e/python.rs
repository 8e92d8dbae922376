//! A Python with the packages of other engines, made once in the user's cache folder and kept.
//!
//! Needs `python3` with `venv` and, the first time, PyPI; where they are not to be had, the tests that ask
//! for it say so and pass.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use crate::support::cache;

/// What is installed, and by which names it is imported.
const PACKAGES: [&str; 6] = ["cryptography", "deltalake", "duckdb", "moto[server]", "numpy", "pyarrow"];
const IMPORTS: &str = "import cryptography, deltalake, duckdb, moto.server, numpy, pyarrow";

static PYTHON: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
    let folder = cache("test-python");
    let python = folder.join("bin/python");
    if run(&python, &["-c", IMPORTS]).is_ok() {
        return Ok(python);
    }
    eprintln!("installing {} into {}", PACKAGES.join(", "), folder.display());
    run(Path::new("python3"), &["-m", "venv", "--clear", &folder.display().to_string()])?;
    run(&python, &[&["-m", "pip", "install", "--quiet"], PACKAGES.as_slice()].concat())?;
    Ok(python)
});

fn run(program: &Path, args: &[&str]) -> Result<(), String> {
    let output =
        Command::new(program).args(args).output().map_err(|error| format!("{}: {error}", program.display()))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}

/// That Python, or nothing where it cannot be had.
pub(crate) fn command() -> Option<Command> {
    match PYTHON.as_ref() {
        Ok(python) => Some(Command::new(python)),
        Err(error) => {
            eprintln!("skipped, because there is no Python with {}: {error}", PACKAGES.join(", "));
            None
        }
    }
}
