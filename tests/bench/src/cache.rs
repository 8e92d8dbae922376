//! The folder in which generated data, loaded tables and tools are kept from one run to the next.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::{Error, Result};

/// `bench` in the cache folder of Polder: `POLDER_CACHE`, else `XDG_CACHE_HOME/polder`, else `~/.cache/polder`.
pub(crate) fn folder() -> Result<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value: &OsString| !value.is_empty()).map(PathBuf::from);
    let cache = set("POLDER_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").map(|folder| folder.join("polder")))
        .or_else(|| std::env::home_dir().map(|home| home.join(".cache/polder")))
        .ok_or(Error::NoCache)?;
    let bench = cache.join("bench");
    std::fs::create_dir_all(&bench).map_err(Error::at(&bench))?;
    bench.canonicalize().map_err(Error::at(&bench))
}
