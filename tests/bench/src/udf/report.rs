//! What is printed: a line of JSON a case, and one in the end that tells which targets were missed.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::clock::Pair;
use crate::rows::{Row, Tolerance, difference};

/// Sums of floats come in any order.
const SAME: Tolerance = Tolerance { absolute: 1e-9, relative: 1e-9 };

#[derive(Default)]
pub(super) struct Report {
    cases: usize,
    missed: Vec<String>,
    wrong: usize,
}

impl Report {
    /// The time of Polder against that of `other`; the ratio is to be `at_most` that.
    pub(super) fn ratio(&mut self, case: &str, other: &str, times: Pair, at_most: Option<f64>) {
        let ratio = times.ours.as_secs_f64() / times.theirs.as_secs_f64();
        let figures = json!({
            "polder_us": micros(times.ours), "against": other, "other_us": micros(times.theirs), "ratio": rounded(ratio),
        });
        self.line(case, figures, at_most.map(|at_most| (json!(rounded(at_most)), ratio <= at_most)));
    }

    /// A time that is compared with nothing but its target.
    pub(super) fn time(&mut self, case: &str, time: Duration, at_most: Option<Duration>) {
        let target = at_most.map(|at_most| (json!(micros(at_most)), time <= at_most));
        self.line(case, json!({ "polder_us": micros(time) }), target);
    }

    /// Any other figures, and whether they are what they should be.
    pub(super) fn line(&mut self, case: &str, figures: Value, target: Option<(Value, bool)>) {
        let mut line = Map::from_iter([("case".to_owned(), case.into())]);
        line.extend(figures.as_object().cloned().unwrap_or_default());
        if let Some((target, met)) = target {
            line.extend([("target".to_owned(), target), ("met".to_owned(), met.into())]);
            if !met {
                self.missed.push(case.to_owned());
            }
        }
        self.cases += 1;
        println!("{}", Value::Object(line));
    }

    /// Compares two answers to a case.
    pub(super) fn check(&mut self, case: &str, other: &str, ours: &[Row], theirs: &[Row]) {
        if let Some(difference) = difference(ours, theirs, true, SAME) {
            eprintln!("{case}: Polder's answer is not that of {other}: {difference}");
            self.wrong += 1;
        }
    }

    /// Prints the end; false when an answer was wrong.
    pub(super) fn finish(self) -> bool {
        let Self { cases, missed, wrong } = self;
        println!("{}", json!({ "cases": cases, "missed": missed, "wrong": wrong }));
        wrong == 0
    }
}

fn micros(time: Duration) -> f64 {
    rounded(time.as_secs_f64() * 1e6)
}

/// To three significant digits, or to whole numbers.
fn rounded(number: f64) -> f64 {
    let digits = (2.0 - number.abs().max(1e-9).log10().floor()).max(0.0);
    let unit = 10f64.powf(digits);
    (number * unit).round() / unit
}
