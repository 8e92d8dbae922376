//! One function of every shape that the SDK knows.

mod aggregates;
mod scalars;
mod tables;
