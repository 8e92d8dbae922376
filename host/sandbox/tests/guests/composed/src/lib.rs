//! A plugin whose functions call a component inside it.

use polder_sdk::prelude::*;

wit_bindgen::generate!({ path: "wit", world: "user" });

use acme::text::normal;

/// Calls the component.
#[scalar]
fn normalise(text: &str) -> String {
    normal::normalise(text)
}

/// Lets it call what it does not have.
#[scalar(volatile)]
fn draw(text: &str) -> String {
    log::error("about to draw");
    format!("{text}{}", normal::draw())
}

/// Lets it take all memory.
#[scalar(volatile)]
fn grow(text: &str) -> String {
    format!("{text}{}", normal::grow())
}

/// What the component sees of a system.
#[scalar(volatile)]
fn look(text: &str) -> String {
    format!("{text}{}", normal::look())
}

/// How often it was called.
#[scalar(volatile)]
fn count(text: &str) -> String {
    format!("{text}{}", normal::count())
}
