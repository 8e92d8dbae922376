//! From a core module to a component, in process.
//!
//! A module has its WIT world in a custom section: the bindings of the Rust SDK leave it there, other builders put it
//! there with [`embed`]. Where a runtime expects a system, it gets one that can do nothing (`component/wasi.wat`).

use std::fmt;
use std::path::Path;

use wasm_metadata::{AddMetadata, AddMetadataField};
use wasmparser::{Encoding, Parser, Payload, Validator};

use crate::digest::{self, Digest};
use crate::manifest::Manifest;
use crate::materials::{Part, Role};
use crate::{Error, Result, compose, division, world};

/// Every Polder component says what it is through an instance of this interface.
const DESCRIPTION: &str = "polder:plugin/description@";

/// What modules import a system as.
const SYSTEM: &str = "wasi_snapshot_preview1";

/// The adapter from that to nothing.
const WASI: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/wasi.wasm"));

/// That adapter, if a module wants one.
pub(crate) fn adapter(wasm: &[u8]) -> Option<Part> {
    let imports = Parser::new(0).parse_all(wasm).filter_map(|payload| match payload {
        Ok(Payload::ImportSection(imports)) => Some(imports),
        _ => None,
    });
    let mut imports = imports.flat_map(|imports| imports.into_imports()).flatten();
    let wanted = !Parser::is_component(wasm) && imports.any(|import| import.module == SYSTEM);
    wanted.then(|| {
        let part = Part::new("polder-wasi", env!("CARGO_PKG_VERSION"), Role::Library);
        part.licensed(env!("CARGO_PKG_LICENSE")).digest(Digest::Sha256(digest::of(WASI)))
    })
}

/// The module with the world in a folder of WIT in it.
pub(crate) fn embed(name: &str, module: &mut Vec<u8>, wit: &Path) -> Result<()> {
    let fail = |error: &dyn fmt::Display| Error::Encode { package: name.to_owned(), reason: format!("{error:#}") };
    let mut resolve = wit_parser::Resolve::default();
    let (package, _) = resolve.push_dir(wit).map_err(|error| fail(&error))?;
    let world = resolve.select_world(&[package], Some(world::NAME)).map_err(|error| fail(&error))?;
    wit_component::embed_component_metadata(module, &resolve, world, wit_component::StringEncoding::UTF8)
        .map_err(|error| fail(&error))
}

/// The component of a module, with others' components inside and the project's metadata, validated. A component stays as it
/// is otherwise.
pub(crate) fn encode(manifest: &Manifest, module: &[u8], inside: &[compose::Inside]) -> Result<Vec<u8>> {
    let fail = |reason: String| Error::Encode { package: manifest.name.clone(), reason };
    let component = if Parser::is_component(module) {
        module.to_vec()
    } else {
        check_imports(manifest, module)?;
        let module = division::look_first(module).map_err(|error| fail(error.to_string()))?;
        let encoder = wit_component::ComponentEncoder::default().validate(false);
        encoder
            .module(&module)
            .and_then(|encoder| encoder.adapter(SYSTEM, WASI))
            .and_then(|mut encoder| encoder.encode())
            .map_err(|error| fail(format!("{error:#}")))?
    };
    let component = compose::compose(&manifest.name, component, inside)?;
    let component = metadata(manifest).to_wasm(&component).map_err(|error| fail(format!("{error:#}")))?;
    Validator::new().validate_all(&component).map_err(|error| fail(error.to_string()))?;
    if !exports_description(&component).map_err(|error| fail(error.to_string()))? {
        return Err(Error::NotAPlugin { package: manifest.name.clone() });
    }
    Ok(component)
}

/// Says in plain words what the encoder would say of imports that no WIT world declares.
fn check_imports(manifest: &Manifest, module: &[u8]) -> Result<()> {
    let fail = |reason: String| Error::Encode { package: manifest.name.clone(), reason };
    let mut undefined = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        let Payload::ImportSection(imports) = payload.map_err(|error| fail(error.to_string()))? else { continue };
        for import in imports.into_imports() {
            let import = import.map_err(|error| fail(error.to_string()))?;
            match import.module {
                module if module.starts_with("__wbindgen") => {
                    return Err(Error::WasmBindgen { package: manifest.name.clone() });
                }
                "env" => undefined.push(import.name),
                _ => {}
            }
        }
    }
    if undefined.is_empty() {
        return Ok(());
    }
    Err(Error::UndefinedSymbols { package: manifest.name.clone(), symbols: undefined.join(", ") })
}

fn exports_description(component: &[u8]) -> wasmparser::Result<bool> {
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::Version { encoding: Encoding::Component | Encoding::Module, .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentExportSection(exports) if depth == 1 => {
                for export in exports {
                    if export?.name.name.starts_with(DESCRIPTION) {
                        return Ok(true);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(false)
}

/// What the manifest says, in the sections that registries and `polder plugin inspect` read.
fn metadata(manifest: &Manifest) -> AddMetadata {
    fn field<T: std::str::FromStr + std::fmt::Debug + Clone>(text: &str) -> AddMetadataField<T> {
        // A text that its section cannot hold (a license that is no SPDX expression) is left out.
        match text.parse() {
            Ok(value) if !text.is_empty() => AddMetadataField::Set(value),
            _ => AddMetadataField::Keep,
        }
    }
    let mut metadata = AddMetadata::default();
    metadata.name = AddMetadataField::Set(manifest.name.clone());
    metadata.processed_by = vec![("polder".to_owned(), env!("CARGO_PKG_VERSION").to_owned())];
    metadata.version = field(&manifest.version);
    metadata.description = field(&manifest.description);
    metadata.licenses = field(&manifest.license);
    metadata.authors = field(&manifest.authors.join(", "));
    metadata.homepage = field(&manifest.homepage);
    metadata.source = field(&manifest.repository);
    metadata
}
