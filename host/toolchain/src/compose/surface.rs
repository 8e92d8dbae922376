//! What a component imports and exports.

use std::collections::BTreeSet;

use wit_component::DecodedWasm;
use wit_parser::{InterfaceId, Resolve, TypeDefKind, WorldId, WorldItem, WorldKey};

/// What surrounds a component, as WIT.
pub(crate) struct Surface {
    pub(crate) resolve: Resolve,
    pub(crate) world: WorldId,
    /// In the component's order: what one uses comes before it.
    pub(crate) imports: Vec<Interface>,
    /// Full names of interfaces, and names of whatever else there is.
    pub(crate) exports: BTreeSet<String>,
}

/// An imported interface, as far as the component makes use of it.
pub(crate) struct Interface {
    /// Such as "polder:host/log@0.1.0".
    pub(crate) name: String,
    pub(crate) id: InterfaceId,
    /// Its functions and resources; without any it only names types, and gives nothing.
    pub(crate) items: BTreeSet<String>,
}

impl Surface {
    /// Reads a component. What it imports must be interfaces with names, as there is no way to say who serves the rest.
    pub(crate) fn of(component: &[u8]) -> Result<Self, String> {
        let decoded = wit_component::decode(component).map_err(|error| format!("{error:#}"))?;
        let DecodedWasm::Component(resolve, world) = decoded else {
            return Err("it holds a WIT package, not code".to_owned());
        };
        let mut imports = Vec::new();
        for (key, item) in &resolve.worlds[world].imports {
            let name = resolve.name_world_key(key);
            let (WorldKey::Interface(_), WorldItem::Interface { id, .. }) = (key, item) else {
                return Err(format!("it imports `{name}`, which is no interface of a package"));
            };
            imports.push(Interface { name, id: *id, items: items(&resolve, *id) });
        }
        let exports = resolve.worlds[world].exports.keys().map(|key| resolve.name_world_key(key)).collect();
        Ok(Self { resolve, world, imports, exports })
    }

    pub(crate) fn import(&self, name: &str) -> Option<&Interface> {
        self.imports.iter().find(|import| import.name == name)
    }

    /// The imported interfaces that one of them takes resources from.
    pub(crate) fn uses<'a>(&'a self, import: &'a Interface) -> impl Iterator<Item = &'a Interface> {
        let used = self.resolve.interface_direct_deps(import.id);
        used.filter_map(|id| self.imports.iter().find(|import| import.id == id)).filter(|import| import.is_request())
    }
}

impl Interface {
    /// Whether importing it asks for anything.
    pub(crate) fn is_request(&self) -> bool {
        !self.items.is_empty()
    }

    /// Whether a manifest means it, with its version or without.
    pub(crate) fn is(&self, said: &str) -> bool {
        self.name == said || unversioned(&self.name) == said
    }
}

/// Such as "polder:host/log".
pub(crate) fn unversioned(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

fn items(resolve: &Resolve, id: InterfaceId) -> BTreeSet<String> {
    let interface = &resolve.interfaces[id];
    let types = interface.types.iter().filter(|(_, id)| matches!(resolve.types[**id].kind, TypeDefKind::Resource));
    interface.functions.keys().chain(types.map(|(name, _)| name)).cloned().collect()
}
