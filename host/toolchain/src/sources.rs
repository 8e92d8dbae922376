//! The sources that the binary carries, so that an installed `polder` needs no checkout: the SDK and
//! its template, the WIT packages, the first-party plugins and the examples.

use std::fs;
use std::path::PathBuf;

use crate::cache::{self, Cache};
use crate::{Error, Result};

include!(concat!(env!("OUT_DIR"), "/sources.rs"));

/// Where the sources lie (`sdk/rust`, `wit`, `plugins`, `examples`), unpacked on first use. The folder is
/// named by what is in it, so binaries of different versions do not disturb each other.
pub(crate) fn unpack(cache: &Cache) -> Result<PathBuf> {
    let place = folder(cache).join(DIGEST);
    if place.is_dir() {
        return Ok(place);
    }
    let scratch = cache.scratch()?;
    for (name, bytes) in FILES {
        let path = scratch.path().join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
        }
        fs::write(&path, bytes).map_err(Error::io("write", &path))?;
    }
    cache::persist(scratch, &place)?;
    Ok(place)
}

/// The folder of all unpacked versions.
pub(crate) fn folder(cache: &Cache) -> PathBuf {
    cache.path("sources")
}

/// Files below `prefix`, by their path relative to it.
pub(crate) fn below(prefix: &str) -> impl Iterator<Item = (&'static str, &'static [u8])> {
    FILES.iter().filter_map(move |(name, bytes)| Some((name.strip_prefix(prefix)?, *bytes)))
}
