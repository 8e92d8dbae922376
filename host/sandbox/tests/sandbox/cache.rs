//! The cache of compiled code.

use std::fs;
use std::path::{Path, PathBuf};

use polder_sandbox::{Config, Digest, Error, Limits, Sandbox};
use tempfile::tempdir;
use wasmtime::Engine;

use crate::guest::component;

fn open(folder: &Path, limits: Limits) -> Sandbox {
    Sandbox::new(Config { cache: folder.to_owned(), limits }).unwrap()
}

/// Loads the guest in a sandbox of its own, which must work.
fn load(folder: &Path) {
    let plugin = open(folder, Limits::default()).load(component()).unwrap();
    assert_eq!(plugin.describe().unwrap().name, "functions");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let below = fs::read_dir(folder).unwrap().flat_map(|entry| fs::read_dir(entry.unwrap().path()).unwrap());
    below.map(|entry| entry.unwrap().path()).collect()
}

/// A component that is not the guest, though it does the same: with a custom section.
fn other() -> Vec<u8> {
    [component(), &[0, 3, 1, b'x', b'y']].concat()
}

/// An entry's code and outline.
fn parts(entry: &[u8]) -> (&[u8], &[u8]) {
    let (rest, length) = entry.split_last_chunk().unwrap();
    rest.split_at(rest.len() - u32::from_le_bytes(*length) as usize)
}

/// An entry as the cache writes it.
fn entry(code: &[u8], outline: &[u8]) -> Vec<u8> {
    [code, outline, &(outline.len() as u32).to_le_bytes()].concat()
}

