//! Runs WebAssembly components that nobody trusts.
//!
//! A [`Sandbox`] loads components of the world `polder:plugin/functions` ([`Plugin`]), binds their functions to the
//! types of their arguments ([`Scalar`], [`Aggregate`], [`TableFunction`]) and calls them with Arrow arrays. This crate
//! knows Arrow but no SQL: what a function is called in a catalog, and who may call it, is for the floors above.
//!
//! Invariants:
//! * What comes from a guest is checked before anybody sees it: bytes (`inspect`), descriptions (`description`), types
//!   (`format`), arrays (`lift`), log lines (`log`).
//! * A guest can cost no more than its [`Limits`]; one that traps, or breaks the contract, is thrown away.
//! * There is one engine configuration (`engine`), and no lock is held while a guest runs.
//! * What a component may import is what is linked (`log`), and nothing else is.

mod aggregate;
mod bind;
mod bindings;
mod cache;
mod compile;
mod description;
mod digest;
mod engine;
mod error;
mod format;
mod inspect;
mod instance;
mod interrupt;
mod lift;
mod limits;
mod log;
mod lower;
mod plain;
mod plugin;
#[cfg(test)]
mod roundtrip;
mod sandbox;
mod scalar;
mod table;
mod ticker;

pub use aggregate::{Accumulator, Aggregate};
pub use bind::Argument;
pub use description::{Capability, Description, Example, Function, FunctionKind, Parameter, Volatility};
pub use digest::Digest;
pub use error::{Error, Result};
pub use inspect::{Extern, Inspection, inspect};
pub use interrupt::Interrupt;
pub use limits::Limits;
pub use log::{LogLine, LogSink};
pub use plugin::Plugin;
pub use sandbox::{Config, Sandbox};
pub use scalar::Scalar;
pub use table::{TableFunction, TableRows};
