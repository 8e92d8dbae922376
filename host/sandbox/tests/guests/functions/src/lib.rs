//! A plugin for the sandbox's own tests, written against the bare contract.

mod aggregate;
mod columns;
mod describe;
mod hostile;
mod scalar;
mod table;

wit_bindgen::generate!({
    path: "../../../../../wit",
    world: "polder:plugin/functions",
    generate_all,
});

pub use exports::polder::plugin::{description, udf};
pub use polder::host::data;
pub use polder::host::log;
pub use polder::plugin::call;

struct Plugin;

impl description::Guest for Plugin {
    fn describe() -> description::Plugin {
        describe::plugin()
    }
}

impl udf::Guest for Plugin {
    type Scalar = scalar::Scalar;
    type Aggregate = aggregate::Sum;
    type TableFunction = table::Series;
}

export!(Plugin);

/// A function's own error.
pub fn refuse(message: impl Into<String>) -> call::Error {
    call::Error { message: message.into(), row: None }
}

/// Sends panics to the log, as every SDK does: the sandbox takes the last error for the reason of a crash.
pub fn log_panics() {
    std::panic::set_hook(Box::new(|info| log::log(log::Level::Error, &info.to_string(), &[])));
}
