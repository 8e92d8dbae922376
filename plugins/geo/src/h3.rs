//! H3: cells of a hexagonal grid in 16 resolutions, each about 2.6 times finer than the one before.

use h3o::{CellIndex, LatLng, Resolution};
use polder_sdk::prelude::*;

use crate::error::Error;
use crate::point::{Point, check};

/// The H3 cell of a place, at a resolution from 0 (1100 km across) to 15 (1 m), as 15 hexadecimal digits.
///
/// ```sql
/// {schema}.h3_encode(52.3731, 4.8926, 7)
/// -- 871969c9bffffff
/// ```
#[scalar]
fn h3_encode(lat: f64, lon: f64, resolution: i64) -> Result<String, Error> {
    check(lat, lon)?;
    let place = LatLng::new(lat, lon).map_err(|_| Error::Latitude(lat))?;
    Ok(place.to_cell(resolution_of(resolution)?).to_string())
}

/// The centre of an H3 cell, in degrees.
///
/// ```sql
/// round(({schema}.h3_decode('871969c9bffffff'))['lat'], 4)
/// -- 52.3777
/// ```
#[scalar]
fn h3_decode(cell: &str) -> Result<Point, Error> {
    let centre = LatLng::from(parse(cell)?);
    Ok(Point { lat: centre.lat(), lon: centre.lng() })
}

/// The cells that touch an H3 cell: six, or five around the twelve pentagons of the grid.
///
/// ```sql
/// array_length({schema}.h3_neighbours('871969c9bffffff'))
/// -- 6
/// ```
#[scalar]
fn h3_neighbours(cell: &str) -> Result<Vec<String>, Error> {
    Ok(parse(cell)?.grid_disk_safe(1).skip(1).map(|near| near.to_string()).collect())
}

/// All cells within `k` steps (0 to 100) of an H3 cell, itself first: 1 + 3k(k+1) away from pentagons.
///
/// ```sql
/// array_length({schema}.h3_disk('871969c9bffffff', 2))
/// -- 19
/// ```
#[scalar]
fn h3_disk(cell: &str, k: i64) -> Result<Vec<String>, Error> {
    let steps = u32::try_from(k).ok().filter(|steps| *steps <= 100).ok_or(Error::Disk(k))?;
    Ok(parse(cell)?.grid_disk_safe(steps).map(|near| near.to_string()).collect())
}

/// The cell of a coarser (or the same) resolution that holds an H3 cell.
///
/// ```sql
/// {schema}.h3_parent('871969c9bffffff', 5)
/// -- 851969cbfffffff
/// ```
#[scalar]
fn h3_parent(cell: &str, resolution: i64) -> Result<String, Error> {
    let asked = resolution_of(resolution)?;
    let cell = parse(cell)?;
    let parent = cell.parent(asked).ok_or_else(|| Error::Parent {
        cell: cell.to_string(),
        has: cell.resolution().into(),
        asked: asked.into(),
    })?;
    Ok(parent.to_string())
}

fn parse(cell: &str) -> Result<CellIndex, Error> {
    cell.parse().map_err(|_| Error::Cell(cell.to_owned()))
}

fn resolution_of(resolution: i64) -> Result<Resolution, Error> {
    u8::try_from(resolution).ok().and_then(|r| Resolution::try_from(r).ok()).ok_or(Error::Resolution(resolution))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the documentation of H3's own command line tools.
    #[test]
    fn published() {
        assert_eq!(h3_encode(40.689167, -74.044444, 5).unwrap(), "852a1073fffffff");
        assert_eq!(h3_encode(37.3615593, -122.0553238, 7).unwrap(), "87283472bffffff");
        let centre = h3_decode("85283473fffffff").unwrap();
        assert!((centre.lat - 37.345_793_375).abs() < 1e-6 && (centre.lon + 121.976_375_973).abs() < 1e-6);
    }

    #[test]
    fn hierarchy_and_neighbours() {
        assert_eq!(h3_parent("87283472bffffff", 5).unwrap(), "85283473fffffff");
        assert_eq!(h3_parent("85283473fffffff", 5).unwrap(), "85283473fffffff");
        assert_eq!(h3_neighbours("85283473fffffff").unwrap().len(), 6);
        assert_eq!(h3_neighbours("8009fffffffffff").unwrap().len(), 5, "a pentagon");
        let disk = h3_disk("85283473fffffff", 3).unwrap();
        assert_eq!((disk.len(), disk[0].as_str()), (37, "85283473fffffff"));
    }

    #[test]
    fn refused() {
        assert!(matches!(h3_decode("85283473ffffff"), Err(Error::Cell(_))));
        assert!(matches!(h3_encode(0.0, 0.0, 16), Err(Error::Resolution(16))));
        assert!(matches!(h3_encode(0.0, 0.0, -1), Err(Error::Resolution(-1))));
        assert!(matches!(h3_parent("85283473fffffff", 6), Err(Error::Parent { has: 5, asked: 6, .. })));
        assert!(matches!(h3_disk("85283473fffffff", 101), Err(Error::Disk(101))));
    }
}
