//! From text to statements: what Polder understands, before anything is looked up.
//!
//! Queries and changes to rows are parsed by `sqlparser` and planned by DataFusion. Statements about
//! what exists (catalogs, grants, plugins, upkeep of tables) are ours, in Unity Catalog's words.

mod dialect;
pub(crate) mod ignored;
mod limits;
mod names;
mod parser;
mod script;
mod statement;
mod text;
mod tokens;

pub(crate) use dialect::DIALECT;
pub(crate) use names::name_columns;
pub(crate) use parser::{parse, parse_expr, parse_query, parse_with, parts};
pub use script::{Script, statements};
pub(crate) use statement::*;
pub(crate) use text::text_of;
pub(crate) use tokens::is_star;
