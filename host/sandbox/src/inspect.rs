//! What a component is, told from its bytes alone: nothing of it is compiled or run.

use serde::Serialize;
use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType};
use wasmparser::types::TypesRef;
use wasmparser::{Encoding, Parser, Payload, ValidPayload, Validator, WasmFeatures};

use crate::host::Served;
use crate::log;
use crate::tighten::{HOST as OWNER, bytes};
use crate::{Digest, Error, Limits, Result, host};

/// The package of the contract that plugins export, and the minor version that this host serves.
const PLUGIN: &str = "polder:plugin/";
const HOST: &str = "polder:host/";
const VERSION: &str = "0.1.";

/// The worlds of the contract, by what a plugin of each must export.
const WORLDS: [(&str, [&str; 2]); 4] = [
    ("functions", ["description", "udf"]),
    ("transform", ["description", "transforms"]),
    ("scorer", ["description", "scorers"]),
    ("task", ["description", "tasks"]),
];

/// What [`inspect`] finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// The component's address.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// The worlds of the contract whose exports it has.
    pub worlds: Vec<String>,
    /// What it asks for beyond the log, in order of its imports: names such as "storage", or "wasi:cli/environment".
    pub capabilities: Vec<String>,
    /// What it imports, as full names.
    pub imports: Vec<Extern>,
    /// What it exports, as full names.
    pub exports: Vec<Extern>,
    /// Core modules within.
    pub modules: usize,
    /// Functions in all of them.
    pub functions: usize,
}

/// Something that a component imports or exports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Extern {
    /// Such as "polder:host/log@0.1.0".
    pub name: String,
    /// "interface", "function", "type", "resource", "module", "component" or "value".
    pub kind: &'static str,
    /// The functions and resources of an interface; empty when it only names types.
    pub items: Vec<String>,
}

/// Reads what any component imports and exports, its size and its digest.
///
/// # Errors
/// [`Error::NotAComponent`] for anything else, saying what it is instead; [`Error::Limit`] for one that is larger than
/// the default [`Limits`] allow.
pub fn inspect(component: &[u8]) -> Result<Inspection> {
    inspect_within(component, &Limits::default())
}

pub(crate) fn inspect_within(component: &[u8], limits: &Limits) -> Result<Inspection> {
    if component.len() > limits.component_bytes {
        return Err(over("component_bytes", bytes(limits.component_bytes as u64)));
    }
    check_head(component)?;
    let mut scan = Scan { limits, depth: 0, parts: 0, modules: 0, functions: 0, imports: vec![], exports: vec![] };
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.map_err(malformed)?;
        scan.payload(&payload)?;
        if let ValidPayload::End(types) = validator.payload(&payload).map_err(malformed)?
            && scan.depth == 0
        {
            return Ok(scan.finish(types.as_ref(), component));
        }
    }
    Err(Error::NotAComponent("the file ends too early".into()))
}

fn malformed(error: wasmparser::BinaryReaderError) -> Error {
    Error::NotAComponent(format!("the file is truncated or damaged: {error}"))
}

fn over(limit: &'static str, value: String) -> Error {
    Error::Limit { what: "the component".into(), limit, value, owner: OWNER.into() }
}

/// The eight bytes that begin every WebAssembly file say already whether it is a component.
fn check_head(component: &[u8]) -> Result<()> {
    let why = match component {
        [b'\0', b'a', b's', b'm', _, _, 1, 0, ..] => return Ok(()),
        [b'\0', b'a', b's', b'm', 1, 0, 0, 0, ..] => {
            "the file is a core module; make a component of it, with `polder plugin build` or `wasm-tools component new`"
        }
        [b'\0', b'a', b's', b'm', _, _, _, _, ..] => "the file is WebAssembly of a version that nobody knows",
        [] => "the file is empty",
        short if b"\0asm".starts_with(&short[..short.len().min(4)]) => "the file ends too early",
        _ => "the file does not begin as WebAssembly does",
    };
    Err(Error::NotAComponent(why.into()))
}

struct Scan<'a> {
    limits: &'a Limits,
    /// How many parts deep the parser is; 1 within the component itself.
    depth: usize,
    parts: usize,
    modules: usize,
    functions: usize,
    imports: Vec<String>,
    exports: Vec<String>,
}

