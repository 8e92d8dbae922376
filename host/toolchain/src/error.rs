//! What can go wrong between a project folder and a component.

use std::io;
use std::path::{Path, PathBuf};

use crate::language::Language;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("cannot {action} {}: {source}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },

    #[error("no folder for caches: set POLDER_CACHE, XDG_CACHE_HOME or HOME")]
    NoCache,

    #[error("cannot run {program}: {source}")]
    Spawn { program: String, source: io::Error },

    #[error("`{command}` failed\n{output}")]
    Command { command: String, output: String },

    #[error("`{command}` printed something unexpected: {source}")]
    Unexpected { command: String, source: serde_json::Error },

    /// No road to a compiler is open. `reasons` says of each why, one a line.
    #[error(
        "no Rust compiler for wasm32-unknown-unknown was found or could be set up:\n{reasons}\n\
         Install Rust with rustup (https://rustup.rs) and run `rustup target add wasm32-unknown-unknown`, \
         or on Debian `apt-get install rustc-web rust-web-src cargo-web lld`."
    )]
    NoCompiler { reasons: String },

    #[error("POLDER_RUST_ROAD is {0:?}; it can be installed, rustup or debian")]
    Road(String),

    #[error("{} is not a plugin project: it has no manifest of a language that plugins are written in", .0.display())]
    NotAProject(PathBuf),

    #[error("{package} is no plugin yet: add `[lib]` with `crate-type = [\"cdylib\"]` to its Cargo.toml")]
    NotADynamicLibrary { package: String },

    /// The compiler refused the sources; `output` is what it printed.
    #[error("{}: the build failed\n{output}", project.display())]
    Compile { project: PathBuf, output: String },

    #[error(
        "{package} pulls in wasm-bindgen, which only works in browsers; \
         `cargo tree --target wasm32-unknown-unknown -i wasm-bindgen` shows through which crate: \
         turn that feature off or replace the crate"
    )]
    WasmBindgen { package: String },

    #[error(
        "{package} needs symbols that nothing defines: {symbols}; \
         a dependency expects C code or a system that a sandboxed plugin does not have"
    )]
    UndefinedSymbols { package: String, symbols: String },

    #[error("{package} exports no plugin interface: does it depend on polder-sdk and use it?")]
    NotAPlugin { package: String },

    #[error("cannot make a component of {package}: {reason}")]
    Encode { package: String, reason: String },

    /// One of the components that the manifest puts into the plugin.
    #[error("the component `{name}` in polder.toml: {reason}")]
    Component { name: String, reason: String },

    #[error("the components in {package} do not fit together: {reason}")]
    Compose { package: String, reason: String },

    #[error("{name:?} cannot be the name of a plugin: {reason}")]
    Name { name: String, reason: &'static str },

    #[error("plugins cannot be written in {name:?} yet; the languages are: {all}", name = .0, all = languages())]
    Language(String),

    #[error("{} cannot be read: {reason}", path.display())]
    Manifest { path: PathBuf, reason: String },

    /// A program that the language's tools run on.
    #[error("{what} is needed: {reason}\n{remedy}")]
    Missing { what: String, reason: String, remedy: &'static str },

    #[error(
        "{} is not the folder of a project: what went into a plugin is known where it was built, so name its project",
        .0.display()
    )]
    NeedsProject(PathBuf),

    #[error(
        "sha256:{digest} is not what was last built of {}: `polder plugin build` builds it, and notes what goes into it",
        project.display()
    )]
    NotBuilt { project: PathBuf, digest: String },

    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
}

fn languages() -> String {
    Language::ALL.map(Language::name).join(", ")
}

impl Error {
    /// Wraps an I/O error with what was tried on which path.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
        let path = path.to_owned();
        move |source| Error::Io { action, path, source }
    }
}
