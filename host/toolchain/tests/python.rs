//! Builds plugins in Python, as `polder plugin build` does.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::fs;
use std::path::Path;

use polder_toolchain::{Error, Language, Silent, Step, Toolchain};
use wasmparser::{Parser, Payload};

fn toolchain() -> Toolchain {
    Toolchain::at(Path::new(env!("CARGO_TARGET_TMPDIR")), None).unwrap()
}

/// What a component imports, by name.
fn imports(component: &[u8]) -> Vec<String> {
    let (mut imports, mut depth) = (Vec::new(), 0);
    for payload in Parser::new(0).parse_all(component) {
        match payload.unwrap() {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 1 => {
                imports.extend(section.into_iter().map(|import| import.unwrap().name.name.to_owned()));
            }
            _ => {}
        }
    }
    imports
}

#[test]
fn a_new_project_becomes_a_component() {
    let folder = tempfile::tempdir().unwrap();
    let project = toolchain().new_project(folder.path(), "greet", Language::Python).unwrap();
    let built = toolchain().build(&project, None, &mut Silent).unwrap();
    assert_eq!((built.name.as_str(), built.version.as_str()), ("greet", "0.1.0"));
    // The log, and interfaces that hold types only: nothing of what the interpreter would like to have.
    let allowed = ["polder:host/log@0.1.0", "polder:host/data@0.1.0", "polder:plugin/call@0.1.0"];
    assert_eq!(imports(&built.bytes), allowed);

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
    let error = toolchain().build(&project, None, &mut Silent).unwrap_err();
    assert!(matches!(error, Error::Compile { .. }), "{error}");
    let said = error.to_string();
    assert!(said.contains("src/plugin.py:3: parameter `x` of `f` has no type"), "{said}");
}
