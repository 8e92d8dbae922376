//! Functions from a table to a table: `main.clean.dedupe(TABLE (SELECT …), key => 'id')`.
//!
//! A transform sees all rows of its input in one instance, in the input's order, and gives what it likes. A scorer sees
//! each row on its own, in as many instances as there are partitions, and its columns are added to the input's.
//! Either is a table of its own to the planner: nothing around it is moved through it, as nobody knows what it does.

use std::fmt;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{DataFusionError, Result, ScalarValue, plan_err};
use datafusion::datasource::{DefaultTableSource, provider_as_source};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, TableSource, TableType};
use datafusion::physical_expr::{EquivalenceProperties, OrderingRequirements, Partitioning, PhysicalExpr};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::stream::{RecordBatchReceiverStream, RecordBatchStreamAdapter};
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, Distribution, ExecutionPlan, ExecutionPlanProperties, PlanProperties,
};
use futures::StreamExt;
use polder_sandbox::{Argument, FunctionKind, Model, Parameter, Scorer, Transform, TransformRun};
use tokio::runtime::Handle;

use super::{Function, short_name};

/// Rows asked of a transform at a time.
const BATCH: usize = 8192;
/// Batches that wait between a transform and whoever reads it.
const WAITING: usize = 2;
/// The option of a scorer that names its model.
pub(crate) const MODEL: &str = "model";

/// A call in FROM: the function, its input, and its named options, which are constants.
pub(crate) fn plan(function: Function, input: LogicalPlan, options: Vec<(String, ScalarValue)>) -> Result<LogicalPlan> {
    let schema = Arc::clone(input.schema().inner());
    let work = match function.description.kind {
        FunctionKind::Transform => transform(&function, &schema, options)?,
        FunctionKind::Scorer => scorer(&function, &schema, options)?,
        _ => return plan_err!("{} takes no TABLE", function.name),
    };
    let fields: Vec<_> = match &work {
        Work::Transform(transform) => transform.returns().fields().to_vec(),
        Work::Scorer(scorer) => schema.fields().iter().chain(scorer.returns().fields()).cloned().collect(),
    };
    let (name, schema) = (function.name.clone(), Arc::new(Schema::new(fields)));
    let table = Relation { name, input, schema, work };
    LogicalPlanBuilder::scan(short_name(&function.name), provider_as_source(Arc::new(table)), None)?.build()
}

fn transform(function: &Function, input: &SchemaRef, given: Vec<(String, ScalarValue)>) -> Result<Work> {
    let options = options(function, given)?;
    let Function { plugin, description, terms, .. } = function;
    let bound = plugin.bind_transform(&description.name, input, &options, terms);
    Ok(Work::Transform(Arc::new(bound.map_err(|error| function.failed(error))?)))
}

fn scorer(function: &Function, input: &SchemaRef, given: Vec<(String, ScalarValue)>) -> Result<Work> {
    let name = &function.name;
    let path = match given.as_slice() {
        [(option, ScalarValue::Utf8(Some(path)) | ScalarValue::Utf8View(Some(path)))] if option == MODEL => path,
        _ => return plan_err!("{name} takes a TABLE and its model: {name}(TABLE (…), model => '/Volumes/…')"),
    };
    let Some(model) = function.models.get(path) else {
        return plan_err!("the model of {name} is named by a text, not by an expression");
    };
    let mut terms = function.terms.clone();
    terms.capabilities.model = Some(Arc::clone(model) as Arc<dyn Model>);
    let loaded = function.plugin.load_scorer(&function.description.name, input, terms);
    Ok(Work::Scorer(Arc::new(loaded.map_err(|error| function.failed(error))?)))
}

/// The options of a call as the function declares them, each of its type.
fn options(function: &Function, mut given: Vec<(String, ScalarValue)>) -> Result<Vec<Argument>> {
    let mut options = Vec::new();
    for Parameter { name, field, optional, .. } in &function.description.parameters {
        let Some(at) = given.iter().position(|(option, _)| option == name) else {
            if *optional {
                continue;
            }
            return plan_err!("{} needs the option {name} => …", function.name);
        };
        let (_, value) = given.swap_remove(at);
        let wanted = field.as_ref().map_or_else(|| value.data_type(), |field| field.data_type().clone());
        let value = value.cast_to(&wanted).map_err(|error| {
            DataFusionError::Plan(format!("the option {name} of {} is no {wanted}: {error}", function.name))
        })?;
        let field = Arc::new(Field::new(name, wanted, true));
        options.push(Argument { field, constant: Some(value.to_array_of_size(1)?) });
    }
    match given.first() {
        Some((unknown, _)) => plan_err!("{} has no option {unknown}: {}", function.name, function.signature()),
        None => Ok(options),
    }
}

#[derive(Clone)]
enum Work {
    Transform(Arc<Transform>),
    Scorer(Arc<Scorer>),
}

/// The output, as a table.
struct Relation {
    name: String,
    input: LogicalPlan,
    schema: SchemaRef,
    work: Work,
}

impl fmt::Debug for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Relation").field(&self.name).finish()
    }
}

