//! How plugins are built: the code behind `polder plugin new` and `polder plugin build`, and what the
//! tests and the demo build their guests with, so that there is one road from source to component.
//!
//! A plugin is an ordinary project of its language. This crate finds (or sets up) what builds it, runs that with the
//! flags that guests want, and makes a component of what comes out, in process. That imports its WIT world and nothing
//! else, no WASI either. The crate stands alone: it knows nothing of the host that will run the component.

mod bill;
mod build;
mod cache;
mod command;
mod component;
mod compose;
mod digest;
mod division;
mod error;
#[doc(hidden)]
pub mod fuzzing;
mod git;
mod go;
mod inputs;
mod javascript;
mod language;
mod manifest;
mod materials;
mod native;
mod npm;
mod product;
mod progress;
mod project;
mod provenance;
mod python;
mod rust;
mod sources;
mod tools;
mod wheels;
mod world;

pub use bill::MEDIA_TYPE as BILL_OF_MATERIALS;
pub use build::{Artifact, Toolchain};
pub use error::{Error, Result};
pub use inputs::Inputs;
pub use language::Language;
pub use progress::{Progress, Silent, Step};
pub use provenance::{PREDICATE_TYPE as PROVENANCE, Run};
pub use rust::Road;
