//! Views: the columns that they show, and the wall around those of others.
//!
//! The engine mixes the query of a view into the statement that reads it. Conditions, functions and errors of
//! that statement would then meet rows that the view hides, and EXPLAIN would show what the view reads. So
//! whoever does not own a view gets its rows from a leaf, whose query is planned and run on its own: no
//! rule of the engine, no plan that is printed and no error leads inside.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use arrow::datatypes::{DataType, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Column, Result as PlanResult};
use datafusion::datasource::DefaultTableSource;
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::{
    BinaryExpr, Distinct, Expr, LogicalPlan, LogicalPlanBuilder, Operator, TableProviderFilterPushDown, TableSource,
    TableType,
};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::execution_plan::reset_plan_states;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};
use futures::StreamExt;
use polder_catalog::{Securable, spec};

use crate::resolve::rename;
use crate::{Error, Result};

/// The columns of a new view: its names for them, and where in its query they come from.
pub(crate) fn columns(query: &LogicalPlan, renamed: &LogicalPlan) -> Vec<spec::ViewColumn> {
    let sources = query.schema().columns();
    let fields = renamed.schema().fields().iter().zip(sources);
    fields
        .map(|(field, source)| spec::ViewColumn {
            name: field.name().clone(),
            source: Some(source.flat_name()),
            comment: None,
        })
        .collect()
}

