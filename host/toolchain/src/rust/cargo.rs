//! Runs Cargo the way guests want it.

mod screen;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use serde::Deserialize;

use crate::progress::Progress;
use crate::{Error, Result};

use super::compiler::{Compiler, TARGET};
use super::package::{Package, Workspace};
use super::sdk;

use self::screen::{Screen, split};

/// SIMD is the largest single gain for columns of data (string work runs up to 17 times faster), and
/// copies want bulk memory.
const FEATURES: &str = "-Ctarget-feature=+simd128,+bulk-memory";

/// A guest is compiled once and run over millions of rows: everything for speed, nothing for debuggers.
const PROFILE: [&str; 5] = ["opt-level=3", "lto=true", "codegen-units=1", "panic=\"abort\"", "strip=true"];

/// Variables with these beginnings say how Cargo reaches its registries: they are the user's.
const KEPT: [&str; 9] = [
    "CARGO_HOME",
    "CARGO_HTTP_",
    "CARGO_NET_",
    "CARGO_REGISTRIES_",
    "CARGO_REGISTRY_",
    "CARGO_SOURCE_",
    "CARGO_BUILD_JOBS",
    "CARGO_RESOLVER_",
    "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER",
];

/// One line of Cargo's JSON, as far as it matters here.
#[derive(Deserialize)]
#[serde(tag = "reason")]
enum Line {
    #[serde(rename = "compiler-artifact")]
    Artifact { package_id: String, filenames: Vec<PathBuf> },
    #[serde(rename = "compiler-message")]
    Message { package_id: String, message: Diagnostic },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    /// As rustc prints it.
    rendered: Option<String>,
}

/// Cargo, without what a surrounding `cargo run` or `cargo test`, or flags meant for other code, would
/// change in guests.
pub(crate) fn command(compiler: &Compiler) -> Command {
    let mut command = Command::new(&compiler.cargo);
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        let ours = name.starts_with("CARGO") && !KEPT.iter().any(|kept| name.starts_with(kept));
        if ours || matches!(&*name, "RUSTFLAGS" | "RUSTC_WRAPPER" | "RUSTC_WORKSPACE_WRAPPER" | "MAKEFLAGS" | "MFLAGS")
        {
            command.env_remove(&*name);
        }
    }
    command.envs(compiler.env.iter().map(|(name, value)| (name, value)));
    command
}

/// What a build needs beside the packages.
pub(crate) struct Job<'a> {
    pub(crate) compiler: &'a Compiler,
    pub(crate) target_dir: &'a Path,
    /// The SDK to answer `polder-sdk = "…"` with.
    pub(crate) sdk: &'a Path,
    /// Folders of this machine and what they are called in the output, so that it is the same elsewhere.
    pub(crate) renamed: &'a [(PathBuf, &'static str)],
}

/// Compiles packages of one workspace in one run of Cargo. Returns the core module of each, in order.
pub(crate) fn build(
    job: &Job,
    workspace: &Workspace,
    packages: &[&Package],
    progress: &mut dyn Progress,
) -> Result<Vec<PathBuf>> {
    let mut command = command(job.compiler);
    command.args(["build", "--release", "--lib", "--target", TARGET, "--message-format"]);
    command.arg(if progress.color() { "json-diagnostic-rendered-ansi" } else { "json" });
    command.arg("--target-dir").arg(job.target_dir).current_dir(&workspace.root);
    for package in packages {
        command.args(["--package", &package.id]);
    }
    for setting in PROFILE {
        command.arg("--config").arg(format!("profile.release.{setting}"));
    }
    let renamed = job.renamed.iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()));
    let flags: Vec<String> = renamed.chain([FEATURES.to_owned()]).collect();
    // Cargo joins this list with one in the project's own configuration, which an environment variable would hide.
    command.arg("--config").arg(format!("target.{TARGET}.rustflags={}", serde_json::json!(flags)));
    if let Some(sdk) = sdk(job, workspace, packages)? {
        command.arg(patch(&sdk));
    }
    // Cargo names a path's dynamic library without a hash, so that in a shared folder a library of the same name,
    // or the same library with other flags or dependencies, would be taken for this one. Cargo's own build system
    // has the same need and this variable for it.
    command.env("__CARGO_DEFAULT_LIB_METADATA", "polder");
    // The bar is the only place where Cargo tells how much there is to do.
    command.env("CARGO_TERM_PROGRESS_WHEN", "always").env("CARGO_TERM_PROGRESS_WIDTH", "120");
    command.env("CARGO_TERM_COLOR", if progress.color() { "always" } else { "never" });
    let modules = run(command, workspace, progress)?;
    packages
        .iter()
        .map(|package| {
            let missing = || Error::NotADynamicLibrary { package: package.name.clone() };
            modules.get(&package.id).cloned().ok_or_else(missing)
        })
        .collect()
}

