//! Whether two columns hold the same values.
//!
//! Floating-point numbers are the same if they are within a rounding error of each other: sums in another order are.

use arrow::array::{Array, ArrayRef, AsArray, Float32Array, Float64Array};
use arrow::datatypes::{DataType, Float32Type, Float64Type};

use crate::report::{Verdict, holds};
use crate::values::cell;

/// How far apart two numbers may be, relative to the larger one.
const TOLERANCE: f64 = 1e-6;

/// The columns hold the same values, or the rule is broken in the first row that differs.
pub(crate) fn same(what: &str, expected: &ArrayRef, actual: &ArrayRef) -> Verdict {
    let (wanted, got) = (expected.len(), actual.len());
    holds(wanted == got, || format!("{what}: {got} rows instead of {wanted}"))?;
    if expected.to_data() == actual.to_data() {
        return Ok(());
    }
    let differs = (0..wanted).find(|row| !same_value(&expected.slice(*row, 1), &actual.slice(*row, 1)));
    holds(differs.is_none(), || {
        let row = differs.unwrap_or_default();
        format!("{what}: row {row} is {} instead of {}", cell(actual, row), cell(expected, row))
    })
}

/// The same for several columns.
pub(crate) fn same_rows(what: &str, expected: &[ArrayRef], actual: &[ArrayRef]) -> Verdict {
    std::iter::zip(expected, actual).try_for_each(|(expected, actual)| same(what, expected, actual))
}

/// Of two columns of one value each.
fn same_value(a: &ArrayRef, b: &ArrayRef) -> bool {
    if a.data_type() != b.data_type() || a.is_null(0) != b.is_null(0) {
        return false;
    }
    if a.is_null(0) {
        return true;
    }
    let all = |a: &ArrayRef, b: &ArrayRef| {
        a.len() == b.len() && (0..a.len()).all(|row| same_value(&a.slice(row, 1), &b.slice(row, 1)))
    };
    match a.data_type() {
        DataType::Float64 => close(first64(a.as_primitive::<Float64Type>()), first64(b.as_primitive::<Float64Type>())),
        DataType::Float32 => close(first32(a.as_primitive::<Float32Type>()), first32(b.as_primitive::<Float32Type>())),
        DataType::Struct(_) => {
            let (a, b) = (a.as_struct().columns(), b.as_struct().columns());
            std::iter::zip(a, b).all(|(a, b)| same_value(a, b))
        }
        DataType::List(_) => all(&a.as_list::<i32>().value(0), &b.as_list::<i32>().value(0)),
        _ => a.to_data() == b.to_data(),
    }
}

fn first64(array: &Float64Array) -> f64 {
    array.value(0)
}

fn first32(array: &Float32Array) -> f64 {
    f64::from(array.value(0))
}

fn close(a: f64, b: f64) -> bool {
    a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= TOLERANCE * a.abs().max(b.abs())
}
