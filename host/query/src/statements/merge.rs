//! MERGE INTO: one Delta commit that updates, deletes and inserts what a join with the source says.

use arrow::datatypes::Fields;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, TableReference};
use datafusion::logical_expr::dml::{MergeIntoAction, MergeIntoClauseKind, MergeIntoOp};
use datafusion::logical_expr::{DmlStatement, Expr, LogicalPlan, WriteOp};
use datafusion::sql::sqlparser::ast::{self, AssignmentTarget, Ident, MergeInsertKind, TableFactor};
use polder_storage::{Clause, Matched, MergeAction};

use super::dml::{Target, changed, target_name};
use super::insert::add_columns;
use crate::mentions::Mentions;
use crate::resolve::Reads;
use crate::run::Run;
use crate::sql::{self, is_star, parts};
use crate::{Answer, Error, Result, lineage};

/// WITH SCHEMA EVOLUTION (`evolve`), what the clauses assign and the table lacks becomes a column of it.
pub(crate) async fn merge(run: &Run<'_>, statement: ast::Statement, evolve: bool) -> Result<Answer> {
    let ast::Statement::Merge(mut parsed) = statement else { return Err(Error::Unsupported("this MERGE".to_owned())) };
    let mut target = Target::open(run, &target_name(&parsed.table)?).await?;
    expand(run, &mut target, &mut parsed, evolve).await?;
    let mut statement = ast::Statement::Merge(parsed);
    let mentions = Mentions::collect(&mut statement)?;
    let (scope, reads) = run.scope(mentions, 0).await?;
    let plan = run.planner(&scope).sql_statement_to_plan(statement)?;
    let LogicalPlan::Dml(DmlStatement { table_name, op: WriteOp::MergeInto(merge), input, .. }) = plan else {
        return Err(Error::Unsupported("this MERGE".to_owned()));
    };
    let MergeIntoOp { on, clauses } = *merge;
    let edges = lineage::merge_edges(&table_name, &clauses, &input, &reads);
    let columns: Vec<String> = target.table.schema()?.fields().iter().map(|field| field.name().clone()).collect();
    let mut translated = Vec::new();
    for clause in clauses {
        let matched = match clause.kind {
            MergeIntoClauseKind::Matched => Matched::Both,
            MergeIntoClauseKind::NotMatched | MergeIntoClauseKind::NotMatchedByTarget => Matched::SourceOnly,
            MergeIntoClauseKind::NotMatchedBySource => Matched::TargetOnly,
        };
        let action = match clause.action {
            MergeIntoAction::Delete => MergeAction::Delete,
            MergeIntoAction::Update(set) => MergeAction::Update(sides(set, &table_name)?),
            MergeIntoAction::Insert { columns: named, values } => {
                let named = if named.is_empty() { columns.clone() } else { named };
                MergeAction::Insert(sides(named.into_iter().zip(values).collect(), &table_name)?)
            }
        };
        let predicate = clause.predicate.map(|predicate| side(predicate, &table_name)).transpose()?;
        translated.push(Clause { matched, predicate, action });
    }
    let on = side(on, &table_name)?;
    let source = input.as_ref().clone();
    let (table, [inserted, updated, deleted]) =
        target.table.merge(source, on, translated, &run.engine, &run.stamp()).await?;
    changed(run, &target, &table, &reads, edges).await?;
    let text = format!(
        "Merged into {}: {inserted} rows inserted, {updated} updated, {deleted} deleted.",
        target.securable.name
    );
    Ok(Answer::Done(text, Some(inserted + updated + deleted)))
}

/// Replace the rows that are equal to those of `source` in `keys`, and add the others; gives the table's version.
pub(crate) async fn upsert(run: &Run<'_>, target: &Target, source: LogicalPlan, keys: &[String]) -> Result<u64> {
    let schema = target.table.schema()?;
    if let Some(unknown) = keys.iter().find(|key| schema.field_with_name(key).is_err()) {
        return Err(Error::Invalid(format!("{} has no column '{unknown}' to merge by", target.securable.name)));
    }
    let of = |side: &str, name: &str| Expr::Column(Column::new(Some(TableReference::bare(side)), name));
    let on = keys.iter().map(|key| of("target", key).eq(of("source", key))).reduce(Expr::and);
    let on = on.ok_or_else(|| Error::Invalid("a merge needs columns to merge by".to_owned()))?;
    let all: Vec<_> = schema.fields().iter().map(|field| (field.name().clone(), of("source", field.name()))).collect();
    let rest = all.iter().filter(|(name, _)| !keys.contains(name)).cloned().collect();
    let clauses = vec![
        Clause { matched: Matched::Both, predicate: None, action: MergeAction::Update(rest) },
        Clause { matched: Matched::SourceOnly, predicate: None, action: MergeAction::Insert(all) },
    ];
    let (table, _) = target.table.merge(source, on, clauses, &run.engine, &run.stamp()).await?;
    changed(run, target, &table, &Reads::default(), Vec::new()).await?;
    Ok(table.version())
}

