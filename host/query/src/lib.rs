//! How data is asked for: sessions, SQL, plugin functions in plans, rights, lineage.
//!
//! A statement's way: `sql` parses it; `execute` gives it a context (`run`) and sends it to a module; `scope` collects what it names and
//! `resolve` looks that up under the principal's rights; DataFusion plans and runs it, with plugin
//! functions shown by `functions`. Changes to rows go through `dml`, to the catalog through `ddl`,
//! `grants` and `plugins`; `lineage` records what made what.

mod answer;
mod ddl;
mod describe;
mod dml;
mod error;
mod execute;
mod files;
mod functions;
mod grants;
mod insert;
mod lineage;
mod memory;
mod merge;
mod plugins;
mod polder;
mod query;
mod resolve;
mod run;
mod scope;
mod session;
mod show;
mod sql;
mod subquery;
mod system;
mod types;
mod upkeep;
mod view;

pub use answer::Answer;
pub use error::{Error, Result};
pub use polder::{Home, Polder};
pub use session::Session;
pub use sql::{Script, statements};
