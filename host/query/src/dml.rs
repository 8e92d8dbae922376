//! Changes to rows: INSERT, UPDATE and DELETE (MERGE has a file of its own), each one Delta commit with its
//! lineage.
//!
//! The engine plans the statement; delta-rs carries it out. Between them stands the translation here,
//! which also answers uncorrelated subqueries first, because delta-rs takes plain conditions.

use arrow::datatypes::{DataType, Field, Fields, TimeUnit};
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, ScalarValue};
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::dml::InsertOp;
use datafusion::logical_expr::expr::{InList, InSubquery};
use datafusion::logical_expr::{DmlStatement, Expr, LogicalPlan, LogicalPlanBuilder, Subquery, WriteOp, cast, lit};
use datafusion::physical_plan::collect;
use datafusion::sql::sqlparser::ast::{self, TableObject};
use polder_catalog::{FullName, Kind, Privilege, Securable};
use polder_storage::{Mode, Table};

use crate::answer::count;
use crate::resolve::Reads;
use crate::run::Run;
use crate::scope::Mentions;
use crate::sql::{self, Name, parts};
use crate::{Answer, Error, Result, lineage};

/// The table that a statement changes.
pub(crate) struct Target {
    pub(crate) securable: Securable,
    pub(crate) table: Table,
}

impl Target {
    /// Find a table that the principal may change.
    pub(crate) async fn open(run: &Run<'_>, name: &Name) -> Result<Self> {
        let full = run.full(Kind::Table, name)?;
        let securable = run.access.resolve(&Kind::RELATIONS, &full).await?;
        if securable.kind == Kind::View {
            return Err(Error::Invalid(format!("{full} is a view; change the tables that it reads")));
        }
        run.access.require(&securable, Privilege::Modify).await?;
        let table = run.open(&securable, None).await?;
        Ok(Self { securable, table })
    }
}

pub(crate) async fn insert(run: &Run<'_>, insert: sql::Insert) -> Result<Answer> {
    let sql::Insert { mut statement, evolve, replace_where } = insert;
    let ast::Statement::Insert(parsed) = statement.as_mut() else {
        return Err(Error::Unsupported("this form of INSERT".to_owned()));
    };
    let TableObject::TableName(name) = &parsed.table else {
        return Err(Error::Unsupported("INSERT takes the name of a table".to_owned()));
    };
    let written = parts(name);
    let target = Target::open(run, &written).await?;
    let Some(source) = parsed.source.as_mut() else {
        return Err(Error::Syntax("INSERT needs VALUES or a query".to_owned()));
    };
    if evolve {
        let (plan, reads) = run.plan_query(source.clone(), 0).await?;
        let table = widen(run, &target, &plan).await?;
        let plan = by_name(plan, &table, &target.securable.name)?;
        return write(run, &Target { table, ..target }, plan, reads, Mode::Append).await;
    }
    let mentions = Mentions::collect(source.as_mut())?;
    let (mut scope, reads) = run.scope(mentions, 0).await?;
    scope.add_table(&written, provider_as_source(target.table.provider(&run.engine)?));
    let predicate = match replace_where {
        Some(condition) => Some(condition_on(run, &target, *condition).await?),
        None => None,
    };
    let LogicalPlan::Dml(DmlStatement { op, input, .. }) = run.planner(&scope).sql_statement_to_plan(*statement)?
    else {
        return Err(Error::Unsupported("this form of INSERT".to_owned()));
    };
    let mode = match (op, predicate) {
        (_, Some(predicate)) => Mode::ReplaceWhere(Box::new(predicate)),
        (WriteOp::Insert(InsertOp::Append), None) => Mode::Append,
        (WriteOp::Insert(_), None) => Mode::Overwrite,
        (op, None) => return Err(Error::Unsupported(format!("{op} in an INSERT"))),
    };
    write(run, &target, input.as_ref().clone(), reads, mode).await
}

