//! A compiler out of Debian's packages, for machines without rustup or without a road to its server.
//!
//! Debian ships a recent compiler (`rustc-web`, kept up to date for its browsers) and the standard
//! library's sources with all that they depend on (`rust-web-src`), but no standard library for the
//! guests' target. So the packages are downloaded and unpacked below the cache folder, which needs no
//! root and changes nothing in the system, and the standard library is compiled there, once, offline.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cache::{self, Cache};
use crate::command;
use crate::progress::{Progress, Step};
use crate::{Error, Result};

use super::super::cargo;
use super::{Compiler, TARGET, has_std};

/// The finished compiler's folder in the cache: `root` holds the unpacked packages, `bin` what runs them.
const FOLDER: &str = "rust-debian";

/// What Cargo must be told, if the compiler is there and runs.
pub(crate) fn ready(cache: &Cache) -> Option<Vec<(&'static str, PathBuf)>> {
    let bin = cache.path(FOLDER).join("bin");
    let rustc = bin.join("rustc");
    has_std(rustc.as_os_str(), &bin).ok()?;
    Some(vec![("RUSTC", rustc), ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", bin.join("wasm-ld"))])
}

/// Downloads, unpacks, compiles; about two minutes on two cores, 140 MB of packages, 0.6 GB on disk.
pub(crate) fn set_up(
    cache: &Cache,
    cargo: &OsStr,
    progress: &mut dyn Progress,
) -> Result<Vec<(&'static str, PathBuf)>> {
    let _lock = cache.lock(FOLDER, "it sets up a Rust compiler from Debian's packages", progress)?;
    if let Some(env) = ready(cache) {
        return Ok(env);
    }
    let scratch = cache.scratch()?;
    let prefix = scratch.path();
    download(prefix, progress)?;
    write_launchers(prefix)?;
    build_std(prefix, cargo, progress)?;
    for leftover in ["deb", "apt", "seed", "root/usr/src", "root/usr/share"] {
        let _only_space = fs::remove_dir_all(prefix.join(leftover));
    }
    // What may lie there does not run, or `ready` had taken it.
    let _broken = fs::remove_dir_all(cache.path(FOLDER));
    cache::persist(scratch, &cache.path(FOLDER))?;
    ready(cache).ok_or_else(|| failed("rustc", "the compiler that was set up does not run".to_owned()))
}

/// Fetches the packages and unpacks them to `prefix/root`. Where the system's package lists are missing or
/// out of date, fresh ones are fetched to `prefix/apt`, which takes no root either.
fn download(prefix: &Path, progress: &mut dyn Progress) -> Result<()> {
    let folder = prefix.join("deb");
    fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
    let mut apt = Apt { options: Vec::new() };
    let mut fetched = apt.fetch(&folder, progress);
    if fetched.is_err() {
        progress.step(Step::Download { packages: "package lists" });
        apt = Apt::private(&prefix.join("apt"))?;
        fetched = apt.fetch(&folder, progress);
    }
    fetched?;
    for package in list(&folder)? {
        command::output(Command::new("dpkg").arg("-x").arg(&package).arg(prefix.join("root")))?;
    }
    Ok(())
}

/// The package manager, with the system's state or a private one.
struct Apt {
    options: Vec<OsString>,
}

impl Apt {
    fn private(state: &Path) -> Result<Apt> {
        let mut options = Vec::new();
        for (name, folder) in [("Dir::State::Lists", "lists"), ("Dir::Cache", "cache")] {
            let path = state.join(folder);
            fs::create_dir_all(path.join("partial")).map_err(Error::io("create", &path))?;
            let mut option = OsString::from(format!("-o{name}="));
            option.push(path);
            options.push(option);
        }
        let apt = Apt { options };
        command::output(apt.command("apt-get").args(["-q", "update"]))?;
        Ok(apt)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.args(&self.options).env("LC_ALL", "C");
        command
    }

    fn fetch(&self, folder: &Path, progress: &mut dyn Progress) -> Result<()> {
        let std = self.dependency("libstd-rust-web-dev", "libstd-rust-web-")?;
        let llvm = self.dependency(&std, "libllvm")?;
        let lld = llvm.replace("libllvm", "lld-");
        let packages = ["rustc-web", "rust-web-src", "libstd-rust-web-dev", &std, &llvm, &lld];
        progress.step(Step::Download { packages: &packages.join(", ") });
        command::output(self.command("apt-get").args(["-q", "download"]).args(packages).current_dir(folder))?;
        Ok(())
    }

    /// The package that `package` depends on and whose name begins so; the names carry versions.
    fn dependency(&self, package: &str, beginning: &str) -> Result<String> {
        let mut command = self.command("apt-cache");
        let text = command::output(command.args(["depends", package]))?;
        let found = text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("Depends: "))
            .find(|name| name.starts_with(beginning));
        found.map(str::to_owned).ok_or_else(|| failed(&command::line(&command), format!("no dependency {beginning}*")))
    }
}

/// The unpacked programs find LLVM beside them, not in the system: a line of shell each says so. Both find
/// themselves, since the folder moves when it is done.
fn write_launchers(prefix: &Path) -> Result<()> {
    let root = prefix.join("root");
    let inside = |path: &Path| path.strip_prefix(&root).map(|path| path.display().to_string()).unwrap_or_default();
    let lib = |file: &PathBuf| file.to_string_lossy().ends_with("-linux-gnu");
    let libraries = list(&root.join("usr/lib"))?.into_iter().find(lib);
    let linker =
        list(&root.join("usr/lib"))?.into_iter().map(|folder| folder.join("bin/wasm-ld")).find(|file| file.exists());
    let (Some(libraries), Some(linker)) = (libraries, linker) else {
        return Err(failed("dpkg -x", "the packages hold no wasm-ld or no libraries".to_owned()));
    };
    let bin = prefix.join("bin");
    fs::create_dir_all(&bin).map_err(Error::io("create", &bin))?;
    for (name, program) in [("rustc", "usr/bin/rustc".to_owned()), ("wasm-ld", inside(&linker))] {
        let script = format!(
            "#!/bin/sh\nroot=$(dirname \"$0\")/../root\n\
             export LD_LIBRARY_PATH=\"$root/{}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}\"\n\
             exec \"$root/{program}\" \"$@\"\n",
            inside(&libraries)
        );
        let path = bin.join(name);
        fs::write(&path, script).map_err(Error::io("write", &path))?;
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .map_err(Error::io("make executable", &path))?;
    }
    Ok(())
}

/// Compiles the standard library for the target and puts it where the compiler looks for it.
///
/// Cargo's `build-std` is a nightly feature, which `RUSTC_BOOTSTRAP` opens; guests themselves are built
/// without either. The crates that the library needs come out of the sources' own `vendor` folder.
fn build_std(prefix: &Path, cargo: &OsStr, progress: &mut dyn Progress) -> Result<()> {
    progress.step(Step::BuildStd { target: TARGET });
    let rustc = prefix.join("bin/rustc");
    let sysroot = PathBuf::from(command::output(Command::new(&rustc).args(["--print", "sysroot"]))?.trim());
    let sources = sysroot.join("lib/rustlib/src/rust");
    let vendor = sources.join("library/vendor").display().to_string();

    let seed = prefix.join("seed");
    let source = seed.join("src/lib.rs");
    cache::write_atomic(&source, b"#![no_std]\n")?;
    let manifest = "[package]\nname = \"seed\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n\
                    [profile.release]\npanic = \"abort\"\nopt-level = 3\n";
    cache::write_atomic(&seed.join("Cargo.toml"), manifest.as_bytes())?;

    let flags = format!(
        "-Cembed-bitcode=yes\u{1f}-Zforce-unstable-if-unmarked\u{1f}--remap-path-prefix={}=/rust",
        sources.display()
    );
    let compiler = Compiler { cargo: cargo.to_owned(), env: vec![("RUSTC", rustc)] };
    let mut command = cargo::command(&compiler);
    command.args(["build", "--release", "--offline", "--target", TARGET, "-Zbuild-std=std,panic_abort"]);
    command.args(["--config", "source.crates-io.replace-with=\"vendored\"", "--config"]);
    command.arg(format!("source.vendored.directory={}", serde_json::json!(vendor)));
    command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_ENCODED_RUSTFLAGS", flags).env("CARGO_HOME", seed.join("home"));
    command::output(command.arg("--target-dir").arg(seed.join("target")).current_dir(&seed))?;

    let place = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&place).map_err(Error::io("create", &place))?;
    for file in list(&seed.join("target").join(TARGET).join("release/deps"))? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if (name.ends_with(".rlib") || name.ends_with(".rmeta")) && !name.starts_with("libseed") {
            fs::rename(&file, place.join(&name)).map_err(Error::io("move", &file))?;
        }
    }
    Ok(())
}

fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(Error::io("read", folder))?;
    entries.map(|entry| entry.map(|entry| entry.path()).map_err(Error::io("read", folder))).collect()
}

fn failed(command: &str, output: String) -> Error {
    Error::Command { command: command.to_owned(), output }
}
