//! What we build ourselves conforms: the plugins that come with Polder, the guests of the other tests, and a project that
//! was made a moment ago.

use polder_conformance::{Offers, Sample};
use polder_toolchain::{Language, Toolchain};

use crate::components::{build, only_fails, report, root};

#[test]
fn the_plugins_that_come_with_polder() {
    for name in ["geo", "pii", "stats", "text"] {
        only_fails(&report(&build(&root().join("plugins").join(name)), &Offers::default()), &[]);
    }
}

#[test]
fn a_new_project() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let toolchain = Toolchain::new().expect("a toolchain");
    let project = toolchain.new_project(folder.path(), "fresh", Language::Rust).expect("a new project");
    let samples = vec![Sample::Initials, Sample::Longest, Sample::Words];
    only_fails(&report(&build(&project), &Offers { samples, model: None }), &[]);
}

#[test]
fn the_guests_of_other_tests() {
    let model = tempfile::tempdir().expect("a temporary folder");
    let linear = r#"{"intercept": 1.0, "coefficients": {"value": 2.5}}"#;
    std::fs::write(model.path().join("model.json"), linear).expect("a model");
    let offers = Offers { samples: vec![], model: Some(model.path().to_owned()) };
    // What they do not say, and what misbehaves for tests of the host, is found.
    let ingest = [("component.documented", "component"), ("task.denied", "panic"), ("task.denied", "spin")];
    let matrix = [
        ("component.documented", "component"),
        ("scalar.answers", "panics"),
        ("scalar.batches", "preparations"),
        ("scalar.constants", "preparations"),
        ("scalar.repeat", "preparations"),
        ("scalar.answers", "spin"),
    ];
    for (name, fails) in
        [("clean", &[][..]), ("greet-1", &[]), ("linear", &[]), ("ingest", &ingest), ("matrix", &matrix)]
    {
        only_fails(&report(&build(&root().join("tests/guests").join(name)), &offers), fails);
    }
}