/// The view's query with the columns that the view had when it was made, whatever its tables have gained since.
pub(crate) fn shown(query: LogicalPlan, view: &spec::View) -> Result<LogicalPlan> {
    // Views of earlier versions name their columns by position, or not at all.
    if view.columns.iter().any(|column| column.source.is_none()) || view.columns.is_empty() {
        let names: Vec<_> = view.columns.iter().map(|column| column.name.clone()).collect();
        return rename(query, &names);
    }
    let now = query.schema().columns();
    let columns = view.columns.iter().map(|column| {
        let source = now.iter().find(|source| Some(source.flat_name()) == column.source);
        let source = source.ok_or_else(|| {
            Error::Invalid(format!("the view's query no longer gives '{}'; replace the view", column.name))
        })?;
        Ok(Expr::Column(source.clone()).alias(&column.name))
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    Ok(LogicalPlanBuilder::from(query).project(columns)?.build()?)
}

/// The query of a view, walled off or not.
pub(crate) fn query(source: &Arc<dyn TableSource>) -> Option<Cow<'_, LogicalPlan>> {
    let provider = source.downcast_ref::<DefaultTableSource>().map(|source| &source.table_provider);
    match provider.and_then(|provider| provider.downcast_ref::<Barrier>()) {
        Some(barrier) => Some(Cow::Borrowed(&barrier.query)),
        None => source.get_logical_plan(),
    }
}

/// A view as those see it who do not own it.
pub(crate) struct Barrier {
    label: Label,
    query: LogicalPlan,
}

impl Barrier {
    pub(crate) fn new(label: Label, query: LogicalPlan) -> Self {
        Self { label, query }
    }

    /// Whether a condition may be answered below the view's own: it must neither fail nor compute anything
    /// but comparisons of what is stored with what is given, or it could tell of rows that the view hides.
    fn is_harmless(&self, condition: &Expr) -> bool {
        let compares = |column: &Expr, values: &[Expr]| {
            let stored = self.stored(column).filter(|data_type| !data_type.is_nested());
            let same = |value: &Expr| matches!(value, Expr::Literal(value, _) if Some(value.data_type()) == stored);
            values.iter().all(same)
        };
        match condition {
            Expr::Not(inner) => self.is_harmless(inner),
            Expr::IsNull(column) | Expr::IsNotNull(column) => self.stored(column).is_some(),
            Expr::Column(_) => self.stored(condition) == Some(DataType::Boolean),
            Expr::InList(list) => compares(&list.expr, &list.list),
            Expr::BinaryExpr(BinaryExpr { left, op, right }) => match op {
                Operator::And | Operator::Or => self.is_harmless(left) && self.is_harmless(right),
                Operator::Eq | Operator::NotEq | Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq => {
                    compares(left, std::slice::from_ref(right.as_ref()))
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// The type of a column that the view hands on as it is stored.
    fn stored(&self, column: &Expr) -> Option<DataType> {
        let Expr::Column(column) = column else { return None };
        let (at, field) = self.query.schema().inner().column_with_name(&column.name)?;
        is_stored(&self.query, at).then(|| field.data_type().clone())
    }
}

/// Whether a column of the plan is one of a table's, handed on and not computed.
fn is_stored(plan: &LogicalPlan, at: usize) -> bool {
    match plan {
        LogicalPlan::TableScan(_) => true,
        LogicalPlan::Projection(node) => node.expr.get(at).is_some_and(|expr| hands_on(expr, &node.input)),
        LogicalPlan::Aggregate(node) => node.group_expr.get(at).is_some_and(|expr| hands_on(expr, &node.input)),
        LogicalPlan::Union(node) => node.inputs.iter().all(|input| is_stored(input, at)),
        LogicalPlan::Join(node) => {
            let left = node.left.schema().fields().len();
            let both = plan.schema().fields().len() == left + node.right.schema().fields().len();
            both && at.checked_sub(left).map_or_else(|| is_stored(&node.left, at), |at| is_stored(&node.right, at))
        }
        LogicalPlan::Filter(_)
        | LogicalPlan::Sort(_)
        | LogicalPlan::Limit(_)
        | LogicalPlan::SubqueryAlias(_)
        | LogicalPlan::Distinct(Distinct::All(_)) => plan.inputs().iter().all(|input| is_stored(input, at)),
        _ => false,
    }
}

fn hands_on(expr: &Expr, input: &LogicalPlan) -> bool {
    match expr {
        Expr::Alias(alias) => hands_on(&alias.expr, input),
        Expr::Column(column) => input.schema().maybe_index_of_column(column).is_some_and(|at| is_stored(input, at)),
        _ => false,
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Barrier").field(&self.label.view).finish()
    }
}

#[async_trait]
impl TableProvider for Barrier {
    fn schema(&self) -> SchemaRef {
        Arc::clone(self.query.schema().inner())
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> PlanResult<Vec<TableProviderFilterPushDown>> {
        use TableProviderFilterPushDown::{Exact, Unsupported};
        Ok(filters.iter().map(|filter| if self.is_harmless(filter) { Exact } else { Unsupported }).collect())
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> PlanResult<Arc<dyn ExecutionPlan>> {
        let planned = async {
            let mut plan = LogicalPlanBuilder::from(self.query.clone());
            for filter in filters {
                plan = plan.filter(filter.clone())?;
            }
            if let Some(columns) = projection {
                let column = |at: &usize| Expr::Column(Column::from(self.query.schema().qualified_field(*at)));
                plan = plan.project(columns.iter().map(column))?;
            }
            if limit.is_some() {
                plan = plan.limit(0, limit)?;
            }
            session.create_physical_plan(&plan.build()?).await
        };
        let plan = planned.await.map_err(|error| self.label.conceal(error))?;
        Ok(Arc::new(Walled { label: self.label.clone(), plan }))
    }
}

/// The plan of a view's query, which nothing around it can look into.
struct Walled {
    label: Label,
    plan: Arc<dyn ExecutionPlan>,
}

impl fmt::Debug for Walled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Walled").field(&self.label.view).finish()
    }
}

impl DisplayAs for Walled {
    fn fmt_as(&self, format: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match format {
            DisplayFormatType::TreeRender => f.write_str(&self.label.view),
            _ => write!(f, "View: {}", self.label.view),
        }
    }
}

impl ExecutionPlan for Walled {
    fn name(&self) -> &str {
        "View"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.plan.properties()
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> PlanResult<TreeNodeRecursion>,
    ) -> PlanResult<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> PlanResult<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    /// Each round of a recursive query runs its plan again.
    fn reset_state(self: Arc<Self>) -> PlanResult<Arc<dyn ExecutionPlan>> {
        let plan = reset_plan_states(Arc::clone(&self.plan))?;
        Ok(Arc::new(Self { label: self.label.clone(), plan }))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> PlanResult<SendableRecordBatchStream> {
        let label = self.label.clone();
        let rows = self.plan.execute(partition, context).map_err(|error| label.conceal(error))?;
        let schema = rows.schema();
        let rows = rows.map(move |batch| batch.map_err(|error| label.conceal(error)));
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, rows)))
    }
}

/// What those who do not own a view may be told of it.
#[derive(Clone)]
pub(crate) struct Label {
    view: String,
    owner: String,
}

impl Label {
    pub(crate) fn new(view: &Securable) -> Self {
        Self { view: view.name.to_string(), owner: view.owner.clone() }
    }

    /// In place of an error of looking up or planning the view's query.
    pub(crate) fn unreadable(&self) -> Error {
        let Self { view, owner } = self;
        Error::Invalid(format!(
            "view {view} can no longer be read: its owner {owner} lacks rights or something that it reads is gone; ask \
             {owner}"
        ))
    }

    /// An error of running the query, without the values and paths in it.
    fn conceal(&self, error: DataFusionError) -> DataFusionError {
        let is_told = match error.find_root() {
            DataFusionError::ResourcesExhausted(_) => true,
            DataFusionError::External(inner) => {
                matches!(inner.downcast_ref(), Some(polder_sandbox::Error::Interrupted { .. }))
            }
            _ => false,
        };
        if is_told {
            return error;
        }
        let Self { view, owner } = self;
        let told = Error::Invalid(format!("view {view} failed while it was read; {owner}, who owns it, can see why"));
        DataFusionError::External(Box::new(told))
    }
}

#[cfg(test)]
mod tests {
    use datafusion::logical_expr::{LogicalPlanBuilder, lit};
    use polder_catalog::spec;

    use super::{columns, shown};

    fn names(view: &spec::View, query: &[&str]) -> Vec<String> {
        let query = LogicalPlanBuilder::empty(true).project(query.iter().map(|name| lit(1).alias(*name)));
        let query = query.unwrap().build().unwrap();
        shown(query, view).unwrap().schema().field_names()
    }

    #[test]
    fn views_of_earlier_versions_name_columns_by_position_or_not_at_all() {
        let mut view = spec::View::default();
        assert_eq!(names(&view, &["a", "b"]), ["a", "b"]);
        view.columns = ["x", "y"].map(|name| spec::ViewColumn { name: name.into(), ..Default::default() }).into();
        assert_eq!(names(&view, &["a", "b"]), ["x", "y"]);
        let made = LogicalPlanBuilder::empty(true).project([lit(1).alias("b")]).unwrap().build().unwrap();
        view.columns = columns(&made, &made);
        assert_eq!(names(&view, &["a", "b"]), ["b"]);
    }
}