/// The input of a call that a plan reads, and how many of its columns are handed on as they are.
pub(crate) fn input(source: &Arc<dyn TableSource>) -> Option<(&LogicalPlan, usize)> {
    let provider = &source.downcast_ref::<DefaultTableSource>()?.table_provider;
    let relation = provider.downcast_ref::<Relation>()?;
    let same = match relation.work {
        Work::Transform(_) => 0,
        Work::Scorer(_) => relation.input.schema().fields().len(),
    };
    Some((&relation.input, same))
}

#[async_trait]
impl TableProvider for Relation {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let input = session.create_physical_plan(&self.input).await?;
        // The order that the input has is one that somebody asked for.
        let ordering = input.output_ordering().cloned().map(OrderingRequirements::from);
        let exec = Exec::new(self.name.clone(), input, ordering, Arc::clone(&self.schema), self.work.clone());
        let exec = Arc::new(exec);
        let Some(columns) = projection else { return Ok(exec) };
        let columns = columns.iter().map(|at| {
            let name = self.schema.field(*at).name();
            let column = datafusion::physical_expr::expressions::Column::new(name, *at);
            (Arc::new(column) as Arc<dyn PhysicalExpr>, name.clone())
        });
        Ok(Arc::new(ProjectionExec::try_new(columns.collect::<Vec<_>>(), exec)?))
    }
}

/// The function at work on its input.
struct Exec {
    name: String,
    input: Arc<dyn ExecutionPlan>,
    /// The order of the input, whatever the planner makes of it.
    ordering: Option<OrderingRequirements>,
    schema: SchemaRef,
    work: Work,
    properties: Arc<PlanProperties>,
}

impl Exec {
    fn new(
        name: String,
        input: Arc<dyn ExecutionPlan>,
        ordering: Option<OrderingRequirements>,
        schema: SchemaRef,
        work: Work,
    ) -> Self {
        let partitions = match &work {
            Work::Transform(_) => 1,
            Work::Scorer(_) => input.output_partitioning().partition_count(),
        };
        let properties = PlanProperties::new(
            EquivalenceProperties::new(Arc::clone(&schema)),
            Partitioning::UnknownPartitioning(partitions),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Self { name, input, ordering, schema, work, properties: Arc::new(properties) }
    }
}

impl fmt::Debug for Exec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Exec").field(&self.name).finish()
    }
}

impl DisplayAs for Exec {
    fn fmt_as(&self, format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match format {
            DisplayFormatType::TreeRender => f.write_str(&self.name),
            _ => write!(f, "PluginExec: {}", self.name),
        }
    }
}

impl ExecutionPlan for Exec {
    fn name(&self) -> &str {
        "PluginExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn required_input_distribution(&self) -> Vec<Distribution> {
        vec![match &self.work {
            Work::Transform(_) => Distribution::SinglePartition,
            Work::Scorer(_) => Distribution::UnspecifiedDistribution,
        }]
    }

    fn required_input_ordering(&self) -> Vec<Option<OrderingRequirements>> {
        vec![self.ordering.clone()]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, mut children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let Some(input) = children.pop() else { return plan_err!("{} has an input", self.name) };
        let (ordering, schema) = (self.ordering.clone(), Arc::clone(&self.schema));
        Ok(Arc::new(Self::new(self.name.clone(), input, ordering, schema, self.work.clone())))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let input = self.input.execute(partition, Arc::clone(&context))?;
        let schema = Arc::clone(&self.schema);
        match &self.work {
            Work::Scorer(scorer) => {
                let (scorer, columns) = (Arc::clone(scorer), Arc::clone(&schema));
                let rows = input.map(move |batch| {
                    let batch = batch?;
                    let scores = scorer.score(&batch).map_err(failed)?;
                    let all = batch.columns().iter().chain(scores.columns()).cloned().collect();
                    Ok(RecordBatch::try_new(Arc::clone(&columns), all)?)
                });
                Ok(Box::pin(RecordBatchStreamAdapter::new(schema, rows)))
            }
            Work::Transform(transform) => {
                let transform = Arc::clone(transform);
                let mut rows = RecordBatchReceiverStream::builder(Arc::clone(&schema), WAITING);
                let send = rows.tx();
                let runtime = Handle::current();
                rows.spawn_blocking(move || {
                    let flow = Flow { run: transform.run().map_err(failed)?, send, schema };
                    flow.drive(input, &runtime)
                });
                Ok(rows.build())
            }
        }
    }
}

fn failed(error: polder_sandbox::Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// A run of a transform, on a thread that may wait.
struct Flow {
    run: TransformRun,
    send: tokio::sync::mpsc::Sender<Result<RecordBatch>>,
    schema: SchemaRef,
}

impl Flow {
    fn drive(mut self, mut input: SendableRecordBatchStream, runtime: &Handle) -> Result<()> {
        while let Some(batch) = runtime.block_on(input.next()) {
            self.run.push(&batch?).map_err(failed)?;
            if !self.drain()? {
                return Ok(());
            }
        }
        self.run.finish().map_err(failed)?;
        self.drain().map(drop)
    }

    /// Hand on what is ready; gives whether anybody still wants more.
    fn drain(&mut self) -> Result<bool> {
        while let Some(batch) = self.run.pull(BATCH).map_err(failed)? {
            let batch = RecordBatch::try_new(Arc::clone(&self.schema), batch.columns().to_vec())?;
            if self.send.blocking_send(Ok(batch)).is_err() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
