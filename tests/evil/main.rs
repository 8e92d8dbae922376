//! Attacks by plugins, and the limit or rule that stops each: in process, through the public interface.
//!
//! Every attack runs beside a neighbour (see `neighbour`), another principal's queries over the same component in the
//! same process, which must not notice. The guests are in `guests/`; what no compiler would write is in text.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod arrays;
mod cache;
mod components;
mod description;
mod guests;
mod handles;
mod log;
mod loops;
mod memory;
mod neighbour;
mod outputs;
mod paths;
#[path = "../e2e/peer.rs"]
mod peer;
mod rights;
mod sql;
mod stage;
mod state;
mod web;
mod writes;
