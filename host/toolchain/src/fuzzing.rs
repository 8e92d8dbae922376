//! The last step of a build, for the fuzz targets in `tests/fuzz`. This is no interface: it changes with what is behind it.

use crate::Result;
use crate::component;
use crate::manifest::Manifest;

/// The component of a module, with one text in all places of its metadata that take any.
pub fn encode(text: &str, module: &[u8]) -> Result<Vec<u8>> {
    let text = || text.to_owned();
    let manifest = Manifest {
        name: text(),
        version: "1.0.0".to_owned(),
        description: text(),
        license: text(),
        authors: vec![text()],
        homepage: text(),
        repository: text(),
    };
    component::encode(&manifest, module, &[])
}
