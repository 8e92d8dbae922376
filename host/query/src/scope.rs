//! Everything that one statement names, looked up before it is planned.
//!
//! DataFusion's planner asks for tables and functions without waiting; the catalog answers asynchronously
//! and per principal. So the names are collected from the parsed statement, resolved (`resolve.rs`), and
//! kept here, and the planner sees nothing else.

use std::collections::HashMap;
use std::fmt;
use std::ops::ControlFlow;
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
use datafusion::sql::sqlparser::ast::{
    self, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectName, ObjectNamePart, SelectItem, TableAlias,
    TableFactor, TableVersion, VisitMut, VisitorMut,
};

use crate::functions::{self, Function, relation};
use crate::sql::{Name, ignored, parse_query, parts};

/// A table that a statement names, at a version if it says so.
#[derive(Clone, Debug)]
pub(crate) struct Mention {
    /// How the planner will ask for it.
    pub(crate) key: String,
    pub(crate) name: Name,
    pub(crate) version: Option<TableVersion>,
}

/// Files read in FROM: `read_files('path', format => 'csv', …)`.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    pub(crate) key: String,
    pub(crate) path: String,
    pub(crate) options: Vec<(String, String)>,
}

/// What a statement names.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    pub(crate) tables: Vec<Mention>,
    pub(crate) functions: Vec<Name>,
    pub(crate) files: Vec<Files>,
    /// Models that calls of scorers name, by the function's name.
    pub(crate) models: Vec<(Name, String)>,
    /// The queries that are being read, outermost first.
    queries: Vec<With>,
}

/// The names that a query gives to others in its WITH, in order.
#[derive(Debug)]
struct With {
    names: Vec<String>,
    /// How many of them were read, and can be used from now on.
    read: usize,
    recursive: bool,
}

impl With {
    fn gives(&self, name: &str) -> bool {
        // One that is being read can use its own name only if it is recursive.
        let known = self.read + usize::from(self.recursive);
        self.names.iter().take(known).any(|given| given == name)
    }
}

impl Mentions {
    /// Collect the names in a statement or query. Versioned tables and files get names of their own in it,
    /// and functions the form under which the planner asks for them.
    pub(crate) fn collect(node: &mut impl VisitMut) -> crate::Result<Self> {
        let mut mentions = Self::default();
        match node.visit(&mut mentions) {
            ControlFlow::Break(error) => Err(error),
            ControlFlow::Continue(()) => Ok(mentions),
        }
    }

    fn table(&mut self, name: &ObjectName, version: Option<TableVersion>, key: String) {
        let name = parts(name);
        let of_with = name.len() == 1 && version.is_none() && self.queries.iter().any(|query| query.gives(&name[0]));
        if !of_with && !self.tables.iter().any(|known| known.key == key) {
            self.tables.push(Mention { key, name, version });
        }
    }
}

fn key(name: &[String]) -> String {
    name.join(".")
}

fn quoted(name: &str) -> ObjectName {
    ObjectName(vec![ObjectNamePart::Identifier(Ident::with_quote('"', name))])
}

fn proceed(checked: crate::Result<()>) -> ControlFlow<crate::Error> {
    checked.map_or_else(ControlFlow::Break, ControlFlow::Continue)
}

impl VisitorMut for Mentions {
    type Break = crate::Error;

    fn pre_visit_query(&mut self, query: &mut ast::Query) -> ControlFlow<crate::Error> {
        let ctes = query.with.iter().flat_map(|with| &with.cte_tables);
        let names = ctes.map(|cte| parts(&ObjectName::from(vec![cte.alias.name.clone()])).concat()).collect();
        let recursive = query.with.as_ref().is_some_and(|with| with.recursive);
        self.queries.push(With { names, read: 0, recursive });
        proceed(ignored::refuse_in_query(query))
    }

    fn post_visit_query(&mut self, _: &mut ast::Query) -> ControlFlow<crate::Error> {
        self.queries.pop();
        // The queries in WITH are read before all others in the query around them.
        if let Some(around) = self.queries.last_mut()
            && around.read < around.names.len()
        {
            around.read += 1;
        }
        ControlFlow::Continue(())
    }