#[test]
fn is_filled_once_and_used_again() {
    let folder = tempdir().unwrap();
    load(folder.path());
    let [file] = &files(folder.path())[..] else { panic!("one file") };
    let before = fs::metadata(file).unwrap();
    load(folder.path());
    assert_eq!(files(folder.path()), std::slice::from_ref(file));
    assert_eq!(fs::metadata(file).unwrap().created().ok(), before.created().ok());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

#[test]
fn bad_entries_are_replaced() {
    let folder = tempdir().unwrap();
    load(folder.path());
    let [file] = &files(folder.path())[..] else { panic!("one file") };
    let good = fs::read(file).unwrap();
    let (code, outline) = parts(&good);
    let flipped = |at: usize| {
        let mut bad = good.clone();
        bad[at] ^= 1;
        bad
    };
    let longer = [&good[..], &[0]].concat();
    for bad in [
        &flipped(0)[..],
        &flipped(code.len() / 2),
        &flipped(code.len() + outline.len() / 2),
        &flipped(good.len() - 1),
        &good[..good.len() / 2],
        &good[..good.len() - 1],
        &good[..3],
        b"",
        &longer,
    ] {
        fs::write(file, bad).unwrap();
        load(folder.path());
        assert!(fs::read(file).unwrap() == good, "compiled again");
    }
}

/// Entries whose seals fit, as one has who moves files about: they are of something else.
#[test]
fn entries_of_something_else_are_replaced() {
    let folder = tempdir().unwrap();
    load(folder.path());
    let [file] = &files(folder.path())[..] else { panic!("one file") };
    let good = fs::read(file).unwrap();
    let (code, outline) = parts(&good);

    let elsewhere = tempdir().unwrap();
    open(elsewhere.path(), Limits::default()).load(&other()).unwrap();
    let [others] = &files(elsewhere.path())[..] else { panic!("one file") };
    let others = fs::read(others).unwrap();

    let engine = Engine::new(wasmtime::Config::new().epoch_interruption(false)).unwrap();
    let foreign = engine.precompile_component(component()).unwrap();

    let without = String::from_utf8(outline.to_vec()).unwrap().replace("\"weight\":", "\"other\":");
    for bad in [others, entry(&foreign, outline), entry(b"no code", outline), entry(code, without.as_bytes())] {
        fs::remove_file(file).unwrap();
        let forged = file.with_file_name(format!("{}.{}.cwasm", Digest::of(component()), blake3::hash(&bad)));
        fs::write(&forged, bad).unwrap();
        load(folder.path());
        assert!(!forged.exists(), "discarded");
        assert!(fs::read(file).unwrap() == good, "compiled again");
    }
}

#[test]
fn an_installed_component_is_read_once() {
    let folder = tempdir().unwrap();
    let (cache, installed) = (folder.path().join("cache"), folder.path().join("component.wasm"));
    let digest = Digest::of(component());
    let load = |limits| open(&cache, limits).installed(&digest, &installed);

    let error = load(Limits::default()).unwrap_err();
    assert!(matches!(&error, Error::File { path, .. } if *path == installed), "{error:?}");
    for changed in [&other()[..], &component()[..component().len() / 2], b""] {
        fs::write(&installed, changed).unwrap();
        let error = load(Limits::default()).unwrap_err();
        assert!(matches!(&error, Error::Changed { path } if *path == installed), "{error:?}");
        assert_eq!(files(&cache), Vec::<PathBuf>::new(), "nothing was compiled");
    }
    fs::write(&installed, component()).unwrap();
    let error = load(Limits { component_bytes: component().len() - 1, ..Limits::default() }).unwrap_err();
    assert!(matches!(&error, Error::Limit { limit: "component_bytes", .. }), "{error:?}");

    assert_eq!(load(Limits::default()).unwrap().digest(), digest);
    // From here on there is compiled code, and nothing else is run, whatever the file has become.
    fs::write(&installed, other()).unwrap();
    let plugin = load(Limits::default()).unwrap();
    assert_eq!((plugin.digest(), plugin.describe().unwrap().name.as_str()), (digest, "functions"));
    let [file] = &files(&cache)[..] else { panic!("one file") };
    fs::remove_file(file).unwrap();
    assert!(matches!(load(Limits::default()), Err(Error::Changed { .. })));
}

#[test]
fn what_looser_limits_let_in_is_still_refused() {
    let folder = tempdir().unwrap();
    load(folder.path());
    let nowhere = folder.path().join("none.wasm");
    let installed = |limits| open(folder.path(), limits).installed(&Digest::of(component()), &nowhere);
    let all = Limits::default;
    for (name, limits) in [
        ("component_bytes", Limits { component_bytes: component().len() - 1, ..all() }),
        ("nested_parts", Limits { nested_parts: 1, ..all() }),
        ("code_functions", Limits { code_functions: 10, ..all() }),
        ("code_function_bytes", Limits { code_function_bytes: 100, ..all() }),
        ("memory", Limits { memory: 1 << 16, ..all() }),
        ("table_elements", Limits { table_elements: 1, ..all() }),
    ] {
        let error = installed(limits.clone()).unwrap_err();
        assert!(matches!(&error, Error::Limit { limit, .. } if *limit == name), "{name}: {error:?}");
        let error = open(folder.path(), limits).load(component()).unwrap_err();
        assert!(matches!(&error, Error::Limit { limit, .. } if *limit == name), "{name}: {error:?}");
    }
    // It was refused, not discarded.
    assert_eq!(installed(all()).unwrap().describe().unwrap().name, "functions");
}

#[test]
fn stays_within_its_size() {
    let folder = tempdir().unwrap();
    let sandbox = open(folder.path(), Limits { cache_bytes: 1, ..Limits::default() });
    sandbox.load(component()).unwrap();
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
    assert_eq!(sandbox.load(component()).unwrap().describe().unwrap().name, "functions");
}

#[test]
fn a_folder_that_cannot_be_used_is_an_error() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Sandbox::new(Config { cache: file.join("cache"), limits: Limits::default() }).unwrap_err();
    assert!(error.to_string().contains("cache of compiled plugins at"), "{error}");
}