/// Write the rows of a plan into a table and record where they came from.
pub(crate) async fn write(
    run: &Run<'_>,
    target: &Target,
    plan: LogicalPlan,
    reads: Reads,
    mode: Mode,
) -> Result<Answer> {
    let edges = lineage::edges(&plan, &reads);
    let (table, rows) = target.table.write(plan, mode, &run.engine, &run.stamp()).await?;
    lineage::record(run, &target.securable, Some(table.version()), &reads, edges).await?;
    Ok(Answer::Done(format!("Inserted {} into {}.", count(rows), target.securable.name), Some(rows)))
}

/// The table with the columns that only the plan has added at its end.
pub(crate) async fn widen(run: &Run<'_>, target: &Target, plan: &LogicalPlan) -> Result<Table> {
    add_columns(run, target, plan.schema().fields()).await
}

/// The table with those columns that it does not have yet added at its end.
pub(crate) async fn add_columns(run: &Run<'_>, target: &Target, columns: &Fields) -> Result<Table> {
    let schema = target.table.schema()?;
    let new: Fields = columns
        .iter()
        .filter(|field| schema.field_with_name(field.name()).is_err())
        .map(|field| Field::new(field.name(), stored(field.data_type()), true))
        .collect();
    if new.is_empty() {
        return Ok(target.table.clone());
    }
    Ok(target.table.change(polder_storage::Change::AddColumns(new), &run.engine, &run.stamp()).await?)
}

/// The type in which a column of a table holds values of an engine's type.
fn stored(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Utf8View | DataType::LargeUtf8 => DataType::Utf8,
        DataType::BinaryView | DataType::LargeBinary => DataType::Binary,
        DataType::Timestamp(_, zone) => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
        DataType::UInt8 => DataType::Int16,
        DataType::UInt16 => DataType::Int32,
        DataType::UInt32 | DataType::UInt64 => DataType::Int64,
        DataType::Null => DataType::Utf8,
        other => other.clone(),
    }
}

/// The columns of a plan in the order and types of the table; those that the plan lacks become NULL.
pub(crate) fn by_name(plan: LogicalPlan, table: &Table, name: &FullName) -> Result<LogicalPlan> {
    let schema = table.schema()?;
    let given = plan.schema().columns();
    if let Some(unknown) = given.iter().find(|column| schema.field_with_name(&column.name).is_err()) {
        return Err(Error::Invalid(format!(
            "{name} has no column '{}'; INSERT WITH SCHEMA EVOLUTION, or COPY_OPTIONS ('mergeSchema' = 'true'), adds it",
            unknown.name
        )));
    }
    let columns = schema.fields().iter().map(|field| {
        let value = match given.iter().find(|column| &column.name == field.name()) {
            Some(column) => Expr::Column(column.clone()),
            None => lit(ScalarValue::Null),
        };
        cast(value, field.data_type().clone()).alias(field.name())
    });
    Ok(LogicalPlanBuilder::from(plan).project(columns.collect::<Vec<_>>())?.build()?)
}