/// Write out `UPDATE SET *` and `INSERT *`, which take every column of the source by its name, and let the
/// table grow the columns that it needs for that.
async fn expand(run: &Run<'_>, target: &mut Target, merge: &mut ast::Merge, evolve: bool) -> Result<()> {
    let stars = merge.clauses.iter().any(|clause| is_star(&clause.action));
    if !stars && !evolve {
        return Ok(());
    }
    let source = source_name(&mut merge.source);
    let fields = fields_of(run, &merge.source).await?;
    if evolve {
        let assigned = assigned(&merge.clauses);
        let grown = fields.iter().filter(|field| stars || assigned.contains(field.name())).cloned();
        target.table = add_columns(run, target, &grown.collect()).await?;
    }
    let schema = target.table.schema()?;
    let mut columns = Vec::new();
    for column in schema.fields() {
        let given = fields.find(column.name()).is_some();
        if !given && !evolve && stars {
            return Err(Error::Invalid(format!(
                "the source of the MERGE has no column '{}', which * needs; name the columns, or write MERGE WITH \
                 SCHEMA EVOLUTION INTO to leave it as it is",
                column.name()
            )));
        }
        if given {
            columns.push(Ident::with_quote('"', column.name()));
        }
    }
    let value = |column: &Ident| ast::Expr::CompoundIdentifier(source.iter().chain([column]).cloned().collect());
    for clause in merge.clauses.iter_mut().filter(|clause| is_star(&clause.action)) {
        match &mut clause.action {
            ast::MergeAction::Update(update) => {
                let assign = |column: &Ident| ast::Assignment {
                    target: AssignmentTarget::ColumnName(vec![column.clone()].into()),
                    value: value(column),
                };
                update.assignments = columns.iter().map(assign).collect();
            }
            ast::MergeAction::Insert(insert) => {
                insert.columns = columns.iter().map(|column| vec![column.clone()].into()).collect();
                let row = ast::Parens::with_empty_span(columns.iter().map(value).collect());
                let values = ast::Values { explicit_row: false, value_keyword: false, rows: vec![row] };
                insert.kind = MergeInsertKind::Values(values);
            }
            ast::MergeAction::Delete { .. } => {}
        }
    }
    Ok(())
}

/// What the columns of the source are qualified with; a query without a name gets one.
fn source_name(source: &mut TableFactor) -> Vec<Ident> {
    let (name, alias) = match source {
        TableFactor::Table { name, alias, args: None, .. } => (Some(&*name), alias),
        TableFactor::Table { alias, .. }
        | TableFactor::Derived { alias, .. }
        | TableFactor::Function { alias, .. }
        | TableFactor::TableFunction { alias, .. } => (None, alias),
        _ => return Vec::new(),
    };
    match (alias.as_ref(), name) {
        (Some(alias), _) => vec![alias.name.clone()],
        (None, Some(name)) => name.0.iter().filter_map(|part| part.as_ident().cloned()).collect(),
        (None, None) => {
            let name = Ident::new("source");
            *alias = Some(ast::TableAlias { explicit: true, name: name.clone(), columns: Vec::new(), at: None });
            vec![name]
        }
    }
}

async fn fields_of(run: &Run<'_>, source: &TableFactor) -> Result<Fields> {
    let mut query = sql::parse_query("SELECT * FROM source")?;
    if let ast::SetExpr::Select(select) = query.body.as_mut() {
        select.from = vec![ast::TableWithJoins { relation: source.clone(), joins: Vec::new() }];
    }
    let (plan, _) = run.plan_query(query, 0).await?;
    Ok(plan.schema().fields().clone())
}

/// The columns that clauses assign by name.
fn assigned(clauses: &[ast::MergeClause]) -> Vec<String> {
    let columns = clauses.iter().flat_map(|clause| match &clause.action {
        ast::MergeAction::Update(update) => update
            .assignments
            .iter()
            .filter_map(|assignment| match &assignment.target {
                AssignmentTarget::ColumnName(name) => parts(name).pop(),
                AssignmentTarget::Tuple(_) => None,
            })
            .collect::<Vec<_>>(),
        ast::MergeAction::Insert(insert) => insert.columns.iter().filter_map(|name| parts(name).pop()).collect(),
        ast::MergeAction::Delete { .. } => Vec::new(),
    });
    columns.collect()
}

/// Say of each column whether it is the target's or the source's, in storage's words.
fn side(expr: Expr, target: &TableReference) -> Result<Expr> {
    let sided = expr.transform(|node| {
        Ok(match node {
            Expr::Column(Column { relation, name, .. }) => {
                let side =
                    if relation.as_ref().is_some_and(|relation| relation == target) { "target" } else { "source" };
                Transformed::yes(Expr::Column(Column::new(Some(TableReference::bare(side)), name)))
            }
            // A call is planned under the name that was written, which Delta's record of the merge cannot spell.
            Expr::Alias(alias) => Transformed::yes(*alias.expr),
            node => Transformed::no(node),
        })
    })?;
    let mut subquery = false;
    sided.data.apply(|node| {
        subquery |= matches!(node, Expr::ScalarSubquery(_) | Expr::InSubquery(_) | Expr::Exists(_));
        Ok(TreeNodeRecursion::Continue)
    })?;
    if subquery {
        return Err(Error::Unsupported("a subquery in a clause of MERGE: join it into the source".to_owned()));
    }
    Ok(sided.data)
}

fn sides(set: Vec<(String, Expr)>, target: &TableReference) -> Result<Vec<(String, Expr)>> {
    set.into_iter().map(|(column, value)| Ok((column, side(value, target)?))).collect()
}
