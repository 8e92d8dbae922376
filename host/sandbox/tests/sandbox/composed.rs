//! A plugin with a component inside: who can do what, and whose limits count.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use arrow::array::{ArrayRef, AsArray, StringArray};
use arrow::datatypes::DataType;
use polder_sandbox::{Error, Limits, Terms, inspect};
use polder_toolchain::{Silent, Toolchain};

use crate::guest::{column, home};

/// What the manifest gives the component, but for its digest.
const MANIFEST: &str = r#"
[components.normalise]
from = "vendor/part.wasm"
digest = "sha256:DIGEST"
hands-on = ["polder:host/log"]
withholds = ["polder:host/random"]
"#;

fn guests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests")
}

/// The component of `tests/guests/part`, as a registry or a colleague would hand it over.
fn part() -> &'static [u8] {
    static PART: OnceLock<Vec<u8>> = OnceLock::new();
    PART.get_or_init(|| Toolchain::new().unwrap().build(&guests().join("part"), None, &mut Silent).unwrap().bytes)
}

/// `tests/guests/composed`, in a folder of its own, with a component and a manifest.
fn project(manifest: &str, part: &[u8]) -> tempfile::TempDir {
    let (folder, source) = (tempfile::tempdir().unwrap(), guests().join("composed"));
    for made in ["src", "wit", "vendor"] {
        fs::create_dir(folder.path().join(made)).unwrap();
    }
    for file in ["Cargo.toml", "Cargo.lock", "src/lib.rs", "wit/text.wit"] {
        fs::copy(source.join(file), folder.path().join(file)).unwrap();
    }
    fs::write(folder.path().join("vendor/part.wasm"), part).unwrap();
    let digest = polder_sandbox::Digest::of(part).to_string();
    fs::write(folder.path().join("polder.toml"), manifest.replace("DIGEST", &digest)).unwrap();
    folder
}

fn build(manifest: &str, part: &[u8]) -> polder_toolchain::Result<Vec<u8>> {
    let folder = project(manifest, part);
    Toolchain::new().unwrap().build(folder.path(), None, &mut Silent).map(|artifact| artifact.bytes)
}

fn composed() -> &'static [u8] {
    static COMPOSED: OnceLock<Vec<u8>> = OnceLock::new();
    COMPOSED.get_or_init(|| build(MANIFEST, part()).unwrap())
}

/// Calls a function of the plugin with texts.
fn call(terms: Terms, function: &str, texts: &[&str]) -> (Result<ArrayRef, Error>, Vec<String>) {
    let home = home(Limits { memory: 64 << 20, ..Limits::default() });
    let plugin = home.sandbox.load(composed()).unwrap();
    let function = plugin.bind_scalar(function, &[column(DataType::Utf8)], terms).unwrap();
    let texts: ArrayRef = Arc::new(StringArray::from(texts.to_vec()));
    let result = function.call(std::slice::from_ref(&texts), texts.len());
    let lines = home.log.0.lock().unwrap().clone();
    (result, lines)
}

