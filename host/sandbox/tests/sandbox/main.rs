//! The sandbox from outside: real guests, through the public interface.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod aggregate;
mod cache;
mod composed;
mod guest;
mod hostile;
mod inspect;
mod plugin;
mod scalar;
mod table;
mod types;
