//! The Rust face of `wit/`: what the host calls in a component, and what it serves to one.
//!
//! One world of everything, so that its types are one; no component has to export it all, as each exported interface is
//! looked up on its own. Parameters of calls are borrowed, so a column's buffers are copied once, straight from Arrow
//! into the guest.

wasmtime::component::bindgen!({
    path: "../../wit",
    inline: "
        package polder:sandbox;
        world everything {
            import polder:host/log@0.1.0;
            import polder:host/storage@0.1.0;
            import polder:host/query@0.1.0;
            import polder:host/catalog@0.1.0;
            import polder:host/secrets@0.1.0;
            import polder:host/state@0.1.0;
            import polder:host/metrics@0.1.0;
            import polder:host/clock@0.1.0;
            import polder:host/random@0.1.0;
            import polder:host/model@0.1.0;
            export polder:plugin/description@0.1.0;
            export polder:plugin/udf@0.1.0;
            export polder:plugin/transforms@0.1.0;
            export polder:plugin/scorers@0.1.0;
            export polder:plugin/tasks@0.1.0;
        }
    ",
    world: "polder:sandbox/everything",
    ownership: Borrowing { duplicate_if_necessary: true },
    imports: { default: trappable },
    with: {
        "polder:host/storage.volume": crate::host::storage::OpenVolume,
        "polder:host/storage.upload": crate::host::storage::OpenUpload,
        "polder:host/query.rows": crate::host::query::OpenRows,
        "polder:host/query.writer": crate::host::query::OpenWriter,
    },
});

/// Streams and readiness, as `wasi:http` needs them. Their resources are those of the library that serves `wasi:http`.
pub(crate) mod wasi {
    wasmtime::component::bindgen!({
        path: "../../wit/deps/io",
        inline: "
            package polder:wasi;
            world io {
                import wasi:io/error@0.2.12;
                import wasi:io/poll@0.2.12;
                import wasi:io/streams@0.2.12;
            }
        ",
        world: "polder:wasi/io",
        imports: { default: trappable },
        trappable_error_type: { "wasi:io/streams.stream-error" => wasmtime_wasi_io::streams::StreamError },
        with: {
            "wasi:io/poll.pollable": wasmtime_wasi_io::poll::DynPollable,
            "wasi:io/streams.input-stream": wasmtime_wasi_io::streams::DynInputStream,
            "wasi:io/streams.output-stream": wasmtime_wasi_io::streams::DynOutputStream,
            "wasi:io/error.error": wasmtime_wasi_io::streams::Error,
        },
    });

    pub(crate) use self::wasi::io::{error, poll, streams};
}

pub(crate) use exports::polder::plugin::{description, scorers, tasks, transforms, udf};
pub(crate) use polder::host::data;
pub(crate) use polder::plugin::call;
