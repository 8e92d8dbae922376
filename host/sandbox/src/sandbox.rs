//! Where components are loaded.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use wasmtime::component::{Component, Linker};

use crate::cache::Cache;
use crate::compile::Compilers;
use crate::engine::Runtime;
use crate::host::Served;
use crate::inspect::outline_within;
use crate::log::{LogSink, Tracing};
use crate::outline::Outline;
use crate::plugin::Exports;
use crate::weight::Weight;
use crate::{Digest, Error, Limits, Plugin, Result, files, host};

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
        Weight::of_size(component).within(self.limits())?;
        self.find(Digest::of(component), || Ok(component.to_vec()))
    }

    /// Loads the component of that digest, which was installed in `file`. The file is read only if there is no compiled
    /// code of the component, which is far quicker to load; then its bytes must have the digest. Blocks, as
    /// [`load`](Self::load) does.
    ///
    /// # Errors
    /// As `load`; [`Error::File`] and [`Error::Changed`] if the file had to be read.
    pub fn installed(&self, component: &Digest, file: &Path) -> Result<Arc<Plugin>> {
        self.find(*component, || self.read(component, file))
    }

    /// The bytes of the component of that digest, which was installed in `file`.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Changed`]; [`Error::Limit`] if there are more than a component may have.
    pub fn read(&self, component: &Digest, file: &Path) -> Result<Vec<u8>> {
        let read = files::read(file, self.limits().component_bytes);
        let bytes = read.map_err(|source| Error::File { path: file.to_owned(), source })?;
        Weight::of_size(&bytes).within(self.limits())?;
        match Digest::of(&bytes) == *component {
            true => Ok(bytes),
            false => Err(Error::Changed { path: file.to_owned() }),
        }
    }

    /// A component that is loaded, else from the cache, else from its bytes, which have that digest.
    fn find(&self, component: Digest, bytes: impl FnOnce() -> Result<Vec<u8>>) -> Result<Arc<Plugin>> {
        if let Some(plugin) = self.get(&component) {
            return Ok(plugin);
        }
        let Inner { runtime, cache, .. } = &*self.0;
        if let Some(entry) = cache.find(&component) {
            // The limits may have been others when it was compiled, and so may be what is served.
            entry.outline.weight.within(&runtime.limits)?;
            let served = entry.outline.check_plugin()?;
            match entry.code(&runtime.engine) {
                Ok(code) => return self.link(&entry.outline, &served, &code),
                Err(why) => entry.discard(&why),
            }
        }
        let bytes = bytes()?;
        let outline = Arc::new(outline_within(&bytes, component, &runtime.limits)?);
        let served = outline.check_plugin()?;
        let job = {
            let (runtime, cache, outline) = (Arc::clone(runtime), Arc::clone(cache), Arc::clone(&outline));
            move || compile(&runtime, &cache, &outline, &bytes)
        };
        let code = self.0.compilers.run(&runtime.limits, job)?;
        self.link(&outline, &served, &code)
    }

    /// Gives a component what it asks for, and nothing else.
    fn link(&self, outline: &Outline, served: &[&'static Served], code: &Component) -> Result<Arc<Plugin>> {
        let runtime = &self.0.runtime;
        let mut linker = Linker::new(&runtime.engine);
        let exports = host::link(&mut linker, served)
            .and_then(|()| linker.instantiate_pre(code))
            .and_then(|pre| Exports::find(&pre, &outline.interfaces()));
        let exports =
            exports.map_err(|error| Error::Contract { what: "the component".into(), detail: format!("{error:#}") })?;
        let mut requests: Vec<_> = served.iter().filter_map(|served| served.request).collect();
        requests.sort_unstable();
        requests.dedup();
        let plugin = Arc::new(Plugin::new(Arc::clone(runtime), exports, outline.component, requests));
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

fn compile(runtime: &Runtime, cache: &Cache, outline: &Outline, bytes: &[u8]) -> Result<Component> {
    // Somebody else may have compiled it while this waited for its place.
    let kept = cache.find(&outline.component).and_then(|entry| entry.code(&runtime.engine).ok());
    if let Some(code) = kept {
        return Ok(code);
    }
    let code = Component::from_binary(&runtime.engine, bytes);
    let code = code.map_err(|error| Error::Compile(format!("{error:#}")))?;
    cache.store(&code, outline);
    Ok(code)
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
