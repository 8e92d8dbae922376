//! Geohashes: cells of a grid in latitude and longitude, named by a text whose prefixes name the larger cells.

use geohash::Coord;
use polder_sdk::prelude::*;

use crate::error::Error;
use crate::point::check;

/// The cell of a geohash: its centre and how far it reaches from there, in degrees.
#[derive(Row)]
pub(crate) struct Cell {
    lat: f64,
    lon: f64,
    lat_error: f64,
    lon_error: f64,
}

/// The geohash of a place, 1 to 12 characters long.
///
/// Five characters name a cell of about 5 km, seven of about 150 m, nine of about 5 m.
///
/// ```sql
/// {schema}.geohash_encode(42.605, -5.603, 5)
/// -- ezs42
/// ```
#[scalar]
fn geohash_encode(lat: f64, lon: f64, length: i64) -> Result<String, Error> {
    check(lat, lon)?;
    let characters =
        usize::try_from(length).ok().filter(|n| (1..=12).contains(n)).ok_or(Error::GeohashLength(length))?;
    // The poles belong to the last row of cells, which is open at its end.
    let coord = Coord { x: lon, y: lat.min(90.0 - 1e-9) };
    geohash::encode(coord, characters).map_err(|_| Error::GeohashLength(length))
}

/// The centre of a geohash's cell, and half its height and width, all in degrees.
///
/// ```sql
/// ({schema}.geohash_decode('ezs42'))['lat']
/// -- 42.60498046875
/// ```
#[scalar]
fn geohash_decode(hash: &str) -> Result<Cell, Error> {
    if hash.is_empty() {
        return Err(Error::Geohash(hash.to_owned()));
    }
    let (centre, lon_error, lat_error) = geohash::decode(hash).map_err(|_| Error::Geohash(hash.to_owned()))?;
    Ok(Cell { lat: centre.y, lon: centre.x, lat_error, lon_error })
}

/// The geohashes of the cells around, clockwise from north.
///
/// There are eight of them, but five beside a pole: nothing lies beyond it.
///
/// ```sql
/// ({schema}.geohash_neighbours('ezs42'))[1]
/// -- ezs48
/// ```
#[scalar]
fn geohash_neighbours(hash: &str) -> Result<Vec<String>, Error> {
    const AROUND: [(f64, f64); 8] =
        [(1., 0.), (1., 1.), (0., 1.), (-1., 1.), (-1., 0.), (-1., -1.), (0., -1.), (1., -1.)];
    let cell = geohash_decode(hash)?;
    AROUND
        .iter()
        .map(|(north, east)| (cell.lat + 2.0 * north * cell.lat_error, cell.lon + 2.0 * east * cell.lon_error))
        .filter(|(lat, _)| lat.abs() < 90.0)
        .map(|(lat, lon)| geohash_encode(lat, (lon + 180.0).rem_euclid(360.0) - 180.0, hash.len() as i64))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published examples of the scheme (Wikipedia's article on geohashes).
    #[test]
    fn published() {
        assert_eq!(geohash_encode(42.605, -5.603, 5).unwrap(), "ezs42");
        assert_eq!(geohash_encode(57.64911, 10.40744, 11).unwrap(), "u4pruydqqvj");
        let cell = geohash_decode("ezs42").unwrap();
        assert!((cell.lat - 42.605).abs() < 5e-4 && (cell.lon + 5.603).abs() < 5e-4);
        assert!((cell.lat_error - 0.022).abs() < 5e-4 && (cell.lon_error - 0.022).abs() < 5e-4);
    }

    #[test]
    fn neighbours_share_an_edge_or_corner() {
        let around = geohash_neighbours("ezs42").unwrap();
        assert_eq!(around, ["ezs48", "ezs49", "ezs43", "ezs41", "ezs40", "ezefp", "ezefr", "ezefx"]);
    }

    #[test]
    fn edges_of_the_world() {
        assert_eq!(geohash_encode(90.0, 0.0, 1).unwrap(), "u");
        assert_eq!(geohash_encode(-90.0, -180.0, 3).unwrap(), "000");
        assert_eq!(geohash_encode(0.0, 180.0, 2).unwrap(), geohash_encode(0.0, -180.0, 2).unwrap());
        assert_eq!(geohash_neighbours("u").unwrap(), ["v", "t", "s", "e", "g"]);
    }

    #[test]
    fn refused() {
        assert!(matches!(geohash_encode(90.1, 0.0, 5), Err(Error::Latitude(_))));
        assert!(matches!(geohash_encode(0.0, f64::NAN, 5), Err(Error::Longitude(_))));
        assert!(matches!(geohash_encode(0.0, 0.0, 0), Err(Error::GeohashLength(0))));
        for hash in ["", "ai", "ezs42ezs42ezs", "é"] {
            assert!(matches!(geohash_decode(hash), Err(Error::Geohash(_))), "{hash}");
        }
    }
}