pub(crate) async fn update(run: &Run<'_>, mut statement: ast::Statement) -> Result<Answer> {
    let ast::Statement::Update(parsed) = &statement else { return Err(Error::Unsupported("this UPDATE".to_owned())) };
    if parsed.from.is_some() {
        return Err(Error::Unsupported(
            "UPDATE … FROM: write MERGE INTO target USING source ON … WHEN MATCHED THEN UPDATE SET …".to_owned(),
        ));
    }
    let ast::TableFactor::Table { name, .. } = &parsed.table.relation else {
        return Err(Error::Unsupported("UPDATE takes the name of a table".to_owned()));
    };
    let target = Target::open(run, &parts(name)).await?;
    let mentions = Mentions::collect(&mut statement)?;
    let (scope, reads) = run.scope(mentions, 0).await?;
    let plan = run.planner(&scope).sql_statement_to_plan(statement)?;
    let LogicalPlan::Dml(DmlStatement { input, .. }) = plan else {
        return Err(Error::Unsupported("this UPDATE".to_owned()));
    };
    let edges = lineage::edges(&input, &reads);
    let (values, predicate) = match input.as_ref() {
        LogicalPlan::Projection(projection) => (projection.expr.clone(), filter_of(&projection.input)),
        _ => return Err(Error::Unsupported("this UPDATE".to_owned())),
    };
    let mut assignments = Vec::new();
    for value in values {
        let (column, value) = match value {
            Expr::Alias(alias) => (alias.name, *alias.expr),
            other => {
                let name = other.schema_name().to_string();
                (name, other)
            }
        };
        if !matches!(&value, Expr::Column(same) if same.name == column) {
            assignments.push((column, plain(run, value).await?));
        }
    }
    let predicate = match predicate {
        Some(predicate) => Some(plain(run, predicate).await?),
        None => None,
    };
    let (table, rows) = target.table.update(assignments, predicate, &run.engine, &run.stamp()).await?;
    changed(run, &target, &table, &reads, edges).await?;
    Ok(Answer::Done(format!("Updated {} of {}.", count(rows), target.securable.name), Some(rows)))
}

pub(crate) async fn delete(run: &Run<'_>, statement: ast::Statement) -> Result<Answer> {
    let ast::Statement::Delete(parsed) = statement else { return Err(Error::Unsupported("this DELETE".to_owned())) };
    let (ast::FromTable::WithFromKeyword(from) | ast::FromTable::WithoutKeyword(from)) = &parsed.from;
    let [ast::TableWithJoins { relation: ast::TableFactor::Table { name, .. }, joins }] = from.as_slice() else {
        return Err(Error::Unsupported("DELETE takes one table".to_owned()));
    };
    if !joins.is_empty() || parsed.limit.is_some() || parsed.using.is_some() {
        return Err(Error::Unsupported("DELETE takes one table and a condition".to_owned()));
    }
    let target = Target::open(run, &parts(name)).await?;
    // Planned as a query, which unlike a DELETE knows the alias of its table.
    let mut query = sql::parse_query("SELECT 1")?;
    if let ast::SetExpr::Select(select) = query.body.as_mut() {
        select.from.clone_from(from);
        select.selection.clone_from(&parsed.selection);
    }
    let (plan, reads) = run.plan_query(query, 0).await?;
    let LogicalPlan::Projection(projection) = &plan else {
        return Err(Error::Unsupported("this DELETE".to_owned()));
    };
    let predicate = match filter_of(&projection.input) {
        Some(predicate) => Some(plain(run, predicate).await?),
        None => None,
    };
    let (table, rows) = target.table.delete(predicate, &run.engine, &run.stamp()).await?;
    changed(run, &target, &table, &reads, Vec::new()).await?;
    let text = match rows {
        Some(rows) => format!("Deleted {} of {}.", count(rows), target.securable.name),
        None => format!("Deleted rows of {}.", target.securable.name),
    };
    Ok(Answer::Done(text, rows))
}

/// Record lineage, if there was a commit: an update of no rows makes none.
pub(crate) async fn changed(
    run: &Run<'_>,
    target: &Target,
    now: &Table,
    reads: &Reads,
    edges: Vec<lineage::Edge>,
) -> Result<()> {
    if now.version() == target.table.version() {
        return Ok(());
    }
    lineage::record(run, &target.securable, Some(now.version()), reads, edges).await
}

/// A condition over the columns of a table, planned.
pub(crate) async fn condition_on(run: &Run<'_>, target: &Target, condition: ast::Expr) -> Result<Expr> {
    let mut condition = condition;
    let mentions = Mentions::collect(&mut condition)?;
    let (scope, _) = run.scope(mentions, 0).await?;
    let schema = datafusion::common::DFSchema::try_from(target.table.schema()?.as_ref().clone())?;
    let mut context = datafusion::sql::planner::PlannerContext::new();
    let planned = run.planner(&scope).sql_to_expr(condition, &schema, &mut context)?;
    plain(run, planned).await
}

