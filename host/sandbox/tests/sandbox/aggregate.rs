//! Aggregate functions.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array};
use arrow::datatypes::DataType;
use polder_sandbox::{Accumulator, Aggregate, Error, Interrupt};

use crate::guest::{column, functions, int64s};

fn aggregate(name: &str) -> Aggregate {
    functions().bind_aggregate(name, &[column(DataType::Int64)], &Interrupt::new()).unwrap()
}

fn add(accumulator: &mut Accumulator, values: &[Option<i64>], groups: &[usize], total: usize) {
    let values: ArrayRef = Arc::new(Int64Array::from(values.to_vec()));
    accumulator.update(&[values], groups, total).unwrap();
}

fn sums(expected: &[Option<i64>]) -> ArrayRef {
    Arc::new(Int64Array::from(expected.to_vec()))
}

#[test]
fn sums_by_group() {
    let sum = aggregate("sum");
    assert_eq!(sum.returns().data_type(), &DataType::Int64);
    assert_eq!(sum.state_fields().iter().map(|field| field.name().as_str()).collect::<Vec<_>>(), ["sum", "count"]);
    let mut accumulator = sum.accumulator().unwrap();
    add(&mut accumulator, &[Some(1), Some(10), None, Some(2)], &[0, 1, 1, 0], 3);
    add(&mut accumulator, &[], &[], 4);
    add(&mut accumulator, &[Some(100)], &[3], 4);
    assert_eq!(accumulator.size(), 64);
    assert_eq!(&accumulator.evaluate(Some(2)).unwrap(), &sums(&[Some(3), Some(10)]));
    add(&mut accumulator, &[Some(5)], &[0], 2);
    assert_eq!(&accumulator.evaluate(None).unwrap(), &sums(&[Some(5), Some(100)]));
    assert_eq!(accumulator.evaluate(None).unwrap().len(), 0);
}

#[test]
fn merges_partial_states() {
    let sum = aggregate("sum");
    let (mut left, mut right) = (sum.accumulator().unwrap(), sum.accumulator().unwrap());
    add(&mut left, &[Some(1), Some(2)], &[0, 1], 2);
    add(&mut right, &[Some(10), None], &[1, 0], 2);
    let (left, right) = (left.state(None).unwrap(), right.state(None).unwrap());
    let mut whole = sum.accumulator().unwrap();
    whole.merge(&left, &[0, 1], 2).unwrap();
    whole.merge(&right, &[1, 2], 3).unwrap();
    assert_eq!(&whole.evaluate(None).unwrap(), &sums(&[Some(1), Some(2), Some(10)]));
}

#[test]
fn accumulators_do_not_see_each_other() {
    let sum = aggregate("sum");
    for round in 0..100 {
        let mut accumulator = sum.accumulator().unwrap();
        add(&mut accumulator, &[Some(round)], &[0], 1);
        assert_eq!(&accumulator.evaluate(None).unwrap(), &sums(&[Some(round)]));
    }
}

#[test]
fn misuse_and_failure_are_errors() {
    let mut accumulator = aggregate("sum").accumulator().unwrap();
    assert!(matches!(accumulator.update(&[int64s([1])], &[3], 3), Err(Error::Arguments { .. })), "group beyond");
    assert!(matches!(accumulator.update(&[int64s([1])], &[0, 1], 2), Err(Error::Arguments { .. })), "rows differ");
    assert!(matches!(accumulator.merge(&[int64s([1])], &[0], 1), Err(Error::Arguments { .. })), "state column missing");
    assert!(matches!(accumulator.evaluate(Some(1)), Err(Error::Arguments { .. })), "no such group");

    let error = accumulator.update(&[int64s([1, i64::MIN])], &[0, 0], 1).unwrap_err();
    assert!(matches!(&error, Error::Guest { row: Some(1), .. }), "{error:?}");
    assert!(matches!(accumulator.evaluate(None), Err(Error::Arguments { .. })), "it failed before");
}

#[test]
fn more_values_than_groups_are_refused() {
    let mut accumulator = aggregate("lie").accumulator().unwrap();
    add(&mut accumulator, &[Some(1)], &[0], 1);
    assert!(accumulator.size() <= 64 << 20, "a size beyond the instance's memory: {}", accumulator.size());
    let error = accumulator.evaluate(None).unwrap_err();
    assert!(matches!(&error, Error::Contract { .. }), "{error:?}");
    assert!(error.to_string().contains("2 rows where 1 are expected"), "{error}");
}
