//! INSERT: rows of a query into a table, after, or in place of, those that are there; one Delta commit.

use arrow::datatypes::{DataType, Field, Fields, TimeUnit};
use datafusion::common::ScalarValue;
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::{DmlStatement, Expr, LogicalPlan, LogicalPlanBuilder, cast, lit};
use datafusion::sql::sqlparser::ast::{self, TableObject};
use polder_catalog::FullName;
use polder_storage::{Mode, Table};

use super::dml::{Target, condition_on};
use crate::answer::count;
use crate::mentions::Mentions;
use crate::resolve::{Reads, rename};
use crate::run::Run;
use crate::sql::{self, parts};
use crate::{Answer, Error, Result, lineage};

pub(crate) async fn insert(run: &Run<'_>, insert: sql::Insert) -> Result<Answer> {
    let sql::Insert { mut statement, by_name, evolve, mut replace_where } = insert;
    let ast::Statement::Insert(parsed) = statement.as_mut() else {
        return Err(Error::Unsupported("this form of INSERT".to_owned()));
    };
    let TableObject::TableName(name) = &parsed.table else {
        return Err(Error::Unsupported("INSERT takes the name of a table".to_owned()));
    };
    if parsed.replace_into || parsed.or.is_some() || parsed.on.is_some() || parsed.ignore {
        return Err(Error::Unsupported("INSERT that replaces rows: write MERGE INTO … USING … ON …".to_owned()));
    }
    if parsed.returning.is_some() {
        return Err(Error::Unsupported("RETURNING".to_owned()));
    }
    let written = parts(name);
    let target = Target::open(run, &written).await?;
    if let Some(partition) = parsed.partitioned.take() {
        replace_where = Some(Box::new(into_partition(parsed, partition, &target)?));
    }
    let mode = match replace_where {
        Some(condition) => Mode::ReplaceWhere(Box::new(condition_on(run, &target, *condition).await?)),
        None if parsed.overwrite => Mode::Overwrite,
        None => Mode::Append,
    };
    let Some(source) = parsed.source.as_mut() else {
        return Err(Error::Syntax("INSERT needs VALUES or a query".to_owned()));
    };
    if evolve || by_name {
        let columns: Vec<String> = parsed.columns.iter().filter_map(|column| parts(column).pop()).collect();
        if columns.is_empty() {
            need_names(source)?;
        }
        let (plan, reads) = run.plan_query(source.clone(), 0).await?;
        let plan = named(rename(plan, &columns)?, &target.table, &target.securable.name, evolve)?;
        return write(run, &target, plan, reads, mode).await;
    }
    let mentions = Mentions::collect(source.as_mut())?;
    let (mut scope, reads) = run.scope(mentions, 0).await?;
    scope.add_table(&written, provider_as_source(target.table.provider(&run.engine)?));
    let LogicalPlan::Dml(DmlStatement { input, .. }) = run.planner(&scope).sql_statement_to_plan(*statement)? else {
        return Err(Error::Unsupported("this form of INSERT".to_owned()));
    };
    write(run, &target, input.as_ref().clone(), reads, mode).await
}

/// Turn `INSERT OVERWRITE t PARTITION (d = 'x') query` into the insert of a query that also gives those
/// columns; gives the condition of the rows that it replaces.
fn into_partition(insert: &mut ast::Insert, partition: Vec<ast::Expr>, target: &Target) -> Result<ast::Expr> {
    if !insert.overwrite {
        return Err(Error::Unsupported("PARTITION in INSERT INTO: the query gives the columns' values".to_owned()));
    }
    let mut values = Vec::new();
    for equal in &partition {
        match equal {
            ast::Expr::BinaryOp { left, op: ast::BinaryOperator::Eq, right } => match left.as_ref() {
                ast::Expr::Identifier(column) => values.push((column.clone(), right.as_ref().clone())),
                _ => return Err(Error::Syntax(format!("'{left}' is not a column in PARTITION"))),
            },
            other => return Err(Error::Syntax(format!("PARTITION takes column = value, not '{other}'"))),
        }
    }
    let of_partition: Vec<String> = values.iter().flat_map(|(column, _)| parts(&vec![column.clone()].into())).collect();
    if insert.columns.is_empty() {
        let schema = target.table.schema()?;
        let others = schema.fields().iter().filter(|field| !of_partition.contains(field.name()));
        insert.columns = others.map(|field| vec![ast::Ident::with_quote('"', field.name())].into()).collect();
    }
    let Some(source) = insert.source.as_mut() else {
        return Err(Error::Syntax("INSERT needs VALUES or a query".to_owned()));
    };
    let (columns, values): (Vec<_>, Vec<_>) = values.into_iter().unzip();
    insert.columns.extend(columns.into_iter().map(|column| vec![column].into()));
    if let ast::SetExpr::Values(given) = source.body.as_mut() {
        given.rows.iter_mut().for_each(|row| row.content.extend(values.iter().cloned()));
    } else {
        let mut query = sql::parse_query("SELECT * FROM (SELECT 1) AS rows")?;
        if let ast::SetExpr::Select(select) = query.body.as_mut() {
            select.projection.extend(values.into_iter().map(ast::SelectItem::UnnamedExpr));
            if let ast::TableFactor::Derived { subquery, .. } = &mut select.from[0].relation {
                std::mem::swap(subquery, source);
            }
        }
        *source = query;
    }
    let conditions = partition.into_iter().reduce(|left, right| ast::Expr::BinaryOp {
        left: Box::new(left),
        op: ast::BinaryOperator::And,
        right: Box::new(right),
    });
    conditions.ok_or_else(|| Error::Syntax("PARTITION () names no column".to_owned()))
}

