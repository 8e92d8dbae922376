//! A query as text that means the same when it is read again.

use std::convert::Infallible;
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{self, Value, ValueWithSpan, VisitMut, VisitorMut};

/// The query's text. The parser's own rendering takes `''` and `\'` within a value for quotes that are escaped already,
/// and so would end the literal early; with each quote doubled beforehand it changes nothing.
pub(crate) fn text_of(query: &ast::Query) -> String {
    let mut query = query.clone();
    let _ = VisitMut::visit(&mut query, &mut Quotes);
    query.to_string()
}

struct Quotes;

impl VisitorMut for Quotes {
    type Break = Infallible;

    fn post_visit_value(&mut self, value: &mut ValueWithSpan) -> ControlFlow<Infallible> {
        if let Value::SingleQuotedString(text) | Value::NationalStringLiteral(text) = &mut value.value {
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
    }
}
