//! The Rust face of `wit/`: what the host calls in a component of the world `functions`.
//!
//! Parameters are borrowed, so a column's buffers are copied once, straight from Arrow into the guest.

wasmtime::component::bindgen!({
    path: ["../../wit/host", "../../wit/plugin"],
    world: "polder:plugin/functions",
    ownership: Borrowing { duplicate_if_necessary: true },
});