/// What becomes a column by its name must have one that was written.
fn need_names(query: &ast::Query) -> Result<()> {
    let unnamed = match query.body.as_ref() {
        ast::SetExpr::Values(_) => Some("VALUES".to_owned()),
        ast::SetExpr::Select(select) => select.projection.iter().find_map(|item| match item {
            ast::SelectItem::UnnamedExpr(ast::Expr::Identifier(_) | ast::Expr::CompoundIdentifier(_)) => None,
            ast::SelectItem::UnnamedExpr(expr) => Some(format!("'{expr}'")),
            _ => None,
        }),
        _ => None,
    };
    match unnamed {
        Some(what) => Err(Error::Invalid(format!(
            "BY NAME and WITH SCHEMA EVOLUTION go by the names of columns, and {what} has none: add AS name, or a list of \
             columns after the table"
        ))),
        None => Ok(()),
    }
}

/// Write the rows of a plan into a table and record where they came from; gives the table as it is then, and the number
/// of rows.
pub(crate) async fn commit(
    run: &Run<'_>,
    target: &Target,
    plan: LogicalPlan,
    reads: Reads,
    mode: Mode,
) -> Result<(Table, u64)> {
    let edges = lineage::edges(&plan, &reads);
    let (table, rows) = target.table.write(plan, mode, &run.engine, &run.stamp()).await?;
    lineage::record(run, &target.securable, Some(table.version()), &reads, edges).await?;
    Ok((table, rows))
}

/// As [`commit`], told in words.
pub(crate) async fn write(
    run: &Run<'_>,
    target: &Target,
    plan: LogicalPlan,
    reads: Reads,
    mode: Mode,
) -> Result<Answer> {
    let (_, rows) = commit(run, target, plan, reads, mode).await?;
    Ok(Answer::Done(format!("Inserted {} into {}.", count(rows), target.securable.name), Some(rows)))
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

/// The columns of a plan in the order and types of the table, those that the plan lacks as NULL; then, if
/// the table may `evolve`, those that only the plan has.
pub(crate) fn named(plan: LogicalPlan, table: &Table, name: &FullName, evolve: bool) -> Result<LogicalPlan> {
    let schema = table.schema()?;
    let given = plan.schema().columns();
    let mut columns: Vec<Expr> = Vec::new();
    for field in schema.fields() {
        let value = match given.iter().find(|column| &column.name == field.name()) {
            Some(column) => Expr::Column(column.clone()),
            None => lit(ScalarValue::Null),
        };
        columns.push(cast(value, field.data_type().clone()).alias(field.name()));
    }
    for (field, column) in plan.schema().fields().iter().zip(given) {
        if schema.field_with_name(field.name()).is_ok() {
            continue;
        }
        if !evolve {
            return Err(Error::Invalid(format!(
                "{name} has no column '{}'; INSERT WITH SCHEMA EVOLUTION, or COPY_OPTIONS ('mergeSchema' = 'true'), \
                 adds it",
                field.name()
            )));
        }
        columns.push(cast(Expr::Column(column), stored(field.data_type())).alias(field.name()));
    }
    Ok(LogicalPlanBuilder::from(plan).project(columns)?.build()?)
}

/// No rows of a table's columns: what CREATE OR REPLACE without a query writes.
pub(crate) fn no_rows(schema: &arrow::datatypes::SchemaRef) -> Result<LogicalPlan> {
    let schema = datafusion::common::ToDFSchema::to_dfschema_ref(std::sync::Arc::clone(schema))?;
    let empty = LogicalPlan::EmptyRelation(datafusion::logical_expr::EmptyRelation { produce_one_row: false, schema });
    Ok(LogicalPlanBuilder::from(empty).build()?)
}
