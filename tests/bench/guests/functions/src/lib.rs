//! The plugin that polder-bench measures: each loop as a function on rows, and where it pays on whole columns.

mod loops;

use polder_sdk::prelude::*;

/// A sum that wraps around.
#[scalar]
fn add(a: i64, b: i64) -> i64 {
    loops::add(a, b)
}

/// The number below zero.
#[scalar]
fn negate(a: i64) -> i64 {
    a.wrapping_neg()
}

/// `add`, on whole columns.
#[scalar(columns)]
fn add_columns(a: &Int64Column, b: &Int64Column) -> Int64Column {
    if a.is_constant() || b.is_constant() {
        return a.iter().zip(b.iter()).map(|(a, b)| Some(loops::add(a?, b?))).collect();
    }
    let sums: Int64Column = a.values().iter().zip(b.values()).map(|(a, b)| loops::add(*a, *b)).collect();
    sums.null_where(a).null_where(b)
}

/// Upper case of ASCII letters.
#[scalar]
fn upper(text: &str) -> String {
    loops::upper(text)
}

/// `upper`, on whole columns.
#[scalar(columns)]
fn upper_columns(text: &Utf8Column) -> Result<Utf8Column> {
    text.with_text(loops::upper_all(text.text()))
}

/// The greatest common divisor.
#[scalar]
fn gcd(a: i64, b: i64) -> i64 {
    loops::gcd(a, b)
}

/// The greatest common divisor of two INTs.
#[scalar]
fn gcd_int(a: i32, b: i32) -> i32 {
    loops::gcd_int(a, b)
}

/// What a European call option is worth after Black and Scholes.
#[scalar]
fn black_scholes(spot: f64, strike: f64, years: f64, rate: f64, volatility: f64) -> f64 {
    loops::black_scholes(spot, strike, years, rate, volatility)
}

/// `black_scholes` with the logarithm and the exponential function of a Rust crate.
#[scalar]
fn black_scholes_libm(spot: f64, strike: f64, years: f64, rate: f64, volatility: f64) -> f64 {
    loops::black_scholes_libm(spot, strike, years, rate, volatility)
}

/// The arithmetic mean.
#[aggregate]
#[derive(Default)]
struct Mean {
    count: i64,
    sum: f64,
}

#[aggregate]
impl Mean {
    fn update(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.sum += other.sum;
    }

    fn evaluate(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }
}
