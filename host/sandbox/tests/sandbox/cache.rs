//! The cache of compiled code.

use std::fs;
use std::path::{Path, PathBuf};

use polder_sandbox::{Config, Limits, Sandbox};
use tempfile::tempdir;

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
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 1;
    for bad in [&flipped[..], &good[..good.len() / 2], b""] {
        fs::write(file, bad).unwrap();
        load(folder.path());
        assert!(fs::read(file).unwrap() == good, "compiled again");
    }
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
