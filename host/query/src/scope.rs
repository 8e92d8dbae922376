//! Everything that one statement names, as the planner sees it.
//!
//! DataFusion's planner asks for tables and functions without waiting; the catalog answers asynchronously
//! and per principal. So the names are collected from the parsed statement (`mentions.rs`), resolved
//! (`resolve.rs`), and kept here, and the planner sees nothing else.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use arrow::datatypes::{DataType, SchemaRef};
use datafusion::catalog::TableFunctionArgs;
use datafusion::common::config::ConfigOptions;
use datafusion::common::{DFSchema, Result as PlanResult, ScalarValue, TableReference, plan_datafusion_err, plan_err};
use datafusion::datasource::cte_worktable::CteWorkTable;
use datafusion::datasource::provider_as_source;
use datafusion::execution::SessionState;
use datafusion::logical_expr::planner::{
    ContextProvider, ExprPlanner, PlannedRelation, RelationPlanner, RelationPlannerContext, RelationPlanning,
    TypePlanner,
};
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{
    AggregateUDF, Expr, HigherOrderUDF, LogicalPlan, LogicalPlanBuilder, ScalarUDF, TableSource, WindowUDF,
};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::sql::sqlparser::ast::{self, FunctionArg, FunctionArgExpr, TableFactor};

use crate::functions::{self, Function, relation};
use crate::mentions::key;
use crate::sql::parts;

/// The planner's whole world while it plans one statement.
pub(crate) struct Scope {
    state: SessionState,
    tables: HashMap<String, Arc<dyn TableSource>>,
    functions: HashMap<String, Function>,
    relations: Vec<Arc<dyn RelationPlanner>>,
    types: Arc<dyn TypePlanner>,
}

impl Scope {
    pub(crate) fn new(
        mut state: SessionState,
        tables: HashMap<String, Arc<dyn TableSource>>,
        functions: HashMap<String, Function>,
    ) -> Self {
        // A transform sees its input in the order that was asked for.
        if functions.values().any(Function::takes_table) {
            state.config_mut().options_mut().sql_parser.enable_subquery_sort_elimination = false;
        }
        let relations: Vec<Arc<dyn RelationPlanner>> =
            vec![Arc::new(TableFunctions { functions: functions.clone(), files: tables.clone() })];
        Self { state, tables, functions, relations, types: Arc::new(crate::types::DeltaTypes) }
    }

    /// The table that the statement writes.
    pub(crate) fn add_table(&mut self, name: &[String], source: Arc<dyn TableSource>) {
        self.tables.entry(key(name)).or_insert(source);
    }

    fn function(&self, name: &str, kinds: &[polder_sandbox::FunctionKind]) -> Option<Function> {
        self.functions.get(name).filter(|function| kinds.contains(&function.description.kind)).cloned()
    }
}

impl ContextProvider for Scope {
    fn get_table_source(&self, name: TableReference) -> PlanResult<Arc<dyn TableSource>> {
        let key = match &name {
            TableReference::Bare { table } => table.to_string(),
            TableReference::Partial { schema, table } => format!("{schema}.{table}"),
            TableReference::Full { catalog, schema, table } => format!("{catalog}.{schema}.{table}"),
        };
        self.tables.get(&key).cloned().ok_or_else(|| plan_datafusion_err!("table '{key}' not found"))
    }

    fn get_table_function_source(&self, name: &str, args: Vec<Expr>) -> PlanResult<Arc<dyn TableSource>> {
        let function = self.state.table_functions().get(name);
        let function = function.ok_or_else(|| plan_datafusion_err!("there is no table function '{name}'"))?;
        let provider = function.create_table_provider_with_args(TableFunctionArgs::new(&args, &self.state))?;
        Ok(provider_as_source(provider))
    }

    fn create_cte_work_table(&self, name: &str, schema: SchemaRef) -> PlanResult<Arc<dyn TableSource>> {
        Ok(provider_as_source(Arc::new(CteWorkTable::new(name, schema))))
    }

    fn get_expr_planners(&self) -> &[Arc<dyn ExprPlanner>] {
        self.state.expr_planners()
    }

    fn get_relation_planners(&self) -> &[Arc<dyn RelationPlanner>] {
        &self.relations
    }

    fn get_type_planner(&self) -> Option<Arc<dyn TypePlanner>> {
        Some(Arc::clone(&self.types))
    }

    fn get_function_meta(&self, name: &str) -> Option<Arc<ScalarUDF>> {
        use polder_sandbox::FunctionKind::{Scalar, Table};
        let plugin = self.function(name, &[Scalar, Table]).map(functions::udf);
        plugin.or_else(|| self.state.scalar_functions().get(name).cloned())
    }

    fn get_higher_order_meta(&self, name: &str) -> Option<Arc<HigherOrderUDF>> {
        self.state.higher_order_functions().get(name).cloned()
    }

