//! Components inside a plugin: what a project's `polder.toml` names is put into the one component that travels.
//!
//! One of them, here a part for short, gets nothing by being there. What it imports is served by another part or by the host only where the manifest
//! hands it on, and by the host only what the plugin imports itself; all else comes from a stand-in (`stub.rs`). So the
//! whole never asks for more than the plugin alone, which is checked again on the bytes that come out.
//!
//! The composition is encoded here, over `wit-component` and `wasm-encoder`: `wac-graph` is maintained but follows other
//! versions of them than the engine, `wasm-compose` follows these but is deprecated; and who gets what must be ours to say.

mod inside;
mod outer;
mod stub;
mod surface;
#[cfg(test)]
mod tests;
mod wiring;

use wasmparser::Validator;

pub(crate) use self::inside::{Inside, digest, read};
use self::surface::Surface;
use self::wiring::Wiring;
use crate::{Error, Result};

/// The plugin's component with its parts inside, as the manifest wires them. Without parts it stays as it is.
pub(crate) fn compose(package: &str, plugin: Vec<u8>, parts: &[Inside]) -> Result<Vec<u8>> {
    if parts.is_empty() {
        return Ok(plugin);
    }
    let fail = |reason: String| Error::Compose { package: package.to_owned(), reason };
    let own = Surface::of(&plugin).map_err(fail)?;
    let surfaces: Vec<Surface> =
        parts.iter().map(|part| Surface::of(&part.bytes).map_err(part.fails())).collect::<Result<_>>()?;
    let wiring = Wiring::plan(&own, parts, &surfaces)?;
    let stubs = parts.iter().zip(&surfaces).zip(&wiring.parts);
    let stubs: Vec<Option<Vec<u8>>> =
        stubs.map(|((part, surface), wires)| stub::encode(part, surface, wires)).collect::<Result<_>>()?;
    let composed = outer::encode(&own, &plugin, parts, &stubs, &wiring).map_err(|error| fail(format!("{error:#}")))?;
    Validator::new().validate_all(&composed).map_err(|error| fail(wiring.explain(parts, &error.to_string())))?;
    check(&own, &composed).map_err(fail)?;
    Ok(composed)
}

/// Whether the whole imports nothing but what the plugin alone does, and exports just the same.
fn check(own: &Surface, composed: &[u8]) -> Result<(), String> {
    let whole = Surface::of(composed)?;
    for import in &whole.imports {
        let alone = own.import(&import.name);
        let alone =
            alone.ok_or_else(|| format!("together they import {}, which the plugin alone does not", import.name))?;
        if let Some(more) = import.items.difference(&alone.items).next() {
            return Err(format!("together they import `{more}` of {}, which the plugin alone does not", import.name));
        }
    }
    if whole.exports != own.exports {
        return Err("together they do not export what the plugin alone does".to_owned());
    }
    Ok(())
}
