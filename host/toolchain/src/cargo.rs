//! Runs Cargo the way guests want it, and reads what it prints.

use std::collections::HashMap;
use std::fs;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use serde::Deserialize;

use crate::cache;
use crate::command;
use crate::progress::{Progress, Step};
use crate::rust::{Compiler, TARGET};
use crate::{Error, Result};

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

/// A package as `cargo metadata` tells of it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) manifest_path: PathBuf,
    pub(crate) description: Option<String>,
    pub(crate) license: Option<String>,
    pub(crate) authors: Vec<String>,
    pub(crate) homepage: Option<String>,
    pub(crate) repository: Option<String>,
    targets: Vec<Target>,
    dependencies: Vec<Dependency>,
}

#[derive(Clone, Debug, Deserialize)]
struct Target {
    name: String,
    crate_types: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Dependency {
    name: String,
    /// Where it comes from; none for a path.
    source: Option<String>,
}

impl Package {
    pub(crate) fn is_dynamic_library(&self) -> bool {
        self.dynamic_library().is_some()
    }

    fn dynamic_library(&self) -> Option<&Target> {
        self.targets.iter().find(|target| target.crate_types.iter().any(|kind| kind == "cdylib"))
    }

    /// Whether it asks the registry for the SDK.
    fn wants_sdk(&self) -> bool {
        self.dependencies.iter().any(|dependency| dependency.name == "polder-sdk" && dependency.source.is_some())
    }
}

/// The workspace that a project belongs to; a lone project is its own.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    pub(crate) packages: Vec<Package>,
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
}

impl Workspace {
    /// The member with this manifest.
    pub(crate) fn package(&self, manifest: &Path) -> Option<&Package> {
        self.packages.iter().find(|package| package.manifest_path == manifest)
    }

    /// Whether it says itself where the SDK is, as a checkout of Polder does for its own plugins.
    fn brings_sdk(&self) -> bool {
        let manifest = fs::read_to_string(self.root.join("Cargo.toml")).unwrap_or_default();
        // Cargo has read the file before and said what is wrong with it.
        let Ok(manifest) = manifest.parse::<toml_edit::Document<String>>() else { return false };
        ["patch", "crates-io", "polder-sdk"].iter().try_fold(manifest.as_item(), |item, key| item.get(key)).is_some()
    }
}

/// One line of Cargo's JSON, as far as it matters here.
#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    CompilerArtifact {
        package_id: String,
        filenames: Vec<PathBuf>,
    },
    CompilerMessage {
        package_id: String,
        message: Diagnostic,
    },
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

/// The workspace of a project folder.
pub(crate) fn workspace(compiler: &Compiler, project: &Path) -> Result<Workspace> {
    let mut command = command(compiler);
    command.args(["metadata", "--format-version", "1", "--no-deps"]).current_dir(project);
    let text = command::output(&mut command)?;
    serde_json::from_str(&text).map_err(|source| Error::Unexpected { command: command::line(&command), source })
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
        claim(job.target_dir, package)?;
        command.args(["--package", &package.id]);
    }
    for setting in PROFILE {
        command.arg("--config").arg(format!("profile.release.{setting}"));
    }
    let renamed = job.renamed.iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display()));
    let flags: Vec<String> = renamed.chain([FEATURES.to_owned()]).collect();
    // Cargo joins this list with one in the project's own configuration, which an environment variable would hide.
    command.arg("--config").arg(format!("target.{TARGET}.rustflags={}", serde_json::json!(flags)));
    if packages.iter().any(|package| package.wants_sdk()) && !workspace.brings_sdk() {
        let path = job.sdk.display().to_string();
        command.arg("--config").arg(format!("patch.crates-io.polder-sdk.path={}", serde_json::json!(path)));
    }
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

/// Cargo tells apart all crates in a target folder, except that it names a module by its library alone: after
/// another project's library of the same name was built, it would take that one's module for this one's.
/// So a note beside the module says whose it is, and a stranger's is removed.
fn claim(target_dir: &Path, package: &Package) -> Result<()> {
    let Some(library) = package.dynamic_library() else { return Ok(()) };
    let folder = target_dir.join(TARGET).join("release/deps");
    let module = folder.join(format!("{}.wasm", library.name.replace('-', "_")));
    let note = module.with_extension("owner");
    if fs::read_to_string(&note).is_ok_and(|owner| owner == package.id) {
        return Ok(());
    }
    match fs::remove_file(&module) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::io("remove", &module)(error)),
        _ => cache::write_atomic(&note, package.id.as_bytes()),
    }
}

