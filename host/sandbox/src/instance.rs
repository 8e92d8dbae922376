//! One running copy of a component: its own memory, its own budget, used by one thread at a time.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chacha20::ChaCha20Rng;
use wasmtime::component::{Instance as ComponentInstance, InstancePre, ResourceTableError};
use wasmtime::{PoolConcurrencyLimitError, ResourceLimiter, Store, Trap, UpdateDeadline, WasmBacktrace};

use crate::bindings::{description, scorers, tasks, transforms, udf};
use crate::capabilities::Capabilities;
use crate::engine::{Runtime, failed};
use crate::error::clean;
use crate::host::{Handles, Outgoing};
use crate::log::Journal;
use crate::places::{NoPlace, Place};
use crate::plugin::Plugin;
use crate::usage::Counts;
use crate::{Error, Interrupt, Limits, Memory, Result, Terms};

/// What the engine keeps beside an instance.
pub(crate) struct State {
    pub(crate) runtime: Arc<Runtime>,
    /// What runs, for logs and errors.
    pub(crate) what: Arc<str>,
    pub(crate) journal: Journal,
    pub(crate) capabilities: Capabilities,
    /// What the guest has opened.
    pub(crate) handles: Handles,
    /// Its requests over HTTP, once it sends any.
    pub(crate) outgoing: Option<Box<Outgoing>>,
    /// Bytes that it wrote to volumes.
    pub(crate) written: u64,
    /// Names of its metrics.
    pub(crate) metrics: HashSet<String>,
    /// The latest time that it was told, in milliseconds since 1970.
    pub(crate) latest: u64,
    /// Made from the seed of a run that can be repeated.
    pub(crate) random: Option<Box<ChaCha20Rng>>,
    interrupt: Interrupt,
    /// What it may cost.
    pub(crate) limits: Arc<Limits>,
    /// The limit on the time of one call, in the guest and in what it calls.
    time: (&'static str, Duration),
    /// When the running call must have ended.
    deadline: Instant,
    /// What makes way for others on this thread, and how often the epoch has changed in the running call.
    make_way: Option<fn()>,
    ticks: u32,
    counts: Arc<Counts>,
    _place: Place,
    /// Bytes of all linear memories.
    memory: usize,
    /// Bytes of the growth that was allowed last: it may still fail.
    grown: usize,
    pool: Option<Arc<dyn Memory>>,
    /// What a growth in the running call ran into: the guest may live on, or crash for it.
    denied: Option<Denied>,
}

/// Why memory or a table did not grow.
enum Denied {
    Limit(&'static str),
    Pool(String),
}

/// An instance, called through one of its exported interfaces.
pub(crate) struct Instance<E = udf::Guest> {
    store: Store<State>,
    exports: E,
    healthy: bool,
}

/// An exported interface of the contract.
pub(crate) trait Interface: Sized {
    /// Its functions in a component, looked up once.
    type Indices;

