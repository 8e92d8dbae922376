//! Measures on a sphere with Earth's mean radius, 6371.0088 km. Against the true, flattened Earth
//! a distance is wrong by 0.5 % at most.

use georust::{Bearing, Destination, Distance, Haversine};
use polder_sdk::prelude::*;

use crate::point::Point;

/// Great-circle distance in kilometres.
///
/// The haversine formula on a sphere of radius 6371.0088 km (the mean radius of GRS 80).
///
/// ```sql
/// round({schema}.haversine(40.6399, -73.7787, 33.9425, -118.4081))
/// -- 3974.0
/// ```
#[scalar]
fn haversine(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> f64 {
    Haversine.distance(georust::Point::new(lon1, lat1), georust::Point::new(lon2, lat2)) / 1000.0
}

/// Direction from the first place to the second, in degrees clockwise from north, 0 to 360.
///
/// It is the direction at departure along the great circle; it changes on the way.
///
/// ```sql
/// {schema}.bearing(0, 0, 0, 90)
/// -- 90.0
/// ```
#[scalar]
fn bearing(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> f64 {
    Haversine.bearing(georust::Point::new(lon1, lat1), georust::Point::new(lon2, lat2))
}

/// Where one arrives after `km` kilometres along a great circle that leaves at `bearing` degrees.
///
/// ```sql
/// round(({schema}.destination(0, 0, 90, 10007.557))['lon'], 3)
/// -- 90.0
/// ```
#[scalar]
fn destination(lat: f64, lon: f64, bearing: f64, km: f64) -> Point {
    let end = Haversine.destination(georust::Point::new(lon, lat), bearing, km * 1000.0);
    Point { lat: end.y(), lon: end.x() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 40.6399 N 73.7787 W (JFK) to 33.9425 N 118.4081 W (LAX), worked out from the formula in Python.
    #[test]
    fn new_york_to_los_angeles() {
        assert!((haversine(40.6399, -73.7787, 33.9425, -118.4081) - 3974.227).abs() < 0.001);
        assert!((bearing(40.6399, -73.7787, 33.9425, -118.4081) - 273.845).abs() < 0.001);
    }

    #[test]
    fn a_quarter_of_the_equator() {
        let quarter = std::f64::consts::FRAC_PI_2 * 6371.0088;
        assert!((haversine(0.0, 0.0, 0.0, 90.0) - quarter).abs() < 1e-3);
        assert_eq!(bearing(0.0, 0.0, 0.0, 90.0), 90.0);
        let end = destination(0.0, 0.0, 90.0, quarter);
        assert!(end.lat.abs() < 1e-6 && (end.lon - 90.0).abs() < 1e-6);
    }

    #[test]
    fn over_the_date_line() {
        assert!(haversine(0.0, 179.5, 0.0, -179.5) < 112.0);
        assert!(destination(0.0, 179.5, 90.0, 111.2).lon < -179.0);
    }
}
