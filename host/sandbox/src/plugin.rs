//! A component that is compiled and linked, ready to run.

use std::sync::{Arc, OnceLock};

use arrow::datatypes::SchemaRef;
use wasmtime::component::InstancePre;

use crate::bindings::{description, scorers, tasks, transforms, udf};
use crate::engine::Runtime;
use crate::instance::{Instance, Ready, Scene, State};
use crate::usage::{Counts, Usage};
use crate::{
    Aggregate, Argument, Description, Digest, Error, FunctionKind, Result, Scalar, Scorer, TableFunction, Terms,
    Transform, task,
};

/// A loaded component.
pub struct Plugin {
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) exports: Exports,
    digest: Digest,
    /// What it asks for beyond the log: names such as "storage".
    requests: Vec<&'static str>,
    pub(crate) counts: Arc<Counts>,
    description: OnceLock<Description>,
}

/// The interfaces of the contract that a component exports, each ready to be instantiated.
pub(crate) struct Exports {
    description: Ready<description::GuestIndices>,
    udf: Option<Ready<udf::GuestIndices>>,
    transforms: Option<Ready<transforms::GuestIndices>>,
    scorers: Option<Ready<scorers::GuestIndices>>,
    tasks: Option<Ready<tasks::GuestIndices>>,
}

impl Exports {
    /// Finds `interfaces`, by the names that inspection gave them.
    pub(crate) fn find(pre: &InstancePre<State>, interfaces: &[&str]) -> wasmtime::Result<Self> {
        let has = |name| interfaces.contains(&name);
        Ok(Self {
            description: Ready::new(pre, description::GuestIndices::new)?,
            udf: has("udf").then(|| Ready::new(pre, udf::GuestIndices::new)).transpose()?,
            transforms: has("transforms").then(|| Ready::new(pre, transforms::GuestIndices::new)).transpose()?,
            scorers: has("scorers").then(|| Ready::new(pre, scorers::GuestIndices::new)).transpose()?,
            tasks: has("tasks").then(|| Ready::new(pre, tasks::GuestIndices::new)).transpose()?,
        })
    }

    pub(crate) fn udf(&self) -> Result<&Ready<udf::GuestIndices>> {
        self.udf.as_ref().ok_or_else(|| missing("udf"))
    }

    pub(crate) fn transforms(&self) -> Result<&Ready<transforms::GuestIndices>> {
        self.transforms.as_ref().ok_or_else(|| missing("transforms"))
    }

    pub(crate) fn scorers(&self) -> Result<&Ready<scorers::GuestIndices>> {
        self.scorers.as_ref().ok_or_else(|| missing("scorers"))
    }

    pub(crate) fn tasks(&self) -> Result<&Ready<tasks::GuestIndices>> {
        self.tasks.as_ref().ok_or_else(|| missing("tasks"))
    }

    /// Whether functions of this kind can be called.
    fn serves(&self, kind: FunctionKind) -> bool {
        match kind {
            FunctionKind::Scalar | FunctionKind::Aggregate | FunctionKind::Table => self.udf.is_some(),
            FunctionKind::Transform => self.transforms.is_some(),
            FunctionKind::Scorer => self.scorers.is_some(),
            FunctionKind::Task => self.tasks.is_some(),
        }
    }
}

fn missing(interface: &str) -> Error {
    Error::Export { export: format!("polder:plugin/{interface}") }
}

impl Plugin {
    pub(crate) fn new(runtime: Arc<Runtime>, exports: Exports, digest: Digest, requests: Vec<&'static str>) -> Self {
        Self { runtime, exports, digest, requests, counts: Arc::default(), description: OnceLock::new() }
    }

    /// The sha256 of the component.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What it has cost since it was loaded.
    pub fn usage(&self) -> Usage {
        self.counts.usage()
    }

    /// The interfaces that it imports beyond the log: "storage", "query" ….
    pub fn requests(&self) -> &[&'static str] {
        &self.requests
    }

    /// What the plugin says of itself. The guest is asked once, in an instance without any capability.
    ///
    /// # Errors
    /// [`Error::Description`](crate::Error::Description) if a name, type or size in it is not acceptable, or if it does
    /// not say why it imports what it imports.
    pub fn describe(&self) -> Result<Description> {
        if let Some(description) = self.description.get() {
            return Ok(description.clone());
        }
        let scene = Scene::new(self, format!("describing {}", self.label()), Terms::default());
        let mut instance = Instance::<description::Guest>::new(&self.runtime, &self.exports.description, &scene)?;
        let said = instance.call(|store, guest| guest.call_describe(store))?;
        let description = Description::check(said, &self.runtime.limits)?;
        description.explains(&self.requests).map_err(Error::Description)?;
        if let Some(function) = description.functions.iter().find(|function| !self.exports.serves(function.kind)) {
            let (name, kind) = (&function.name, function.kind.word());
            return Err(Error::Description(format!("`{name}` is a {kind}, but the component does not export those")));
        }
        Ok(self.description.get_or_init(|| description).clone())
    }

    /// Binds a scalar function to the types of its arguments and the values of constant ones.
    ///
    /// # Errors
    /// [`Error::Guest`](crate::Error::Guest) if the function refuses these arguments, or there is no such function.
    pub fn bind_scalar(
        self: &Arc<Self>,
        name: &str,
        arguments: &[Argument],
        terms: impl Into<Terms>,
    ) -> Result<Scalar> {
        Scalar::bind(self, name, arguments, terms.into())
    }

    /// Binds an aggregate function; see [`bind_scalar`](Self::bind_scalar).
    pub fn bind_aggregate(
        self: &Arc<Self>,
        name: &str,
        arguments: &[Argument],
        terms: impl Into<Terms>,
    ) -> Result<Aggregate> {
        Aggregate::bind(self, name, arguments, terms.into())
    }

    /// Binds a table function; see [`bind_scalar`](Self::bind_scalar).
    pub fn bind_table(
        self: &Arc<Self>,
        name: &str,
        arguments: &[Argument],
        terms: impl Into<Terms>,
    ) -> Result<TableFunction> {
        TableFunction::bind(self, name, arguments, terms.into())
    }

    /// Binds a transform to the columns of its input and the values of its options, each a constant.
    ///
    /// # Errors
    /// [`Error::Guest`](crate::Error::Guest) if it refuses them.
    pub fn bind_transform(
        self: &Arc<Self>,
        name: &str,
        input: &SchemaRef,
        options: &[Argument],
        terms: impl Into<Terms>,
    ) -> Result<Transform> {
        Transform::bind(self, name, input, options, terms.into())
    }

    /// Loads a scorer, for rows of `input`, with the model that is among the capabilities.
    ///
    /// # Errors
    /// [`Error::Guest`](crate::Error::Guest) if it refuses the columns or the model.
    pub fn load_scorer(self: &Arc<Self>, name: &str, input: &SchemaRef, terms: impl Into<Terms>) -> Result<Scorer> {
        Scorer::load(self, name, input, terms.into())
    }

    /// Runs a task to its end. Parameters and outputs are JSON texts by name. Blocks for as long as that takes.
    ///
    /// # Errors
    /// [`Error::Guest`](crate::Error::Guest) when the task fails; a trap, a limit, an interrupt.
    pub fn run_task(
        &self,
        name: &str,
        parameters: &[(String, String)],
        terms: impl Into<Terms>,
    ) -> Result<Vec<(String, String)>> {
        task::run(self, name, parameters, terms.into())
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
