//! Builds the guest in `tests/guests`, once a run, and loads it.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use arrow::array::{ArrayRef, Int64Array};
use arrow::datatypes::{DataType, Field};
use polder_sandbox::{Argument, Config, Interrupt, Limits, LogLine, LogSink, Plugin, Sandbox, Scalar};
use polder_toolchain::{Silent, Toolchain};
use tempfile::TempDir;

/// The component of `tests/guests/functions`.
pub(crate) fn component() -> &'static [u8] {
    static COMPONENT: OnceLock<Vec<u8>> = OnceLock::new();
    COMPONENT.get_or_init(|| {
        let guest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests/functions");
        Toolchain::new().unwrap().build(&guest, None, &mut Silent).unwrap().bytes
    })
}

/// A component of the functions world, of a core module that does not say so itself.
pub(crate) fn componentise(mut module: Vec<u8>) -> Vec<u8> {
    let mut resolve = wit_parser::Resolve::default();
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    let (package, _) = resolve.push_dir(wit).unwrap();
    let world = resolve.select_world(&[package], Some("functions")).unwrap();
    wit_component::embed_component_metadata(&mut module, &resolve, world, wit_component::StringEncoding::UTF8).unwrap();
    wit_component::ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap()
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
