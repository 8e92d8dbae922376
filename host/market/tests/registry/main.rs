//! Packages to and from registries: a real one, and ones that lie.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod attesting;
mod hostile;
mod indexing;
mod liar;
mod lists;
mod real;
mod server;
mod shelf;
mod signing;
mod wkg;
