//! Plugins in C, C++ and Zig: all by Zig's compiler, over the SDK for C, which is the border for the three.
//!
//! The SDK is a library from which the linker takes what is called. So the module itself tells its world: it imports the
//! host's functions that somebody calls, and exports the interfaces of the kinds of functions that there are.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use wasmparser::{Parser, Payload};

use crate::build::{Compiled, Site};
use crate::cache;
use crate::command;
use crate::component;
use crate::digest;
use crate::manifest::Manifest;
use crate::materials::{Parts, Role};
use crate::progress::{Progress, Step};
use crate::tools::Tool;
use crate::world::{Export, Import, World};
use crate::{Error, Result};

const ZIG: Tool = Tool::Python { name: "ziglang", requirements: include_str!("../../../sdk/c/tools/requirements.txt") };

/// What `zig cc` and `zig c++` are called with.
const TARGET: [&str; 7] = [
    "-target",
    "wasm32-wasi",
    "-mexec-model=reactor",
    "-msimd128",
    "-mbulk-memory",
    "-O2",
    // As much as Rust gives: one of Zig's default of 16 MiB would count in the memory of every instance.
    "-Wl,-z,stack-size=1048576",
];
const C: [&str; 1] = ["-std=gnu23"];
const CPP: [&str; 3] = ["-std=c++23", "-fno-exceptions", "-fno-rtti"];
const WARNINGS: [&str; 2] = ["-Wall", "-Wextra"];
const ZIG_TARGET: [&str; 13] = [
    "-target",
    "wasm32-wasi",
    "-mexec-model=reactor",
    "-mcpu=generic+simd128+bulk_memory",
    "-lc",
    "-O",
    "ReleaseSafe",
    "-fstrip",
    "-rdynamic",
    "-fno-entry",
    "--stack",
    "1048576",
    "--dep",
];

/// One of the languages that Zig's compiler takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    C,
    Cpp,
    Zig,
}

impl Dialect {
    fn name(self) -> &'static str {
        match self {
            Dialect::C => "c",
            Dialect::Cpp => "cpp",
            Dialect::Zig => "zig",
        }
    }
}

/// Compiles a project, and puts the world that came of it into the module.
pub(crate) fn build(dialect: Dialect, site: &Site, progress: &mut dyn Progress) -> Result<Compiled> {
    let installation = ZIG.install(site.cache, progress)?;
    let zig = Zig { program: installation.join("ziglang/zig"), site };
    let library = zig.library(progress)?;
    let name = &site.manifest.name;
    // Zig compiles a standard library when it first links with it.
    let known = library.with_file_name(dialect.name());
    progress.step(match known.exists() {
        true => Step::Compile { name, done: 0, total: 0 },
        false => Step::BuildStd { target: "wasm32-wasi" },
    });

    let manifest = site.work.join("manifest.c");
    fs::write(&manifest, manifest_in_c(site.manifest)).map_err(Error::io("write", &manifest))?;
    let object = site.work.join("manifest.o");
    zig.run(
        zig.command("cc").args(TARGET).args(C).args(zig.include()).arg("-c").arg(&manifest).arg("-o").arg(&object),
    )?;

    let module = site.work.join("module.wasm");
    let mut compile = match dialect {
        Dialect::C | Dialect::Cpp => {
            let (program, flags) = if dialect == Dialect::Cpp { ("c++", &CPP[..]) } else { ("cc", &C[..]) };
            let mut compile = zig.command(program);
            compile.args(TARGET).args(flags).args(WARNINGS).args(zig.include()).arg("-s");
            compile.arg("-I").arg(site.sources.join("sdk/cpp/include"));
            compile.args(sources(&site.project.join("src"), dialect.name())?).arg("-o").arg(&module);
            compile
        }
        Dialect::Zig => {
            let (sdk, main) = (site.sources.join("sdk/zig/src"), site.project.join("src/main.zig"));
            let mut compile = zig.command("build-exe");
            compile.args(ZIG_TARGET).args(["plugin", "--dep", "polder"]);
            compile.arg(format!("-Mroot={}", sdk.join("root.zig").display()));
            compile.arg("--dep").arg("polder").arg(format!("-Mplugin={}", main.display()));
            compile.arg(format!("-Mpolder={}", sdk.join("polder.zig").display()));
            compile.arg(format!("-femit-bin={}", module.display()));
            compile
        }
    };
    let warnings = zig.run(compile.arg(&object).arg(&library))?;
    fs::write(&known, "").map_err(Error::io("write", &known))?;
    if !warnings.is_empty() {
        progress.warnings(&warnings);
    }

    let mut wasm = fs::read(&module).map_err(Error::io("read", &module))?;
    let fail = |reason: String| Error::Encode { package: name.clone(), reason };
    let world = world_of(&wasm).map_err(|error| fail(error.to_string()))?;
    let wit = site.work.join("wit");
    world.write(&site.sources.join("wit"), &wit)?;
    component::embed(name, &mut wasm, &wit)?;
    let mut parts = Parts::default();
    // Its standard libraries are in the component.
    let compiler = ZIG.add(&mut parts, &installation, |_| Role::Library)?;
    parts.direct.extend(compiler);
    Ok(Compiled { wasm, parts })
}

