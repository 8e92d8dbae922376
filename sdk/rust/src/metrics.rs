//! Numbers for whoever watches the run.

use crate::host::metrics;

/// Adds to a count.
pub fn counter(name: &str, add: u64) {
    metrics::counter(name, add);
}

/// Sets a measure.
pub fn gauge(name: &str, value: f64) {
    metrics::gauge(name, value);
}

/// How much of the work is done, out of how much if that is known, in units of your choice.
pub fn progress(done: u64, total: Option<u64>) {
    metrics::progress(done, total);
}
