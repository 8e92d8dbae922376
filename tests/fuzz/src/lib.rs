//! The bodies of the fuzz targets: each takes bytes, and panics if something that must not be is.

mod arrays;
mod component;
mod mutate;
mod places;
mod schema;
mod sql;
mod texts;

pub use arrays::arrays;
pub use component::{component, encode};
pub use mutate::{Random, mutated};
pub use places::{location, name, path};
pub use schema::{description, schema};
pub use sql::{literal, outputs, script, statement};
pub use texts::{log, operator, setting};

/// A target.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// As its file below `fuzz/fuzz_targets` and its folder below `corpus` are named.
    pub name: &'static str,
    /// Runs one input.
    pub run: fn(&[u8]),
    /// How many inputs of its own a test gives it: a second's work or so.
    pub rounds: usize,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "arrays", run: arrays, rounds: 20_000 },
    Target { name: "component", run: component, rounds: 3000 },
    Target { name: "description", run: description, rounds: 10_000 },
    Target { name: "encode", run: encode, rounds: 1000 },
    Target { name: "literal", run: literal, rounds: 5000 },
    Target { name: "location", run: location, rounds: 20_000 },
    Target { name: "log", run: log, rounds: 20_000 },
    Target { name: "name", run: name, rounds: 20_000 },
    Target { name: "operator", run: operator, rounds: 10_000 },
    Target { name: "outputs", run: outputs, rounds: 5000 },
    Target { name: "path", run: path, rounds: 1000 },
    Target { name: "schema", run: schema, rounds: 20_000 },
    Target { name: "script", run: script, rounds: 10_000 },
    Target { name: "setting", run: setting, rounds: 20_000 },
    Target { name: "statement", run: statement, rounds: 3000 },
];