/// The compiler, and what it works on.
struct Zig<'a> {
    program: PathBuf,
    site: &'a Site<'a>,
}

impl Zig<'_> {
    fn command(&self, part: &str) -> Command {
        let cache = self.site.cache.path("zig");
        let mut command = Command::new(&self.program);
        command.arg(part).env("ZIG_GLOBAL_CACHE_DIR", &cache).env("ZIG_LOCAL_CACHE_DIR", &cache);
        command.current_dir(self.site.project);
        command
    }

    fn include(&self) -> [PathBuf; 2] {
        ["-I".into(), self.site.sources.join("sdk/c/include")]
    }

    /// Runs a compiler, which gives warnings or refuses the sources.
    fn run(&self, command: &mut Command) -> Result<String> {
        let done = command.stdin(Stdio::null()).output();
        let done = done.map_err(|source| Error::Spawn { program: command::program(command), source })?;
        let said = String::from_utf8_lossy(&done.stderr).trim_end().to_owned();
        if done.status.success() {
            return Ok(said);
        }
        Err(Error::Compile { project: self.site.project.to_owned(), output: said })
    }

    /// The SDK for C, compiled once for all plugins.
    fn library(&self, progress: &mut dyn Progress) -> Result<PathBuf> {
        let sdk = self.site.sources.join("sdk/c");
        let made_of = ["include", "src", "tools"].map(|folder| digest::of_folder(&sdk.join(folder)));
        let made_of = made_of.into_iter().collect::<Result<Vec<_>>>()?;
        let made_of = digest::of(format!("{made_of:?} {TARGET:?} {C:?}").as_bytes());
        let place = self.site.cache.path("tools").join(format!("polder-c-{}", &made_of[..12]));
        let library = place.join("libpolder.a");
        if library.is_file() {
            return Ok(library);
        }
        let _lock = self.site.cache.lock("polder-c", "it compiles the SDK for C", progress)?;
        if library.is_file() {
            return Ok(library);
        }
        let scratch = self.site.cache.scratch()?;
        let files = sources(&sdk.join("src"), "c")?;
        let total = u32::try_from(files.len()).unwrap_or(0);
        let mut archive = self.command("ar");
        archive.arg("rcs").arg(scratch.path().join("libpolder.a"));
        for (done, file) in (0..).zip(&files) {
            progress.step(Step::Compile { name: "the SDK for C", done, total });
            let object = scratch.path().join(file.file_name().unwrap_or_default()).with_extension("o");
            self.run(
                self.command("cc").args(TARGET).args(C).args(self.include()).arg("-c").arg(file).arg("-o").arg(&object),
            )?;
            archive.arg(object);
        }
        command::output(&mut archive)?;
        cache::persist(scratch, &place)?;
        Ok(library)
    }
}

