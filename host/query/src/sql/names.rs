//! Names of columns that were given none: what was written, `count(*)` and not the engine's
//! `count(Int64(1))`.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{self, Expr, SelectItem, VisitMut, VisitorMut};

/// Name each column of every SELECT in a query that is neither a column nor named.
pub(crate) fn name_columns(query: &mut ast::Query) {
    let _ = VisitMut::visit(query, &mut Names);
}

struct Names;

impl VisitorMut for Names {
    type Break = Infallible;

    /// What SELECT DISTINCT is ordered by must be one of its columns, by the name that it now gets.
    fn pre_visit_query(&mut self, query: &mut ast::Query) -> ControlFlow<Infallible> {
        if let ast::SetExpr::Select(select) = query.body.as_ref()
            && select.distinct.is_some()
            && let Some(ast::OrderBy { kind: ast::OrderByKind::Expressions(order), .. }) = &mut query.order_by
        {
            for by in order {
                let same = |item: &SelectItem| matches!(item, SelectItem::UnnamedExpr(expr) if *expr == by.expr);
                if !names_itself(&by.expr) && select.projection.iter().any(same) {
                    by.expr = Expr::Identifier(name(&by.expr));
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &mut ast::Select) -> ControlFlow<Infallible> {
        for item in &mut select.projection {
            if let SelectItem::UnnamedExpr(expr) = item
                && !names_itself(expr)
            {
                *item = SelectItem::ExprWithAlias { alias: name(expr), expr: expr.clone() };
            }
        }
        ControlFlow::Continue(())
    }
}

fn name(expr: &Expr) -> ast::Ident {
    ast::Ident::with_quote('"', expr.to_string())
}

fn names_itself(expr: &Expr) -> bool {
    match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::CompoundFieldAccess { .. } => true,
        // It may become several columns.
        Expr::Function(function) => function.name.to_string().eq_ignore_ascii_case("unnest"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::parse_query;

    #[test]
    fn distinct_rows_are_ordered_by_names() {
        let mut query = parse_query("SELECT DISTINCT upper(b) FROM t ORDER BY upper(b) DESC").unwrap();
        name_columns(&mut query);
        let named = r#"SELECT DISTINCT upper(b) AS "upper(b)" FROM t ORDER BY "upper(b)" DESC"#;
        assert_eq!(query.to_string(), named);
    }

    #[test]
    fn columns_are_named_as_written() {
        let mut query =
            parse_query("SELECT a, t.b, 1, count(*), a + 1 AS c, * FROM t UNION SELECT Sum( x ) FROM u").unwrap();
        name_columns(&mut query);
        assert_eq!(
            query.to_string(),
            r#"SELECT a, t.b, 1 AS "1", count(*) AS "count(*)", a + 1 AS c, * FROM t UNION SELECT Sum(x) AS "Sum(x)" FROM u"#
        );
    }
}
