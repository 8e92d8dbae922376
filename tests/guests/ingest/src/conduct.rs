//! Tasks that behave in one way or another, without any capability but the log and the metrics.

use polder_sdk::prelude::*;
use polder_sdk::{Json, json, metrics};

/// Gives back what it gets.
#[task]
fn echo(value: Json) -> Json {
    json!({ "value": value })
}

#[task]
fn fail(message: String) -> Result<(), String> {
    Err(message)
}

#[task(name = "panic")]
fn ends_badly(message: &str) {
    panic!("{message}");
}

/// Never ends.
#[task]
fn spin() {
    let mut turns = 0_u64;
    loop {
        turns = std::hint::black_box(turns.wrapping_add(1));
    }
}

#[task]
fn flood_log(n: u64) {
    (0..n).for_each(|line| log::info(format!("line {line}")));
}

/// Reports `n` steps.
#[task]
fn step(n: u64) {
    for done in 1..=n {
        metrics::counter("steps", 1);
        metrics::gauge("share", done as f64 / n as f64);
        metrics::progress(done, Some(n));
    }
}
