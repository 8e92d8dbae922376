//! Points in polygons.

use georust::indexed::IntervalTreeMultiPolygon;
use georust::orient::{Direction, Orient};
use georust::{Contains, MultiPolygon, Point};
use polder_sdk::prelude::*;
use wkt::Wkt;

use crate::error::Error;

/// The polygon, parsed and indexed once for all rows.
pub(crate) struct Area(IntervalTreeMultiPolygon<f64>);

fn parse(polygon: &str) -> Result<Area, Error> {
    let shape: Wkt<f64> = polygon.parse().map_err(|reason: &str| Error::Polygon(reason.to_owned()))?;
    let area = match shape {
        Wkt::Polygon(polygon) => MultiPolygon::from(georust::Polygon::from(polygon)),
        Wkt::MultiPolygon(polygons) => polygons.into(),
        _ => return Err(Error::Polygon("it is another kind of shape".to_owned())),
    };
    // The index tells a hole from its outline by the direction in which it is drawn.
    Ok(Area(IntervalTreeMultiPolygon::new(&area.orient(Direction::Default))))
}

/// Whether a place lies inside a polygon, given in WKT as POLYGON or MULTIPOLYGON with *longitude first*.
///
/// Edges are straight in degrees of longitude and latitude, holes are outside, and so is the boundary
/// itself. A polygon over the date line is given as a MULTIPOLYGON of its two sides.
///
/// ```sql
/// {schema}.point_in_polygon(52.37, 4.9, 'POLYGON((4.7 52.3, 5.1 52.3, 4.9 52.5, 4.7 52.3))')
/// -- true
/// ```
#[scalar]
fn point_in_polygon(lat: f64, lon: f64, #[bind(parse)] polygon: &Area) -> bool {
    polygon.0.contains(&Point::new(lon, lat))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inside(lat: f64, lon: f64, polygon: &str) -> bool {
        point_in_polygon(lat, lon, &parse(polygon).unwrap())
    }

    #[test]
    fn longitude_comes_first_in_wkt() {
        let tall = "POLYGON((0 0, 1 0, 1 10, 0 10, 0 0))";
        assert!(inside(5.0, 0.5, tall));
        assert!(!inside(0.5, 5.0, tall));
        assert!(!inside(0.0, 0.5, tall), "the boundary is outside");
        assert!(!inside(f64::NAN, 0.5, tall));
    }

    #[test]
    fn holes_are_outside_however_drawn() {
        for hole in ["1 1, 1 2, 2 2, 2 1, 1 1", "1 1, 2 1, 2 2, 1 2, 1 1"] {
            let ring = format!("POLYGON((0 0, 3 0, 3 3, 0 3, 0 0), ({hole}))");
            assert!(inside(0.5, 0.5, &ring));
            assert!(!inside(1.5, 1.5, &ring), "{ring}");
        }
    }

    #[test]
    fn several_polygons() {
        let two = "MULTIPOLYGON(((0 0, 1 0, 1 1, 0 1, 0 0)), ((5 5, 6 5, 6 6, 5 6, 5 5)))";
        assert!(inside(5.5, 5.5, two) && inside(0.5, 0.5, two) && !inside(3.0, 3.0, two));
    }

    #[test]
    fn refused() {
        for text in ["", "POINT(1 2)", "POLYGON((0 0, 1", "somewhere"] {
            assert!(matches!(parse(text), Err(Error::Polygon(_))), "{text}");
        }
    }
}
