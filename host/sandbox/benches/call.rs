//! What a call into the sandbox costs, against the same work in native code: one JSON line per case.
//!
//! `cargo bench -p polder-sandbox`

#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first error")]

#[path = "../tests/sandbox/guest.rs"]
#[expect(dead_code, reason = "shared with the tests, which use all of it")]
mod guest;

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::array::{ArrayRef, StringArray};
use arrow::compute::kernels::numeric::add_wrapping;
use arrow::datatypes::DataType;
use polder_sandbox::Interrupt;

use guest::{bind, column, functions, int64s};

fn main() {
    let plugin = functions();
    let two = [column(DataType::Int64), column(DataType::Int64)];
    let none = Interrupt::new();
    report("fresh instance and bind", measure(|| drop(plugin.bind_scalar("add", &two, &none).unwrap())), None);

    let add = bind("add", &two);
    for rows in [1, 1_024, 8_192] {
        let (a, b) = (int64s(0..rows), int64s(0..rows));
        let columns = [a.clone(), b.clone()];
        let native = measure(|| drop(black_box(add_wrapping(&a, &b).unwrap())));
        let called = measure(|| drop(black_box(add.call(&columns, rows as usize).unwrap())));
        report(&format!("int64 add, {rows} rows"), called, Some(native));
    }

    let words: ArrayRef = Arc::new(StringArray::from_iter_values((0..8_192).map(|i| format!("word number {i}"))));
    let upper = bind("upper", &[column(DataType::Utf8)]);
    let native = measure(|| {
        let words = arrow::array::AsArray::as_string::<i32>(&words);
        drop(black_box(words.iter().map(|word| word.map(str::to_ascii_uppercase)).collect::<StringArray>()));
    });
    let called = measure(|| drop(black_box(upper.call(std::slice::from_ref(&words), 8_192).unwrap())));
    report("upper-case of utf8, 8192 rows", called, Some(native));

    let echo = bind("echo", &[column(DataType::Int64)]);
    let empty = [int64s([1])];
    report("echo of one row", measure(|| drop(black_box(echo.call(&empty, 1).unwrap()))), None);
}

/// The best of many short rounds, per call: what it takes when nothing else gets in the way.
fn measure(mut f: impl FnMut()) -> Duration {
    let mut round = |calls: u32| {
        let start = Instant::now();
        (0..calls).for_each(|_| f());
        start.elapsed() / calls
    };
    let once = (0..20).map(|_| round(1)).min().unwrap_or_default().max(Duration::from_nanos(1));
    let calls = (Duration::from_millis(1).as_nanos() / once.as_nanos()).clamp(1, 100_000) as u32;
    (0..300).map(|_| round(calls)).min().unwrap_or_default()
}

fn report(case: &str, took: Duration, native: Option<Duration>) {
    let ratio = native.map(|native| took.as_secs_f64() / native.as_secs_f64());
    let line = serde_json::json!({
        "case": case,
        "nanoseconds": took.as_nanos() as u64,
        "native_nanoseconds": native.map(|native| native.as_nanos() as u64),
        "ratio": ratio.map(|ratio| (ratio * 100.0).round() / 100.0),
    });
    println!("{line}");
}
