//! Scalar functions: every type, nulls, errors, bound arguments.

use polder_sdk::prelude::*;

/// Great-circle distance in kilometres.
///
/// ```sql
/// {schema}.haversine(40.64, -73.78, 33.94, -118.41)
/// -- 3974.3
/// ```
#[scalar]
fn haversine(
    /// Latitude of the first place, in degrees.
    lat1: f64,
    lon1: f64,
    lat2: f64,
    lon2: f64,
) -> f64 {
    let (lat1, lat2, half_lat, half_lon) =
        (lat1.to_radians(), lat2.to_radians(), (lat2 - lat1).to_radians() / 2.0, (lon2 - lon1).to_radians() / 2.0);
    let chord = half_lat.sin().powi(2) + lat1.cos() * lat2.cos() * half_lon.sin().powi(2);
    2.0 * 6_371.0 * chord.sqrt().asin()
}

#[scalar]
fn axpy(a: f64, x: f64, y: f64) -> f64 {
    a * x + y
}

#[scalar]
fn increment(value: i64) -> i64 {
    value.wrapping_add(1)
}

#[scalar]
fn upper(text: &str) -> String {
    text.to_uppercase()
}

/// The result borrows from the argument.
#[scalar]
fn trim(text: &str) -> &str {
    text.trim()
}

#[scalar]
fn either(first: Option<&str>, second: Option<&str>) -> Option<String> {
    first.or(second).map(str::to_owned)
}

#[scalar]
fn parse(text: &str) -> Result<i64, std::num::ParseIntError> {
    text.parse()
}

#[scalar]
fn panics(text: &str) -> i64 {
    panic!("this function panics at `{text}`")
}

#[scalar]
fn xor(a: bool, b: bool) -> bool {
    a ^ b
}

#[scalar]
fn reverse(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().rev().copied().collect()
}

#[scalar]
fn next_day(day: Date) -> Date {
    Date(day.0 + 1)
}

#[scalar]
fn day_of(moment: Timestamp) -> Date {
    moment.date()
}

#[scalar]
fn midnight(moment: LocalTimestamp) -> LocalTimestamp {
    LocalTimestamp::midnight(moment.date())
}

#[scalar]
fn twice(price: Decimal<10, 2>) -> Decimal<11, 2> {
    Decimal(price.0 * 2)
}

#[scalar]
#[expect(clippy::too_many_arguments, reason = "one of each type")]
fn small(a: i8, b: u8, c: i16, d: u16, e: i32, f: u32, g: u64, h: f32) -> Option<f64> {
    let sum = f64::from(a) + f64::from(b) + f64::from(c) + f64::from(d) + f64::from(e) + f64::from(f);
    Some(sum + g as f64 + f64::from(h))
}

#[scalar]
fn dot(a: &[f64], b: &[f64]) -> Result<f64, String> {
    if a.len() != b.len() {
        return Err(format!("vectors of {} and {} numbers", a.len(), b.len()));
    }
    Ok(a.iter().zip(b).map(|(a, b)| a * b).sum())
}

#[scalar]
fn sorted(mut words: Vec<String>) -> Vec<String> {
    words.sort();
    words
}

#[scalar]
fn nulls_in(items: Vec<Option<i64>>) -> i64 {
    items.iter().filter(|item| item.is_none()).count() as i64
}

/// A place.
#[derive(Row)]
pub(crate) struct Point {
    x: f64,
    y: f64,
    label: Option<String>,
}

#[scalar]
fn mirror(point: Point) -> Point {
    Point { x: point.y, y: point.x, ..point }
}

#[scalar]
fn corners(size: f64) -> Vec<Point> {
    vec![Point { x: 0.0, y: 0.0, label: Some("origin".into()) }, Point { x: size, y: size, label: None }]
}

/// A pattern in which `*` stands for anything, read once.
pub(crate) struct Glob(Vec<String>);

fn glob(pattern: &str) -> Result<Glob, String> {
    if pattern.is_empty() {
        return Err("the pattern is empty".into());
    }
    Ok(Glob(pattern.split('*').map(str::to_owned).collect()))
}

#[scalar]
fn matches(text: &str, #[bind(glob)] pattern: &Glob) -> bool {
    let Some((first, rest)) = pattern.0.split_first() else { return false };
    let Some(mut text) = text.strip_prefix(first.as_str()) else { return false };
    let Some((last, middle)) = rest.split_last() else { return text.is_empty() };
    for part in middle {
        let Some(position) = text.find(part.as_str()) else { return false };
        text = &text[position + part.len()..];
    }
    text.ends_with(last.as_str())
}

#[scalar(name = "count_calls", volatile)]
fn calls() -> i64 {
    use std::sync::atomic::{AtomicI64, Ordering};
    static CALLS: AtomicI64 = AtomicI64::new(0);
    CALLS.fetch_add(1, Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_stay_plain_functions() {
        assert!((haversine(40.64, -73.78, 33.94, -118.41) - 3_974.3).abs() < 1.0);
        assert_eq!(parse("42"), Ok(42));
        assert!(matches("polder.wasm", &glob("pol*.w*m").unwrap()));
        assert!(!matches("polder", &glob("*x").unwrap()));
    }
}
