//! Scalar functions: nulls, errors, constants, prepared arguments, any type.

use super::{bind, column, constant, run, scalar, values, varying};
use crate::prelude::*;
use std::cell::Cell;

/// Distance in a plane.
///
/// ```sql
/// {schema}.distance(3.0, 4.0)
/// -- 5.0
/// ```
#[scalar]
fn distance(
    /// To the right.
    x: f64,
    _y: f64,
) -> f64 {
    x.hypot(_y)
}

#[scalar]
fn shout(text: &str) -> String {
    format!("{text}!")
}

#[scalar]
fn or_zero(number: Option<i64>) -> i64 {
    number.unwrap_or(0)
}

#[scalar]
fn parse(text: &str) -> Result<Option<i64>, std::num::ParseIntError> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

#[scalar(name = "forty_two")]
fn answer() -> i64 {
    42
}

#[scalar(variadic, returns = type_of_first)]
fn first_of(values: Vec<Value<'_>>) -> Option<Value<'_>> {
    values.into_iter().find(|value| !value.is_null())
}

fn type_of_first(arguments: &[Argument]) -> Result<DataType> {
    let first = arguments.first().ok_or("first_of needs an argument")?;
    if arguments.iter().any(|argument| argument.field.data_type != first.field.data_type) {
        return Err("all arguments have to be of one type".into());
    }
    Ok(first.field.data_type.clone())
}

#[scalar(variadic)]
fn longest_of<'a>(first: &'a str, others: Vec<&'a str>) -> &'a str {
    others.into_iter().fold(first, |longest, other| if other.len() > longest.len() { other } else { longest })
}

#[scalar]
fn item_at(list: Value<'_>, index: i64) -> Result<Option<i64>> {
    list.items().nth(index as usize).map_or(Ok(None), Value::get)
}

thread_local!(static MADE: Cell<usize> = const { Cell::new(0) });

fn divisor(number: i64) -> Result<std::num::NonZeroI64, &'static str> {
    MADE.set(MADE.get() + 1);
    std::num::NonZeroI64::new(number).ok_or("the divisor is zero")
}

#[scalar]
fn divide(number: i64, #[bind(divisor)] by: &std::num::NonZeroI64) -> i64 {
    number / by.get()
}

#[test]
fn a_null_makes_the_result_null_unless_it_is_asked_for() {
    for rows in [0, 5, 64, 300] {
        let x: Vec<_> = (0..rows).map(|row| (row % 7 != 3).then_some(row as f64)).collect();
        let y: Vec<_> = (0..rows).map(|row| (row % 5 != 1).then_some(1.0)).collect();
        let expected: Vec<Option<f64>> = x.iter().zip(&y).map(|(x, y)| Some(x.as_ref()?.hypot((*y)?))).collect();
        let result = scalar("distance", &[column(x), column(y)]).unwrap();
        assert_eq!(values::<f64>(&result), expected);
    }
    assert_eq!(values(&scalar("or_zero", &[column([Some(7i64), None])]).unwrap()), [Some(7i64), Some(0)]);
    assert_eq!(values(&scalar("forty_two", &[]).unwrap()), [Some(42i64)]);
}

#[test]
fn constants_stand_for_every_row() {
    let (x, y) = (column((0..100).map(f64::from)), column([Some(3.0)]));
    let bound = bind("distance", [varying(&x), constant(&y)]).unwrap();
    let expected: Vec<_> = (0..100).map(|x| Some(f64::from(x).hypot(3.0))).collect();
    assert_eq!(values::<f64>(&run(&bound, std::slice::from_ref(&x)).unwrap()), expected);

    let bound = bind("distance", [varying(&x), constant(&column([None::<f64>]))]).unwrap();
    assert_eq!(values::<f64>(&run(&bound, &[x]).unwrap()), vec![None; 100]);
}

#[test]
fn an_error_tells_its_row() {
    let good = scalar("parse", &[column([Some("1"), None, Some("")])]).unwrap();
    assert_eq!(values::<i64>(&good), [Some(1), None, None]);
    let mut texts = vec![Some("1"); 200];
    (texts[66], texts[150]) = (None, Some("x"));
    let error = scalar("parse", &[column(texts)]).unwrap_err();
    assert_eq!((error.row(), error.message()), (Some(150), "invalid digit found in string"));
}

#[test]
fn a_prepared_argument_is_made_once_for_a_constant() {
    let numbers = column((0..1000).map(i64::from));
    let made = |arguments: [Argument; 2], columns: &[Column]| {
        MADE.set(0);
        let result = run(&bind("divide", arguments)?, columns)?;
        Ok::<_, Error>((MADE.get(), values::<i64>(&result).iter().flatten().sum::<i64>()))
    };
    let two = column([2i64]);
    assert_eq!(made([varying(&numbers), constant(&two)], std::slice::from_ref(&numbers)).unwrap(), (1, 249_500));
    let by = column((0..1000).map(|row| if row < 500 { 2i64 } else { 1 }));
    assert_eq!(made([varying(&numbers), varying(&by)], &[numbers.clone(), by]).unwrap(), (2, 437_000));

    let error = made([varying(&numbers), constant(&column([0i64]))], &[]).unwrap_err();
    assert_eq!((error.row(), error.message()), (None, "the divisor is zero"));
    let zeros = column([1i64, 0, 1]);
    let error = made([varying(&zeros), varying(&zeros)], &[zeros.clone(), zeros.clone()]).unwrap_err();
    assert_eq!(error.row(), Some(1));
    assert_eq!(
        made([varying(&numbers), constant(&column([None::<i64>]))], std::slice::from_ref(&numbers)).unwrap(),
        (0, 0)
    );
}

#[test]
fn values_of_any_type_pass_through() {
    let lists = [column([Some(vec![Some(1i64), None]), None]), column([Some(vec![]), Some(vec![Some(2i64)])])];
    let first = scalar("first_of", &lists).unwrap();
    assert_eq!(values::<Vec<Option<i64>>>(&first), [Some(vec![Some(1), None]), Some(vec![Some(2)])]);
    let decimals = [column([None, Some(Decimal::<9, 2>(5)), None]), column([None, None, Some(Decimal::<9, 2>(-1))])];
    let first = scalar("first_of", &decimals).unwrap();
    assert_eq!(values::<Decimal<9, 2>>(&first), [None, Some(Decimal(5)), Some(Decimal(-1))]);

    let second = scalar("item_at", &[lists[0].clone(), column([0i64, 0])]).unwrap();
    assert_eq!(values::<i64>(&second), [Some(1), None]);
    let error = scalar("item_at", &[column([vec!["x"]]), column([0i64])]).unwrap_err();
    assert_eq!(error.message(), "the value has Arrow format `u`, not `l`");

    let texts = [column(["a", "b"]), column([Some("bb"), None]), column(["", "bb"])];
    assert_eq!(values::<&str>(&scalar("longest_of", &texts).unwrap()), [Some("bb"), None]);
}
