//! Clauses that parse and that nobody plans: they are refused, because a query without them is another query.
//!
//! The parser knows the clauses of every dialect; the planner skips those that it does not know. Nodes are taken
//! apart without `..`, so whoever brings a parser with more clauses has to look at them here.

use datafusion::sql::sqlparser::ast::{
    Function, FunctionArguments, GroupByExpr, OrderByKind, Query, Select, SelectFlavor, SelectItem, SetExpr,
    TableAlias, TableFactor, TableFunctionArgs,
};

use crate::{Error, Result};

/// Fail with the first clause that is written.
fn refuse<const N: usize>(clauses: [(bool, &str); N]) -> Result<()> {
    match clauses.iter().find(|(written, _)| *written) {
        Some((_, clause)) => Err(Error::Unsupported(format!("{clause} is not supported"))),
        None => Ok(()),
    }
}

pub(crate) fn refuse_in_query(query: &Query) -> Result<()> {
    let Query {
        with,
        body,
        order_by,
        limit_clause: _,
        fetch,
        locks,
        for_clause,
        settings,
        format_clause,
        pipe_operators: _,
    } = query;
    let order_by_all = order_by.as_ref().is_some_and(|order| matches!(order.kind, OrderByKind::All(_)));
    for cte in with.iter().flat_map(|with| &with.cte_tables) {
        refuse([(cte.from.is_some(), "FROM after a query in WITH")])?;
        refuse_in_alias(Some(&cte.alias))?;
    }
    refuse([
        (order_by_all && !matches!(**body, SetExpr::Select(_)), "ORDER BY ALL of anything but a SELECT"),
        (fetch.is_some(), "FETCH"),
        (!locks.is_empty(), "FOR UPDATE or FOR SHARE"),
        (for_clause.is_some(), "FOR XML, FOR JSON or FOR BROWSE"),
        (settings.is_some(), "SETTINGS"),
        (format_clause.is_some(), "FORMAT"),
    ])
}

pub(crate) fn refuse_in_select(select: &Select) -> Result<()> {
    let Select {
        select_token: _,
        optimizer_hints: _,
        distinct: _,
        select_modifiers,
        top,
        top_before_distinct: _,
        projection,
        exclude,
        into,
        from: _,
        lateral_views,
        prewhere,
        selection: _,
        connect_by,
        group_by,
        cluster_by,
        distribute_by,
        sort_by,
        having: _,
        named_window: _,
        qualify: _,
        window_before_qualify: _,
        value_table_mode,
        flavor,
    } = select;
    let (GroupByExpr::All(modifiers) | GroupByExpr::Expressions(_, modifiers)) = group_by;
    let like = projection.iter().any(|item| match item {
        SelectItem::Wildcard(options) | SelectItem::QualifiedWildcard(_, options) => options.opt_ilike.is_some(),
        _ => false,
    });
    refuse([
        (matches!(flavor, SelectFlavor::FromFirstNoSelect), "FROM without SELECT"),
        (select_modifiers.as_ref().is_some_and(|modifiers| modifiers.is_any_set()), "a MySQL modifier of SELECT"),
        (top.is_some(), "TOP (write LIMIT)"),
        (like, "* ILIKE"),
        (exclude.is_some(), "EXCLUDE after the columns"),
        (into.is_some(), "SELECT INTO (write CREATE TABLE … AS SELECT)"),
        (!lateral_views.is_empty(), "LATERAL VIEW (write unnest)"),
        (prewhere.is_some(), "PREWHERE"),
        (!connect_by.is_empty(), "CONNECT BY (write WITH RECURSIVE)"),
        (!modifiers.is_empty(), "WITH ROLLUP, CUBE or TOTALS (write GROUP BY ROLLUP (…) or CUBE (…))"),
        (!cluster_by.is_empty(), "CLUSTER BY"),
        (!distribute_by.is_empty(), "DISTRIBUTE BY"),
        (!sort_by.is_empty(), "SORT BY (write ORDER BY)"),
        (value_table_mode.is_some(), "SELECT AS STRUCT or VALUE"),
    ])
}

pub(crate) fn refuse_in_table(factor: &TableFactor) -> Result<()> {
    match factor {
        TableFactor::Table {
            name: _,
            alias,
            args,
            with_hints,
            version: _,
            with_ordinality,
            partitions,
            json_path,
            sample,
            index_hints,
        } => {
            let settings = matches!(args, Some(TableFunctionArgs { settings: Some(_), .. }));
            refuse_in_alias(alias.as_ref())?;
            refuse([
                (settings, "SETTINGS"),
                (!with_hints.is_empty(), "WITH (hints) after a table"),
                (*with_ordinality, "WITH ORDINALITY"),
                (!partitions.is_empty(), "PARTITION after a table (write WHERE)"),
                (json_path.is_some(), "a path into JSON after a table"),
                (sample.is_some(), "TABLESAMPLE"),
                (!index_hints.is_empty(), "an index hint"),
            ])
        }
        TableFactor::Derived { lateral: _, subquery: _, alias, sample } => {
            refuse_in_alias(alias.as_ref())?;
            refuse([(sample.is_some(), "TABLESAMPLE")])
        }
        TableFactor::Function { lateral: _, name: _, args: _, with_ordinality, alias } => {
            refuse_in_alias(alias.as_ref())?;
            refuse([(*with_ordinality, "WITH ORDINALITY")])
        }
        TableFactor::UNNEST { alias, .. } | TableFactor::NestedJoin { alias, .. } => refuse_in_alias(alias.as_ref()),
        // The planner refuses the others as a whole.
        _ => Ok(()),
    }
}

pub(crate) fn refuse_in_function(function: &Function) -> Result<()> {
    refuse([
        (!matches!(function.parameters, FunctionArguments::None), "a function with two lists of arguments"),
        (matches!(function.args, FunctionArguments::Subquery(_)), "a query as an argument without its own parentheses"),
    ])
}

fn refuse_in_alias(alias: Option<&TableAlias>) -> Result<()> {
    let Some(TableAlias { explicit: _, name: _, columns, at }) = alias else { return Ok(()) };
    refuse([
        (columns.iter().any(|column| column.data_type.is_some()), "a type in the list of columns of an alias"),
        (at.is_some(), "AT after an alias"),
    ])
}
