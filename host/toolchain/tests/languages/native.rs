//! Plugins in C, C++ and Zig, whose compiler comes from PyPI once.

use std::fs;

use polder_toolchain::{Error, Language};

use super::toolchain;

/// Each with a part of its template, what a mistake makes of that, and what the compiler says.
const LANGUAGES: [(Language, &str, [&str; 3]); 3] = [
    (Language::C, "src/functions.c", ["(polder_string, text)", "(polder_text, text)", "a state owns what is in it"]),
    (
        Language::Cpp,
        "src/functions.cpp",
        ["(initials, (name)", "(initials, ()", "each parameter of `initials` has a name"],
    ),
    (Language::Zig, "src/main.zig", [".parameters = .{\"name\"}", ".parameters = .{}", "1 parameters and 0 names"]),
];

#[test]
fn a_new_project_becomes_the_same_component_wherever_it_lies() {
    for (language, ..) in LANGUAGES {
        let build = || {
            let folder = tempfile::tempdir().unwrap();
            let project = toolchain().new_project(folder.path(), "greet", language).unwrap();
            super::build(&project)
        };
        let built = match build() {
            Err(error @ Error::Missing { .. }) => return eprintln!("skipped: {error}"),
            built => built.unwrap(),
        };
        assert_eq!((built.name.as_str(), built.version.as_str()), ("greet", "0.1.0"));
        assert!(built.bytes.len() < 100_000, "{} bytes in {language}", built.bytes.len());
        assert_eq!(build().unwrap().digest, built.digest, "{language}");
    }
}

#[test]
fn mistakes_are_told_by_the_compiler() {
    for (language, file, [right, wrong, said]) in LANGUAGES {
        let folder = tempfile::tempdir().unwrap();
        let project = toolchain().new_project(folder.path(), "wrong", language).unwrap();
        let source = fs::read_to_string(project.join(file)).unwrap();
        assert!(source.contains(right), "{source}");
        fs::write(project.join(file), source.replace(right, wrong)).unwrap();
        match super::build(&project).unwrap_err() {
            error @ Error::Missing { .. } => return eprintln!("skipped: {error}"),
            Error::Compile { output, .. } => assert!(output.contains(said), "{output}"),
            other => panic!("{other}"),
        }
    }
}
