//! Encodes the component around the plugin and its parts.

use std::collections::HashMap;

use wasm_encoder::reencode::{ReencodeComponent as _, RoundtripReencoder};
use wasm_encoder::{ComponentBuilder, ComponentExportKind, ComponentSectionId};
use wasmparser::{ComponentType, ComponentTypeDeclaration, Parser, Payload};
use wit_component::StringEncoding;

use super::inside::Inside;
use super::surface::Surface;
use super::wiring::{Source, Wires, Wiring};

type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T, E = Error> = std::result::Result<T, E>;

/// A component that imports what the plugin takes from the host, and exports what the plugin exports.
pub(crate) fn encode(
    own: &Surface,
    plugin: &[u8],
    parts: &[Inside],
    stubs: &[Option<Vec<u8>>],
    wiring: &Wiring,
) -> Result<Vec<u8>> {
    let mut outer =
        Outer { builder: ComponentBuilder::default(), host: HashMap::new(), parts: vec![None; parts.len()] };
    outer.import(own, &wiring.plugin)?;
    for &place in &wiring.order {
        let (part, wires) = (&parts[place], &wiring.parts[place]);
        let mut stub = None;
        if let Some(bytes) = &stubs[place] {
            stub = Some(outer.instantiate(&format!("beside {}", part.name), bytes, wires, None)?);
        }
        outer.parts[place] = Some(outer.instantiate(&part.name, &part.bytes, wires, stub)?);
    }
    let instance = outer.instantiate("plugin", plugin, &wiring.plugin, None)?;
    for (name, kind) in names(plugin, ComponentSectionId::Export)? {
        let index = outer.builder.alias_export(instance, &name, kind);
        outer.builder.export(name.as_str(), kind, index, None);
    }
    outer.builder.append_names();
    Ok(outer.builder.finish())
}

struct Outer {
    builder: ComponentBuilder,
    /// Imported instances by name.
    host: HashMap<String, u32>,
    /// Instances of the parts that are there already.
    parts: Vec<Option<u32>>,
}

impl Outer {
    /// Imports what the plugin takes from the host, with the types that it has there.
    fn import(&mut self, own: &Surface, wires: &Wires) -> Result<()> {
        let mut resolve = own.resolve.clone();
        let kept: Vec<bool> = wires.iter().map(|(_, source)| *source == Source::Host).collect();
        let world = &mut resolve.worlds[own.world];
        let mut kept = kept.into_iter();
        world.imports.retain(|_, _| kept.next().unwrap_or_default());
        world.exports.clear();
        // The one public way from a world to its encoding: a component type, two types deep.
        let encoded = wit_component::metadata::encode(&resolve, own.world, StringEncoding::UTF8, None)?;
        let mut same = RoundtripReencoder;
        for declaration in declarations(&encoded)? {
            match declaration {
                ComponentTypeDeclaration::Type(ty) => {
                    let (_, encoder) = self.builder.ty(None);
                    same.parse_component_type(encoder, ty)?;
                }
                ComponentTypeDeclaration::Alias(alias) => {
                    let alias = same.component_alias(alias)?;
                    self.builder.alias(None, alias);
                }
                ComponentTypeDeclaration::Import(import) => {
                    let ty = same.component_type_ref(import.ty)?;
                    let name = import.name.name.to_owned();
                    let index = self.builder.import(import.name, ty);
                    self.host.insert(name, index);
                }
                ComponentTypeDeclaration::CoreType(_) | ComponentTypeDeclaration::Export { .. } => {
                    return Err("the plugin's imports have types that no interface has".into());
                }
            }
        }
        Ok(())
    }

    /// Puts a component in and instantiates it, each import from where the wires say; `stub` serves what nobody else does.
    fn instantiate(&mut self, name: &str, component: &[u8], wires: &Wires, stub: Option<u32>) -> Result<u32> {
        let index = self.builder.component_raw(Some(name), component);
        let mut arguments = Vec::new();
        for (import, _) in names(component, ComponentSectionId::Import)? {
            let source = wires.iter().find(|(wired, _)| *wired == import).map(|(_, source)| *source);
            let from = match source {
                Some(Source::Host) => self.host.get(&import).copied(),
                Some(Source::Inside(place)) => {
                    let from = self.parts.get(place).copied().flatten();
                    from.map(|part| self.builder.alias_export(part, &import, ComponentExportKind::Instance))
                }
                Some(Source::Types | Source::Inert | Source::Withheld) => {
                    stub.map(|stub| self.builder.alias_export(stub, &import, ComponentExportKind::Instance))
                }
                None => None,
            };
            let from = from.ok_or_else(|| format!("nobody serves {import} to {name}"))?;
            arguments.push((import, ComponentExportKind::Instance, from));
        }
        Ok(self.builder.instantiate(Some(name), index, arguments))
    }
}

/// What the type of a world declares, of the encoding of that world as metadata.
fn declarations(encoded: &[u8]) -> Result<Vec<ComponentTypeDeclaration<'_>>> {
    for payload in Parser::new(0).parse_all(encoded) {
        let Payload::ComponentTypeSection(section) = payload? else { continue };
        for ty in section {
            let ComponentType::Component(outer) = ty? else { continue };
            for declaration in Vec::from(outer) {
                if let ComponentTypeDeclaration::Type(ComponentType::Component(world)) = declaration {
                    return Ok(Vec::from(world));
                }
            }
        }
    }
    Err("the encoding of a world holds no world".into())
}

/// What a component imports or exports, by name and kind.
fn names(component: &[u8], section: ComponentSectionId) -> Result<Vec<(String, ComponentExportKind)>> {
    let (mut found, mut depth) = (Vec::new(), 0_u32);
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(imports) if depth == 1 && section == ComponentSectionId::Import => {
                for import in imports {
                    found.push((import?.name.name.to_owned(), ComponentExportKind::Instance));
                }
            }
            Payload::ComponentExportSection(exports) if depth == 1 && section == ComponentSectionId::Export => {
                for export in exports {
                    let export = export?;
                    found.push((export.name.name.to_owned(), export.kind.into()));
                }
            }
            _ => {}
        }
    }
    Ok(found)
}
