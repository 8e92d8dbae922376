//! Whether this machine can build plugins, and has room.

use std::path::Path;
use std::process::{Command, Stdio};

use super::Finding;
use crate::plugin::size;

/// Free bytes below which a disk is nearly full.
const ROOM: u64 = 1 << 30;

pub(super) fn check(home: &Path) -> Vec<Finding> {
    let mut findings = vec![compiler()];
    findings.extend(disk(home));
    findings
}

/// The roads by which the toolchain comes to a compiler for guests, as far as can be told without walking one.
fn compiler() -> Finding {
    let what = "compiler for plugins";
    let remedy =
        "plugins can be installed and run all the same; to build some, install Rust with rustup (https://rustup.rs)";
    if !runs("cargo", &["--version"]) {
        return Finding::warning(what, "cargo is not on the PATH", remedy);
    }
    if has_target() {
        return Finding::ok(what, "rustc has the target wasm32-unknown-unknown");
    }
    if runs("rustup", &["--version"]) {
        return Finding::ok(what, "rustup will add the target wasm32-unknown-unknown when it is needed first");
    }
    if runs("apt-get", &["--version"]) {
        return Finding::ok(what, "the distribution's packages will be fetched when they are needed first");
    }
    Finding::warning(what, "rustc has no target wasm32-unknown-unknown, and there is no rustup to add it", remedy)
}

fn runs(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn has_target() -> bool {
    let mut command = Command::new("rustc");
    command.args(["--print", "target-libdir", "--target", "wasm32-unknown-unknown"]).stdin(Stdio::null());
    command.output().is_ok_and(|output| {
        output.status.success() && Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir()
    })
}

/// Room on the disk of the home; none where nobody can say.
#[cfg(unix)]
fn disk(home: &Path) -> Option<Finding> {
    let existing = home.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("."));
    let disk = rustix::fs::statvfs(existing).ok()?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let finding = format!("{} free where the home is", size(free));
    Some(match free {
        ..ROOM => Finding::warning(
            "disk",
            finding,
            "make room, or move the home: tables, spilled rows and compiled plugins need it",
        ),
        _ => Finding::ok("disk", finding),
    })
}

#[cfg(not(unix))]
fn disk(_: &Path) -> Option<Finding> {
    None
}
