//! One function of every shape that the SDK knows.

use polder_sdk::prelude::*;

/// Great-circle distance in kilometres.
///
/// ```sql
/// {schema}.haversine(40.64, -73.78, 33.94, -118.41)
/// -- 3974.3
/// ```
#[scalar]
fn haversine(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> f64 {
    let (lat1, lat2, half_lat, half_lon) =
        (lat1.to_radians(), lat2.to_radians(), (lat2 - lat1).to_radians() / 2.0, (lon2 - lon1).to_radians() / 2.0);
    let chord = half_lat.sin().powi(2) + lat1.cos() * lat2.cos() * half_lon.sin().powi(2);
    2.0 * 6_371.0 * chord.sqrt().asin()
}

#[scalar]
fn axpy(a: f64, x: f64, y: f64) -> f64 {
    a * x + y
}