/// Runs the build to its end; returns the modules by package id.
fn run(mut command: Command, workspace: &Workspace, progress: &mut dyn Progress) -> Result<HashMap<String, PathBuf>> {
    let spawn = |source| Error::Spawn { program: "cargo".to_owned(), source };
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
                Ok(Message::CompilerArtifact { package_id, filenames }) => {
                    let module = filenames.into_iter().find(|file| file.extension().is_some_and(|kind| kind == "wasm"));
                    modules.extend(module.map(|module| (package_id, module)));
                }
                // A dependency's warnings are not its user's.
                Ok(Message::CompilerMessage { package_id, message })
                    if message.level == "error"
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

/// Cuts a stream at line feeds and at the carriage returns that redraw a progress bar.
fn split(pipe: impl Read, mut line: impl FnMut(String)) {
    let mut buffer = Vec::new();
    for byte in BufReader::new(pipe).bytes().map_while(io::Result::ok) {
        if byte == b'\n' || byte == b'\r' {
            line(String::from_utf8_lossy(&buffer).into_owned());
            buffer.clear();
        } else {
            buffer.push(byte);
        }
    }
    if !buffer.is_empty() {
        line(String::from_utf8_lossy(&buffer).into_owned());
    }
}

/// Tells Cargo's status lines, which become steps, from what else it says, which is kept.
#[derive(Default)]
struct Screen {
    said: String,
    name: String,
    done: u32,
    total: u32,
}

impl Screen {
    fn read(&mut self, line: &str, progress: &mut dyn Progress) {
        let plain = without_colors(line);
        let Some((verb, rest)) = status(&plain) else {
            // Erased bars leave empty lines of blanks; messages hold empty lines of their own.
            if !(plain.len() > 1 && plain.trim().is_empty()) {
                self.said.push_str(line.strip_prefix("\x1b[K").unwrap_or(line));
                self.said.push('\n');
            }
            return;
        };
        match verb {
            "Building" => {
                let Some((done, total)) = bar(rest) else { return };
                (self.done, self.total) = (done, total);
            }
            "Compiling" => self.name = rest.split_whitespace().next().unwrap_or_default().to_owned(),
            "Updating" | "Downloading" | "Downloaded" => {
                progress.step(Step::Fetch { what: rest });
                return;
            }
            "Blocking" => {
                progress.step(Step::Wait { what: rest });
                return;
            }
            _ => return,
        }
        if !self.name.is_empty() {
            progress.step(Step::Compile { name: &self.name, done: self.done, total: self.total });
        }
    }
}

/// A status line is a verb that ends in column 12, and a text.
fn status(line: &str) -> Option<(&str, &str)> {
    const VERBS: [&str; 12] = [
        "Adding",
        "Blocking",
        "Building",
        "Compiling",
        "Downgrading",
        "Downloaded",
        "Downloading",
        "Finished",
        "Locking",
        "Removing",
        "Updating",
        "Upgrading",
    ];
    let (verb, rest) = (line.get(..12)?.trim_start(), line.get(12..)?);
    (VERBS.contains(&verb) && rest.starts_with(' ')).then(|| (verb, rest.trim()))
}

/// The counts of `[====>    ] 3/20: serde, syn`.
fn bar(text: &str) -> Option<(u32, u32)> {
    let (done, total) = text.split_once("] ")?.1.split(':').next()?.split_once('/')?;
    Some((done.trim().parse().ok()?, total.trim().parse().ok()?))
}

/// The text without ANSI escape sequences.
fn without_colors(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, escape)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        rest = escape.find(|c: char| c.is_ascii_alphabetic()).map_or("", |end| &escape[end + 1..]);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_lines_are_told_from_messages() {
        assert_eq!(status("   Compiling foo v0.1.0 (/x)"), Some(("Compiling", "foo v0.1.0 (/x)")));
        assert_eq!(status("    Building [=>  ] 3/20: foo"), Some(("Building", "[=>  ] 3/20: foo")));
        assert_eq!(status("Compiling foo"), None);
        assert_eq!(status("error[E0308]: mismatched types"), None);
        assert_eq!(status("   |            ^^^"), None);
        assert_eq!(bar("[=======>                  ] 3/20: foo, bar(build)"), Some((3, 20)));
        assert_eq!(bar("release [optimized]"), None);
    }

    #[test]
    fn colors_go() {
        assert_eq!(without_colors("\x1b[1m\x1b[92m   Compiling\x1b[0m foo"), "   Compiling foo");
        assert_eq!(without_colors("plain"), "plain");
        assert_eq!(without_colors("cut \x1b[1"), "cut ");
    }

    #[test]
    fn a_session_becomes_steps_and_messages() {
        let mut steps = Vec::new();
        let mut screen = Screen::default();
        let text = "    Updating crates.io index\n   Compiling a v1.0.0\n    Building [=>    ] 1/3: a\r            \r\
                    warning: unused\n\n --> src/lib.rs\n   Compiling b v1.0.0\n    Finished `release` profile\n";
        split(text.as_bytes(), |line| screen.read(&line, &mut |step: Step<'_>| steps.push(step.to_string())));
        assert_eq!(steps, ["fetching crates.io index", "compiling a", "compiling a (1/3)", "compiling b (1/3)"]);
        assert_eq!(screen.said, "warning: unused\n\n --> src/lib.rs\n");
    }
}
