//! Whether an answer is the expected one, and how it differs.
//!
//! Texts and whole numbers are compared as they are. A floating-point number with a fraction is compared to
//! the digits that the author wrote, so that `3974.3` stands for 3974.34; one that is written as a whole
//! (`2.0`) is meant as such. Differences in the last bits never count.

use super::case::Rows;

/// How far two numbers may be apart that are meant to be equal, relative to their size.
const TOLERANCE: f64 = 1e-9;

/// What differs, line by line; empty if nothing does. `floats` tells which columns are floating-point.
pub(super) fn difference(expected: &Rows, actual: &Rows, floats: &[bool]) -> Vec<String> {
    let same_header = expected.header == actual.header;
    let lines = expected.rows.len().max(actual.rows.len());
    let same_row = |at: usize| match (expected.rows.get(at), actual.rows.get(at)) {
        (Some(expected), Some(actual)) => same_row(expected, actual, floats),
        _ => false,
    };
    if same_header && (0..lines).all(same_row) {
        return Vec::new();
    }
    let mut difference = Vec::new();
    let header = |names: &[String]| line(&names.iter().cloned().map(Some).collect::<Vec<_>>());
    if same_header {
        difference.push(format!("  {}", header(&expected.header)));
    } else {
        difference.push(format!("- {}", header(&expected.header)));
        difference.push(format!("+ {}", header(&actual.header)));
    }
    for at in 0..lines {
        match (expected.rows.get(at), actual.rows.get(at)) {
            (Some(row), _) if same_row(at) => difference.push(format!("  {}", line(row))),
            (expected, actual) => {
                difference.extend(expected.map(|row| format!("- {}", line(row))));
                difference.extend(actual.map(|row| format!("+ {}", line(row))));
            }
        }
    }
    difference
}

fn line(row: &[Option<String>]) -> String {
    let cell = |cell: &Option<String>| match cell.as_deref() {
        None => String::new(),
        Some(text) if text.is_empty() || text.contains([',', '"', '\n']) => format!("{text:?}"),
        Some(text) => text.to_owned(),
    };
    row.iter().map(cell).collect::<Vec<_>>().join(",")
}

fn same_row(expected: &[Option<String>], actual: &[Option<String>], floats: &[bool]) -> bool {
    expected.len() == actual.len()
        && expected.iter().zip(actual).enumerate().all(|(column, cells)| match cells {
            (Some(expected), Some(actual)) if floats.get(column) == Some(&true) => same_number(expected, actual),
            (expected, actual) => expected == actual,
        })
}

fn same_number(expected: &str, actual: &str) -> bool {
    if expected == actual {
        return true;
    }
    let (Ok(wanted), Ok(got)) = (expected.parse::<f64>(), actual.parse::<f64>()) else { return false };
    if !wanted.is_finite() || !got.is_finite() {
        return wanted == got || wanted.is_nan() && got.is_nan();
    }
    let apart = (wanted - got).abs();
    apart <= TOLERANCE * wanted.abs() || apart <= last_digit(expected) / 2.0
}

/// The worth of the last digit that was written, or 0 where the number is meant as it stands.
fn last_digit(number: &str) -> f64 {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (Some((_, fraction)), Ok(exponent)) = (mantissa.split_once('.'), exponent.parse::<i32>()) else { return 0.0 };
    if fraction == "0" || fraction.is_empty() {
        return 0.0;
    }
    // A little more, because the half that is rounded up has no exact binary form.
    let digits = i32::try_from(fraction.len()).unwrap_or(i32::MAX);
    10f64.powi(exponent.saturating_sub(digits)) * (1.0 + TOLERANCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_to_the_digits_written() {
        for (expected, actual) in [
            ("3974.3", "3974.3418583"),
            ("3974.3", "3974.25"),
            ("0.1", "0.10000000000000002"),
            ("2.0", "2.0000000001"),
            ("1", "1.0"),
            ("1.5e3", "1523.0"),
            ("NaN", "NaN"),
            ("inf", "inf"),
            ("-0.0", "0.0"),
        ] {
            assert!(same_number(expected, actual), "{expected} {actual}");
        }
        for (expected, actual) in [
            ("3974.3", "3974.36"),
            ("3974.34", "3974.3"),
            ("2.0", "2.04"),
            ("1", "1.01"),
            ("0.0", "0.00001"),
            ("NaN", "1.0"),
            ("inf", "1.0"),
            ("x", "1.0"),
        ] {
            assert!(!same_number(expected, actual), "{expected} {actual}");
        }
    }

    #[test]
    fn what_differs_is_shown() {
        let expected = Rows::parse("a,b\n1,1.5\n2,\n,x\n");
        assert_eq!(difference(&expected, &Rows::parse("a,b\n1,1.52\n2,\n,x\n"), &[false, true]), Vec::<String>::new());
        // Without being told that it is a number, it is a text.
        let actual = Rows::parse("a,b\n1,1.52\n2,\"\"\n");
        assert_eq!(
            difference(&expected, &actual, &[false, false]),
            ["  a,b", "- 1,1.5", "+ 1,1.52", "- 2,", "+ 2,\"\"", "- ,x"]
        );
        assert_eq!(difference(&Rows::parse("a\n"), &Rows::parse("b\n1\n"), &[true]), ["- a", "+ b", "+ 1"]);
    }
}
