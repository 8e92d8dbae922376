//! The border: the exports of a component, for every plugin at once. They live here, in the library, and become
//! exports of the component that links it; the functions behind them are found in the registry. Which interfaces there
//! are is chosen by Cargo's features, a module each. Natively there is no border and this module does not exist.

mod description;
pub(crate) mod http;
#[cfg(feature = "scorer")]
mod scorers;
#[cfg(feature = "task")]
mod tasks;
#[cfg(feature = "transform")]
mod transforms;
#[cfg(feature = "functions")]
mod udf;

use crate::Error;
use crate::log::Level;
use std::sync::Once;

/// The host's interfaces, and those that are always exported. What is imported here and not called by anyone is no
/// import of the component: the linker drops it.
pub(crate) mod bindings {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "
            package polder:sdk;
            world plugin {
                import polder:host/log@0.1.0;
                import polder:host/storage@0.1.0;
                import polder:host/query@0.1.0;
                import polder:host/catalog@0.1.0;
                import polder:host/state@0.1.0;
                import polder:host/metrics@0.1.0;
                import polder:host/clock@0.1.0;
                import polder:host/random@0.1.0;
                import polder:host/secrets@0.1.0;
                import polder:host/model@0.1.0;
                import wasi:http/outgoing-handler@0.2.12;
                import polder:plugin/call@0.1.0;
                export polder:plugin/description@0.1.0;
            }
        ",
        generate_all,
    });
}

use bindings::polder::host::log;
use bindings::polder::plugin::call;

/// What every interface is exported by.
struct Component;

bindings::export!(Component with_types_in bindings);

pub(crate) fn log(level: Level, message: &str, fields: &[(String, String)]) {
    let level = match level {
        Level::Trace => log::Level::Trace,
        Level::Debug => log::Level::Debug,
        Level::Info => log::Level::Info,
        Level::Warn => log::Level::Warn,
        Level::Error => log::Level::Error,
    };
    log::log(level, message, fields);
}

/// A panic ends the instance without a word; the hook says it first.
fn report_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| std::panic::set_hook(Box::new(|panic| log(Level::Error, &panic.to_string(), &[]))));
}

impl From<Error> for call::Error {
    fn from(error: Error) -> Self {
        Self { row: error.row(), message: error.message().into() }
    }
}
