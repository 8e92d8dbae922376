//! The tests that the SDK and the plugins have of their own, which run without a sandbox. They are workspaces of
//! their own, so `cargo test --workspace` would pass them by.

use std::process::Command;

use crate::support::{cache, root};

#[track_caller]
fn passes(workspace: &str) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut tests = Command::new(cargo);
    tests.args(["test", "--quiet", "--workspace", "--locked", "--manifest-path"]);
    tests.arg(root().join(workspace).join("Cargo.toml")).env("CARGO_TARGET_DIR", cache("native"));
    let ran = tests.output().expect("cargo runs");
    let [out, err] = [ran.stdout, ran.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(ran.status.success(), "{workspace}\n{out}\n{err}");
    assert!(out.contains("test result: ok. "), "{out}");
}

#[test]
fn the_sdk_passes_its_own_tests() {
    passes("sdk/rust");
}

#[test]
fn the_plugins_pass_their_own_tests() {
    passes("plugins");
}
