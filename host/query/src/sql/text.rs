//! A query as text that means the same when it is read again.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{self, TableFactor, Value, ValueWithSpan, VisitMut, VisitorMut};

/// The query's text. The parser's own rendering takes `''` and `\'` within a value for quotes that are escaped already, and
/// so would end the literal early; with each quote doubled beforehand it changes nothing. It writes the alias of a table
/// before its version, where nobody reads it; in brackets of its own the version comes first.
pub(crate) fn text_of(query: &ast::Query) -> String {
    let mut query = query.clone();
    let _ = VisitMut::visit(&mut query, &mut Plain);
    query.to_string()
}

struct Plain;

impl VisitorMut for Plain {
    type Break = Infallible;

    fn post_visit_table_factor(&mut self, factor: &mut TableFactor) -> ControlFlow<Infallible> {
        if let TableFactor::Table { alias, version: Some(_), .. } = factor
            && let Some(alias) = alias.take()
        {
            let table = ast::TableWithJoins { relation: factor.clone(), joins: vec![] };
            *factor = TableFactor::NestedJoin { table_with_joins: Box::new(table), alias: Some(alias) };
        }
        ControlFlow::Continue(())
    }

    fn post_visit_value(&mut self, value: &mut ValueWithSpan) -> ControlFlow<Infallible> {
        if let Value::SingleQuotedString(text) = &mut value.value {
            *text = text.replace('\'', "''");
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::parse_query;

    #[test]
    fn a_literal_stays_what_it_is() {
        for value in ["'", "''", "\\'", "\\'; SELECT '", "a'b''c\\''d", "\\", "\\\\'"] {
            let written = format!("SELECT '{}'", value.replace('\'', "''"));
            let query = parse_query(&written).unwrap();
            assert_eq!(text_of(&query), written);
            assert_eq!(text_of(&parse_query(&text_of(&query)).unwrap()), written);
        }
        for other in ["x'0aF'", r"E'a\'b\\'", "$$a'b$$", "$x$a$$b$x$"] {
            let query = parse_query(&format!("SELECT {other}, 1")).unwrap();
            assert_eq!(parse_query(&text_of(&query)).unwrap(), query, "{other}");
        }
        for refused in ["x'0g'", "X'00'''", "N'a'", r"N'a\\'"] {
            assert!(parse_query(&format!("SELECT {refused}")).is_err(), "{refused}");
        }
    }

    #[test]
    fn a_version_stays_with_its_table() {
        let query = parse_query("SELECT * FROM a.t@v3 AS x JOIN t TIMESTAMP AS OF '2024-01-01' y, t@v1").unwrap();
        let written = text_of(&query);
        assert_eq!(parse_query(&written).unwrap(), query, "{written}");
    }
}
