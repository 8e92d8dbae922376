//! `wasi:io`: streams and readiness, by the library that serves `wasi:http`, but for how they wait.
//!
//! The library would wait for as long as it takes. Here a wait ends when the statement is cancelled or the call's time is
//! over, within an epoch tick. Only a run that has `http` may wait at all: others run on threads that must not.

use std::time::Duration;

use wasmtime::component::{HasSelf, Linker, Resource, ResourceTable};
use wasmtime_wasi::runtime::in_tokio;
use wasmtime_wasi_io::bindings::wasi::io as library;
use wasmtime_wasi_io::poll::{DynPollable, subscribe};
use wasmtime_wasi_io::streams::{DynInputStream, DynOutputStream, Error, StreamError, StreamResult};

use super::given;
use crate::bindings::wasi::{error, poll, streams};
use crate::error::clean;
use crate::instance::State;

/// How often a waiting call looks whether it has to end: an epoch tick.
const TICK: Duration = Duration::from_millis(10);
/// Bytes of an error's text.
const TEXT: usize = 1024;

pub(super) fn link_error(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    error::add_to_linker::<_, HasSelf<State>>(linker, |state| state)
}

pub(super) fn link_poll(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    poll::add_to_linker::<_, HasSelf<State>>(linker, |state| state)
}

pub(super) fn link_streams(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    streams::add_to_linker::<_, HasSelf<State>>(linker, |state| state)
}

impl State {
    fn wait<T>(&mut self, work: impl AsyncFnOnce(&mut ResourceTable) -> T) -> wasmtime::Result<T> {
        given(&self.capabilities.http, "http")?;
        let stop = self.stop();
        let stopped = async {
            loop {
                match stop() {
                    Some(stop) => return stop,
                    None => tokio::time::sleep(TICK).await,
                }
            }
        };
        let table = self.handles.table();
        in_tokio(async {
            tokio::select! {
                done = work(table) => Ok(done),
                stop = stopped => Err(stop.into()),
            }
        })
    }

    /// As [`State::wait`], for a stream.
    fn stream<T>(&mut self, work: impl AsyncFnOnce(&mut ResourceTable) -> StreamResult<T>) -> StreamResult<T> {
        self.wait(work).unwrap_or_else(|stop| Err(StreamError::Trap(stop)))
    }
}

impl error::Host for State {}

impl error::HostError for State {
    fn to_debug_string(&mut self, error: Resource<Error>) -> wasmtime::Result<String> {
        // As short as it is shown: what lies behind it is the host's.
        Ok(clean(&self.handles.get(&error)?.to_string(), TEXT))
    }

    fn drop(&mut self, error: Resource<Error>) -> wasmtime::Result<()> {
        self.handles.take(error).map(drop)
    }
}

impl poll::Host for State {
    fn poll(&mut self, pollables: Vec<Resource<DynPollable>>) -> wasmtime::Result<Vec<u32>> {
        self.wait(async move |table| library::poll::Host::poll(table, pollables).await)?
    }
}

impl poll::HostPollable for State {
    fn ready(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<bool> {
        self.wait(async move |table| library::poll::HostPollable::ready(table, pollable).await)?
    }

    fn block(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        self.wait(async move |table| library::poll::HostPollable::block(table, pollable).await)?
    }

    fn drop(&mut self, pollable: Resource<DynPollable>) -> wasmtime::Result<()> {
        library::poll::HostPollable::drop(self.handles.table(), pollable)
    }
}

impl streams::Host for State {
    fn convert_stream_error(&mut self, error: StreamError) -> wasmtime::Result<streams::StreamError> {
        match error {
            StreamError::Closed => Ok(streams::StreamError::Closed),
            StreamError::LastOperationFailed(error) => {
                Ok(streams::StreamError::LastOperationFailed(self.handles.push(error)?))
            }
            StreamError::Trap(trap) => Err(trap),
        }
    }
}

/// What the library does for a stream: at once, or after a wait.
macro_rules! streams {
    (
        $interface:ident for $stream:ident {
            $(at once $now:ident($($a:ident: $a_ty:ty),*) -> $now_result:ty;)*
            $(waiting $later:ident($($b:ident: $b_ty:ty),*) -> $later_result:ty;)*
        }
    ) => {
        impl streams::$interface for State {
            $(fn $now(&mut self, stream: Resource<$stream>, $($a: $a_ty),*) -> StreamResult<$now_result> {
                library::streams::$interface::$now(self.handles.table(), stream, $($a),*)
            })*

            $(fn $later(&mut self, stream: Resource<$stream>, $($b: $b_ty),*) -> StreamResult<$later_result> {
                self.stream(async move |table| library::streams::$interface::$later(table, stream, $($b),*).await)
            })*

            fn subscribe(&mut self, stream: Resource<$stream>) -> wasmtime::Result<Resource<DynPollable>> {
                subscribe(self.handles.table(), stream)
            }

            fn drop(&mut self, stream: Resource<$stream>) -> wasmtime::Result<()> {
                self.handles.take(stream).map(drop)
            }
        }
    };
}

streams! {
    HostInputStream for DynInputStream {
        at once skip(length: u64) -> u64;
        at once read(length: u64) -> Vec<u8>;
        waiting blocking_read(length: u64) -> Vec<u8>;
        waiting blocking_skip(length: u64) -> u64;
    }
}

streams! {
    HostOutputStream for DynOutputStream {
        at once check_write() -> u64;
        at once write(bytes: Vec<u8>) -> ();
        at once write_zeroes(length: u64) -> ();
        at once flush() -> ();
        at once splice(from: Resource<DynInputStream>, length: u64) -> u64;
        waiting blocking_write_and_flush(bytes: Vec<u8>) -> ();
        waiting blocking_write_zeroes_and_flush(length: u64) -> ();
        waiting blocking_flush() -> ();
        waiting blocking_splice(from: Resource<DynInputStream>, length: u64) -> u64;
    }
}
