//! The rows of an answer, in a form in which answers of different engines can be compared.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use serde_json::Value;

use crate::{Error, Result};

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Null,
    /// Integers, decimals and floats alike: engines differ in which of them an expression gives.
    Number(f64),
    /// Everything else, dates as `1995-03-15`.
    Text(String),
}

pub(crate) type Row = Vec<Cell>;

/// How far two numbers may be apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tolerance {
    pub(crate) absolute: f64,
    pub(crate) relative: f64,
}

pub(crate) fn from_batches(batches: &[RecordBatch]) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for batch in batches {
        let columns = batch.columns().iter().map(|column| cells(column)).collect::<Result<Vec<_>>>()?;
        rows.extend((0..batch.num_rows()).map(|row| columns.iter().map(|column| column[row].clone()).collect()));
    }
    Ok(rows)
}

fn cells(array: &dyn Array) -> Result<Vec<Cell>> {
    if array.data_type().is_numeric() {
        let numbers = cast(array, &DataType::Float64)?;
        let numbers = numbers.as_primitive::<Float64Type>().iter();
        return Ok(numbers.map(|number| number.map_or(Cell::Null, Cell::Number)).collect());
    }
    let texts = ArrayFormatter::try_new(array, &FormatOptions::default())?;
    let cell = |row| if array.is_null(row) { Cell::Null } else { Cell::Text(texts.value(row).to_string()) };
    Ok((0..array.len()).map(cell).collect())
}

/// Rows as an array of arrays.
pub(crate) fn from_json(rows: &Value) -> Result<Vec<Row>> {
    let not_rows = || Error::Unexpected(format!("{rows} is not an array of rows"));
    let cell = |value: &Value| match value {
        Value::Null => Cell::Null,
        Value::Number(number) => number.as_f64().map_or(Cell::Null, Cell::Number),
        Value::String(text) => Cell::Text(text.clone()),
        other => Cell::Text(other.to_string()),
    };
    let row = |row: &Value| Some(row.as_array()?.iter().map(cell).collect());
    rows.as_array().and_then(|rows| rows.iter().map(row).collect()).ok_or_else(not_rows)
}

/// Rows as lines of texts between bars, below a line of names.
pub(crate) fn from_bars(text: &str) -> Vec<Row> {
    let lines = text.lines().filter(|line| !line.trim().is_empty()).skip(1);
    lines.map(|line| line.split('|').map(|cell| Cell::Text(cell.to_owned())).collect()).collect()
}

/// Say where two answers differ, if they do. Without `ordered`, a row may be at another place in the other answer.
pub(crate) fn difference(ours: &[Row], theirs: &[Row], ordered: bool, tolerance: Tolerance) -> Option<String> {
    if ours.len() != theirs.len() {
        return Some(format!("{} rows, not {}", ours.len(), theirs.len()));
    }
    let mut left: Vec<Option<&Row>> = theirs.iter().map(Some).collect();
    for (at, row) in ours.iter().enumerate() {
        let equals = |other: &Option<&Row>| other.is_some_and(|other| same_row(row, other, tolerance));
        let found = match equals(&left[at]) {
            true => Some(at),
            false if ordered => None,
            false => left.iter().position(equals),
        };
        match found {
            Some(found) => left[found] = None,
            None => return Some(format!("row {}: {row:?}, not {:?}", at + 1, theirs[at])),
        }
    }
    None
}

fn same_row(ours: &Row, theirs: &Row, tolerance: Tolerance) -> bool {
    ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same(ours, theirs, tolerance))
}

fn same(ours: &Cell, theirs: &Cell, tolerance: Tolerance) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= tolerance.absolute + tolerance.relative * a.abs().max(b.abs());
    match (ours, theirs) {
        (Cell::Null, Cell::Null) => true,
        (Cell::Number(a), Cell::Number(b)) => near(*a, *b),
        (Cell::Number(a), Cell::Text(b)) => b.trim().parse().is_ok_and(|b| near(*a, b)),
        // Published answers pad texts to the width of their column.
        (Cell::Text(a), Cell::Text(b)) => a.trim() == b.trim(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Date32Array, Decimal128Array, StringArray};

    use super::*;

    const CENT: Tolerance = Tolerance { absolute: 0.01, relative: 0.0 };

    fn row(name: &str, amount: f64) -> Row {
        vec![Cell::Text(name.to_owned()), Cell::Number(amount)]
    }

    #[test]
    fn order_counts_only_where_it_is_total() {
        let (a, b) = ([row("x", 1.0), row("y", 1.0)], [row("y", 1.0), row("x", 1.0)]);
        assert_eq!(difference(&a, &b, false, CENT), None);
        assert!(difference(&a, &b, true, CENT).unwrap().starts_with("row 1"));
    }

    #[test]
    fn differences_are_found() {
        let ours = [row("x", 1.0), row("x", 1.0)];
        for (theirs, says) in [
            (vec![row("x", 1.0)], "2 rows, not 1"),
            (vec![row("x", 1.0), row("x", 1.02)], "row 2"),
            (vec![row("x", 1.0), row("y", 1.0)], "row 2"),
            (vec![row("x", 1.0), vec![Cell::Text("x".to_owned()), Cell::Null]], "row 2"),
            (vec![row("x", 1.0), vec![Cell::Text("x".to_owned())]], "row 2"),
        ] {
            for ordered in [true, false] {
                let found = difference(&ours, &theirs, ordered, CENT).unwrap();
                assert!(found.starts_with(says), "{found}");
            }
        }
    }

    #[test]
    fn all_sources_give_the_same_cells() {
        let columns: [(&str, ArrayRef); 3] = [
            ("name", Arc::new(StringArray::from(vec!["x"]))),
            ("day", Arc::new(Date32Array::from(vec![9204]))),
            ("amount", Arc::new(Decimal128Array::from(vec![1234]).with_precision_and_scale(15, 2).unwrap())),
        ];
        let ours = from_batches(&[RecordBatch::try_from_iter(columns).unwrap()]).unwrap();
        assert_eq!(ours, from_json(&serde_json::json!([["x", "1995-03-15", 12.34]])).unwrap());
        let bars = from_bars("name |day       |amount\nx    |1995-03-15| 12.34\n");
        assert_eq!(difference(&ours, &bars, true, CENT), None);
    }
}
