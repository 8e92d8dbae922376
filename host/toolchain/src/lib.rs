//! How plugins are built: the code behind `polder plugin new` and `polder plugin build`, and what the
//! tests and the demo build their guests with, so that there is one road from source to component.
//!
//! A plugin is an ordinary Cargo library. This crate finds (or sets up) a compiler for
//! `wasm32-unknown-unknown`, runs Cargo with the flags that guests want, and turns the core module into
//! a component in process. The target has no WASI, so what comes out imports its WIT world and nothing
//! else. It stands alone: it knows nothing of the host that will run the component.

mod build;
mod cache;
mod cargo;
mod command;
mod component;
mod division;
mod error;
#[doc(hidden)]
pub mod fuzzing;
mod package;
mod progress;
mod project;
mod rust;
mod sdk;
mod sources;

pub use build::{Artifact, Toolchain};
pub use error::{Error, Result};
pub use progress::{Progress, Silent, Step};
pub use project::Language;
pub use rust::Road;
