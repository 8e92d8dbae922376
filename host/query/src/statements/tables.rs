//! Tables: made, replaced, altered.
//!
//! Data is written before the catalog learns of it, under a path of its own: whatever interrupts a
//! statement, the catalog never names something that is not there.

use std::sync::Arc;

use datafusion::common::DFSchema;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::logical_expr::{Expr, LogicalPlan, Projection};
use datafusion::sql::sqlparser::ast;
use polder_catalog::{Change, Kind, NewSecurable, Privilege, Securable, Spec, spec};
use polder_storage::{Definition, Mode};

use super::ddl::{exists, managed_location};
use super::dml::Target;
use super::insert;
use crate::answer::count;
use crate::mentions::Mentions;
use crate::resolve::Reads;
use crate::run::Run;
use crate::sql::{self, AlterTable, CreateTable, Name};
use crate::{Answer, Error, Result, lineage, types};

pub(crate) async fn create(run: &Run<'_>, table: CreateTable) -> Result<Answer> {
    let name = run.full(Kind::Table, &table.name)?;
    let existing = run.access.find(&Kind::RELATIONS, &name).await?;
    match existing {
        Some(existing) if table.or_replace => return replace(run, existing, table).await,
        Some(_) if table.if_not_exists => return Ok(exists(Kind::Table, &name)),
        Some(existing) => {
            return Err(polder_catalog::Error::AlreadyExists { kind: existing.kind, name }.into());
        }
        None => {}
    }
    let managed = table.location.is_none();
    let spec = |location: String| {
        let table = if managed { spec::Table::managed(location) } else { spec::Table::external(location) };
        Spec::Table(table)
    };
    let given = table.location.as_deref().map(|text| run.polder().location(text)).transpose()?;
    let place = given.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut new = NewSecurable::new(name.clone(), spec(place)).with_comment(table.comment.clone());
    // Before anything is written, because a place that is another's may not be written to.
    run.access.may_create(&new).await?;
    let location = match given {
        Some(location) => location,
        None => managed_location(run, &new, "tables").await?,
    };
    new.spec = spec(location.to_string());
    let definition = Definition {
        partition_by: table.partition_by.clone(),
        comment: table.comment.clone(),
        properties: table.properties.clone(),
    };
    let tables = run.polder().tables();
    let (made, rows, reads, edges) = if let Some(query) = table.query {
        if !table.columns.is_empty() {
            return Err(Error::Unsupported(
                "CREATE TABLE … AS takes its columns from the query; leave the list out".to_owned(),
            ));
        }
        let (plan, reads) = run.plan_query(query, 0).await?;
        let edges = lineage::edges(&plan, &reads);
        let plan = nullable(plan)?;
        let (made, rows) = tables.create_as(&location, plan, &definition, &run.engine, &run.stamp()).await?;
        (made, Some(rows), reads, edges)
    } else if table.columns.is_empty() {
        let Some(given) = &table.location else {
            return Err(Error::Invalid(
                "CREATE TABLE needs columns, AS SELECT …, or the LOCATION of a table that is there".to_owned(),
            ));
        };
        let there = tables.open(&location, None).await.map_err(|error| match error {
            polder_storage::Error::NotATable(_) => {
                Error::Invalid(format!("there is no Delta table at '{given}'; give columns or AS SELECT … to make one"))
            }
            error => error.into(),
        })?;
        (there, None, Reads::default(), Vec::new())
    } else {
        let columns = types::columns(&table.columns)?;
        let made = tables.create(&location, &columns, &definition, &run.stamp()).await?;
        (made, None, Reads::default(), Vec::new())
    };
    let made = constrain(run, made, table.checks).await?;
    let securable = match run.access.create(new).await {
        // Somebody else was faster; what was written here is nobody's.
        Err(polder_catalog::Error::AlreadyExists { .. }) if table.if_not_exists => {
            return Ok(exists(Kind::Table, &name));
        }
        made => made?,
    };
    lineage::record(run, &securable, Some(made.version()), &reads, edges).await?;
    let with = rows.map(|rows| format!(" with {}", count(rows))).unwrap_or_default();
    Ok(Answer::Done(format!("Created table {}{with}.", securable.name), rows))
}

/// `CREATE OR REPLACE` of a table that is there: a new version of it, with its grants and history.
async fn replace(run: &Run<'_>, existing: Securable, table: CreateTable) -> Result<Answer> {
    if table.location.is_some() {
        return Err(Error::Unsupported(
            "CREATE OR REPLACE TABLE keeps the table's location; leave LOCATION out".to_owned(),
        ));
    }
    run.access.require(&existing, Privilege::Manage).await?;
    let mut target = Target::open(run, &table.name).await?;
    let (plan, reads) = match table.query {
        Some(query) => {
            let (plan, reads) = run.plan_query(query, 0).await?;
            (nullable(plan)?, reads)
        }
        None => (insert::no_rows(&types::columns(&table.columns)?)?, Reads::default()),
    };
    // The old constraints speak of columns that may be gone; they come back if the query fails.
    let old = target.table.constraints()?;
    for (name, _) in &old {
        let change = polder_storage::Change::DropConstraint(name.clone());
        target.table = target.table.change(change, &run.engine, &run.stamp()).await?;
    }
    let mode = Mode::Replace { partition_by: table.partition_by };
    let answer = match insert::write(run, &target, plan, reads, mode).await {
        Ok(answer) => answer,
        Err(error) => {
            let checks = old.into_iter().map(|(name, text)| Ok((Some(name), sql::parse_expr(&text)?)));
            constrain(run, target.table, checks.collect::<Result<_>>()?).await?;
            return Err(error);
        }
    };
    let mut now = constrain(run, run.open(&existing, None).await?, table.checks).await?;
    if !table.properties.is_empty() {
        let change = polder_storage::Change::SetProperties(table.properties);
        now = now.change(change, &run.engine, &run.stamp()).await?;
    }
    if let Some(comment) = table.comment {
        now.change(polder_storage::Change::Comment(comment.clone()), &run.engine, &run.stamp()).await?;
        run.access.alter(&existing, Change::Comment(Some(comment))).await?;
    }
    let Answer::Done(_, rows) = answer else { return Ok(answer) };
    Ok(Answer::Done(format!("Replaced table {}.", existing.name), rows))
}

