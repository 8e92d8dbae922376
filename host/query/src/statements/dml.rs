//! Changes to rows: UPDATE and DELETE (INSERT and MERGE have files of their own), each one Delta commit with
//! its lineage.
//!
//! The engine plans the statement; delta-rs carries it out. Between them stands the translation here.

use datafusion::common::DFSchema;
use datafusion::logical_expr::{DmlStatement, Expr, LogicalPlan};
use datafusion::sql::planner::PlannerContext;
use datafusion::sql::sqlparser::ast;
use polder_catalog::{Kind, Privilege, Securable};
use polder_storage::Table;

use super::subquery::plain;
use crate::answer::count;
use crate::mentions::Mentions;
use crate::resolve::Reads;
use crate::run::Run;
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

pub(crate) async fn update(run: &Run<'_>, mut statement: ast::Statement) -> Result<Answer> {
    let ast::Statement::Update(parsed) = &statement else { return Err(Error::Unsupported("this UPDATE".to_owned())) };
    if parsed.from.is_some() || !parsed.table.joins.is_empty() {
        return Err(Error::Unsupported(
            "UPDATE of a join: write MERGE INTO target USING source ON … WHEN MATCHED THEN UPDATE SET …".to_owned(),
        ));
    }
    let rest = parsed.limit.is_some() || parsed.or.is_some() || parsed.returning.is_some();
    if rest || !parsed.order_by.is_empty() {
        return Err(Error::Unsupported("UPDATE takes one table, SET and a condition".to_owned()));
    }
    let target = Target::open(run, &target_name(&parsed.table.relation)?).await?;
    let mentions = Mentions::collect(&mut statement)?;
    let (scope, reads) = run.scope(mentions, 0).await?;
    let plan = run.planner(&scope).sql_statement_to_plan(statement)?;
    let LogicalPlan::Dml(DmlStatement { input, .. }) = plan else {
        return Err(Error::Unsupported("this UPDATE".to_owned()));
    };
    let mut edges = lineage::edges(&input, &reads);
    let (values, predicate) = match input.as_ref() {
        LogicalPlan::Projection(projection) => (projection.expr.clone(), filter_of(&projection.input)?),
        _ => return Err(Error::Unsupported("this UPDATE".to_owned())),
    };
    let schema = target.table.schema()?;
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
            assignments.push((column, plain(run, &schema, value).await?));
        }
    }
    // Columns that keep their values come from nowhere else.
    edges.retain(|edge| assignments.iter().any(|(column, _)| *column == edge.column));
    let predicate = match predicate {
        Some(predicate) => Some(plain(run, &schema, predicate).await?),
        None => None,
    };
    let (table, rows) = target.table.update(assignments, predicate, &run.engine, &run.stamp()).await?;
    changed(run, &target, &table, &reads, edges).await?;
    Ok(Answer::Done(format!("Updated {} of {}.", count(rows), target.securable.name), Some(rows)))
}

pub(crate) async fn delete(run: &Run<'_>, statement: ast::Statement) -> Result<Answer> {
    let ast::Statement::Delete(parsed) = statement else { return Err(Error::Unsupported("this DELETE".to_owned())) };
    let (ast::FromTable::WithFromKeyword(from) | ast::FromTable::WithoutKeyword(from)) = &parsed.from;
    let [ast::TableWithJoins { relation, joins }] = from.as_slice() else {
        return Err(Error::Unsupported("DELETE takes one table".to_owned()));
    };
    let rest = parsed.limit.is_some() || parsed.using.is_some() || parsed.returning.is_some();
    if rest || !joins.is_empty() || !parsed.order_by.is_empty() || !parsed.tables.is_empty() {
        return Err(Error::Unsupported("DELETE takes one table and a condition".to_owned()));
    }
    let target = Target::open(run, &target_name(relation)?).await?;
    let schema = target.table.schema()?;
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
    let predicate = match filter_of(&projection.input)? {
        Some(predicate) => Some(plain(run, &schema, predicate).await?),
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
    let schema = target.table.schema()?;
    let columns = DFSchema::try_from(schema.as_ref().clone())?;
    let planned = run.planner(&scope).sql_to_expr(condition, &columns, &mut PlannerContext::new())?;
    plain(run, &schema, planned).await
}

/// The condition of a filter directly over a table; none where there is no filter.
fn filter_of(plan: &LogicalPlan) -> Result<Option<Expr>> {
    match plan {
        LogicalPlan::Filter(filter) => Ok(Some(filter.predicate.clone())),
        LogicalPlan::TableScan(_) | LogicalPlan::SubqueryAlias(_) => Ok(None),
        other => Err(Error::Unsupported(format!("a change of rows through {}", other.display()))),
    }
}

/// The name of the table that a statement changes, written with nothing but perhaps an alias.
pub(crate) fn target_name(table: &ast::TableFactor) -> Result<Name> {
    match table {
        ast::TableFactor::Table {
            name,
            alias,
            args: None,
            version: None,
            sample: None,
            json_path: None,
            with_ordinality: false,
            with_hints,
            partitions,
            index_hints,
        } if with_hints.is_empty()
            && partitions.is_empty()
            && index_hints.is_empty()
            && alias.as_ref().is_none_or(|alias| alias.columns.is_empty()) =>
        {
            Ok(parts(name))
        }
        other => Err(Error::Unsupported(format!("rows of '{other}' cannot be changed: name a table"))),
    }
}