    fn load(indices: &Self::Indices, store: &mut Store<State>, instance: &ComponentInstance) -> wasmtime::Result<Self>;
}

/// A component, and where one of its interfaces is in it.
pub(crate) struct Ready<I> {
    pre: InstancePre<State>,
    indices: I,
}

impl<I> Ready<I> {
    pub(crate) fn new(
        pre: &InstancePre<State>,
        find: impl FnOnce(&InstancePre<State>) -> wasmtime::Result<I>,
    ) -> wasmtime::Result<Self> {
        Ok(Self { pre: pre.clone(), indices: find(pre)? })
    }
}

macro_rules! interfaces {
    ($($module:ident),*) => {
        $(impl Interface for $module::Guest {
            type Indices = $module::GuestIndices;

            fn load(
                indices: &Self::Indices,
                store: &mut Store<State>,
                instance: &ComponentInstance,
            ) -> wasmtime::Result<Self> {
                indices.load(store, instance)
            }
        })*
    };
}

interfaces!(description, udf, transforms, scorers, tasks);

/// What one run of a guest is about.
#[derive(Clone)]
pub(crate) struct Scene {
    /// What runs, for logs and errors.
    pub(crate) what: Arc<str>,
    pub(crate) tenant: Arc<str>,
    pub(crate) interrupt: Interrupt,
    pub(crate) capabilities: Capabilities,
    pub(crate) limits: Arc<Limits>,
    pub(crate) memory: Option<Arc<dyn Memory>>,
    pub(crate) make_way: Option<fn()>,
    /// The name and value of the limit on the time of one call.
    pub(crate) time: (&'static str, Duration),
    pub(crate) counts: Arc<Counts>,
}

impl Scene {
    pub(crate) fn new(plugin: &Plugin, what: impl Into<Arc<str>>, terms: Terms) -> Self {
        let limits = terms.limits.unwrap_or_else(|| Arc::clone(&plugin.runtime.limits));
        let Terms { tenant, interrupt, memory, make_way, capabilities, .. } = terms;
        Self {
            what: what.into(),
            tenant,
            interrupt,
            capabilities,
            memory,
            make_way,
            time: ("call_time", limits.call_time),
            limits,
            counts: Arc::clone(&plugin.counts),
        }
    }
}

impl<E: Interface> Instance<E> {
    /// A fresh instance.
    pub(crate) fn new(runtime: &Arc<Runtime>, ready: &Ready<E::Indices>, scene: &Scene) -> Result<Self> {
        let place = runtime.places.take(&scene.tenant, &scene.interrupt, scene.limits.instance_wait);
        let place = place.map_err(|no| match no {
            NoPlace::Late => scene.limits.reached(&*scene.what, "instances"),
            NoPlace::Cancelled => Error::Interrupted { what: scene.what.to_string() },
        })?;
        scene.counts.born();
        let state = State {
            runtime: Arc::clone(runtime),
            what: Arc::clone(&scene.what),
            journal: Journal::default(),
            capabilities: scene.capabilities.clone(),
            handles: Handles::new(scene.limits.handles),
            outgoing: None,
            written: 0,
            metrics: HashSet::new(),
            latest: 0,
            random: None,
            interrupt: scene.interrupt.clone(),
            limits: Arc::clone(&scene.limits),
            time: scene.time,
            deadline: Instant::now(),
            make_way: scene.make_way,
            ticks: 0,
            counts: Arc::clone(&scene.counts),
            _place: place,
            memory: 0,
            grown: 0,
            pool: scene.memory.clone(),
            denied: None,
        };
        let mut store = Store::try_new(&runtime.engine, state).map_err(failed)?;
        store.limiter(|state| state);
        store.set_hostcall_fuel(scene.limits.result_bytes);
        store.epoch_deadline_callback(|mut store| store.data_mut().tick());
        let exports = guarded(&mut store, |store| {
            let instance = ready.pre.instantiate(&mut *store)?;
            E::load(&ready.indices, store, &instance)
        })?;
        Ok(Self { store, exports, healthy: true })
    }

    /// Calls into the guest. After an error from the engine the instance must not be used again.
    pub(crate) fn call<R>(&mut self, f: impl FnOnce(&mut Store<State>, &E) -> wasmtime::Result<R>) -> Result<R> {
        let exports = &self.exports;
        let result = guarded(&mut self.store, |store| f(store, exports));
        self.healthy &= result.is_ok();
        result
    }

    /// Whether it may be used again: it never trapped, and never broke the contract.
    pub(crate) fn is_healthy(&self) -> bool {
        self.healthy
    }

    /// Marks it as not to be used again, and says why.
    pub(crate) fn broke_contract(&mut self, detail: String) -> Error {
        self.healthy = false;
        Error::Contract { what: self.store.data().what.to_string(), detail: clean(&detail, 1024) }
    }

    /// The guest's own error, fit to show.
    pub(crate) fn refused(&self, message: &str, row: Option<u32>) -> Error {
        let state = self.store.data();
        let mut message = clean(message, state.limits.text_bytes);
        // Of a request that was refused, `wasi:http` tells the guest no more than a code.
        if let Some(why) = state.outgoing.as_ref().and_then(|outgoing| outgoing.refused()) {
            message = format!("{message} ({why})");
        }
        Error::Guest { what: state.what.to_string(), message, row }
    }

    /// Values that one array from the guest may have: the bytes that may come back, at no less than one a value.
    pub(crate) fn most_values(&self) -> usize {
        self.store.data().limits.result_bytes
    }

    /// Bytes of linear memory.
    pub(crate) fn memory(&self) -> usize {
        self.store.data().memory
    }
}

/// Runs guest code under the deadline, the interrupt and the limits, and explains how it failed.
fn guarded<R>(store: &mut Store<State>, f: impl FnOnce(&mut Store<State>) -> wasmtime::Result<R>) -> Result<R> {
    let state = store.data_mut();
    if state.interrupt.is_triggered() {
        return Err(Error::Interrupted { what: state.what.to_string() });
    }
    let started = Instant::now();
    state.deadline = started + state.time.1;
    state.ticks = 0;
    state.denied = None;
    state.journal.last_error = None;
    let runtime = Arc::clone(&state.runtime);
    let _running = runtime.ticker.run();
    store.set_epoch_deadline(1);
    let result = f(store);
    store.data().counts.called(started.elapsed());
    result.map_err(|error| store.data_mut().explain(&error))
}

/// Why the epoch's callback stopped a guest.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stop {
    Interrupt,
    Deadline,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stop::Interrupt => "interrupted",
            Stop::Deadline => "out of time",
        })
    }
}

