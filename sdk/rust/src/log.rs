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
    #[cfg(target_family = "wasm")]
    crate::component::log(level, &message.to_string());
    #[cfg(not(target_family = "wasm"))]
    eprintln!("{level:?}: {message}");
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
