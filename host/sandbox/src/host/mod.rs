//! The imports of guests: from the contract's words to the traits of [`capabilities`](crate::capabilities).
//!
//! One module an interface. Nothing is decided here but what the contract itself says: sizes, handles, types.

mod catalog;
mod handles;
mod model;
pub(crate) mod query;
mod small;
pub(crate) mod storage;

pub(crate) use handles::{Handles, TooMany};

use std::time::{SystemTime, UNIX_EPOCH};

use wasmtime::component::{HasSelf, Linker};

use crate::bindings::polder::host as wit;
use crate::capabilities::{Granted, Refusal};
use crate::error::clean;
use crate::instance::State;
use crate::log;

/// The interfaces of `polder:host` beyond the log that this host serves, and how each is linked.
pub(crate) const SERVED: [(&str, Link); 8] = [
    ("storage", |linker| wit::storage::add_to_linker::<_, HasSelf<State>>(linker, |state| state)),
    ("query", |linker| wit::query::add_to_linker::<_, HasSelf<State>>(linker, |state| state)),
    ("catalog", |linker| wit::catalog::add_to_linker::<_, HasSelf<State>>(linker, |state| state)),
    ("state", |linker| wit::state::add_to_linker::<_, HasSelf<State>>(linker, |state| state)),
    ("metrics", |linker| wit::metrics::add_to_linker::<_, HasSelf<State>>(linker, |state| state)),
    ("clock", |linker| wit::clock::add_to_linker::<_, HasSelf<State>>(linker, |state| state)),
    ("random", |linker| wit::random::add_to_linker::<_, HasSelf<State>>(linker, |state| state)),
    ("model", |linker| wit::model::add_to_linker::<_, HasSelf<State>>(linker, |state| state)),
];

type Link = fn(&mut Linker<State>) -> wasmtime::Result<()>;

/// Links the log and those interfaces that a component imports, and no others.
pub(crate) fn link(linker: &mut Linker<State>, imports: &[String]) -> wasmtime::Result<()> {
    log::link(linker)?;
    SERVED.iter().filter(|(name, _)| imports.iter().any(|import| import == name)).try_for_each(|(_, link)| link(linker))
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
