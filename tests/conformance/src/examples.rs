//! The examples of a description, run through SQL.
//!
//! A result is compared cell by cell: as text, or, where both are numbers, to the digits that the author wrote.

use polder_sandbox::{Example, Function};

use crate::checks::Rule;
use crate::house::{House, Rows, SCHEMA};
use crate::report::{Problem, Verdict, holds};

/// How far apart two numbers may be that are meant to be equal, relative to their size.
const TOLERANCE: f64 = 1e-9;

pub(crate) const RULE: Rule =
    Rule { name: "sql.examples", rule: "The examples in the description give what they say." };

/// Runs the examples of a function that is installed.
pub(crate) fn run(house: &House, function: &Function) -> Verdict {
    let mut told = function.examples.iter().filter(|example| !example.result.is_empty()).peekable();
    if told.peek().is_none() {
        return Err(Problem::Absent("it has no examples with results".into()));
    }
    told.try_for_each(|example| gives(house, example))
}

fn gives(house: &House, example: &Example) -> Verdict {
    let sql = example.sql.replace("{schema}", SCHEMA);
    let first = sql.split_whitespace().next().unwrap_or_default().to_uppercase();
    let query = if matches!(first.as_str(), "SELECT" | "WITH" | "VALUES") { sql } else { format!("SELECT {sql}") };
    let rows = match (house.run(&query), example.result.strip_prefix("error:")) {
        (Err(error), Some(text)) if error.to_string().contains(text.trim()) => return Ok(()),
        (Err(error), _) => return Err(Problem::Broken(format!("{query}: {error}"))),
        (Ok(rows), _) => rows,
    };
    let got = rows.cells();
    let expected = expected(&example.result, &rows);
    let same = expected.len() == got.len()
        && std::iter::zip(&expected, &got).all(|(expected, got)| {
            expected.len() == got.len() && std::iter::zip(expected, got).all(|(expected, got)| same(expected, got))
        });
    holds(same, || format!("{query} gives {got:?} instead of {expected:?}"))
}

/// The cells of a result as it is written, with or without a header.
fn expected(text: &str, rows: &Rows) -> Vec<Vec<String>> {
    let columns = rows.0.num_columns();
    let mut lines: Vec<_> =
        text.lines().map(|line| if columns == 1 { vec![whole(line)] } else { cells(line) }).collect();
    if lines.len() > 1 && lines.first() == Some(&rows.header()) {
        lines.remove(0);
    }
    lines
}

/// A line that is one cell.
fn whole(line: &str) -> String {
    let quoted = line.strip_prefix('"').and_then(|line| line.strip_suffix('"'));
    quoted.map_or_else(|| line.to_owned(), |cell| cell.replace("\"\"", "\""))
}

/// The cells of a line as CSV has them.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match (c, cells.last_mut()) {
            ('"', _) => quoted = !quoted,
            (',', _) if !quoted => cells.push(String::new()),
            (c, Some(cell)) => cell.push(c),
            (_, None) => {}
        }
    }
    cells
}

fn same(expected: &str, got: &str) -> bool {
    if expected == got || expected.is_empty() && got == "NULL" {
        return true;
    }
    let (Ok(wanted), Ok(got)) = (expected.parse::<f64>(), got.parse::<f64>()) else { return false };
    let apart = (wanted - got).abs();
    apart <= TOLERANCE * wanted.abs() || apart <= half_digit(expected)
}

/// Half of what the last digit behind the point is worth; 0 for a number that is meant as it stands.
fn half_digit(number: &str) -> f64 {
    match number.split_once('.') {
        Some((_, digits)) if digits != "0" && digits.bytes().all(|b| b.is_ascii_digit()) => {
            0.5 * 10f64.powi(-i32::try_from(digits.len()).unwrap_or(i32::MAX)) * (1.0 + TOLERANCE)
        }
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_compared_as_they_are_meant() {
        for (expected, got) in [("3974.3", "3974.34"), ("AL", "AL"), ("", "NULL"), ("90.0", "90.00000000000001")] {
            assert!(same(expected, got), "{expected} {got}");
        }
        for (expected, got) in [("3974.3", "3974.36"), ("1", "1.01"), ("AL", "al"), ("0.0", "0.01")] {
            assert!(!same(expected, got), "{expected} {got}");
        }
        assert_eq!(cells("a,\"b,c\",,d"), ["a", "b,c", "", "d"]);
        assert_eq!([whole("a,b"), whole("\"a \"\"b\"\"\"")], ["a,b", "a \"b\""]);
    }
}