/// The same rows in columns that may be NULL, as a table's columns are unless its definition says otherwise.
fn nullable(plan: LogicalPlan) -> Result<LogicalPlan> {
    let fields: Vec<_> = plan
        .schema()
        .iter()
        .map(|(qualifier, field)| (qualifier.cloned(), Arc::new(field.as_ref().clone().with_nullable(true))))
        .collect();
    let schema = DFSchema::new_with_metadata(fields, plan.schema().metadata().clone())?;
    let columns = plan.schema().columns().into_iter().map(Expr::Column).collect();
    Ok(LogicalPlan::Projection(Projection::try_new_with_schema(columns, Arc::new(plan), Arc::new(schema))?))
}

/// Add the CHECK constraints of a definition.
async fn constrain(
    run: &Run<'_>,
    table: polder_storage::Table,
    checks: Vec<(Option<String>, ast::Expr)>,
) -> Result<polder_storage::Table> {
    let mut table = table;
    for (position, (name, condition)) in checks.into_iter().enumerate() {
        let name = name.unwrap_or_else(|| format!("check_{}", position + 1));
        table = add_constraint(run, table, name, condition).await?;
    }
    Ok(table)
}

async fn add_constraint(
    run: &Run<'_>,
    table: polder_storage::Table,
    name: String,
    condition: ast::Expr,
) -> Result<polder_storage::Table> {
    let mut looked = condition.clone();
    let mentions = Mentions::collect(&mut looked)?;
    if !mentions.tables.is_empty() || mentions.functions.iter().any(|function| function.len() > 1) {
        return Err(Error::Unsupported(format!(
            "constraint {name}: other writers of the table must be able to check it, so it takes no plugin functions and no subqueries"
        )));
    }
    let (scope, _) = run.scope(mentions, 0).await?;
    let schema = datafusion::common::DFSchema::try_from(table.schema()?.as_ref().clone())?;
    let mut context = datafusion::sql::planner::PlannerContext::new();
    let planned = run.planner(&scope).sql_to_expr(looked, &schema, &mut context)?;
    // A call is planned under the name that was written, which is not part of the condition.
    let planned = planned
        .transform(|node| {
            Ok(match node {
                Expr::Alias(alias) => Transformed::yes(*alias.expr),
                node => Transformed::no(node),
            })
        })?
        .data;
    let change = polder_storage::Change::AddConstraint(name, Box::new(planned));
    Ok(table.change(change, &run.engine, &run.stamp()).await?)
}

pub(crate) async fn comment_column(run: &Run<'_>, table: Name, column: String, text: String) -> Result<Answer> {
    let target = Target::open(run, &table).await?;
    let change = polder_storage::Change::CommentColumn(column.clone(), text);
    target.table.change(change, &run.engine, &run.stamp()).await?;
    Ok(Answer::done(format!("Commented on {}.{column}.", target.securable.name)))
}

pub(crate) async fn alter(run: &Run<'_>, name: Name, change: AlterTable) -> Result<Answer> {
    let target = Target::open(run, &name).await?;
    let change = match change {
        AlterTable::AddColumns(columns) => {
            let columns = types::columns(&columns)?;
            if let Some(field) = columns.fields().iter().find(|field| !field.is_nullable()) {
                return Err(Error::Invalid(format!(
                    "column '{}' must be nullable: the rows that are there have no value for it",
                    field.name()
                )));
            }
            polder_storage::Change::AddColumns(columns.fields().clone())
        }
        AlterTable::DropNotNull(column) => polder_storage::Change::DropNotNull(column),
        AlterTable::AddConstraint(constraint, condition) => {
            // The error shows rows that do not comply.
            run.access.require(&target.securable, Privilege::Select).await?;
            add_constraint(run, target.table, constraint.clone(), *condition).await?;
            return Ok(Answer::done(format!("{} is now held to {constraint}.", target.securable.name)));
        }
        AlterTable::DropConstraint(constraint) => polder_storage::Change::DropConstraint(constraint),
        AlterTable::SetProperties(set) => polder_storage::Change::SetProperties(set),
    };
    target.table.change(change, &run.engine, &run.stamp()).await?;
    Ok(Answer::done(format!("Altered table {}.", target.securable.name)))
}
