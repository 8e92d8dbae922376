//! Statistics over groups: quantiles, distinct counts, entropy, correlation, weighted means, histograms.
//!
//! An aggregate is a struct whose fields are the columns of its partial state: what is computed of one
//! part of the data can be sent elsewhere and merged with the other parts in any order.

mod correlation;
mod distinct;
mod entropy;
mod hash;
mod histogram;
mod mean;
mod quantile;
