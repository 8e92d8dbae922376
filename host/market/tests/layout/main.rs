//! Packages in folders and archives, and indexes of packages: whole ones, and ones that lie.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod hostile;
mod maker;
mod round;
