//! What a system that can do nothing answers.
//!
//! The rule is "nothing": no arguments, no files, zero bytes done, and where a result cannot be nothing, its first error.
//! The rest is a table: output that nobody sees is taken, input is at its end, time goes by 1 ms a look, and random
//! bytes are always the same, as in `component/wasi.wat`.

use wit_parser::abi::WasmSignature;
use wit_parser::{
    Function, Handle, ManglingAndAbi, Resolve, ResourceIntrinsic, SizeAlign, Type, TypeDefKind, TypeId, TypeOwner,
    WasmImport, WorldKey,
};

use super::ABI;
use super::module::{NOTHING, STORED};
use crate::compose::surface::{Interface, unversioned};

/// What a function of a stand-in does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Ends the call.
    Trap,
    /// Gives nothing, or a value of zero bits.
    Nothing,
    /// A number.
    Number(i64),
    /// A result in memory.
    Stored([u8; STORED]),
    /// A new resource, by the function that makes it: its module and name.
    Resource(String, String),
    /// Milliseconds gone by.
    Clock,
    /// Eight bytes, or as many as are asked for.
    Random,
    RandomBytes,
    /// All of what is waited for is there.
    AllReady,
}

/// The answer of a function of WASI.
pub(super) fn answer(resolve: &Resolve, import: &Interface, function: &Function, signature: &WasmSignature) -> Answer {
    let special = special(unversioned(&import.name), &function.name);
    // The names are anybody's to use: a table's answer is for the shape that it was made for.
    match special {
        Some((answer, shape)) if shape == self::shape(signature) => answer,
        _ => nothing(resolve, function, signature),
    }
}

/// A signature in a word: parameters and results as core types, and `p` for a result in memory.
fn shape(signature: &WasmSignature) -> String {
    let letter = |ty| match super::module::core(ty) {
        wasm_encoder::ValType::I64 => 'I',
        wasm_encoder::ValType::F32 => 'f',
        wasm_encoder::ValType::F64 => 'F',
        _ => 'i',
    };
    let params: String = signature.params.iter().map(|ty| letter(*ty)).collect();
    let results: String = signature.results.iter().map(|ty| letter(*ty)).collect();
    format!("{params}>{}", if signature.retptr { "p" } else { &results })
}

fn special(interface: &str, function: &str) -> Option<(Answer, &'static str)> {
    let end = |shape| {
        // The error (1), which is that the stream is closed (1), wherever the alignment of a good result puts it.
        let mut bytes = [0; STORED];
        (bytes[0], bytes[4], bytes[8]) = (1, 1, 1);
        (Answer::Stored(bytes), shape)
    };
    Some(match (interface, function) {
        ("wasi:io/streams", "[method]output-stream.check-write") => {
            let mut bytes = [0; STORED];
            bytes[8..16].copy_from_slice(&(64_u64 << 10).to_le_bytes());
            (Answer::Stored(bytes), "i>p")
        }
        ("wasi:io/streams", "[method]input-stream.read" | "[method]input-stream.blocking-read") => end("iI>p"),
        ("wasi:io/streams", "[method]input-stream.skip" | "[method]input-stream.blocking-skip") => end("iI>p"),
        ("wasi:io/poll", "[method]pollable.ready") => (Answer::Number(1), "i>i"),
        ("wasi:io/poll", "poll") => (Answer::AllReady, "ii>p"),
        ("wasi:clocks/monotonic-clock", "now") => (Answer::Clock, ">I"),
        ("wasi:clocks/monotonic-clock", "resolution") => (Answer::Number(1_000_000), ">I"),
        ("wasi:random/random", "get-random-bytes") => (Answer::RandomBytes, "I>p"),
        ("wasi:random/random", "get-random-u64") => (Answer::Random, ">I"),
        ("wasi:random/insecure", "get-insecure-random-bytes") => (Answer::RandomBytes, "I>p"),
        ("wasi:random/insecure", "get-insecure-random-u64") => (Answer::Random, ">I"),
        ("wasi:cli/exit", _) => (Answer::Trap, "i>"),
        _ => return None,
    })
}

/// Nothing, as far as there is a nothing of the function's result.
fn nothing(resolve: &Resolve, function: &Function, signature: &WasmSignature) -> Answer {
    let Some(result) = &function.result else { return Answer::Nothing };
    let mut sizes = SizeAlign::default();
    sizes.fill(resolve);
    let size = sizes.size(result).size_wasm32();
    if zero(resolve, result) {
        return if size <= NOTHING as usize { Answer::Nothing } else { Answer::Trap };
    }
    match kind(resolve, result) {
        Some(TypeDefKind::Handle(Handle::Own(resource))) => make(resolve, *resource),
        Some(TypeDefKind::Result(either)) => {
            let error = either.err.as_ref().is_none_or(|error| zero(resolve, error));
            if !error || size > STORED || !signature.retptr {
                return Answer::Trap;
            }
            let mut bytes = [0; STORED];
            bytes[0] = 1;
            Answer::Stored(bytes)
        }
        _ => Answer::Trap,
    }
}

/// A new resource, if the stand-in itself has that kind.
fn make(resolve: &Resolve, resource: TypeId) -> Answer {
    let mut id = resource;
    while let TypeDefKind::Type(Type::Id(of)) = &resolve.types[id].kind {
        id = *of;
    }
    let TypeOwner::Interface(owner) = resolve.types[id].owner else { return Answer::Trap };
    let key = WorldKey::Interface(owner);
    let exported = resolve.worlds.iter().any(|(_, world)| world.exports.contains_key(&key));
    if !exported {
        return Answer::Trap;
    }
    let intrinsic = ResourceIntrinsic::ExportedNew;
    let import = WasmImport::ResourceIntrinsic { interface: Some(&key), resource: id, intrinsic };
    let abi: ManglingAndAbi = ABI;
    let (module, name) = resolve.wasm_import_name(abi, import);
    Answer::Resource(module, name)
}

/// What a type is, through its other names.
fn kind<'a>(resolve: &'a Resolve, ty: &Type) -> Option<&'a TypeDefKind> {
    let Type::Id(id) = ty else { return None };
    match &resolve.types[*id].kind {
        TypeDefKind::Type(other) => kind(resolve, other),
        kind => Some(kind),
    }
}

/// Whether zeros are a value of that type.
fn zero(resolve: &Resolve, ty: &Type) -> bool {
    let is = |ty: &Type| zero(resolve, ty);
    let Some(kind) = kind(resolve, ty) else { return !matches!(ty, Type::ErrorContext) };
    match kind {
        TypeDefKind::Record(record) => record.fields.iter().all(|field| is(&field.ty)),
        TypeDefKind::Tuple(tuple) => tuple.types.iter().all(is),
        TypeDefKind::Variant(variant) => variant.cases.first().and_then(|case| case.ty.as_ref()).is_none_or(is),
        TypeDefKind::Result(either) => either.ok.as_ref().is_none_or(is),
        TypeDefKind::FixedLengthList(item, _) => is(item),
        TypeDefKind::Flags(_) | TypeDefKind::Enum(_) | TypeDefKind::Option(_) | TypeDefKind::List(_) => true,
        TypeDefKind::Map(..) => true,
        // An alias of a type that is no other's.
        TypeDefKind::Type(_) => true,
        TypeDefKind::Resource
        | TypeDefKind::Handle(_)
        | TypeDefKind::Future(_)
        | TypeDefKind::Stream(_)
        | TypeDefKind::Unknown => false,
    }
}
