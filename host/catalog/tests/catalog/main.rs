//! The catalog through its public API, as the floors above use it: one module a concern.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod checks;
mod connections;
mod grants;
mod lifecycle;
mod plugins;
mod processes;
mod records;
mod support;