    /// `SELECT NULL, NULL` is legal: give what has the same text as an earlier column a name of its own.
    fn pre_visit_select(&mut self, select: &mut ast::Select) -> ControlFlow<crate::Error> {
        proceed(ignored::refuse_in_select(select))?;
        let mut seen: HashMap<String, usize> = HashMap::new();
        for item in &mut select.projection {
            if let SelectItem::UnnamedExpr(expr) = item
                && !matches!(expr, ast::Expr::Identifier(_) | ast::Expr::CompoundIdentifier(_))
            {
                let text = expr.to_string();
                let count = seen.entry(text.clone()).or_default();
                *count += 1;
                if *count > 1 {
                    let alias = Ident::with_quote('"', format!("{text}_{count}"));
                    *item = SelectItem::ExprWithAlias { expr: expr.clone(), alias };
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<crate::Error> {
        proceed(ignored::refuse_in_table(factor))?;
        let TableFactor::Table { name, version, alias, args, .. } = factor else { return ControlFlow::Continue(()) };
        if let Some(args) = args {
            let function = parts(name);
            if function == ["read_files"] {
                match files(&args.args, self.files.len()) {
                    Ok(files) => {
                        *name = quoted(&files.key);
                        self.files.push(files);
                    }
                    Err(error) => return ControlFlow::Break(error),
                }
            } else {
                args.args.iter_mut().for_each(table_argument);
                self.models.extend(model(&args.args).map(|path| (function.clone(), path)));
                // Only then is it not one of the engine's own, which keep their plain names.
                if function.len() > 1 {
                    *name = quoted(&key(&function));
                }
                self.functions.push(function);
            }
            return ControlFlow::Continue(());
        }
        if let Some(version) = version.take() {
            let original = name.clone();
            let versioned = format!("{}@{}", key(&parts(&original)), self.tables.len());
            if alias.is_none() {
                let short = original.0.last().and_then(|part| part.as_ident().cloned());
                *alias = short.map(|name| TableAlias { explicit: true, name, columns: Vec::new(), at: None });
            }
            *name = quoted(&versioned);
            self.table(&original, Some(version), versioned);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, name: &mut ObjectName) -> ControlFlow<crate::Error> {
        let plain = parts(name);
        let key = key(&plain);
        let taken = self.tables.iter().any(|known| known.key == key)
            || self.files.iter().any(|files| files.key == key)
            || self.functions.contains(&plain)
            || self.functions.iter().any(|function| self::key(function) == key);
        if !taken {
            self.table(&name.clone(), None, key);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &mut ast::Expr) -> ControlFlow<crate::Error> {
        if let ast::Expr::Function(function) = expr {
            proceed(ignored::refuse_in_function(function))?;
            let name = parts(&function.name);
            if name.len() > 1 {
                function.name = quoted(&key(&name));
            }
            if !self.functions.contains(&name) {
                self.functions.push(name);
            }
        }
        ControlFlow::Continue(())
    }
}

/// `TABLE t` and `TABLE (SELECT …)` as an argument become a subquery.
fn table_argument(arg: &mut FunctionArg) {
    let FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) = arg else { return };
    let ast::Expr::Function(call) = expr else { return };
    if parts(&call.name) != ["table"] {
        return;
    }
    let query = match &call.args {
        FunctionArguments::Subquery(query) => query.clone(),
        FunctionArguments::List(list) => match list.args.as_slice() {
            [FunctionArg::Unnamed(FunctionArgExpr::Expr(name))] => match all_of(name) {
                Some(query) => query,
                None => return,
            },
            _ => return,
        },
        FunctionArguments::None => return,
    };
    *expr = ast::Expr::Subquery(query);
}

/// `SELECT * FROM` a table.
fn all_of(name: &ast::Expr) -> Option<Box<ast::Query>> {
    let parts = match name {
        ast::Expr::Identifier(part) => vec![part.clone()],
        ast::Expr::CompoundIdentifier(parts) => parts.clone(),
        _ => return None,
    };
    let mut query = parse_query("SELECT * FROM t").ok()?;
    let ast::SetExpr::Select(select) = query.body.as_mut() else { return None };
    if let TableFactor::Table { name, .. } = &mut select.from.first_mut()?.relation {
        *name = ObjectName::from(parts);
    }
    Some(query)
}

/// The path of the model in a call of a scorer.
fn model(args: &[FunctionArg]) -> Option<String> {
    args.iter().find_map(|arg| match arg {
        FunctionArg::Named { name, arg: FunctionArgExpr::Expr(ast::Expr::Value(value)), .. }
            if name.value.eq_ignore_ascii_case(relation::MODEL) =>
        {
            value.value.clone().into_string()
        }
        _ => None,
    })
}

fn files(args: &[FunctionArg], position: usize) -> crate::Result<Files> {
    let wrong = || {
        let usage = "read_files takes a path and options: read_files('/Volumes/c/s/v/x.csv', header => 'true')";
        crate::Error::Invalid(usage.to_owned())
    };
    let text = |arg: &FunctionArgExpr| match arg {
        FunctionArgExpr::Expr(ast::Expr::Value(value)) => match &value.value {
            ast::Value::SingleQuotedString(text) | ast::Value::Number(text, _) => Some(text.clone()),
            ast::Value::Boolean(flag) => Some(flag.to_string()),
            _ => None,
        },
        _ => None,
    };
    let mut path = None;
    let mut options = Vec::new();
    for arg in args {
        match arg {
            FunctionArg::Unnamed(arg) if path.is_none() => path = Some(text(arg).ok_or_else(wrong)?),
            FunctionArg::Named { name, arg, .. } => {
                options.push((name.value.to_lowercase(), text(arg).ok_or_else(wrong)?));
            }
            _ => return Err(wrong()),
        }
    }
    Ok(Files { key: format!("read_files@{position}"), path: path.ok_or_else(wrong)?, options })
}

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
