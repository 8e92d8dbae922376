//! Builds real plugins, as `polder plugin build` does, a module for each toolchain. Tools and caches lie in Cargo's own
//! folder for tests, so that a second run is fast.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod go;
mod javascript;
mod materials;
mod native;
mod python;
mod rust;

use std::path::Path;

use polder_toolchain::{Artifact, Result, Silent, Toolchain};
use wasmparser::{Parser, Payload};

fn toolchain() -> Toolchain {
    Toolchain::at(Path::new(env!("CARGO_TARGET_TMPDIR")), None).unwrap()
}

fn build(project: &Path) -> Result<Artifact> {
    toolchain().build(project, None, &mut Silent)
}

/// What a component imports and exports, by name.
fn surface(component: &[u8]) -> (Vec<String>, Vec<String>) {
    let (mut imports, mut exports, mut depth) = (Vec::new(), Vec::new(), 0);
    for payload in Parser::new(0).parse_all(component) {
        match payload.unwrap() {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 1 => {
                imports.extend(section.into_iter().map(|import| import.unwrap().name.name.to_owned()));
            }
            Payload::ComponentExportSection(section) if depth == 1 => {
                exports.extend(section.into_iter().map(|export| export.unwrap().name.name.to_owned()));
            }
            _ => {}
        }
    }
    (imports, exports)
}
