//! Transforms: batches in, batches out, with state in between.

use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Field, Schema, SchemaRef};
use wasmtime::component::ResourceAny;

use crate::bind::{accept, lend, wire};
use crate::bindings::transforms;
use crate::bindings::transforms::OptionValue as Value;
use crate::format::{WireField, flatten, parse};
use crate::instance::{Instance, Scene};
use crate::lift::lift;
use crate::lower::{Lowered, lower, lower_batch};
use crate::plain::{conform, plain_field, plain_schema};
use crate::plugin::Plugin;
use crate::{Argument, Capabilities, Error, Result, Terms};

/// A transform bound to the columns of its input: from it, runs are begun.
pub struct Transform {
    plugin: Arc<Plugin>,
    name: String,
    scene: Scene,
    /// The input as the guest sees it.
    input: SchemaRef,
    columns: Vec<WireField>,
    options: Vec<Bound>,
    returns: SchemaRef,
}

struct Bound {
    name: String,
    field: Vec<WireField>,
    value: Lowered,
}

/// Flattened columns of a schema.
pub(crate) fn columns(schema: &Schema) -> Result<Vec<WireField>> {
    let mut flat = Vec::new();
    schema.fields().iter().try_for_each(|field| flatten(field, &mut flat))?;
    Ok(flat)
}

impl Transform {
    pub(crate) fn bind(
        plugin: &Arc<Plugin>,
        name: &str,
        input: &SchemaRef,
        options: &[Argument],
        terms: Terms,
    ) -> Result<Self> {
        let what: Arc<str> = format!("transform `{name}` of {}", plugin.label()).into();
        let input = plain_schema(input);
        let options = options.iter().map(|option| Bound::new(option, &what)).collect::<Result<_>>()?;
        let scene = Scene::new(plugin, what, terms);
        let columns = columns(&input)?;
        let (plugin, name, returns) = (Arc::clone(plugin), name.to_owned(), Arc::new(Schema::empty()));
        let mut bound = Self { plugin, name, scene, input, columns, options, returns };
        let (mut instance, transform) = bound.begin(&Capabilities::default())?;
        let returns = instance.call(|store, guest| guest.transform().call_returns(store, transform))?;
        let returns = parse(&wire(returns), &bound.scene.limits);
        let returns = returns.map_err(|why| instance.broke_contract(why))?;
        if returns.is_empty() {
            return Err(instance.broke_contract("a transform gives at least one column".into()));
        }
        bound.returns = Arc::new(Schema::new(returns));
        Ok(bound)
    }

    /// The output columns.
    pub fn returns(&self) -> &SchemaRef {
        &self.returns
    }

    /// A run in an instance of its own.
    pub fn run(self: &Arc<Self>) -> Result<TransformRun> {
        let (instance, transform) = self.begin(&self.scene.capabilities)?;
        Ok(TransformRun { bound: Arc::clone(self), instance, transform })
    }

    fn begin(&self, capabilities: &Capabilities) -> Result<(Instance<transforms::Guest>, ResourceAny)> {
        let scene = Scene { capabilities: capabilities.clone(), ..self.scene.clone() };
        let mut instance = Instance::new(&self.plugin.runtime, self.plugin.exports.transforms()?, &scene)?;
        let bound = instance.call(|store, guest: &transforms::Guest| {
            let slices: Vec<_> = self.options.iter().map(|option| option.value.slices()).collect();
            let arrays: Vec<_> =
                std::iter::zip(&self.options, &slices).map(|(option, slices)| option.value.arrays(slices)).collect();
            let fields: Vec<_> = self.options.iter().map(|option| lend::Fields::new(&option.field)).collect();
            let fields: Vec<_> = fields.iter().map(lend::Fields::lend).collect();
            let values: Vec<_> = (0..self.options.len())
                .map(|i| Value {
                    name: &self.options[i].name,
                    type_: &fields[i],
                    value: self.options[i].value.batch(&arrays[i]),
                })
                .collect();
            let columns = lend::Fields::new(&self.columns);
            let transform = guest.transform();
            transform.call_bind(store, &self.name, &columns.lend(), &values)
        })?;
        let transform = accept(&instance, bound)?;
        Ok((instance, transform))
    }
}

impl Bound {
    fn new(option: &Argument, what: &Arc<str>) -> Result<Self> {
        let field: Arc<Field> = plain_field(&option.field);
        let refuse = |detail| Error::Arguments { what: what.to_string(), detail };
        let Some(value) = option.constant.as_ref().filter(|value| value.len() == 1) else {
            return Err(refuse(format!("option `{}` is not a constant", field.name())));
        };
        let value = lower(&[conform(value, field.data_type())?], 1)?;
        let mut wire = Vec::new();
        flatten(&field, &mut wire)?;
        Ok(Self { name: field.name().clone(), field: wire, value })
    }
}

/// A transform at work. After an error it is of no more use.
pub struct TransformRun {
    bound: Arc<Transform>,
    instance: Instance<transforms::Guest>,
    transform: ResourceAny,
}

impl TransformRun {
    /// Gives it one batch of its input. Then [`pull`](Self::pull) until there is nothing.
    pub fn push(&mut self, batch: &RecordBatch) -> Result<()> {
        let lowered = lower_batch(batch, &self.bound.input)?;
        let transform = self.transform;
        let pushed = self
            .instance
            .call(|store, guest| lowered.lend(|batch| guest.transform().call_push(store, transform, batch)))?;
        accept(&self.instance, pushed)
    }

    /// Tells it that no more comes.
    pub fn finish(&mut self) -> Result<()> {
        let transform = self.transform;
        let finished = self.instance.call(|store, guest| guest.transform().call_finish(store, transform))?;
        accept(&self.instance, finished)
    }

    /// At most `most` rows that are ready.
    pub fn pull(&mut self, most: usize) -> Result<Option<RecordBatch>> {
        let most = most.clamp(1, self.bound.scene.limits.rows);
        let transform = self.transform;
        let pulled = self.instance.call(|store, guest| guest.transform().call_pull(store, transform, most as u32))?;
        let Some(batch) = accept(&self.instance, pulled)? else { return Ok(None) };
        let rows = batch.rows as usize;
        if rows == 0 || rows > most {
            return Err(self.instance.broke_contract(format!("{rows} rows where 1 to {most} were asked for")));
        }
        let values = self.instance.most_values();
        let columns = lift(self.bound.returns.fields(), batch, rows, values);
        let columns = columns.map_err(|why| self.instance.broke_contract(why))?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(Some(RecordBatch::try_new_with_options(Arc::clone(&self.bound.returns), columns, &options)?))
    }
}

impl std::fmt::Debug for Transform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transform").field("what", &self.scene.what).field("returns", &self.returns).finish()
    }
}

impl std::fmt::Debug for TransformRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TransformRun").field("what", &self.bound.scene.what).finish_non_exhaustive()
    }
}
