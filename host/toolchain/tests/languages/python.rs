//! Plugins in Python.

use std::fs;

use polder_toolchain::{Error, Language, Step};

use super::{build, surface, toolchain};

#[test]
fn a_new_project_becomes_a_component() {
    let folder = tempfile::tempdir().unwrap();
    let project = toolchain().new_project(folder.path(), "greet", Language::Python).unwrap();
    let built = build(&project).unwrap();
    assert_eq!((built.name.as_str(), built.version.as_str()), ("greet", "0.1.0"));
    // The log, and interfaces that hold types only: nothing of what the interpreter would like to have.
    let allowed = ["polder:host/log@0.1.0", "polder:host/data@0.1.0", "polder:plugin/call@0.1.0"];
    assert_eq!(surface(&built.bytes).0, allowed);

    // What is there is kept until something changes.
    let mut compiled = 0;
    let again = toolchain().build(&project, None, &mut |step: Step<'_>| {
        compiled += u32::from(matches!(step, Step::Compile { .. }));
    });
    assert_eq!((again.unwrap(), compiled), (built, 0));
}

#[test]
fn mistakes_are_told_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let project = toolchain().new_project(folder.path(), "wrong", Language::Python).unwrap();
    let plugin = "from polder import scalar\n\n@scalar\ndef f(x) -> int: ...\n";
    fs::write(project.join("src/plugin.py"), plugin).unwrap();
    let error = build(&project).unwrap_err();
    assert!(matches!(error, Error::Compile { .. }), "{error}");
    let said = error.to_string();
    assert!(said.contains("src/plugin.py:3: parameter `x` of `f` has no type"), "{said}");
}
