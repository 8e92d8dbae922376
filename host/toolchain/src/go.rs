//! Plugins in Go: a core module of Go's own compiler, whose linker leaves out what nobody calls.
//!
//! A command of the SDK reads the package and writes what makes a component of it, which is laid over the project when it
//! is compiled; the project stays as it is. A workspace tells where the SDK lies, so that nothing is fetched.

mod packages;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::{Compiled, Site};
use crate::cache::Cache;
use crate::command;
use crate::component;
use crate::materials::{Part, Role};
use crate::progress::{Progress, Step};
use crate::tools::Tool;
use crate::world::World;
use crate::{Error, Result};

const GO: Tool = Tool::Python { name: "go", requirements: include_str!("../../../sdk/go/tools/requirements.txt") };

/// The oldest Go that will do: 1.24 is the first that exports functions to WebAssembly.
const OLDEST: (u32, u32) = (1, 24);

/// The package that is laid over a project: its main function links the plugin's functions with their exports.
const MAIN: &str = "./polder_plugin";

/// The file that tells Go where the modules of a workspace lie.
const WORKSPACE: &str = "go.work";

/// First line of a `go.work` that is ours to rewrite.
const HEADER: &str = "// Written by `polder plugin`: lets plain go and editors find the SDK that polder carries.\n";

/// Reads the package, then compiles it with what was found.
pub(crate) fn build(site: &Site, progress: &mut dyn Progress) -> Result<Compiled> {
    let Site { manifest, project, .. } = site;
    let sdk = site.sources.join("sdk/go");
    let installation = installation(site.cache, progress)?;
    let go = Go { program: program(installation.as_deref()), site };
    progress.step(Step::Compile { name: &manifest.name, done: 0, total: 0 });
    link(project, &sdk)?;
    write(&site.work.join(WORKSPACE), &workspace(project, &sdk))?;

    let mut scan = go.command("run");
    scan.args(["polder/cmd/polder-go", "-name", &manifest.name, "-version", &manifest.version]);
    scan.args(["-description", &manifest.description, "-license", &manifest.license, "-homepage", &manifest.homepage]);
    scan.args(manifest.authors.iter().flat_map(|author| ["-author", author]));
    let said = go.output(scan.arg("-out").arg(&site.work))?;
    let world: World =
        serde_json::from_str(&said).map_err(|source| Error::Unexpected { command: command::line(&scan), source })?;
    let wit = site.work.join("wit");
    world.write(&site.sources.join("wit"), &wit)?;

    let module = site.work.join("module.wasm");
    let mut compile = go.command("build");
    compile.arg("-overlay").arg(site.work.join("overlay.json"));
    // Neither folders nor commits show in what comes out: the same sources give the same bytes.
    compile.args(["-buildmode=c-shared", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid="]);
    compile.arg("-o").arg(&module).arg(MAIN);
    go.output(compile.env("GOOS", "wasip1").env("GOARCH", "wasm"))?;
    let mut module = fs::read(&module).map_err(Error::io("read", &module))?;
    component::embed(&manifest.name, &mut module, &wit)?;

    let mut list = go.command("list");
    list.arg("-overlay").arg(site.work.join("overlay.json")).args(["-deps", packages::FIELDS, MAIN]);
    let listed = go.output(list.env("GOOS", "wasip1").env("GOARCH", "wasm"))?;
    let mut parts = packages::parts(&listed, &checksums(site))
        .map_err(|source| Error::Unexpected { command: command::line(&list), source })?;
    let version = go.output(go.command("env").arg("GOVERSION"))?;
    let version = version.trim().trim_start_matches("go");
    let std = Part::new("std", version, Role::Library).from("golang", &[]).licensed("BSD-3-Clause");
    let compiler = Part::new("go", version, Role::Tool).from("generic", &[]).licensed("BSD-3-Clause");
    parts.add_direct(std);
    let compiler = parts.add(compiler);
    if let Some(place) = installation {
        for wheel in GO.add(&mut parts, &place, |_| Role::Tool)? {
            parts.connect(&wheel, compiler.clone());
        }
    }
    Ok(Compiled { wasm: module, parts })
}

/// What Go notes of the modules that were fetched, for the project and for the workspace that it is built in.
fn checksums(site: &Site) -> String {
    let files = [site.project.join("go.sum"), site.work.join("go.work.sum")];
    files.iter().filter_map(|file| fs::read_to_string(file).ok()).collect::<Vec<_>>().join("\n")
}

/// Tells plain Go and editors where the SDK lies, unless the project has a workspace of its own.
pub(crate) fn link(project: &Path, sdk: &Path) -> Result<()> {
    let (place, text) = (project.join(WORKSPACE), workspace(Path::new("."), sdk));
    match fs::read_to_string(&place) {
        Ok(old) if old == text || !old.starts_with(HEADER) => Ok(()),
        _ => write(&place, &text),
    }
}

/// A workspace of a project and the SDK.
fn workspace(project: &Path, sdk: &Path) -> String {
    let (project, sdk) = (project.display().to_string(), sdk.display().to_string());
    format!("{HEADER}go 1.24\n\nuse {project:?}\n\nuse {sdk:?}\n")
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(Error::io("write", path))
}

/// The compiler, as it is run for one project.
struct Go<'a> {
    program: OsString,
    site: &'a Site<'a>,
}

impl Go<'_> {
    /// A command in the project's folder that knows the SDK, and minds no settings but those here.
    fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(verb).current_dir(self.site.project);
        command.env("GOWORK", self.site.work.join(WORKSPACE)).env("GOCACHE", self.site.cache.path("go-build"));
        command.env("GOTOOLCHAIN", "local").env("GOFLAGS", "").env("CGO_ENABLED", "0");
        // The command of the SDK asks for packages by the same program.
        if let Some(folder) = Path::new(&self.program).parent().filter(|folder| folder.is_absolute()) {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let paths = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
            command.env("PATH", std::env::join_paths(paths).unwrap_or(path));
        }
        command
    }

    /// What a command says; when it fails, the project is to blame.
    fn output(&self, command: &mut Command) -> Result<String> {
        command::output(command).map_err(|error| match error {
            Error::Command { output, .. } => {
                // `go run` adds this to what the program said.
                let output = output.trim_end_matches("exit status 1").trim_end().to_owned();
                Error::Compile { project: self.site.project.to_owned(), output }
            }
            other => other,
        })
    }
}

/// A Go of the cache folder, unless one is on the `PATH` that is new enough.
fn installation(cache: &Cache, progress: &mut dyn Progress) -> Result<Option<PathBuf>> {
    let version = command::output(Command::new("go").args(["env", "GOVERSION"]).env("GOTOOLCHAIN", "local"));
    if version.is_ok_and(|version| new_enough(&version)) {
        return Ok(None);
    }
    GO.install(cache, progress).map(Some)
}

fn program(installation: Option<&Path>) -> OsString {
    installation.map_or("go".into(), |place| place.join("go/bin/go").into_os_string())
}

/// Whether a version such as `go1.27.3` will do.
fn new_enough(version: &str) -> bool {
    let mut numbers = version.trim().trim_start_matches("go").split('.').map(|number| {
        let digits = number.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        digits.parse::<u32>().ok()
    });
    matches!((numbers.next().flatten(), numbers.next().flatten()), (Some(major), Some(minor)) if (major, minor) >= OLDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for good in ["go1.24", "go1.24rc1\n", "go1.27.3", "go2.0"] {
            assert!(new_enough(good), "{good}");
        }
        for old in ["go1.23.9", "go1.4", "devel go1.30", ""] {
            assert!(!new_enough(old), "{old}");
        }
    }
}
