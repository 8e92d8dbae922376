//! How data is asked for: sessions, SQL, plugin functions in plans, rights, lineage.
//!
//! A statement's way: `sql` parses it; `statements` gives it a context (`run`) and sends it to the module of
//! its kind; `scope` collects what it names and `resolve` looks that up under the principal's rights;
//! DataFusion plans and runs it, with plugin functions shown by `functions`; `lineage` records what made what.

mod answer;
mod egress;
mod error;
mod files;
mod functions;
#[doc(hidden)]
pub mod fuzzing;
mod limits;
mod lineage;
mod lock;
mod memory;
mod mentions;
mod packages;
mod polder;
mod reach;
mod resolve;
mod run;
mod scope;
mod session;
mod sql;
mod statements;
mod system;
mod trust;
mod types;
mod view;

pub use answer::Answer;
pub use error::{Error, Result};
pub use packages::{Found, newer};
pub use polder::{Home, Polder};
pub use reach::{Conduct, Watch};
pub use session::Session;
pub use sql::{Script, statements};
