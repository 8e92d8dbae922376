//! Where bytes live: locations, object stores, volumes and Delta tables.
//!
//! A [`Location`] is a checked URL; [`Stores`] turns one into an object store; a [`Table`] is a Delta
//! table at a location, with every operation that changes it; a [`Volume`] is a folder of files that
//! no path leads out of. Who may touch what is decided above: nothing here knows principals or SQL.

mod error;
mod evolve;
mod location;
mod maintain;
mod properties;
mod stores;
mod table;
mod upload;
mod volume;
mod write;

pub use error::{Error, Result};
pub use evolve::Change;
pub use location::Location;
pub use maintain::{Commit, Optimized};
pub use stores::Stores;
pub use table::{AsOf, Detail, Table, Tables};
pub use upload::Upload;
pub use volume::{File, Volume};
pub use write::{Clause, Definition, Matched, MergeAction, Mode, Stamp};
