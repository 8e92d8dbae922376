//! Where components are loaded.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use wasmtime::component::{Component, Linker};

use crate::cache::Cache;
use crate::compile::Compilers;
use crate::engine::Runtime;
use crate::inspect::inspect_within;
use crate::log::{LogSink, Tracing};
use crate::plugin::Exports;
use crate::{Digest, Error, Limits, Plugin, Result, host};

/// How a sandbox is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// Folder for compiled code, which is made if need be and closed to other users. Nothing else belongs in it.
    pub cache: PathBuf,
    /// What guests may cost.
    pub limits: Limits,
}

/// One engine with its loaded plugins. Clones share both.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    runtime: Arc<Runtime>,
    cache: Arc<Cache>,
    compilers: Compilers,
    plugins: Mutex<Loaded>,
}

/// Plugins by digest, each with when it was last asked for.
#[derive(Default)]
struct Loaded {
    plugins: HashMap<Digest, (u64, Arc<Plugin>)>,
    clock: u64,
}

impl Sandbox {
    /// Starts an engine. What guests log becomes `tracing` events.
    pub fn new(config: Config) -> Result<Self> {
        Self::with_log(config, Arc::new(Tracing))
    }

    /// Starts an engine whose guests log to `log`.
    pub fn with_log(config: Config, log: Arc<dyn LogSink>) -> Result<Self> {
        let runtime = Arc::new(Runtime::new(config.limits, log)?);
        let limits = &runtime.limits;
        let cache = Arc::new(Cache::open(config.cache, &runtime.engine, limits.cache_bytes)?);
        let compilers = Compilers::new(limits.compilers);
        Ok(Self(Arc::new(Inner { runtime, cache, compilers, plugins: Mutex::default() })))
    }

    /// Loads a component: checks it, and compiles it unless its compiled code is at hand. Blocks for as long as that
    /// takes; on an async runtime, call it where blocking is allowed.
    ///
    /// # Errors
    /// [`Error::NotAComponent`], [`Error::Import`], [`Error::Export`], [`Error::Compile`], [`Error::Limit`].
    pub fn load(&self, component: &[u8]) -> Result<Arc<Plugin>> {
        let Inner { runtime, cache, compilers, .. } = &*self.0;
        let inspection = inspect_within(component, &runtime.limits)?;
        let digest = inspection.digest;
        if let Some(plugin) = self.get(&digest) {
            return Ok(plugin);
        }
        let served = inspection.check_plugin()?;
        let compiled = match cache.load(&runtime.engine, &digest) {
            Some(compiled) => compiled,
            None => {
                let (runtime, cache, bytes) = (Arc::clone(runtime), Arc::clone(cache), component.to_vec());
                let job = move || compile(&runtime, &cache, &digest, &bytes);
                compilers.run(&self.0.runtime.limits, job)?
            }
        };
        let mut linker = Linker::new(&runtime.engine);
        let exports = host::link(&mut linker, &served)
            .and_then(|()| linker.instantiate_pre(&compiled))
            .and_then(|pre| Exports::find(&pre, &inspection.interfaces()));
        let exports =
            exports.map_err(|error| Error::Contract { what: "the component".into(), detail: format!("{error:#}") })?;
        let mut requests: Vec<_> = served.iter().filter_map(|served| served.request).collect();
        requests.sort_unstable();
        requests.dedup();
        let plugin = Arc::new(Plugin::new(Arc::clone(runtime), exports, digest, requests));
        Ok(self.loaded().keep(plugin, runtime.limits.loaded))
    }

    /// A plugin that is loaded already.
    pub fn get(&self, digest: &Digest) -> Option<Arc<Plugin>> {
        self.loaded().get(digest)
    }

    /// The limits that all guests have.
    pub fn limits(&self) -> &Arc<Limits> {
        &self.0.runtime.limits
    }

    fn loaded(&self) -> MutexGuard<'_, Loaded> {
        self.0.plugins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn compile(runtime: &Runtime, cache: &Cache, digest: &Digest, bytes: &[u8]) -> Result<Component> {
    // Somebody else may have compiled it while this waited for its place.
    if let Some(compiled) = cache.load(&runtime.engine, digest) {
        return Ok(compiled);
    }
    let compiled = Component::from_binary(&runtime.engine, bytes);
    let compiled = compiled.map_err(|error| Error::Compile(format!("{error:#}")))?;
    cache.store(digest, &compiled);
    Ok(compiled)
}

impl Loaded {
    fn get(&mut self, digest: &Digest) -> Option<Arc<Plugin>> {
        self.clock += 1;
        let (used, plugin) = self.plugins.get_mut(digest)?;
        *used = self.clock;
        Some(Arc::clone(plugin))
    }

    /// Keeps `plugin`, or the one that was quicker, and lets go of the one unused longest if there are too many.
    fn keep(&mut self, plugin: Arc<Plugin>, most: usize) -> Arc<Plugin> {
        if let Some(quicker) = self.get(&plugin.digest()) {
            return quicker;
        }
        if self.plugins.len() >= most
            && let Some(oldest) = self.plugins.iter().min_by_key(|(_, (used, _))| *used).map(|(digest, _)| *digest)
        {
            self.plugins.remove(&oldest);
        }
        self.plugins.insert(plugin.digest(), (self.clock, Arc::clone(&plugin)));
        plugin
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("plugins", &self.loaded().plugins.len()).finish_non_exhaustive()
    }
}
