//! The imports of guests: from the contract's words to the traits of [`capabilities`](crate::capabilities).
//!
//! One module an interface; `wasi:http` is served by the library of that name, over `http`. Nothing is decided here but what the contract itself says: sizes, handles, types.

mod catalog;
mod handles;
mod http;
mod io;
mod model;
pub(crate) mod query;
mod small;
pub(crate) mod storage;

pub(crate) use handles::Handles;
pub(crate) use http::Outgoing;

use std::time::{SystemTime, UNIX_EPOCH};

use wasmtime::component::{HasSelf, Linker};

use crate::bindings::polder::host as wit;
use crate::capabilities::{Granted, Refusal};
use crate::error::clean;
use crate::instance::State;
use crate::log;

/// An interface that this host serves beyond the log.
pub(crate) struct Served {
    /// Its full name, without the last number of its version.
    name: &'static str,
    /// What a component asks for that imports it; none where it gives nothing by itself.
    pub(crate) request: Option<&'static str>,
    link: fn(&mut Linker<State>) -> wasmtime::Result<()>,
}

macro_rules! served {
    ($($module:ident),*) => {
        [$(Served {
            name: concat!("polder:host/", stringify!($module), "@0.1"),
            request: Some(stringify!($module)),
            link: |linker| wit::$module::add_to_linker::<_, HasSelf<State>>(linker, |state| state),
        }),*]
    };
}

const POLDER: [Served; 9] = served![storage, query, catalog, state, metrics, clock, random, model, secrets];

const WASI: [Served; 5] = [
    Served { name: "wasi:http/outgoing-handler@0.2", request: Some("http"), link: http::link_handler },
    Served { name: "wasi:http/types@0.2", request: Some("http"), link: http::link_types },
    Served { name: "wasi:io/error@0.2", request: None, link: io::link_error },
    Served { name: "wasi:io/poll@0.2", request: None, link: io::link_poll },
    Served { name: "wasi:io/streams@0.2", request: None, link: io::link_streams },
];

/// The interface of that full name, if this host serves it: any version that is compatible will do.
pub(crate) fn served(import: &str) -> Option<&'static Served> {
    let is = |served: &&Served| import.strip_prefix(served.name).is_some_and(|patch| patch.starts_with('.'));
    POLDER.iter().chain(&WASI).find(is)
}

/// Links the log and these interfaces, and no others.
pub(crate) fn link(linker: &mut Linker<State>, served: &[&Served]) -> wasmtime::Result<()> {
    log::link(linker)?;
    served.iter().try_for_each(|served| (served.link)(linker))
}

impl wit::errors::Host for State {}

/// The contract's error.
pub(crate) fn refusal(refusal: Refusal) -> wit::errors::Error {
    use wit::errors::Error;
    match refusal {
        Refusal::Denied(text) => Error::Denied(text),
        Refusal::NotFound(text) => Error::NotFound(text),
        Refusal::Invalid(text) => Error::Invalid(text),
        Refusal::Limit(text) => Error::Limit(text),
        Refusal::Failed(text) => Error::Failed(text),
    }
}

/// What a host function of the contract gives: the outer error ends the guest, the inner one is the guest's to handle.
pub(crate) type Answer<T> = wasmtime::Result<Result<T, wit::errors::Error>>;

pub(crate) fn answer<T>(granted: Granted<T>) -> Answer<T> {
    Ok(granted.map_err(refusal))
}

/// The capability, if the run has it.
pub(crate) fn given<'a, T: ?Sized>(capability: &'a Option<std::sync::Arc<T>>, name: &str) -> Granted<&'a T> {
    capability.as_deref().ok_or_else(|| Refusal::Denied(format!("{name} is not available here")))
}

/// Text from a guest, such as a name, of at most `most` bytes.
pub(crate) fn text(what: &str, text: &str, most: usize) -> Granted<()> {
    if text.len() > most {
        return Err(Refusal::Limit(format!("{what} of {} bytes; at most {most} are allowed", text.len())));
    }
    if text.chars().any(char::is_control) {
        let shown = clean(text, 64);
        return Err(Refusal::Invalid(format!("{what} {shown:?} has control characters")));
    }
    Ok(())
}

/// Milliseconds since 1970.
pub(crate) fn millis(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
