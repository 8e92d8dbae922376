//! The last step of a build, for the fuzz targets in `tests/fuzz`. This is no interface: it changes with what is behind it.

use crate::component;
use crate::package::Package;
use crate::{Error, Result};

/// The component of a module, with the metadata of a package as `cargo metadata` tells them.
pub fn encode(package: &str, module: &[u8]) -> Result<Vec<u8>> {
    let package: Package = serde_json::from_str(package)
        .map_err(|source| Error::Unexpected { command: "cargo metadata".to_owned(), source })?;
    component::encode(&package, module)
}
