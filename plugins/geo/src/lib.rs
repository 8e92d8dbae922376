//! Places on Earth: distance, bearing, geohash and H3 cells, points in polygons.
//!
//! Latitudes and longitudes are WGS 84 degrees, north and east positive, latitude first;
//! only WKT, by its own rule, has the longitude first.

mod error;
mod geohashes;
mod h3;
mod point;
mod polygon;
mod sphere;
