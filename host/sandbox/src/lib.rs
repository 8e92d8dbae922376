//! Runs WebAssembly components that nobody trusts.
//!
//! A [`Sandbox`] loads components of the worlds of `polder:plugin` ([`Plugin`]), binds their functions to the types of
//! their arguments ([`Scalar`], [`Aggregate`], [`TableFunction`]) or to a whole input ([`Transform`], [`Scorer`]) and calls
//! them with Arrow arrays, or runs a task. This crate knows Arrow but no SQL: what a function is called in a catalog, who
//! may call it, and what it may reach ([`Capabilities`]), is for the floors above.
//!
//! Invariants:
//! * What comes from a guest is checked before anybody sees it: bytes (`inspect`), descriptions (`description`), types
//!   (`format`), arrays (`lift`), log lines (`log`).
//! * A guest can cost no more than its [`Limits`]; one that traps, or breaks the contract, is thrown away.
//! * There is one engine configuration (`engine`), and no lock is held while a guest runs.
//! * What a component may import is the log and what is linked in `host`, and nothing else is. Whether a run may use it
//!   is decided by whoever implements the trait behind it.

mod aggregate;
mod bind;
mod bindings;
mod bump;
mod cache;
mod capabilities;
mod changes;
mod compile;
mod description;
mod digest;
mod engine;
mod entry;
mod error;
mod files;
mod format;
#[doc(hidden)]
pub mod fuzzing;
mod host;
mod inspect;
mod instance;
mod interrupt;
mod lift;
mod limits;
mod log;
mod lower;
mod outline;
mod places;
mod plain;
mod plugin;
#[cfg(test)]
mod roundtrip;
mod sandbox;
mod scalar;
mod scorer;
mod table;
mod task;
mod terms;
mod ticker;
mod tighten;
mod transform;
mod usage;
mod weight;

pub use aggregate::{Accumulator, Aggregate};
pub use bind::Argument;
pub use bump::Bump;
pub use capabilities::{
    Capabilities, Catalog, Clock, Entry, FunctionInfo, Granted, Http, HttpBody, HttpError, Keys, Metrics, Mode, Model,
    Once, Query, Refusal, Rows, Seed, Sending, Storage, TableInfo, Unanswered, Upload, Volume, Writer,
};
pub use changes::{Change, Changes};
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
pub use scorer::Scorer;
pub use table::{TableFunction, TableRows};
pub use terms::{Memory, Terms};
pub use tighten::Setting;
pub use transform::{Transform, TransformRun};
pub use usage::Usage;
