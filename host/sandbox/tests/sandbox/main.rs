//! The sandbox from outside: real guests, through the public interface.

mod aggregate;
mod cache;
mod guest;
mod hostile;
mod inspect;
mod plugin;
mod scalar;
mod table;
mod types;
