//! Functions that count, fail, and do not end.

use std::sync::atomic::{AtomicI64, Ordering};

use polder_sdk::prelude::*;

/// A number that grows with every call.
#[scalar(volatile)]
fn ticket() -> i64 {
    static TICKETS: AtomicI64 = AtomicI64::new(0);
    TICKETS.fetch_add(1, Ordering::Relaxed)
}

/// The number of a plan: the same within a statement.
#[scalar(stable)]
fn steady(n: i64) -> i64 {
    n
}

/// Twice a number.
#[scalar]
fn twice(n: i64) -> i64 {
    2 * n
}

/// Which preparation of a constant this is, counted from 1.
struct Preparation(i64);

fn prepare(_: &str) -> Preparation {
    static MADE: AtomicI64 = AtomicI64::new(0);
    Preparation(MADE.fetch_add(1, Ordering::Relaxed) + 1)
}

/// How many times the second argument has been prepared.
#[scalar]
fn preparations(_n: i64, #[bind(prepare)] made: &Preparation) -> i64 {
    made.0
}

/// Whether either is there.
#[scalar]
fn either(first: Option<&str>, second: Option<&str>) -> Option<String> {
    first.or(second).map(str::to_owned)
}

#[scalar]
fn concat_both(first: &str, second: &str) -> String {
    format!("{first}{second}")
}

/// The longest text, of any number of them.
#[scalar(variadic)]
fn longest<'a>(first: &'a str, others: Vec<Option<&'a str>>) -> &'a str {
    others.into_iter().flatten().fold(first, |longest, other| if other.len() > longest.len() { other } else { longest })
}

/// An error that names the value.
#[scalar]
fn parse(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| format!("`{text}` is not a whole number"))
}

#[scalar]
fn panics(n: i64) -> i64 {
    assert!(n < 3, "the dike broke at {n}");
    n
}

/// Never returns for a number above 2.
#[scalar]
fn spin(n: i64) -> i64 {
    let mut state = n;
    while n > 2 {
        state = std::hint::black_box(state.wrapping_mul(31).wrapping_add(1));
    }
    state
}

/// The sum of whole numbers, none for no rows.
#[aggregate(name = "total")]
#[derive(Default)]
struct Total {
    sum: Option<i64>,
}

#[aggregate]
impl Total {
    fn update(&mut self, n: i64) -> Result<(), String> {
        let sum = self.sum.unwrap_or(0).checked_add(n).ok_or_else(|| format!("the sum overflows at {n}"))?;
        self.sum = Some(sum);
        Ok(())
    }

    fn merge(&mut self, other: Self) -> Result<(), String> {
        other.sum.map_or(Ok(()), |sum| self.update(sum))
    }

    fn evaluate(&self) -> Option<i64> {
        self.sum
    }
}

/// The value at a constant rank from 0 to 1.
#[aggregate(name = "at_rank")]
#[derive(Default)]
struct AtRank {
    values: Vec<i64>,
}

#[aggregate]
impl AtRank {
    fn update(&mut self, value: i64, _rank: f64) {
        self.values.push(value);
    }

    fn merge(&mut self, mut other: Self) {
        self.values.append(&mut other.values);
    }

    fn evaluate(&mut self, rank: f64) -> Result<Option<i64>, String> {
        if !(0.0..=1.0).contains(&rank) {
            return Err(format!("a rank is a number from 0 to 1, not {rank}"));
        }
        self.values.sort_unstable();
        Ok(self.values.get((rank * self.values.len().saturating_sub(1) as f64) as usize).copied())
    }
}

#[derive(Row)]
struct Number {
    number: i64,
}

/// All numbers from `first` on, without end.
#[table]
fn numbers(first: i64) -> impl Iterator<Item = Number> {
    (first..).map(|number| Number { number })
}