/// The condition of a filter directly over a table.
fn filter_of(plan: &LogicalPlan) -> Option<Expr> {
    match plan {
        LogicalPlan::Filter(filter) => Some(filter.predicate.clone()),
        _ => None,
    }
}

/// An expression over one table without qualifiers and without subqueries.
async fn plain(run: &Run<'_>, expr: Expr) -> Result<Expr> {
    let mut expr = expr;
    // Subqueries are answered one by one, innermost last: each pass replaces the first that it finds.
    loop {
        let mut found = None;
        expr.apply(|node| {
            Ok(match node {
                Expr::ScalarSubquery(_) | Expr::InSubquery(_) | Expr::Exists(_) => {
                    found = Some(node.clone());
                    TreeNodeRecursion::Stop
                }
                _ => TreeNodeRecursion::Continue,
            })
        })?;
        let Some(subquery) = found else { break };
        let answer = answer(run, &subquery).await?;
        expr = expr
            .transform_down(|node| {
                Ok(if node == subquery { Transformed::yes(answer.clone()) } else { Transformed::no(node) })
            })?
            .data;
    }
    let unqualified = expr.transform(|node| {
        Ok(match node {
            Expr::Column(Column { name, relation: Some(_), .. }) => {
                Transformed::yes(Expr::Column(Column::from_name(name)))
            }
            node => Transformed::no(node),
        })
    })?;
    Ok(unqualified.data)
}

/// Run a subquery that does not look at the table, and give its result as a constant.
async fn answer(run: &Run<'_>, subquery: &Expr) -> Result<Expr> {
    match subquery {
        Expr::ScalarSubquery(query) => {
            let values = first_column(run, query).await?;
            match values.as_slice() {
                [] => {
                    let data_type = query.subquery.schema().field(0).data_type();
                    Ok(lit(ScalarValue::try_from(data_type)?))
                }
                [value] => Ok(lit(value.clone())),
                many => Err(Error::Invalid(format!("a subquery used as a value returned {} rows", many.len()))),
            }
        }
        Expr::InSubquery(InSubquery { expr, subquery, negated }) => {
            let list = first_column(run, subquery).await?.into_iter().map(lit).collect();
            Ok(Expr::InList(InList { expr: expr.clone(), list, negated: *negated }))
        }
        Expr::Exists(exists) => {
            let some = !first_column(run, &exists.subquery).await?.is_empty();
            Ok(lit(some != exists.negated))
        }
        other => Err(Error::Unsupported(format!("'{other}' in a change of rows"))),
    }
}

async fn first_column(run: &Run<'_>, query: &Subquery) -> Result<Vec<ScalarValue>> {
    if !query.outer_ref_columns.is_empty() {
        return Err(Error::Unsupported(
            "a subquery that refers to the changed table: write it as MERGE INTO … USING (query) ON …".to_owned(),
        ));
    }
    let plan = run.engine.create_physical_plan(&query.subquery).await?;
    let mut values = Vec::new();
    for batch in collect(plan, run.engine.task_ctx()).await? {
        for row in 0..batch.num_rows() {
            values.push(ScalarValue::try_from_array(batch.column(0), row)?);
        }
    }
    Ok(values)
}

/// No rows of a table's columns: what CREATE OR REPLACE without a query writes.
pub(crate) fn no_rows(schema: &arrow::datatypes::SchemaRef) -> Result<LogicalPlan> {
    let schema = datafusion::common::ToDFSchema::to_dfschema_ref(std::sync::Arc::clone(schema))?;
    let empty = LogicalPlan::EmptyRelation(datafusion::logical_expr::EmptyRelation { produce_one_row: false, schema });
    Ok(LogicalPlanBuilder::from(empty).build()?)
}
