//! Functions on whole columns.

use super::{bind, column, constant, run, scalar, values, varying};
use crate::prelude::*;

#[scalar(columns)]
fn upper(text: &Utf8Column) -> Result<Utf8Column> {
    text.with_text(text.text().to_ascii_uppercase())
}

#[scalar(columns)]
fn plus(a: &Float64Column, b: &Float64Column) -> Float64Column {
    if a.is_constant() || b.is_constant() {
        return a.iter().zip(b.iter()).map(|(a, b)| Some(a? + b?)).collect();
    }
    a.values().iter().zip(b.values()).map(|(a, b)| a + b).collect::<Float64Column>().null_where(a).null_where(b)
}

#[scalar(columns, variadic, returns = like_last)]
fn last_column(columns: &[Column]) -> Result<Column> {
    Ok(columns.last().ok_or("no argument")?.clone())
}

fn like_last(arguments: &[Argument]) -> Result<DataType> {
    Ok(arguments.last().ok_or("no argument")?.field.data_type.clone())
}

#[scalar(columns)]
fn too_few(_text: &Utf8Column) -> Int64Column {
    Int64Column::from_iter([1i64])
}

#[test]
fn buffers_are_handled_at_once() {
    let texts = column([Some("aé"), None, Some(""), Some("b")]);
    let result = scalar("upper", std::slice::from_ref(&texts)).unwrap();
    assert_eq!(values::<&str>(&result), [Some("Aé"), None, Some(""), Some("B")]);
    let text = <Utf8Column as crate::columns::Whole>::from_column(texts);
    assert!(text.with_text("xxxx".into()).is_ok());
    assert!(text.with_text("xxx".into()).is_err());
    assert!(text.with_text("xxé".into()).is_err());

    let (a, b) = (column((0..100).map(|row| (row % 9 > 0).then_some(1.0))), column((0..100).map(f64::from).map(Some)));
    let expected: Vec<_> = (0..100).map(|row| (row % 9 > 0).then(|| f64::from(row) + 1.0)).collect();
    assert_eq!(values::<f64>(&scalar("plus", &[a.clone(), b]).unwrap()), expected);
    let bound = bind("plus", [varying(&a), constant(&column([2.0]))]).unwrap();
    let expected: Vec<_> = (0..100).map(|row| (row % 9 > 0).then_some(3.0)).collect();
    assert_eq!(values::<f64>(&run(&bound, &[a]).unwrap()), expected);
}

#[test]
fn a_constant_result_is_repeated() {
    let numbers = column([1i64, 2, 3]);
    let bound = bind("last_column", [varying(&numbers), constant(&column(["x"]))]).unwrap();
    let result = run(&bound, &[numbers]).unwrap();
    assert!(!result.is_constant());
    assert_eq!(values::<&str>(&result), [Some("x"); 3]);
}

#[test]
fn a_result_has_the_rows_of_the_call() {
    let error = scalar("too_few", &[column(["a", "b"])]).unwrap_err();
    assert_eq!(error.message(), "the function returned 1 rows for 2");
}
