//! What a component is, told from its bytes alone: nothing of it is compiled or run.

use serde::Serialize;
use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType};
use wasmparser::types::TypesRef;
use wasmparser::{Encoding, Parser, Payload, ValidPayload, Validator, WasmFeatures};

use crate::log;
use crate::outline::Outline;
use crate::weight::Weight;
use crate::{Digest, Error, Limits, Result};

/// The package of the contract that plugins export, and the minor version that this host serves.
pub(crate) const PLUGIN: &str = "polder:plugin/";
pub(crate) const HOST: &str = "polder:host/";
pub(crate) const VERSION: &str = "0.1.";

/// The worlds of the contract, by what a plugin of each must export.
pub(crate) const WORLDS: [(&str, [&str; 2]); 4] = [
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
    let limits = Limits::default();
    Weight::of_size(component).within(&limits)?;
    inspect_within(component, Digest::of(component), &limits).map(|(inspection, _)| inspection)
}

/// What loading a component of that digest takes, told from its bytes.
pub(crate) fn outline_within(component: &[u8], digest: Digest, limits: &Limits) -> Result<Outline> {
    inspect_within(component, digest, limits).map(|(inspection, weight)| Outline::new(&inspection, weight))
}

fn inspect_within(component: &[u8], digest: Digest, limits: &Limits) -> Result<(Inspection, Weight)> {
    let weight = Weight::of_size(component);
    weight.within(limits)?;
    check_head(component)?;
    let mut scan = Scan { limits, depth: 0, weight, modules: 0, imports: vec![], exports: vec![] };
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.map_err(malformed)?;
        scan.payload(&payload)?;
        if let ValidPayload::End(types) = validator.payload(&payload).map_err(malformed)?
            && scan.depth == 0
        {
            return Ok(scan.finish(types.as_ref(), digest));
        }
    }
    Err(Error::NotAComponent("the file ends too early".into()))
}

fn malformed(error: wasmparser::BinaryReaderError) -> Error {
    Error::NotAComponent(format!("the file is truncated or damaged: {error}"))
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
    weight: Weight,
    modules: usize,
    imports: Vec<String>,
    exports: Vec<String>,
}

impl Scan<'_> {
    fn payload(&mut self, payload: &Payload<'_>) -> Result<()> {
        match payload {
            Payload::Version { encoding, .. } => {
                self.depth += 1;
                self.weight.parts += 1;
                self.modules += usize::from(*encoding == Encoding::Module);
            }
            Payload::End(_) => self.depth -= 1,
            Payload::MemorySection(section) => {
                for memory in section.clone() {
                    let memory = memory.map_err(malformed)?;
                    let page = 1_u64.checked_shl(memory.page_size_log2.unwrap_or(16)).unwrap_or(u64::MAX);
                    self.weight.memory = self.weight.memory.max(memory.initial.saturating_mul(page));
                }
            }
            Payload::TableSection(section) => {
                for table in section.clone() {
                    self.weight.table_elements = self.weight.table_elements.max(table.map_err(malformed)?.ty.initial);
                }
            }
            Payload::CodeSectionStart { count, .. } => self.weight.functions += u64::from(*count),
            Payload::CodeSectionEntry(body) => {
                self.weight.function_bytes = self.weight.function_bytes.max(body.range().len() as u64);
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
        self.weight.within(self.limits)
    }

    fn finish(self, types: TypesRef<'_>, digest: Digest) -> (Inspection, Weight) {
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
        let names: Vec<_> = exports.iter().map(|export| &export.name).collect();
        let inspection = Inspection {
            digest,
            size: self.weight.bytes,
            worlds: worlds(&names).into_iter().map(str::to_owned).collect(),
            capabilities: imports.iter().filter(|import| import.is_request()).map(Extern::capability).collect(),
            imports,
            exports,
            modules: self.modules,
            functions: usize::try_from(self.weight.functions).unwrap_or(usize::MAX),
        };
        (inspection, self.weight)
    }
}

/// The worlds of which these exports have all.
pub(crate) fn worlds(exports: &[impl AsRef<str>]) -> Vec<&'static str> {
    let has = |interface| exports.iter().any(|export| is(export.as_ref(), PLUGIN, interface));
    WORLDS.iter().filter(|(_, needs)| needs.iter().all(|interface| has(interface))).map(|(world, _)| *world).collect()
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

impl Extern {
    /// Whether it names types only, so that importing it gives nothing.
    pub(crate) fn is_types(&self) -> bool {
        self.kind == "type" || self.kind == "interface" && self.items.is_empty()
    }

    /// Whether importing this asks for anything: the log is everybody's.
    pub(crate) fn is_request(&self) -> bool {
        !self.is_types() && !is(&self.name, HOST, "log")
    }

    fn capability(&self) -> String {
        let name = self.name.split('@').next().unwrap_or_default();
        name.strip_prefix(HOST).unwrap_or(name).to_owned()
    }
}

/// Whether a full name is `interface` of `package`, in the version that this host serves.
pub(crate) fn is(name: &str, package: &str, interface: &str) -> bool {
    name.strip_prefix(package)
        .and_then(|rest| rest.strip_prefix(interface))
        .and_then(|rest| rest.strip_prefix('@'))
        .is_some_and(|version| version.starts_with(VERSION))
}

const _: () = assert!(log::INTERFACE.len() == HOST.len() + "log@".len() + VERSION.len() + 1);