impl Scan<'_> {
    fn payload(&mut self, payload: &Payload<'_>) -> Result<()> {
        match payload {
            Payload::Version { encoding, .. } => {
                self.depth += 1;
                self.parts += 1;
                self.modules += usize::from(*encoding == Encoding::Module);
                if self.parts > self.limits.nested_parts {
                    return Err(over("nested_parts", self.limits.nested_parts.to_string()));
                }
            }
            Payload::End(_) => self.depth -= 1,
            Payload::MemorySection(section) => {
                for memory in section.clone() {
                    let memory = memory.map_err(malformed)?;
                    let most = self.limits.memory as u64;
                    let page = 1_u64.checked_shl(memory.page_size_log2.unwrap_or(16)).unwrap_or(u64::MAX);
                    if memory.initial.saturating_mul(page) > most {
                        return Err(over("memory", bytes(self.limits.memory as u64)));
                    }
                }
            }
            Payload::TableSection(section) => {
                for table in section.clone() {
                    if table.map_err(malformed)?.ty.initial > self.limits.table_elements as u64 {
                        return Err(over("table_elements", self.limits.table_elements.to_string()));
                    }
                }
            }
            Payload::CodeSectionStart { count, .. } => {
                self.functions += *count as usize;
                if self.functions > self.limits.code_functions {
                    return Err(over("code_functions", self.limits.code_functions.to_string()));
                }
            }
            Payload::CodeSectionEntry(body) if body.range().len() > self.limits.code_function_bytes => {
                return Err(over("code_function_bytes", bytes(self.limits.code_function_bytes as u64)));
            }
            Payload::ComponentImportSection(section) if self.depth == 1 => {
                for import in section.clone() {
                    self.imports.push(import.map_err(malformed)?.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(section) if self.depth == 1 => {
                for export in section.clone() {
                    self.exports.push(export.map_err(malformed)?.name.name.to_owned());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(self, types: TypesRef<'_>, component: &[u8]) -> Inspection {
        let named = |name: String, item: Option<ComponentEntityType>| match item {
            Some(ty) => describe(name, ty, types),
            None => Extern { name, kind: "value", items: vec![] },
        };
        let imports: Vec<Extern> = self
            .imports
            .into_iter()
            .map(|name| {
                let item = types.component_item_for_import(&name).map(|item| item.ty);
                named(name, item)
            })
            .collect();
        let exports: Vec<Extern> = self
            .exports
            .into_iter()
            .map(|name| {
                let item = types.component_item_for_export(&name).map(|item| item.ty);
                named(name, item)
            })
            .collect();
        let has = |interface: &str| exports.iter().any(|export| is(&export.name, PLUGIN, interface));
        Inspection {
            digest: Digest::of(component),
            size: component.len() as u64,
            worlds: WORLDS
                .iter()
                .filter(|(_, needs)| needs.iter().all(|interface| has(interface)))
                .map(|(world, _)| (*world).to_owned())
                .collect(),
            capabilities: imports.iter().filter(|import| import.is_request()).map(Extern::capability).collect(),
            imports,
            exports,
            modules: self.modules,
            functions: self.functions,
        }
    }
}

fn describe(name: String, ty: ComponentEntityType, types: TypesRef<'_>) -> Extern {
    let mut items = Vec::new();
    if let ComponentEntityType::Instance(id) = ty {
        let members = types[id].exports.iter().filter(|(_, member)| !matches!(kind(&member.ty), "type"));
        items.extend(members.map(|(name, _)| name.clone()));
    }
    Extern { name, kind: kind(&ty), items }
}

fn kind(ty: &ComponentEntityType) -> &'static str {
    match ty {
        ComponentEntityType::Instance(_) => "interface",
        ComponentEntityType::Func(_) => "function",
        ComponentEntityType::Type { created: ComponentAnyTypeId::Resource(_), .. } => "resource",
        ComponentEntityType::Type { .. } => "type",
        ComponentEntityType::Module(_) => "module",
        ComponentEntityType::Component(_) => "component",
        ComponentEntityType::Value(_) => "value",
    }
}

impl Inspection {
    /// Checks that the component can be a plugin: it describes itself, exports what some world does, and asks for
    /// nothing that this host does not serve. Gives what is to be served to it beyond the log.
    pub(crate) fn check_plugin(&self) -> Result<Vec<&'static Served>> {
        let mut requests = Vec::new();
        for import in self.imports.iter().filter(|import| import.is_request()) {
            let served = host::served(&import.name);
            requests.push(served.ok_or_else(|| Error::Import { import: import.name.clone() })?);
        }
        if !self.interfaces().contains(&"description") {
            return Err(Error::Export { export: format!("{PLUGIN}description@{VERSION}0") });
        }
        if self.worlds.is_empty() {
            return Err(Error::Export { export: format!("{PLUGIN}udf@{VERSION}0") });
        }
        Ok(requests)
    }

    /// The interfaces of the contract that it exports.
    pub(crate) fn interfaces(&self) -> Vec<&'static str> {
        let known = WORLDS.iter().flat_map(|(_, needs)| *needs);
        let mut found: Vec<_> =
            known.filter(|name| self.exports.iter().any(|export| is(&export.name, PLUGIN, name))).collect();
        found.dedup();
        found
    }
}

impl Extern {
    /// Whether importing this asks for anything: an interface of types only gives nothing, and the log is everybody's.
    pub(crate) fn is_request(&self) -> bool {
        let nothing = self.kind == "type" || self.kind == "interface" && self.items.is_empty();
        !nothing && !is(&self.name, HOST, "log")
    }

    fn capability(&self) -> String {
        let name = self.name.split('@').next().unwrap_or_default();
        name.strip_prefix(HOST).unwrap_or(name).to_owned()
    }
}

/// Whether a full name is `interface` of `package`, in the version that this host serves.
fn is(name: &str, package: &str, interface: &str) -> bool {
    name.strip_prefix(package)
        .and_then(|rest| rest.strip_prefix(interface))
        .and_then(|rest| rest.strip_prefix('@'))
        .is_some_and(|version| version.starts_with(VERSION))
}

const _: () = assert!(log::INTERFACE.len() == HOST.len() + "log@".len() + VERSION.len() + 1);
