//! Lines for whoever runs the statement. The host limits their rate and size.

use std::fmt::Display;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
}

/// Writes a line; in native tests, to stderr.
pub fn log(level: Level, message: impl Display) {
    event(level, message, &[]);
}

/// Writes a line with fields, which can be told apart from the message.
///
/// ```
/// use polder_sdk::log::{self, Level};
/// log::event(Level::Info, "loaded", &[("file", &"flights.csv"), ("rows", &1_024)]);
/// ```
pub fn event(level: Level, message: impl Display, fields: &[(&str, &dyn Display)]) {
    let fields: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), value.to_string())).collect();
    #[cfg(target_family = "wasm")]
    crate::component::log(level, &message.to_string(), &fields);
    #[cfg(not(target_family = "wasm"))]
    {
        let fields: String = fields.iter().map(|(name, value)| format!(" {name}={value}")).collect();
        eprintln!("{level:?}: {message}{fields}");
    }
}

pub fn trace(message: impl Display) {
    log(Level::Trace, message);
}

pub fn debug(message: impl Display) {
    log(Level::Debug, message);
}

pub fn info(message: impl Display) {
    log(Level::Info, message);
}

pub fn warn(message: impl Display) {
    log(Level::Warn, message);
}

pub fn error(message: impl Display) {
    log(Level::Error, message);
}
