//! Plugins that lie in their description: it is checked before anything of it is believed.

use crate::guests::{bytes, patched};
use crate::stage::{beside, says};

/// Each lie with what must be said of it. Afterwards nothing of it is installed.
fn lies(lies: &[(&str, &str)]) {
    beside(async |stage| {
        for (lie, why) in lies {
            let (honest, lying) = ("lie:none................", format!("lie:{lie:.<20}"));
            let installed = stage.bring(&patched("lies", honest, &lying)).await;
            says(lie, installed, &[why]);
        }
        assert!(stage.did("SHOW PLUGINS IN evil").await.is_empty());
        stage.bring(bytes("lies")).await.expect("the same plugin without a lie");
    });
}

#[test]
fn names_that_are_none() {
    let rule = "it must be lower-case letters, digits and underscores";
    lies(&[
        ("control", rule),
        ("sql", rule),
        ("quoted", rule),
        ("upper", rule),
        ("alike", rule),
        ("empty", rule),
        ("long", "at most 128 bytes"),
        ("plugin_name", rule),
    ]);
}

#[test]
fn names_twice() {
    lies(&[("twice", "two functions are named `honest`"), ("parameter_twice", "two parameters are named `x`")]);
}

#[test]
fn more_than_anybody_reads() {
    lies(&[
        ("many", "limit `functions`: 1000"),
        ("million", "limit"),
        ("doc", "limit"),
        ("doc_some", "limit `text_bytes`: 65536"),
        ("parameters", "limit `parameters`: 256"),
        ("authors", "too many authors"),
        ("none_at_all", "it has no functions"),
    ]);
}

#[test]
fn texts_that_steer_a_terminal() {
    lies(&[
        ("doc_control", "control characters"),
        ("summary", "control characters"),
        ("example", "control characters"),
        ("version", "not semantic"),
    ]);
}

#[test]
fn types_that_are_none() {
    lies(&[
        ("parameter_view", "views do not cross"),
        ("parameter_large", "arguments come as"),
        ("returns_none", "roots"),
        ("returns_two", "2 roots"),
        ("returns_deep", "deeper than 16"),
        ("returns_wide", "1000"),
        ("variadic", "no parameter to repeat"),
    ]);
}

#[test]
fn capabilities_and_kinds_that_it_does_not_have() {
    lies(&[
        ("capability", "wants the capability `query`, which the component does not import"),
        ("privilege", "a privilege is"),
        ("kind", "is a task, but the component does not export those"),
    ]);
}

#[test]
fn imports_that_it_does_not_explain() {
    beside(async |stage| {
        let silent = patched("tasks", "wants:less..", "wants:none..");
        says("silent", stage.bring(&silent).await, &["imports `", "does not say why, among its capabilities"]);
        let odd = patched("tasks", "wants:less..", "wants:odd...");
        says("odd", stage.bring(&odd).await, &["the capability 'query' in words that make no grant", "SELECT"]);
    });
}
