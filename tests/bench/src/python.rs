//! Python, for the engines that come as its packages.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A Python that has `packages`, in an environment of its own in `folder`, made where it is not there yet. None where
/// there is no Python or no package index, which a line on stderr tells.
pub(crate) fn with(folder: &Path, packages: &[&str]) -> Option<PathBuf> {
    let environment = folder.join("python");
    let python = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let succeeds = |program: &Path, arguments: &[&str]| {
        let status = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        status.is_ok_and(|status| status.success())
    };
    let names = packages.join(", ");
    if succeeds(&python, &["-c", &format!("import {names}")]) {
        return Some(python);
    }
    eprintln!("installing {names} from PyPI into {}", environment.display());
    let place = environment.display().to_string();
    let made = ["python3", "python"].iter().any(|name| succeeds(Path::new(name), &["-m", "venv", &place]));
    if !made {
        eprintln!("{names}: left out, as there is no Python 3 with venv");
        return None;
    }
    let install = ["-m", "pip", "install", "--quiet"];
    if !succeeds(&python, &[&install, packages].concat()) {
        eprintln!("{names}: left out, as pip could not install it");
        return None;
    }
    Some(python)
}
