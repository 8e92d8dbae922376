//! What made what: the tables with their versions, and the components by digest, behind every change.

use std::collections::BTreeSet;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, TableReference};
use datafusion::logical_expr::dml::{MergeIntoAction, MergeIntoClause};
use datafusion::logical_expr::{Expr, LogicalPlan};
use polder_catalog::{ColumnEdge, FunctionUse, Lineage, Securable, TableVersion};

use crate::functions::relation;
use crate::resolve::Reads;
use crate::run::Run;
use crate::{Result, view};

/// One column of a table that was read.
type Origin = (String, String);
type Origins = BTreeSet<Origin>;

/// From the columns that were read to the column that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) source: Origin,
    pub(crate) column: String,
}

/// Record that the statement made a version of `target` (a view has none).
pub(crate) async fn record(
    run: &Run<'_>,
    target: &Securable,
    version: Option<u64>,
    reads: &Reads,
    edges: Vec<Edge>,
) -> Result<()> {
    let table = |securable: &Securable, version: Option<u64>| TableVersion {
        name: securable.name.to_string(),
        id: Some(securable.id),
        version: version.map(|version| version as i64),
    };
    let mut sources = Vec::new();
    for read in &reads.tables {
        let source = table(&read.securable, read.version);
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    let mut functions: Vec<FunctionUse> = Vec::new();
    for (function, _) in &reads.functions {
        let used = FunctionUse { name: function.name.clone(), digest: function.plugin.digest().to_string() };
        if !functions.contains(&used) {
            functions.push(used);
        }
    }
    let columns = edges
        .into_iter()
        .map(|Edge { source: (source, source_column), column }| ColumnEdge {
            source,
            source_column,
            target_column: column,
        })
        .collect();
    let lineage = Lineage {
        statement_id: run.id.to_string(),
        statement: run.text.to_owned(),
        target: Some(table(target, version)),
        sources,
        functions,
        columns,
        ..Lineage::default()
    };
    Ok(run.access.record_lineage(&lineage).await?)
}

/// Record that files were loaded into a version of `target`.
pub(crate) async fn record_files(
    run: &Run<'_>,
    target: &Securable,
    version: u64,
    files: impl Iterator<Item = String>,
) -> Result<()> {
    let table = TableVersion { name: target.name.to_string(), id: Some(target.id), version: Some(version as i64) };
    let lineage = Lineage {
        statement_id: run.id.to_string(),
        statement: run.text.to_owned(),
        target: Some(table),
        sources: files.map(|name| TableVersion { name, id: None, version: None }).collect(),
        ..Lineage::default()
    };
    Ok(run.access.record_lineage(&lineage).await?)
}

/// Which columns that were read go into each column of the plan.
pub(crate) fn edges(plan: &LogicalPlan, reads: &Reads) -> Vec<Edge> {
    let origins = origins(plan, reads);
    plan.schema()
        .fields()
        .iter()
        .zip(origins)
        .flat_map(|(field, origins)| origins.into_iter().map(|source| Edge { source, column: field.name().clone() }))
        .collect()
}

/// The same for a merge, whose assignments are clauses.
pub(crate) fn merge_edges(
    target: &TableReference,
    clauses: &[MergeIntoClause],
    source: &LogicalPlan,
    reads: &Reads,
) -> Vec<Edge> {
    let inputs = origins(source, reads);
    let mut edges: Vec<Edge> = Vec::new();
    let mut assign = |column: &str, value: &Expr| {
        for reference in value.column_refs() {
            if reference.relation.as_ref() == Some(target) {
                continue;
            }
            let Some(at) = source.schema().maybe_index_of_column(reference) else { continue };
            for origin in &inputs[at] {
                let edge = Edge { source: origin.clone(), column: column.to_owned() };
                if !edges.contains(&edge) {
                    edges.push(edge);
                }
            }
        }
    };
    for clause in clauses {
        match &clause.action {
            MergeIntoAction::Update(set) => set.iter().for_each(|(column, value)| assign(column, value)),
            MergeIntoAction::Insert { columns, values } => {
                columns.iter().zip(values).for_each(|(column, value)| assign(column, value));
            }
            MergeIntoAction::Delete => {}
        }
    }
    edges
}

/// The origins of a plugin's output: the first columns are its input's, each other may come from any of them.
fn through(input: Vec<Origins>, same: usize, width: usize) -> Vec<Origins> {
    let all: Origins = input.iter().flatten().cloned().collect();
    let mut columns: Vec<Origins> = input.into_iter().take(same).collect();
    columns.resize(width, all);
    columns
}

/// For each output column of a plan, the columns of tables that it is computed from.
fn origins(plan: &LogicalPlan, reads: &Reads) -> Vec<Origins> {
    let width = plan.schema().fields().len();
    match plan {
        LogicalPlan::TableScan(scan) => {
            let read = reads.tables.iter().find(|read| std::sync::Arc::ptr_eq(&read.source, &scan.source));
            if let Some(view) = view::query(&scan.source)
                && read.is_none_or(|read| read.version.is_none())
            {
                let inner = origins(&view, reads);
                return match &scan.projection {
                    Some(columns) => columns.iter().map(|at| inner.get(*at).cloned().unwrap_or_default()).collect(),
                    None => inner,
                };
            }
            if let Some((input, same)) = relation::input(&scan.source) {
                let columns = through(origins(input, reads), same, scan.source.schema().fields().len());
                return match &scan.projection {
                    Some(kept) => kept.iter().map(|at| columns[*at].clone()).collect(),
                    None => columns,
                };
            }
            let Some(read) = read else { return vec![Origins::new(); width] };
            let table = read.securable.name.to_string();
            let names = plan.schema().fields().iter();
            names.map(|field| Origins::from([(table.clone(), field.name().clone())])).collect()
        }
        LogicalPlan::Projection(node) => of_expressions(&node.expr, &node.input, reads),
        LogicalPlan::Aggregate(node) => {
            let mut columns = of_expressions(&node.group_expr, &node.input, reads);
            columns.extend(of_expressions(&node.aggr_expr, &node.input, reads));
            // Grouping sets add a column of their own.
            columns.resize(width, Origins::new());
            columns
        }
        LogicalPlan::Window(node) => {
            let mut columns = origins(&node.input, reads);
            columns.extend(of_expressions(&node.window_expr, &node.input, reads));
            columns
        }
        LogicalPlan::Union(node) => {
            let mut columns = vec![Origins::new(); width];
            for input in &node.inputs {
                for (column, more) in columns.iter_mut().zip(origins(input, reads)) {
                    column.extend(more);
                }
            }
            columns
        }
        LogicalPlan::Unnest(node) => {
            let input = origins(&node.input, reads);
            node.dependency_indices.iter().map(|at| input.get(*at).cloned().unwrap_or_default()).collect()
        }
        LogicalPlan::Join(node) => {
            let mut columns = origins(&node.left, reads);
            columns.extend(origins(&node.right, reads));
            // Semi and anti joins keep one side.
            if columns.len() != width {
                let left = node.left.schema().fields().len();
                columns = if left == width { columns[..left].to_vec() } else { columns.split_off(left) };
            }
            columns.resize(width, Origins::new());
            columns
        }
        // Filters, sorts, limits, aliases … hand their input's columns on.
        other => match other.inputs().as_slice() {
            [input] if input.schema().fields().len() == width => origins(input, reads),
            inputs => {
                let all: Origins = inputs.iter().flat_map(|input| origins(input, reads)).flatten().collect();
                vec![all; width]
            }
        },
    }
}

fn of_expressions(expressions: &[Expr], input: &LogicalPlan, reads: &Reads) -> Vec<Origins> {
    let inputs = origins(input, reads);
    let of_column = |column: &Column| {
        let at = input.schema().maybe_index_of_column(column);
        at.and_then(|at| inputs.get(at).cloned()).unwrap_or_default()
    };
    expressions
        .iter()
        .map(|expression| {
            let mut found: Origins = expression.column_refs().into_iter().flat_map(of_column).collect();
            // A subquery's own result counts too.
            let _ = expression.apply(|node| {
                let subquery = match node {
                    Expr::ScalarSubquery(subquery) => Some(subquery),
                    Expr::InSubquery(query) => Some(&query.subquery),
                    _ => None,
                };
                if let Some(subquery) = subquery {
                    found.extend(origins(&subquery.subquery, reads).into_iter().flatten());
                }
                Ok(TreeNodeRecursion::Continue)
            });
            found
        })
        .collect()
}
