//! The program: what it prints, and how it ends.

use std::process::{Command, Output};

use serde_json::Value;

use crate::components::guest;

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_polder-conformance")).args(args).output().expect("the program runs")
}

#[test]
fn it_says_what_passes_and_what_does_not() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, guest(name)).expect("a component");
        path.display().to_string()
    };
    let passed = run(&[&file("samples"), "--sample", "initials"]);
    let text = String::from_utf8_lossy(&passed.stdout).into_owned();
    assert_eq!(passed.status.code(), Some(0), "{text}");
    assert!(text.starts_with("samples 1.0.0\npassed       component.valid"), "{text}");
    assert!(text.contains(" 0 failed, "), "{text}");

    let failed = run(&[&file("wrong"), "--sample", "initials", "--json"]);
    assert_eq!(failed.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&failed.stdout).expect("JSON");
    let of = |check: &str| {
        let found = report["findings"].as_array().and_then(|all| all.iter().find(|one| one["check"] == check));
        found.cloned().unwrap_or_default()
    };
    assert_eq!(of("sample.initials")["outcome"], "failed", "{report:#}");
    assert!(of("sample.initials")["why"].as_str().is_some_and(|why| why.contains("AL")), "{report:#}");
    assert_eq!(of("component.valid")["outcome"], "passed", "{report:#}");

    assert_eq!(run(&["no-such-file.wasm"]).status.code(), Some(2));
    assert_eq!(run(&[&file("samples"), "--sample", "no_such_sample"]).status.code(), Some(2));
    let rules = String::from_utf8_lossy(&run(&["--rules"]).stdout).into_owned();
    assert!(rules.contains("scalar.batches"), "{rules}");
}