/// Where the SDK lies, if any package asks for `polder-sdk = "…"`.
pub(crate) fn sdk(job: &Job, workspace: &Workspace, packages: &[&Package]) -> Result<Option<PathBuf>> {
    if !packages.iter().any(|package| package.wants_sdk()) {
        return Ok(None);
    }
    // This goes before a patch in the manifest, which a checkout of Polder has for its own plugins.
    let sdk = workspace.sdk().unwrap_or_else(|| job.sdk.to_owned());
    sdk::link(&workspace.root, &sdk).map(Some)
}

/// Tells Cargo that.
pub(crate) fn patch(sdk: &Path) -> String {
    format!("--config=patch.crates-io.polder-sdk.path={}", serde_json::json!(sdk.display().to_string()))
}

/// Runs the build to its end; returns the modules by package id.
fn run(mut command: Command, workspace: &Workspace, progress: &mut dyn Progress) -> Result<HashMap<String, PathBuf>> {
    let spawn = |source| Error::Spawn { program: "cargo".to_owned(), source };
    #[cfg(target_os = "linux")]
    end_with_this_process(&mut command);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(spawn)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let mut modules = HashMap::new();
    let (mut diagnostics, mut screen) = (String::new(), Screen::default());
    thread::scope(|scope| {
        let (lines, received) = mpsc::channel();
        let json = lines.clone();
        scope.spawn(move || stdout.map(|pipe| split(pipe, |line| drop(json.send((true, line))))));
        scope.spawn(move || stderr.map(|pipe| split(pipe, |line| drop(lines.send((false, line))))));
        for (is_json, line) in received {
            if !is_json {
                screen.read(&line, progress);
                continue;
            }
            match serde_json::from_str(&line) {
                Ok(Line::Artifact { package_id, filenames }) => {
                    let module = filenames.into_iter().find(|file| file.extension().is_some_and(|kind| kind == "wasm"));
                    modules.extend(module.map(|module| (package_id, module)));
                }
                // A dependency's warnings are not its user's.
                Ok(Line::Message { package_id, message })
                    if message.level.starts_with("error")
                        || workspace.packages.iter().any(|package| package.id == package_id) =>
                {
                    diagnostics.extend(message.rendered);
                }
                _ => {}
            }
        }
    });
    let status = child.wait().map_err(spawn)?;
    let said = diagnostics + &screen.said;
    if !status.success() {
        return Err(Error::Compile { project: workspace.root.clone(), output: said.trim_end().to_owned() });
    }
    if !said.trim().is_empty() {
        progress.warnings(said.trim_end());
    }
    Ok(modules)
}

/// A build that nobody waits for any more would go on, and hold Cargo's locks.
#[cfg(target_os = "linux")]
fn end_with_this_process(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    let ask = || {
        // SAFETY: the call takes numbers only.
        match unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM) } {
            0 => Ok(()),
            _ => Err(std::io::Error::last_os_error()),
        }
    };
    // SAFETY: between fork and exec nothing runs but that call, which is a system call.
    unsafe { command.pre_exec(ask) };
}
