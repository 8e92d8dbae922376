//! The catalog through its public API, as the floors above use it: one module a concern.

mod grants;
mod lifecycle;
mod plugins;
mod support;
