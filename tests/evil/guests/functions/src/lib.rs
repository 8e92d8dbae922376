//! SQL functions: two honest ones, for the neighbours, and one for each attack.

mod aggregates;
#[path = "../../columns.rs"]
#[allow(dead_code, reason = "not every guest needs all of it")]
mod columns;
mod scalars;
mod tables;

wit_bindgen::generate!({
    path: "../../../../wit",
    world: "polder:plugin/functions",
    generate_all,
});

pub use exports::polder::plugin::{description, udf};
pub use polder::host::{data, log};
pub use polder::plugin::call;

use description::{Function, FunctionKind, Parameter, Volatility};

struct Plugin;

impl description::Guest for Plugin {
    fn describe() -> description::Plugin {
        let kinds = [
            (FunctionKind::Scalar, scalars::NAMES),
            (FunctionKind::Aggregate, aggregates::NAMES),
            (FunctionKind::Table, tables::NAMES),
        ];
        description::Plugin {
            name: "functions".into(),
            version: "1.0.0".into(),
            summary: String::new(),
            license: String::new(),
            authors: vec![],
            homepage: String::new(),
            functions: kinds.iter().flat_map(|(kind, names)| names.iter().map(|name| function(name, *kind))).collect(),
            capabilities: vec![],
        }
    }
}

fn function(name: &str, kind: FunctionKind) -> Function {
    Function {
        name: name.into(),
        kind,
        doc: String::new(),
        parameters: vec![Parameter { name: "x".into(), type_: None, optional: false, doc: String::new() }],
        variadic: true,
        returns: None,
        volatility: Volatility::Volatile,
        examples: vec![],
    }
}

impl udf::Guest for Plugin {
    type Scalar = scalars::Scalar;
    type Aggregate = aggregates::Aggregate;
    type TableFunction = tables::Table;
}

export!(Plugin);

/// Sends panics to the log: the sandbox takes the last error for the reason of a crash.
pub fn log_panics() {
    std::panic::set_hook(Box::new(|info| log::log(log::Level::Error, &info.to_string(), &[])));
}
