//! A position, as functions return it.

use polder_sdk::prelude::*;

use crate::error::Error;

/// A position in degrees.
#[derive(Row)]
pub(crate) struct Point {
    pub(crate) lat: f64,
    pub(crate) lon: f64,
}

/// Refuse what is no place on Earth, such as swapped or not finite coordinates.
pub(crate) fn check(lat: f64, lon: f64) -> Result<(), Error> {
    if !(-90.0..=90.0).contains(&lat) {
        return Err(Error::Latitude(lat));
    }
    if !(-180.0..=180.0).contains(&lon) {
        return Err(Error::Longitude(lon));
    }
    Ok(())
}
