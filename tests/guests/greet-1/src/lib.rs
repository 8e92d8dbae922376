//! Version 1 of a plugin that `tests/e2e/plugins.rs` installs and upgrades.

use polder_sdk::prelude::*;

/// A greeting.
#[scalar]
fn hello(name: &str) -> String {
    format!("hello {name}")
}

/// A farewell, which the next version does not know.
#[scalar]
fn bye(name: &str) -> String {
    format!("bye {name}")
}
