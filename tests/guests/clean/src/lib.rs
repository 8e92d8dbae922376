//! Transforms: one that gives less than it takes, one that gives more, and one that gives nothing until the end.

mod dedupe;
mod repeat;
mod sort;
