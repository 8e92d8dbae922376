//! What can be wrong with an argument, said so that its owner can find and mend it.

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("latitude {0} is not between -90 and 90 degrees")]
    Latitude(f64),
    #[error("longitude {0} is not between -180 and 180 degrees")]
    Longitude(f64),
    #[error("'{0}' is not a geohash: give 1 to 12 of the characters 0-9 and b-z without i, l and o")]
    Geohash(String),
    #[error("a geohash has 1 to 12 characters, not {0}")]
    GeohashLength(i64),
    #[error("'{0}' is not an H3 cell: give 15 hexadecimal digits such as 872a1072bffffff")]
    Cell(String),
    #[error("an H3 resolution is a number from 0 to 15, not {0}")]
    Resolution(i64),
    #[error("cell {cell} has resolution {has}: it has no parent of the finer resolution {asked}")]
    Parent { cell: String, has: u8, asked: u8 },
    #[error("a disk reaches 0 to 100 cells around its centre, not {0}")]
    Disk(i64),
    #[error("not a polygon in WKT, such as POLYGON((4.7 52.3, 5.1 52.3, 4.9 52.5, 4.7 52.3)): {0}")]
    Polygon(String),
}
