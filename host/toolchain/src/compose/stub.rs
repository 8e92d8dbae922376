//! The stand-in beside a part: a component that exports what the part imports and does not get.
//!
//! Interfaces of types only are there as they are. The system of WASI is one that can do nothing (`inert.rs`). What the
//! manifest withholds ends the call.

mod inert;
mod module;

use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::abi::AbiVariant;
use wit_parser::{FunctionKind, LiftLowerAbi, ManglingAndAbi, Resolve, WasmExport, WasmExportKind, WorldKey};

use self::inert::Answer;
use self::module::Stub;
use super::inside::Inside;
use super::surface::{Interface, Surface};
use super::wiring::{Source, Wires};
use crate::Result;

/// How tools of today name what a module exports.
const ABI: ManglingAndAbi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);

/// A trap has no words, so the sandbox takes them from the name of the function that trapped, if it begins so.
const WITHHELD: &str = "withheld: ";

/// The stand-in's component; none if the part gets all that it imports.
pub(crate) fn encode(part: &Inside, surface: &Surface, wires: &Wires) -> Result<Option<Vec<u8>>> {
    let mut resolve = surface.resolve.clone();
    let world = &mut resolve.worlds[surface.world];
    world.exports.clear();
    let imports = std::mem::take(&mut world.imports);
    for ((key, item), (_, source)) in imports.into_iter().zip(wires) {
        match source {
            // What is served here may take resources from it.
            Source::Host | Source::Inside(_) => world.imports.insert(key, item),
            Source::Types | Source::Inert | Source::Withheld => world.exports.insert(key, item),
        };
    }
    if world.exports.is_empty() {
        return Ok(None);
    }
    let fail = part.fails();
    let mut stub = Stub::default();
    for (import, (_, source)) in surface.imports.iter().zip(wires) {
        match source {
            Source::Inert | Source::Withheld => {
                add(&mut stub, &resolve, &part.name, import, *source == Source::Inert).map_err(&fail)?;
            }
            Source::Host | Source::Inside(_) | Source::Types => {}
        }
    }
    let mut module = stub.finish();
    wit_component::embed_component_metadata(&mut module, &resolve, surface.world, StringEncoding::UTF8)
        .and_then(|()| ComponentEncoder::default().validate(true).module(&module)?.encode())
        .map(Some)
        .map_err(|error| fail(format!("what it is not given cannot be stood in for: {error:#}")))
}

/// Adds the functions of an interface to a stand-in.
fn add(stub: &mut Stub, resolve: &Resolve, part: &str, import: &Interface, inert: bool) -> Result<(), String> {
    use FunctionKind::{AsyncFreestanding, AsyncMethod, AsyncStatic};
    let key = WorldKey::Interface(import.id);
    for function in resolve.interfaces[import.id].functions.values() {
        if matches!(function.kind, AsyncFreestanding | AsyncMethod(_) | AsyncStatic(_)) {
            return Err(format!("`{}` of {} is async, which plugins cannot wait for", function.name, import.name));
        }
        let signature = resolve.wasm_signature(AbiVariant::GuestExport, function);
        let export = WasmExport::Func { interface: Some(&key), func: function, kind: WasmExportKind::Normal };
        let export = resolve.wasm_export_name(ABI, export);
        let answer = if inert { inert::answer(resolve, import, function, &signature) } else { Answer::Trap };
        let name = format!("{WITHHELD}{} ({}) was not handed on to {part}", import.name, function.name);
        stub.add(&signature, export, name, &answer);
    }
    Ok(())
}