/// The files below a folder that end so, in order.
fn sources(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let entries: Vec<PathBuf> = entries.map_err(Error::io("read", folder))?;
    let mut found = Vec::new();
    for path in entries {
        if path.is_dir() {
            found.extend(sources(&path, ending)?);
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The manifest as the record that the border reads.
fn manifest_in_c(manifest: &Manifest) -> String {
    let Manifest { name, version, description, license, authors, homepage, .. } = manifest;
    let mut text = "#include <polder/function.h>\n\nstatic const char *const authors[] = {".to_owned();
    for author in authors {
        let _infallible = write!(text, "{}, ", literal(author));
    }
    // Also an identifier of SQL, which has no hyphens.
    let name = literal(&name.replace('-', "_"));
    let [version, description, license, homepage] = [version, description, license, homepage].map(|text| literal(text));
    let count = authors.len();
    let _infallible = write!(
        text,
        "NULL}};\n\nconst polder_manifest polder_plugin = {{{name}, {version}, {description}, {license}, authors, {count}, \
         {homepage}}};\n"
    );
    text
}

/// A string of C.
fn literal(text: &str) -> String {
    let mut literal = "\"".to_owned();
    for byte in text.bytes() {
        // An escape of three octal digits ends there, whatever follows.
        let _infallible = match byte {
            b' '..=b'~' if !matches!(byte, b'"' | b'\\' | b'?') => write!(literal, "{}", char::from(byte)),
            _ => write!(literal, "\\{byte:03o}"),
        };
    }
    literal + "\""
}

/// The interfaces of the contract that a module exports and imports.
fn world_of(module: &[u8]) -> wasmparser::Result<World> {
    let mut world = World { exports: Vec::new(), imports: Vec::new() };
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    add(&mut world.imports, interface::<Import>("polder:host/", import?.module));
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    add(&mut world.exports, interface::<Export>("polder:plugin/", export?.name));
                }
            }
            _ => {}
        }
    }
    Ok(world)
}

fn add<T: PartialEq>(interfaces: &mut Vec<T>, interface: Option<T>) {
    if let Some(interface) = interface.filter(|interface| !interfaces.contains(interface)) {
        interfaces.push(interface);
    }
}

/// The interface `storage` of `polder:host/storage@0.1.0`, if it is one that a world may have.
fn interface<T: serde::de::DeserializeOwned>(package: &str, name: &str) -> Option<T> {
    let (name, _version) = name.strip_prefix(package)?.split_once('@')?;
    serde_json::from_value(name.into()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_tells_its_world() {
        let module = wat::parse_str(
            r#"(module
                (import "polder:host/storage@0.1.0" "[resource-drop]volume" (func (param i32)))
                (import "polder:host/storage@0.1.0" "[resource-drop]upload" (func (param i32)))
                (import "[export]polder:plugin/udf@0.1.0" "[resource-new]scalar" (func (param i32) (result i32)))
                (func (export "polder:plugin/description@0.1.0#describe") (result i32) unreachable)
                (func (export "polder:plugin/udf@0.1.0#[dtor]scalar") (param i32))
                (func (export "cabi_post_polder:plugin/tasks@0.1.0#run") (param i32)))"#,
        );
        let world = world_of(&module.unwrap()).unwrap();
        assert_eq!(world, World { exports: vec![Export::Udf], imports: vec![Import::Storage] });
    }

    #[test]
    fn any_text_is_a_string_of_c() {
        assert_eq!(literal("a \"b\"\\ ??/ é\n1"), r#""a \042b\042\134 \077\077/ \303\251\0121""#);
        let manifest = Manifest { name: "my-geo".into(), authors: vec!["Ada".into()], ..Manifest::default() };
        assert!(manifest_in_c(&manifest).contains(r#"{"my_geo", "", "", "", authors, 1, ""}"#));
    }
}
