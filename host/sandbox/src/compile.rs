//! Compilation as bounded work: a stranger's component can be slow to compile, and the engine cannot be stopped
//! halfway. So few are compiled at once, each on a thread of its own, and nobody waits longer than the limit. One that
//! takes too long holds its place until it is done, so asking again does not pile up work.

use std::sync::{Arc, Condvar, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Instant;

use wasmtime::component::Component;

use crate::tighten::HOST;
use crate::{Error, Limits, Result};

/// Bytes of stack for a compiling thread.
const STACK: usize = 8 << 20;

pub(crate) struct Compilers(Arc<Free>);

struct Free {
    places: Mutex<usize>,
    freed: Condvar,
}

impl Compilers {
    pub(crate) fn new(places: usize) -> Self {
        Self(Arc::new(Free { places: Mutex::new(places), freed: Condvar::new() }))
    }

    /// Runs `compile` when there is a place, and waits for it.
    pub(crate) fn run(
        &self,
        limits: &Limits,
        compile: impl FnOnce() -> Result<Component> + Send + 'static,
    ) -> Result<Component> {
        let late = || Error::Limit {
            what: "compiling the component".into(),
            limit: "compile_time",
            value: format!("{:?}", limits.compile_time),
            owner: HOST.into(),
        };
        let start = Instant::now();
        let place = self.place(limits).ok_or_else(late)?;
        let (send, receive) = mpsc::sync_channel(1);
        let job = move || {
            let _place = place;
            // Nobody listens any more if it took too long.
            let _ = send.send(compile());
        };
        thread::Builder::new()
            .name("polder-compile".into())
            .stack_size(STACK)
            .spawn(job)
            .map_err(|error| Error::Engine(error.to_string()))?;
        match receive.recv_timeout(limits.compile_time.saturating_sub(start.elapsed())) {
            Ok(result) => result,
            Err(mpsc::RecvTimeoutError::Timeout) => Err(late()),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(Error::Compile("the compiler gave up on it".into())),
        }
    }

    fn place(&self, limits: &Limits) -> Option<Place> {
        let places = self.0.places.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut places, waited) = self
            .0
            .freed
            .wait_timeout_while(places, limits.compile_time, |places| *places == 0)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() && *places == 0 {
            return None;
        }
        *places -= 1;
        Some(Place(Arc::clone(&self.0)))
    }
}

struct Place(Arc<Free>);

impl Drop for Place {
    fn drop(&mut self) {
        *self.0.places.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.0.freed.notify_one();
    }
}
