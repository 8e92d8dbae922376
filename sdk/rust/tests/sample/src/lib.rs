//! One function of every shape that the SDK knows.

mod aggregates;
mod generic;
mod scalars;
mod tables;
