//! Scorers: rows to scores, by a model that is loaded once an instance.

use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Schema, SchemaRef};
use wasmtime::component::ResourceAny;

use crate::bind::{Pool, accept, lend, wire};
use crate::bindings::scorers;
use crate::format::{WireField, parse};
use crate::instance::{Instance, Scene};
use crate::lift::lift;
use crate::lower::lower_batch;
use crate::plain::plain_schema;
use crate::plugin::Plugin;
use crate::transform::columns;
use crate::{Result, Terms};

/// A scorer loaded for the columns of its input, callable from many threads at once.
pub struct Scorer {
    plugin: Arc<Plugin>,
    name: String,
    scene: Scene,
    input: SchemaRef,
    columns: Vec<WireField>,
    returns: SchemaRef,
    idle: Pool<Loaded>,
}

struct Loaded {
    instance: Instance<scorers::Guest>,
    scorer: ResourceAny,
}

impl Scorer {
    pub(crate) fn load(plugin: &Arc<Plugin>, name: &str, input: &SchemaRef, terms: Terms) -> Result<Self> {
        let what: Arc<str> = format!("scorer `{name}` of {}", plugin.label()).into();
        let scene = Scene::new(plugin, what, terms);
        let input = plain_schema(input);
        let (columns, idle) = (columns(&input)?, Pool::new(scene.limits.idle_instances));
        let (plugin, returns) = (Arc::clone(plugin), Arc::new(Schema::empty()));
        let mut loaded = Self { plugin, name: name.to_owned(), scene, input, columns, returns, idle };
        let mut first = loaded.begin()?;
        let returns = first.instance.call(|store, guest| guest.scorer().call_returns(store, first.scorer))?;
        let returns = parse(&wire(returns), &loaded.scene.limits);
        let returns = returns.map_err(|why| first.instance.broke_contract(why))?;
        if returns.is_empty() {
            return Err(first.instance.broke_contract("a scorer gives at least one column".into()));
        }
        loaded.returns = Arc::new(Schema::new(returns));
        loaded.idle.put(first);
        Ok(loaded)
    }

    /// The columns of a score.
    pub fn returns(&self) -> &SchemaRef {
        &self.returns
    }

    /// The scores of the rows of `batch`, in their order.
    pub fn score(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        let rows = batch.num_rows();
        if rows == 0 {
            return Ok(RecordBatch::new_empty(Arc::clone(&self.returns)));
        }
        let lowered = lower_batch(batch, &self.input)?;
        let mut loaded = self.idle.take().map_or_else(|| self.begin(), Ok)?;
        let Loaded { instance, scorer } = &mut loaded;
        let scored =
            instance.call(|store, guest| lowered.lend(|batch| guest.scorer().call_score(store, *scorer, batch)));
        let scored = scored.and_then(|scored| accept(instance, scored)).and_then(|scored| {
            let most = instance.most_values();
            lift(self.returns.fields(), scored, rows, most).map_err(|why| instance.broke_contract(why))
        });
        if loaded.instance.is_healthy() {
            self.idle.put(loaded);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(RecordBatch::try_new_with_options(Arc::clone(&self.returns), scored?, &options)?)
    }

    fn begin(&self) -> Result<Loaded> {
        let mut instance = Instance::new(&self.plugin.runtime, self.plugin.exports.scorers()?, &self.scene)?;
        let scorer = instance.call(|store, guest: &scorers::Guest| {
            let columns = lend::Fields::new(&self.columns);
            guest.scorer().call_load(store, &self.name, &columns.lend())
        })?;
        Ok(Loaded { scorer: accept(&instance, scorer)?, instance })
    }
}

impl std::fmt::Debug for Scorer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scorer").field("what", &self.scene.what).field("returns", &self.returns).finish()
    }
}