impl std::error::Error for Stop {}

impl State {
    fn tick(&mut self) -> wasmtime::Result<UpdateDeadline> {
        if let Some(stop) = self.stop()() {
            return Err(stop.into());
        }
        // The first change may come at once; by the second the call has lasted for a whole tick. Nobody may have been
        // there to take the thread over, so it is offered again, each time after twice as long.
        self.ticks = self.ticks.saturating_add(1);
        if self.ticks > 1 && self.ticks.is_power_of_two() {
            self.make_way.iter().for_each(|make_way| make_way());
        }
        Ok(UpdateDeadline::Continue(1))
    }

    /// Tells whether the running call has to end, also while the rest of the state is busy.
    pub(crate) fn stop(&self) -> impl Fn() -> Option<Stop> + use<> {
        let (interrupt, deadline) = (self.interrupt.clone(), self.deadline);
        move || match () {
            () if interrupt.is_triggered() => Some(Stop::Interrupt),
            () if Instant::now() >= deadline => Some(Stop::Deadline),
            () => None,
        }
    }

    fn explain(&mut self, error: &wasmtime::Error) -> Error {
        let what = self.what.to_string();
        let trap = error.downcast_ref::<Trap>();
        let limit = if let Some(stop) = error.downcast_ref::<Stop>() {
            match stop {
                Stop::Interrupt => return Error::Interrupted { what },
                Stop::Deadline => Some(self.time.0),
            }
        } else if error.is::<PoolConcurrencyLimitError>() {
            Some("instances")
        } else if matches!(error.downcast_ref(), Some(ResourceTableError::Full)) {
            Some("handles")
        } else if trap == Some(&Trap::StackOverflow) {
            Some("stack")
        } else if error.chain().any(|cause| cause.to_string().contains("fuel allocated for hostcalls")) {
            Some("result_bytes")
        } else if trap.is_none() || trap == Some(&Trap::UnreachableCodeReached) {
            // A runtime that gets no memory ends itself; an instance that needs too much never starts.
            match self.denied.take() {
                Some(Denied::Pool(why)) => return Error::Memory { what, why },
                Some(Denied::Limit(limit)) => Some(limit),
                None => None,
            }
        } else {
            None
        };
        match (limit, trap) {
            (Some(limit), _) => self.limits.reached(what, limit),
            (None, Some(trap)) => match withheld(error) {
                Some(reason) => Error::Trap { what, reason, panic: None },
                None => Error::Trap { what, reason: trap.to_string(), panic: self.journal.last_error.take() },
            },
            // Around the cause the engine says where in the guest it was, which is nobody's concern but its author's.
            (None, None) => Error::Contract { what, detail: clean(&error.root_cause().to_string(), 1024) },
        }
    }
}

/// What was not handed on to a component inside the plugin that called it: the toolchain puts a stand-in there, whose
/// functions trap and are named so.
fn withheld(error: &wasmtime::Error) -> Option<String> {
    let trapped = error.downcast_ref::<WasmBacktrace>()?.frames().first()?;
    let said = trapped.func_name()?.strip_prefix("withheld: ")?;
    Some(clean(said, 1024))
}

impl Drop for State {
    fn drop(&mut self) {
        self.counts.gone();
        if let Some(pool) = &self.pool {
            pool.shrink(self.memory);
        }
    }
}

impl ResourceLimiter for State {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.grown = 0;
        let more = desired - current;
        let (total, limit) = (self.memory.saturating_add(more), self.limits.memory);
        if total > limit {
            self.denied = Some(Denied::Limit("memory"));
            return Ok(false);
        }
        if let Some(pool) = &self.pool
            && let Err(why) = pool.grow(more)
        {
            self.denied = Some(Denied::Pool(why));
            return Ok(false);
        }
        (self.memory, self.grown) = (total, more);
        self.counts.memory(total);
        Ok(true)
    }

    /// Beyond what the guest itself declared, for instance.
    fn memory_grow_failed(&mut self, _: wasmtime::Error) -> wasmtime::Result<()> {
        let back = std::mem::take(&mut self.grown);
        self.memory -= back;
        if let Some(pool) = &self.pool {
            pool.shrink(back);
        }
        Ok(())
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let limit = self.limits.table_elements;
        if desired > limit {
            self.denied = Some(Denied::Limit("table_elements"));
        }
        Ok(desired <= limit)
    }

    fn instances(&self) -> usize {
        self.runtime.limits.modules as usize
    }
}
