//! Finds a Rust compiler for guests, or sets one up. Three roads, tried in order: a compiler that has the
//! target; rustup, which can add it; Debian, whose packages hold a compiler and the standard library's
//! sources for those who have no rustup or may not download from it.

mod debian;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

use crate::cache::Cache;
use crate::command;
use crate::progress::{Progress, Step};
use crate::{Error, Result};

/// The guests' target: no operating system, hence no imports but those of the WIT world.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The first Rust with edition 2024, which the SDK is written in.
const OLDEST: (u32, u32) = (1, 85);

/// A way to a compiler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Road {
    /// The compiler on the `PATH` (or in `RUSTC`) has the target already.
    Installed,
    /// `rustup target add`.
    Rustup,
    /// Debian's packages `rustc-web` and `rust-web-src`, unpacked into the cache folder without root.
    Debian,
}

impl FromStr for Road {
    type Err = Error;

    fn from_str(name: &str) -> Result<Road> {
        match name {
            "installed" => Ok(Road::Installed),
            "rustup" => Ok(Road::Rustup),
            "debian" => Ok(Road::Debian),
            _ => Err(Error::Road(name.to_owned())),
        }
    }
}

/// A compiler that can build guests.
#[derive(Debug)]
pub(crate) struct Compiler {
    pub(crate) cargo: OsString,
    /// What Cargo must be told, as environment variables.
    pub(crate) env: Vec<(&'static str, PathBuf)>,
}

/// Finds a compiler for the project, on the one road if one is given, else on the first that is open.
pub(crate) fn find(cache: &Cache, project: &Path, road: Option<Road>, progress: &mut dyn Progress) -> Result<Compiler> {
    let mut reasons = String::new();
    let mut closed = |road: &str, error: Error| reasons.push_str(&format!("  {road}: {error}\n"));
    let open = |wanted: Road| road.is_none_or(|road| road == wanted);

    let cargo = match cargo(project) {
        Ok(cargo) => cargo,
        Err(error) => {
            closed("cargo", error);
            return Err(Error::NoCompiler { reasons });
        }
    };
    if open(Road::Installed) {
        match installed(project) {
            Ok(()) => return Ok(Compiler { cargo, env: Vec::new() }),
            Err(error) => closed("installed", error),
        }
    }
    if open(Road::Debian)
        && let Some(env) = debian::ready(cache)
    {
        return Ok(Compiler { cargo, env });
    }
    if open(Road::Rustup) {
        match rustup(cache, project, progress) {
            Ok(()) => return Ok(Compiler { cargo, env: Vec::new() }),
            Err(error) => closed("rustup", error),
        }
    }
    if open(Road::Debian) {
        match debian::set_up(cache, &cargo, progress) {
            Ok(env) => return Ok(Compiler { cargo, env }),
            Err(error) => closed("debian", error),
        }
    }
    Err(Error::NoCompiler { reasons: reasons.trim_end().to_owned() })
}

/// A Cargo that is new enough: on the `PATH`, else the one that runs this process.
fn cargo(project: &Path) -> Result<OsString> {
    let on_path = OsString::from("cargo");
    let around = std::env::var_os("CARGO").unwrap_or_else(|| on_path.clone());
    let recent = |cargo: &OsStr| recent(cargo, project);
    recent(&on_path).map(|()| on_path).or_else(|error| recent(&around).map(|()| around).map_err(|_| error))
}

/// Whether the compiler that Cargo would use here has the target.
fn installed(project: &Path) -> Result<()> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    recent(&rustc, project)?;
    has_std(&rustc, project)
}

fn rustup(cache: &Cache, project: &Path, progress: &mut dyn Progress) -> Result<()> {
    let _lock = cache.lock("rustup", "rustup adds the target", progress)?;
    if installed(project).is_ok() {
        return Ok(());
    }
    progress.step(Step::InstallTarget { target: TARGET });
    command::output(Command::new("rustup").args(["target", "add", TARGET]).current_dir(project))?;
    installed(project)
}

/// Fails unless `rustc` has a standard library for the target.
fn has_std(rustc: &OsStr, directory: &Path) -> Result<()> {
    let mut command = Command::new(rustc);
    command.args(["--print", "target-libdir", "--target", TARGET]).current_dir(directory);
    let folder = PathBuf::from(command::output(&mut command)?.trim());
    let has = |prefix: &str| {
        fs::read_dir(&folder).is_ok_and(|files| {
            files.flatten().any(|file| {
                let name = file.file_name();
                let name = name.to_string_lossy();
                name.starts_with(prefix) && name.ends_with(".rlib")
            })
        })
    };
    if has("libcore-") && has("libstd-") {
        return Ok(());
    }
    Err(Error::Command {
        command: command::line(&command),
        output: format!("no standard library in {}", folder.display()),
    })
}

/// Fails unless the program (`rustc` or `cargo`) runs and is new enough.
fn recent(program: &OsStr, directory: &Path) -> Result<()> {
    let mut command = Command::new(program);
    command.arg("--version").current_dir(directory);
    let version = command::output(&mut command)?;
    if parse_version(&version).is_some_and(|version| version >= OLDEST) {
        return Ok(());
    }
    let output = format!("{} is too old: {}.{} is the oldest that builds plugins", version.trim(), OLDEST.0, OLDEST.1);
    Err(Error::Command { command: command::line(&command), output })
}

/// Major and minor version out of `rustc 1.95.0 (59807616e 2026-04-14)`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split_whitespace().nth(1)?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        assert_eq!(parse_version("rustc 1.95.0 (59807616e 2026-04-14)\n"), Some((1, 95)));
        assert_eq!(parse_version("cargo 1.98.0-nightly (abc 2026-04-14)"), Some((1, 98)));
        assert_eq!(parse_version("nonsense"), None);
        assert!((1, 63) < OLDEST && (2, 0) > OLDEST);
    }

    #[test]
    fn roads() {
        assert_eq!("debian".parse::<Road>().unwrap(), Road::Debian);
        assert!("yellow brick".parse::<Road>().is_err());
    }
}