#[test]
fn a_function_calls_the_component_inside_and_that_only_what_was_handed_on() {
    let (result, lines) = call(Terms::default(), "normalise", &["  Ijsselmeer", "WADDEN "]);
    let result = result.unwrap();
    let texts: Vec<_> = result.as_string::<i32>().iter().map(Option::unwrap).collect();
    assert_eq!(texts, ["ijsselmeer", "wadden"]);
    assert_eq!(lines, ["INFO normalised bytes=12", "INFO normalised bytes=7"]);

    let (result, _) = call(Terms::default(), "draw", &["x"]);
    let error = result.unwrap_err();
    assert!(matches!(&error, Error::Trap { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("polder:host/random@0.1.0 (bytes) was not handed on to normalise"), "{text}");
    assert!(text.contains("function `draw`"), "{text}");
}

#[test]
fn it_asks_for_no_more_than_the_plugin_alone() {
    let inspection = inspect(composed()).unwrap();
    assert!(inspection.capabilities.is_empty(), "{inspection:?}");
    assert_eq!(inspection.worlds, ["functions"]);
    let exports: Vec<&str> = inspection.exports.iter().map(|export| export.name.as_str()).collect();
    assert!(exports.iter().all(|export| export.starts_with("polder:plugin/")), "{exports:?}");
    assert!(!inspection.imports.iter().any(|import| import.name.contains("random")), "{inspection:?}");
    // Alone, the component inside would ask for random bytes.
    let part_alone = inspect(part()).unwrap().capabilities;
    assert!(["random", "wasi:io/streams"].iter().all(|asked| part_alone.iter().any(|a| a == asked)), "{part_alone:?}");

    let unsaid = MANIFEST.replace("withholds = [\"polder:host/random\"]\n", "");
    let error = build(&unsaid, part()).unwrap_err().to_string();
    assert!(error.contains("`normalise`") && error.contains("withholds = [\"polder:host/random\"]"), "{error}");
    let greedy = unsaid.replace("/log\"]", "/log\", \"polder:host/random\"]");
    let error = build(&greedy, part()).unwrap_err().to_string();
    assert!(error.contains("the plugin itself does not import"), "{error}");
}

/// One instance, one limit: what the component inside takes is the plugin's. The engine would give each memory 64 MiB.
#[test]
fn its_memory_and_modules_count_as_the_plugin_s() {
    let limits = Limits { memory: 8 << 20, ..Limits::default() };
    let (result, _) = call(Terms { limits: Some(Arc::new(limits)), ..Terms::default() }, "grow", &["x"]);
    let error = result.unwrap_err();
    assert!(matches!(&error, Error::Limit { limit: "memory", .. }), "{error:?}");
    assert!(error.to_string().contains("8.0 MiB") || error.to_string().contains("8 MiB"), "{error}");

    let alone = u32::try_from(inspect(&build("", part()).unwrap()).unwrap().modules).unwrap();
    let load = |modules| {
        let home = home(Limits { modules, ..Limits::default() });
        home.sandbox.load(composed()).and_then(|plugin| plugin.describe())
    };
    let error = load(alone).unwrap_err();
    assert!(error.to_string().contains("core module instances"), "{error}");
    load(64).unwrap();
}

#[test]
fn the_system_that_its_runtime_expects_can_do_nothing() {
    let (result, lines) = call(Terms::default(), "look", &["it: ", "again: "]);
    let result = result.unwrap();
    let said = "room 65536, written true, end true, 1000000 ns, ready [0, 1] true, random 100000 7 true, 0 arguments, \
                0 variables, 0 folders, socket refused true";
    let texts: Vec<_> = result.as_string::<i32>().iter().map(Option::unwrap).collect();
    assert_eq!(texts, [format!("it: {said}"), format!("again: {said}")]);
    assert!(lines.is_empty(), "{lines:?}");
}

#[test]
fn it_lives_and_dies_with_the_plugin_s_instance() {
    // The first call of `count` sees none of what other instances did.
    let (result, _) = call(Terms::default(), "count", &["x"]);
    assert_eq!(result.unwrap().as_string::<i32>().value(0), "x0");
}

#[test]
fn other_bytes_than_the_manifest_s_are_refused_though_it_was_built_before() {
    let folder = project(MANIFEST, part());
    let toolchain = Toolchain::new().unwrap();
    let built = toolchain.build(folder.path(), None, &mut Silent).unwrap();
    assert_eq!(built.bytes, composed(), "the same bytes, wherever it lies");
    // A section of its own makes it another component.
    let other = [part(), &[0, 3, 1, b'x', b'y']].concat();
    fs::write(folder.path().join("vendor/part.wasm"), &other).unwrap();
    let error = toolchain.build(folder.path(), None, &mut Silent).unwrap_err().to_string();
    assert!(error.contains("is not what the manifest says"), "{error}");
    let digest = |bytes: &[u8]| polder_sandbox::Digest::of(bytes).to_string();
    let manifest = MANIFEST.replace("DIGEST", &digest(&other));
    fs::write(folder.path().join("polder.toml"), manifest).unwrap();
    assert_ne!(toolchain.build(folder.path(), None, &mut Silent).unwrap().digest, built.digest);
}
