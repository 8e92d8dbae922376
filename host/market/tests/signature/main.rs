//! Signatures without a registry: good ones, bad ones, and those of another implementation.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod attestation;
mod hostile;
mod keys;
mod maker;
mod python;
mod trust;
