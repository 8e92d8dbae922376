//! A plugin's table function: in FROM, and as an array of rows in expressions.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use arrow::array::{ArrayRef, ListArray, RecordBatch, StructArray};
use arrow::datatypes::{DataType, Field, FieldRef, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{Column, DFSchema, Result, ScalarValue, plan_err};
use datafusion::datasource::provider_as_source;
use datafusion::functions::core::expr_ext::FieldAccessor;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, TableType};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::memory::{LazyBatchGenerator, LazyMemoryExec};
use polder_sandbox::TableFunction;

use super::{Function, arguments, nth_field, short_name, udf};

/// Rows asked of a guest at a time.
const BATCH: usize = 8192;

/// `function(args)` in FROM. Constant arguments stream; others (subqueries, columns of a lateral join) go
/// through the function's array of rows.
pub(crate) fn plan(function: Function, args: Vec<Expr>) -> Result<LogicalPlan> {
    let simplifier = ExprSimplifier::new(SimplifyContext::builder().build());
    let empty = DFSchema::empty();
    let constants: Option<Vec<ScalarValue>> = args
        .iter()
        .map(|arg| match simplifier.coerce(arg.clone(), &empty).and_then(|arg| simplifier.simplify(arg)).ok()? {
            Expr::Literal(value, _) => Some(value),
            _ => None,
        })
        .collect();
    match constants {
        Some(constants) => {
            let given: Vec<_> = constants.iter().map(ScalarValue::data_type).collect();
            let types = function.coerce(&given)?;
            let fields: Vec<_> =
                types.iter().enumerate().map(|(position, data_type)| nth_field(position, data_type)).collect();
            let constants: Vec<_> = constants.into_iter().map(Some).collect();
            let fields = function.settle(&fields, &constants, true)?;
            let bound = function
                .plugin
                .bind_table(&function.description.name, &arguments(&fields, &constants)?, &function.terms)
                .map_err(|error| function.failed(error))?;
            let table = Arc::new(Stream { name: function.name.clone(), bound: Arc::new(bound) });
            LogicalPlanBuilder::scan(short_name(&function.name), provider_as_source(table), None)?.build()
        }
        None => {
            let name = short_name(&function.name).to_owned();
            let rows =
                Expr::ScalarFunction(datafusion::logical_expr::expr::ScalarFunction::new_udf(udf(function), args));
            let input = LogicalPlanBuilder::empty(true).build()?;
            let rows = LogicalPlanBuilder::from(input)
                .project([rows.alias("rows")])?
                .unnest_column(Column::from_name("rows"))?
                .build()?;
            let row = Expr::Column(Column::from_name("rows"));
            let DataType::Struct(fields) = row.get_type(rows.schema())? else {
                return plan_err!("{name} does not return rows");
            };
            let columns = fields
                .iter()
                .map(|field| row.clone().field(field.name().as_str()).alias(field.name()))
                .collect::<Vec<_>>();
            LogicalPlanBuilder::from(rows).project(columns)?.alias(name)?.build()
        }
    }
}

/// A bound table function as a function that gives each row an array of rows.
#[derive(Debug)]
pub(super) struct Rows(TableFunction);

impl Rows {
    pub(super) fn new(function: TableFunction) -> Self {
        Self(function)
    }

    fn item(&self) -> FieldRef {
        Arc::new(Field::new_list_field(DataType::Struct(self.0.returns().fields().clone()), false))
    }

    pub(super) fn returns(&self) -> FieldRef {
        Arc::new(Field::new("rows", DataType::List(self.item()), false))
    }

    pub(super) fn call(&self, columns: &[ArrayRef], rows: usize) -> polder_sandbox::Result<ArrayRef> {
        let (all, offsets) = self.0.collect(columns, rows)?;
        Ok(Arc::new(ListArray::try_new(self.item(), offsets, Arc::new(StructArray::from(all)), None)?))
    }
}

/// A bound table function of constants, read as it produces.
#[derive(Debug)]
struct Stream {
    name: String,
    bound: Arc<TableFunction>,
}

#[async_trait]
impl TableProvider for Stream {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.bound.returns())
    }

    fn table_type(&self) -> TableType {
        TableType::Temporary
    }

    async fn scan(
        &self,
        _session: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let generator = Generator { name: self.name.clone(), bound: Arc::clone(&self.bound), open: None };
        let exec = LazyMemoryExec::try_new(self.schema(), vec![Arc::new(parking_lot::RwLock::new(generator))])?;
        Ok(Arc::new(exec.with_projection(projection.cloned())))
    }
}

struct Generator {
    name: String,
    bound: Arc<TableFunction>,
    open: Option<polder_sandbox::TableRows>,
}

impl fmt::Debug for Generator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generator").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Display for Generator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl LazyBatchGenerator for Generator {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn generate_next_batch(&mut self) -> Result<Option<RecordBatch>> {
        let failed = |error: polder_sandbox::Error| datafusion::error::DataFusionError::External(Box::new(error));
        if self.open.is_none() {
            self.open = Some(self.bound.open(&[], 1).map_err(failed)?);
        }
        let Some(open) = &mut self.open else { return Ok(None) };
        Ok(open.next(BATCH).map_err(failed)?.map(|(batch, _)| batch))
    }

    fn reset_state(&self) -> Arc<parking_lot::RwLock<dyn LazyBatchGenerator>> {
        let fresh = Self { name: self.name.clone(), bound: Arc::clone(&self.bound), open: None };
        Arc::new(parking_lot::RwLock::new(fresh))
    }
}
