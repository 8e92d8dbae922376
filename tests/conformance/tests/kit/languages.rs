//! The samples in every language that there is an SDK for.

use polder_conformance::{Offers, Sample};
use polder_toolchain::{Error, Silent, Toolchain};

use crate::components::{only_fails, report, root};

/// Builds a sample and runs the kit over it. Where the language's own tools are missing (Python, Node.js), it says so.
fn conforms(folder: &str) {
    let project = root().join("tests/conformance/guests").join(folder);
    let built = match Toolchain::new().expect("a toolchain").build(&project, None, &mut Silent) {
        Err(error @ Error::Missing { .. }) => return eprintln!("skipped: {error}"),
        built => built.expect("it builds"),
    };
    let samples = vec![Sample::Initials, Sample::Longest, Sample::Words, Sample::LoadLines];
    only_fails(&report(&built.bytes, &Offers { samples, model: None }), &[]);
}

#[test]
fn c() {
    conforms("samples-c");
}

#[test]
fn cpp() {
    conforms("samples-cpp");
}

#[test]
fn go() {
    conforms("samples-go");
}

#[test]
fn javascript() {
    conforms("samples-javascript");
}

#[test]
fn python() {
    conforms("samples-python");
}

#[test]
fn typescript() {
    conforms("samples-typescript");
}

#[test]
fn zig() {
    conforms("samples-zig");
}
