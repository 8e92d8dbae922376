//! A component that is compiled and linked, ready to run.

use std::sync::{Arc, OnceLock};

use crate::bindings::FunctionsPre;
use crate::engine::Runtime;
use crate::instance::{Instance, State};
use crate::{Aggregate, Argument, Description, Digest, Interrupt, Result, Scalar, TableFunction};

/// A loaded component of the functions world.
pub struct Plugin {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) pre: FunctionsPre<State>,
    digest: Digest,
    description: OnceLock<Description>,
}

impl Plugin {
    pub(crate) fn new(runtime: Arc<Runtime>, pre: FunctionsPre<State>, digest: Digest) -> Self {
        Self { runtime, pre, digest, description: OnceLock::new() }
    }

    /// The sha256 of the component.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What the plugin says of itself. The guest is asked once, in an instance without any capability.
    ///
    /// # Errors
    /// [`Error::Description`](crate::Error::Description) if a name, type or size in it is not acceptable.
    pub fn describe(&self) -> Result<Description> {
        if let Some(description) = self.description.get() {
            return Ok(description.clone());
        }
        let what = format!("describing {}", self.label()).into();
        let mut instance = Instance::new(&self.runtime, &self.pre, &what, &Interrupt::new())?;
        let said = instance.call(|store, guest| guest.polder_plugin_description().call_describe(store))?;
        let description = Description::check(said, &self.runtime.limits)?;
        Ok(self.description.get_or_init(|| description).clone())
    }

    /// Binds a scalar function to the types of its arguments and the values of constant ones.
    ///
    /// # Errors
    /// [`Error::Guest`](crate::Error::Guest) if the function refuses these arguments, or there is no such function.
    pub fn bind_scalar(self: &Arc<Self>, name: &str, arguments: &[Argument], interrupt: &Interrupt) -> Result<Scalar> {
        Scalar::bind(self, name, arguments, interrupt)
    }

    /// Binds an aggregate function; see [`bind_scalar`](Self::bind_scalar).
    pub fn bind_aggregate(
        self: &Arc<Self>,
        name: &str,
        arguments: &[Argument],
        interrupt: &Interrupt,
    ) -> Result<Aggregate> {
        Aggregate::bind(self, name, arguments, interrupt)
    }

    /// Binds a table function; see [`bind_scalar`](Self::bind_scalar).
    pub fn bind_table(
        self: &Arc<Self>,
        name: &str,
        arguments: &[Argument],
        interrupt: &Interrupt,
    ) -> Result<TableFunction> {
        TableFunction::bind(self, name, arguments, interrupt)
    }

    /// How errors and logs call it.
    pub(crate) fn label(&self) -> String {
        match self.description.get() {
            Some(description) => format!("plugin {} ({})", description.name, self.digest.short()),
            None => format!("plugin {}", self.digest.short()),
        }
    }
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plugin").field("digest", &self.digest).finish_non_exhaustive()
    }
}
