//! The author's cases: SQL files in which the answer stands below each statement.
//!
//! ```text
//! SELECT {schema}.haversine(40.64, -73.78, 33.94, -118.41) AS km;
//! -- km
//! -- 3974.3
//!
//! SELECT {schema}.parse('x');
//! -- error: not a number
//! ```
//!
//! The comment lines directly below a statement are its answer: a header and rows as CSV (a NULL is
//! nothing, an empty text is `""`), or an error that must contain a text. A statement with nothing below
//! must succeed. Comments elsewhere are comments.

use polder_query::statements;

use crate::output::records;
use crate::{Error, Result};

/// A statement and what it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Case {
    /// Where the statement begins, from 1.
    pub(super) line: usize,
    pub(super) sql: String,
    pub(super) expected: Expected,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Success,
    /// An error whose message holds this text.
    Error(String),
    Rows(Rows),
}

/// Cells as CSV has them; NULL is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<Option<String>>>,
}

impl Rows {
    /// Read CSV text with a header.
    pub(super) fn parse(text: &str) -> Self {
        let mut records = records(text).into_iter();
        let header = records.next().unwrap_or_default().into_iter().map(Option::unwrap_or_default).collect();
        Self { header, rows: records.collect() }
    }
}

/// Read a file of cases; `schema` takes the place of `{schema}`.
pub(super) fn parse(text: &str, schema: &str) -> Result<Vec<Case>> {
    let text = text.replace("{schema}", schema);
    let mut cases = Vec::new();
    let mut lines = (1..).zip(text.lines()).peekable();
    let mut pending = String::new();
    let mut start = 1;
    while let Some((number, line)) = lines.next() {
        if pending.is_empty() {
            if line.trim().is_empty() || line.starts_with("--") {
                continue;
            }
            start = number;
        }
        pending.push_str(line);
        pending.push('\n');
        if !line.contains(';') && lines.peek().is_some() {
            continue;
        }
        let found = match statements(&pending) {
            Ok(script) if script.open => None,
            Ok(script) => Some(script.statements),
            Err(polder_query::Error::Incomplete(_)) => None,
            Err(error) => {
                return Err(Error::Statement { place: format!("line {start}"), error: Box::new(error.into()) });
            }
        };
        let Some(mut found) = found else {
            if lines.peek().is_none() {
                return Err(Error::invalid(format_args!("line {start}: the statement does not end; it needs a ;")));
            }
            continue;
        };
        pending.clear();
        let Some(last) = found.pop() else { continue };
        let before = found.into_iter().map(|sql| Case { line: start, sql, expected: Expected::Success });
        cases.extend(before);
        let mut answer = String::new();
        while let Some((_, comment)) = lines.next_if(|(_, line)| line.starts_with("--")) {
            let comment = &comment[2..];
            answer.push_str(comment.strip_prefix(' ').unwrap_or(comment).trim_end());
            answer.push('\n');
        }
        cases.push(Case { line: start, sql: last, expected: expected(&answer) });
    }
    Ok(cases)
}

fn expected(answer: &str) -> Expected {
    match answer.strip_prefix("error:") {
        Some(text) => Expected::Error(text.trim().to_owned()),
        None if answer.is_empty() => Expected::Success,
        None => Expected::Rows(Rows::parse(answer)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_cases() {
        let text = "\
-- What this file is about.
SELECT {schema}.f(1) AS a, 'x;
y' AS b; -- not the answer
-- a,b
-- 1,\"x;
-- y\"
-- ,\"\"
--

-- Another remark.
CREATE TABLE {schema}.t (a INT);

INSERT INTO {schema}.t VALUES (1); SELECT
  a FROM {schema}.t;
-- error:  in {schema}
SELECT 1 WHERE false;
-- none
";
        let cases = parse(text, "main.test").unwrap();
        let rows = |header: &[&str], rows: Vec<Vec<Option<&str>>>| {
            Expected::Rows(Rows {
                header: header.iter().map(|name| (*name).to_owned()).collect(),
                rows: rows
                    .into_iter()
                    .map(|row| row.into_iter().map(|cell| cell.map(str::to_owned)).collect())
                    .collect(),
            })
        };
        let found: Vec<_> = cases.into_iter().map(|case| (case.line, case.sql, case.expected)).collect();
        let expected = vec![
            (
                2,
                "SELECT main.test.f(1) AS a, 'x;\ny' AS b".to_owned(),
                rows(&["a", "b"], vec![vec![Some("1"), Some("x;\ny")], vec![None, Some("")], vec![None]]),
            ),
            (11, "CREATE TABLE main.test.t (a INT)".to_owned(), Expected::Success),
            (13, "INSERT INTO main.test.t VALUES (1)".to_owned(), Expected::Success),
            (13, "SELECT\n  a FROM main.test.t".to_owned(), Expected::Error("in main.test".to_owned())),
            (16, "SELECT 1 WHERE false".to_owned(), rows(&["none"], vec![])),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_statement_must_end() {
        for text in ["SELECT 1", "SELECT 1;\n\nSELECT 'x;\n", "SELECT 1 /* ;"] {
            assert!(parse(text, "s").is_err(), "{text}");
        }
        assert_eq!(parse("\n-- nothing\n", "s").unwrap(), []);
    }
}
