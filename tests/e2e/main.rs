//! What a user sees, tested from outside: the `polder` binary, its SQL, its files.
//!
//! One binary, a module per feature. Each test has a home of its own (see `support`), so all run at once.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod answers;
mod cases;
mod catalog;
mod compose;
mod concurrency;
mod connections;
mod crash;
mod demo;
mod dev;
mod files;
mod functions;
mod interop;
mod journey;
mod limits;
mod lineage;
mod lock;
mod native;
mod packages;
mod peer;
mod plugins;
mod python;
#[path = "../../host/market/tests/registry/server.rs"]
mod registry;
mod relations;
mod rows;
mod shell;
mod stores;
mod support;
mod tables;
mod tasks;
mod template;
mod trust;
mod views;
