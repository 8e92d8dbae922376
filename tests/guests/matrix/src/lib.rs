//! What the tests in `tests/e2e/functions.rs` call: functions that give back what they get, whatever its type, so
//! that SQL itself can compare the two; and functions that misbehave.

mod behaviour;
mod same;
