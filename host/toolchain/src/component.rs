//! From a core module to a component, in process.
//!
//! The SDK's bindings leave the WIT world in a custom section of the module, so nothing but the module
//! is needed here. No WASI adapter is offered: a guest that wants a system is refused with a reason.

use wasm_metadata::{AddMetadata, AddMetadataField};
use wasmparser::{Encoding, Parser, Payload, Validator};

use crate::package::Package;
use crate::{Error, Result, division};

/// Every Polder component says what it is through an instance of this interface.
const DESCRIPTION: &str = "polder:plugin/description@";

/// The component of a module, with the package's metadata, validated. A component stays as it is otherwise.
pub(crate) fn encode(package: &Package, module: &[u8]) -> Result<Vec<u8>> {
    let fail = |reason: String| Error::Encode { package: package.name.clone(), reason };
    let component = if Parser::is_component(module) {
        module.to_vec()
    } else {
        check_imports(package, module)?;
        let module = division::look_first(module).map_err(|error| fail(error.to_string()))?;
        wit_component::ComponentEncoder::default()
            .validate(false)
            .module(&module)
            .and_then(|mut encoder| encoder.encode())
            .map_err(|error| fail(format!("{error:#}")))?
    };
    let component = metadata(package).to_wasm(&component).map_err(|error| fail(format!("{error:#}")))?;
    Validator::new().validate_all(&component).map_err(|error| fail(error.to_string()))?;
    if !exports_description(&component).map_err(|error| fail(error.to_string()))? {
        return Err(Error::NotAPlugin { package: package.name.clone() });
    }
    Ok(component)
}

/// Says in plain words what the encoder would say of imports that no WIT world declares.
fn check_imports(package: &Package, module: &[u8]) -> Result<()> {
    let fail = |reason: String| Error::Encode { package: package.name.clone(), reason };
    let mut undefined = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        let Payload::ImportSection(imports) = payload.map_err(|error| fail(error.to_string()))? else { continue };
        for import in imports.into_imports() {
            let import = import.map_err(|error| fail(error.to_string()))?;
            match import.module {
                module if module.starts_with("__wbindgen") => {
                    return Err(Error::WasmBindgen { package: package.name.clone() });
                }
                "env" => undefined.push(import.name),
                _ => {}
            }
        }
    }
    if undefined.is_empty() {
        return Ok(());
    }
    Err(Error::UndefinedSymbols { package: package.name.clone(), symbols: undefined.join(", ") })
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

/// What `cargo metadata` knows, in the sections that registries and `polder plugin inspect` read.
fn metadata(package: &Package) -> AddMetadata {
    fn field<T: std::str::FromStr + std::fmt::Debug + Clone>(text: Option<&str>) -> AddMetadataField<T> {
        // A text that its section cannot hold (a license that is no SPDX expression) is left out.
        match text.filter(|text| !text.is_empty()).and_then(|text| text.parse().ok()) {
            Some(value) => AddMetadataField::Set(value),
            None => AddMetadataField::Keep,
        }
    }
    let mut metadata = AddMetadata::default();
    metadata.name = AddMetadataField::Set(package.name.clone());
    metadata.processed_by = vec![("polder".to_owned(), env!("CARGO_PKG_VERSION").to_owned())];
    metadata.version = field(Some(&package.version));
    metadata.description = field(package.description.as_deref());
    metadata.licenses = field(package.license.as_deref());
    metadata.authors = field(Some(&package.authors.join(", ")));
    metadata.homepage = field(package.homepage.as_deref());
    metadata.source = field(package.repository.as_deref());
    metadata
}