    fn get_aggregate_meta(&self, name: &str) -> Option<Arc<AggregateUDF>> {
        let plugin = self.function(name, &[polder_sandbox::FunctionKind::Aggregate]);
        // Under the name that was written: under another, the planner would name the column without its
        // FILTER and DISTINCT.
        let plugin = plugin.map(|function| functions::udaf(Function { name: name.to_owned(), ..function }));
        plugin.or_else(|| self.state.aggregate_functions().get(name).cloned())
    }

    fn get_window_meta(&self, name: &str) -> Option<Arc<WindowUDF>> {
        self.state.window_functions().get(name).cloned()
    }

    fn get_variable_type(&self, _: &[String]) -> Option<DataType> {
        None
    }

    fn options(&self) -> &ConfigOptions {
        self.state.config_options()
    }

    fn udf_names(&self) -> Vec<String> {
        self.state.scalar_functions().keys().chain(self.functions.keys()).cloned().collect()
    }

    fn higher_order_function_names(&self) -> Vec<String> {
        self.state.higher_order_functions().keys().cloned().collect()
    }

    fn udaf_names(&self) -> Vec<String> {
        self.state.aggregate_functions().keys().cloned().collect()
    }

    fn udwf_names(&self) -> Vec<String> {
        self.state.window_functions().keys().cloned().collect()
    }
}

/// The input and the options of a call of a function that takes a table.
fn call(
    name: &str,
    args: &[FunctionArg],
    context: &mut dyn RelationPlannerContext,
) -> PlanResult<(LogicalPlan, Vec<(String, ScalarValue)>)> {
    let mut input = None;
    let mut options = Vec::new();
    let simplifier = ExprSimplifier::new(SimplifyContext::builder().build());
    let nothing = DFSchema::empty();
    for arg in args {
        match arg {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(ast::Expr::Subquery(query))) if input.is_none() => {
                let derived =
                    TableFactor::Derived { lateral: false, subquery: query.clone(), alias: None, sample: None };
                input = Some(context.plan(derived)?);
            }
            FunctionArg::Named { name: option, arg: FunctionArgExpr::Expr(value), .. } => {
                let expr = context.sql_to_expr(value.clone(), &nothing)?;
                let Expr::Literal(value, _) = simplifier.simplify(simplifier.coerce(expr, &nothing)?)? else {
                    return plan_err!("the option {option} of {name} is not a constant");
                };
                options.push((context.normalize_ident(option.clone()), value));
            }
            other => return plan_err!("{name} takes a TABLE (…) and options by name, not '{other}'"),
        }
    }
    match input {
        Some(input) => Ok((input, options)),
        None => plan_err!("{name} takes a table: {name}(TABLE (SELECT …), option => value)"),
    }
}

/// Plans `name(…)` in FROM: plugin table functions, files, and `generate_series` and the like of the engine.
struct TableFunctions {
    functions: HashMap<String, Function>,
    files: HashMap<String, Arc<dyn TableSource>>,
}

impl fmt::Debug for TableFunctions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableFunctions").field("functions", &self.functions.keys()).finish_non_exhaustive()
    }
}

impl RelationPlanner for TableFunctions {
    fn plan_relation(
        &self,
        relation: TableFactor,
        context: &mut dyn RelationPlannerContext,
    ) -> PlanResult<RelationPlanning> {
        let original = |relation| Ok(RelationPlanning::Original(Box::new(relation)));
        if let TableFactor::Function { lateral: true, name, .. } = &relation {
            return plan_err!(
                "LATERAL {name}(…): for a table function of each row, write SELECT …, unnest({name}(…)) FROM …"
            );
        }
        let TableFactor::Table { name, args: Some(given), alias, .. } = &relation else { return original(relation) };
        let name = parts(name).concat();
        let plan = if let Some(files) = self.files.get(&name) {
            LogicalPlanBuilder::scan("read_files", Arc::clone(files), None)?.build()?
        } else if let Some(function) = self.functions.get(&name).filter(|function| function.takes_table()) {
            let (input, options) = self::call(&name, &given.args, context)?;
            relation::plan(function.clone(), input, options)?
        } else if let Some(function) = self.functions.get(&name) {
            let nothing = DFSchema::empty();
            let args = given.args.iter().map(|arg| match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(arg)) => context.sql_to_expr(arg.clone(), &nothing),
                other => Err(plan_datafusion_err!("{name} takes values, not '{other}'")),
            });
            functions::plan(function.clone(), args.collect::<PlanResult<Vec<Expr>>>()?)?
        } else {
            return original(relation);
        };
        let alias = alias.clone();
        Ok(RelationPlanning::Planned(Box::new(PlannedRelation::new(plan, alias))))
    }
}
