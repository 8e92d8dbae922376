//! Builds the guest in `tests/guests`, once a run, and loads it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};

use arrow::array::{ArrayRef, Int64Array};
use arrow::datatypes::{DataType, Field};
use polder_sandbox::{Argument, Config, Interrupt, Limits, LogLine, LogSink, Plugin, Sandbox, Scalar};
use tempfile::TempDir;

const TARGET: &str = "wasm32-unknown-unknown";

/// The component of `tests/guests/functions`.
pub(crate) fn component() -> &'static [u8] {
    static COMPONENT: OnceLock<Vec<u8>> = OnceLock::new();
    COMPONENT.get_or_init(|| encode(&std::fs::read(build("functions")).unwrap()))
}

/// A component of the functions world, of a core module that does not say so itself.
pub(crate) fn componentise(mut module: Vec<u8>) -> Vec<u8> {
    let mut resolve = wit_parser::Resolve::default();
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    resolve.push_dir(wit.join("host")).unwrap();
    let (package, _) = resolve.push_dir(wit.join("plugin")).unwrap();
    let world = resolve.select_world(&[package], Some("functions")).unwrap();
    wit_component::embed_component_metadata(&mut module, &resolve, world, wit_component::StringEncoding::UTF8).unwrap();
    encode(&module)
}

fn encode(module: &[u8]) -> Vec<u8> {
    wit_component::ComponentEncoder::default().module(module).unwrap().validate(true).encode().unwrap()
}

/// Compiles a guest to a core module, installing the target if it is missing.
fn build(name: &str) -> PathBuf {
    let guests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests");
    let sysroot = run(Command::new("rustc").args(["--print", "sysroot"]));
    if !Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).exists() {
        eprintln!("installing the Rust target {TARGET}");
        run(Command::new("rustup").args(["target", "add", TARGET]).current_dir(&guests));
    }
    let mut cargo = Command::new("cargo");
    // What concerns the host's build is none of the guest's business.
    for (variable, _) in std::env::vars().filter(|(name, _)| name.starts_with("CARGO_") && name != "CARGO_HOME") {
        cargo.env_remove(variable);
    }
    run(cargo
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .env("RUSTFLAGS", "-C target-feature=+simd128,+bulk-memory")
        .args(["build", "--release", "--locked", "--target", TARGET, "--target-dir"])
        .arg(&target)
        .current_dir(guests.join(name)));
    target.join(TARGET).join("release").join(name).with_extension("wasm")
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A sandbox with a cache of its own.
pub(crate) struct Home {
    pub(crate) sandbox: Sandbox,
    pub(crate) log: Arc<Lines>,
    /// Holds the cache, and goes with the sandbox.
    _folder: TempDir,
}

/// Keeps what guests log, as "LEVEL message name=value".
#[derive(Default)]
pub(crate) struct Lines(pub(crate) Mutex<Vec<String>>);

impl LogSink for Lines {
    fn log(&self, line: &LogLine<'_>) {
        let fields: String = line.fields.iter().map(|(name, value)| format!(" {name}={value}")).collect();
        self.0.lock().unwrap().push(format!("{} {}{fields}", line.level, line.message));
    }
}

pub(crate) fn home(limits: Limits) -> Home {
    // Every instance reserves address space, and many sandboxes share this process's.
    let limits = Limits { instances: limits.instances.min(64), ..limits };
    let folder = tempfile::tempdir().unwrap();
    let log = Arc::new(Lines::default());
    let config = Config { cache: folder.path().join("cache"), limits };
    let sandbox = Sandbox::with_log(config, Arc::clone(&log) as Arc<dyn LogSink>).unwrap();
    Home { sandbox, log, _folder: folder }
}

/// The guest, loaded with small limits so that tests reach them soon.
pub(crate) fn functions() -> Arc<Plugin> {
    static HOME: OnceLock<Home> = OnceLock::new();
    let limits = Limits { memory: 64 << 20, result_bytes: 16 << 20, ..Limits::default() };
    HOME.get_or_init(|| home(limits)).sandbox.load(component()).unwrap()
}

pub(crate) fn column(data_type: DataType) -> Argument {
    Argument { field: Arc::new(Field::new("column", data_type, true)), constant: None }
}

pub(crate) fn constant(value: ArrayRef) -> Argument {
    Argument { field: Arc::new(Field::new("constant", value.data_type().clone(), true)), constant: Some(value) }
}

pub(crate) fn bind(name: &str, arguments: &[Argument]) -> Scalar {
    functions().bind_scalar(name, arguments, &Interrupt::new()).unwrap()
}

pub(crate) fn int64s(values: impl IntoIterator<Item = i64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values))
}
