//! The components that attack: built from `guests/`, patched, or made of text.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use polder_sandbox::{Config, Limits, Sandbox};
use polder_toolchain::{Silent, Toolchain};

/// Guests whose compiled code every home gets from the start.
const NAMES: [&str; 6] = ["functions", "lies", "scorers", "tasks", "transforms", "web"];

/// The file of a guest.
pub(crate) fn path(name: &str) -> &'static Path {
    &guests()[name].0
}

/// The component of a guest.
pub(crate) fn bytes(name: &str) -> &'static [u8] {
    &guests()[name].1
}

fn guests() -> &'static HashMap<&'static str, (PathBuf, Vec<u8>)> {
    static BUILT: LazyLock<HashMap<&str, (PathBuf, Vec<u8>)>> = LazyLock::new(|| {
        let folders =
            NAMES.map(|name| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/evil/guests").join(name));
        let built = Toolchain::new().unwrap().build_all(&folders, &mut Silent).unwrap();
        std::iter::zip(NAMES, built).map(|(name, built)| (name, (built.path, built.bytes))).collect()
    });
    &BUILT
}

/// A guest in which `from` is replaced by `to`, of the same length.
pub(crate) fn patched(name: &str, from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut component = bytes(name).to_vec();
    let at = component.windows(from.len()).position(|window| window == from.as_bytes()).expect(from);
    component[at..at + to.len()].copy_from_slice(to.as_bytes());
    component
}

/// A component of a world, of a core module in text.
pub(crate) fn of_text(world: &str, text: &str) -> Vec<u8> {
    let mut module = wat::parse_str(text).unwrap();
    let mut resolve = wit_parser::Resolve::default();
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    let (package, _) = resolve.push_dir(wit).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    wit_component::embed_component_metadata(&mut module, &resolve, world, wit_component::StringEncoding::UTF8).unwrap();
    wit_component::ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
}

/// Puts the compiled code of all guests into a home, so that each is compiled once for all tests and not for each.
pub(crate) fn seed(compiled: &Path) {
    static COMPILED: LazyLock<PathBuf> = LazyLock::new(|| {
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("evil-compiled");
        let limits = Limits { instances: 1, cache_bytes: 256 << 20, ..crate::stage::limits() };
        let sandbox = Sandbox::new(Config { cache: cache.clone(), limits }).unwrap();
        for name in NAMES {
            sandbox.load(bytes(name)).unwrap();
        }
        cache
    });
    for folder in std::fs::read_dir(&*COMPILED).unwrap() {
        let folder = folder.unwrap();
        let to = compiled.join(folder.file_name());
        std::fs::create_dir_all(&to).unwrap();
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    }
}
