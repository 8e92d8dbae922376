//! Version 2 of a plugin that `tests/e2e/plugins.rs` installs and upgrades.

use polder_sdk::prelude::*;

/// A greeting.
#[scalar]
fn hello(name: &str) -> String {
    format!("HELLO {name}")
}

/// A welcome, which the version before did not know.
#[scalar]
fn welcome(name: &str) -> String {
    format!("welcome {name}")
}
