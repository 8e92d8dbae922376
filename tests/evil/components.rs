//! Files that are no components, or that cost more than one may.

use std::time::Duration;

use polder_sandbox::Limits;

use crate::guests::{bytes, of_text};
use crate::stage::{beside, beside_with, limits, says};

fn component(declarations: &str, body: &str) -> Vec<u8> {
    let text = include_str!("functions.wat").replace(";; $START", declarations).replace(";; $BODY", body);
    of_text("functions", &text)
}

#[test]
fn a_start_function_or_describe_that_never_ends() {
    beside(async |stage| {
        let spin = component("(start $begin) (func $begin (loop (br 0)))", "(unreachable)");
        says("start", stage.bring(&spin).await, &["`call_time`", "2s"]);
        let spin = component("", "(loop (br 0)) (unreachable)");
        says("describe", stage.bring(&spin).await, &["`call_time`", "2s"]);
    });
}

#[test]
fn a_description_that_lies_outside_of_memory() {
    beside(async |stage| {
        for (address, why) in [("0x7ffffff0", "out of bounds"), ("-4", "out of bounds"), ("3", "aligned")] {
            let lost = component("", &format!("(i32.const {address})"));
            says(address, stage.bring(&lost).await, &["broke the plugin contract", why]);
        }
    });
}

#[test]
fn files_that_are_cut_short_or_damaged() {
    beside(async |stage| {
        let whole = bytes("lies");
        for length in [0, 3, 7, 100, whole.len() / 2, whole.len() - 1] {
            says("truncated", stage.bring(&whole[..length]).await, &["not a WebAssembly component"]);
        }
        let more = [whole, &[0; 100]].concat();
        says("more", stage.bring(&more).await, &["not a WebAssembly component"]);
        says("text", stage.bring(b"SELECT 1").await, &["does not begin as WebAssembly does"]);
        says("module", stage.bring(&wat::parse_str("(module)").unwrap()).await, &["the file is a core module"]);
    });
}

#[test]
fn components_without_the_contract() {
    beside(async |stage| {
        let of = |text: &str| wat::parse_str(text).unwrap();
        says("nothing", stage.bring(&of("(component)")).await, &["polder:plugin/description@0.1.0"]);
        let wasi = of(r#"(component (import "wasi:cli/environment@0.2.0" (instance (export "f" (func)))))"#);
        says("wasi", stage.bring(&wasi).await, &["imports `wasi:cli/environment@0.2.0`", "does not serve"]);
        let root = of(r#"(component (import "polder:host/root@0.1.0" (instance (export "f" (func)))))"#);
        says("root", stage.bring(&root).await, &["imports `polder:host/root@0.1.0`", "does not serve"]);
    });
}

#[test]
fn a_component_that_is_too_large() {
    let limits = Limits { component_bytes: 1 << 20, ..limits() };
    beside_with(limits, async |stage| {
        let mut large = component("", "(unreachable)");
        // A custom section, which nobody reads.
        large.extend([0, 0x80, 0x80, 0x80, 1, 1, b'x']);
        large.resize(3 << 20, 0);
        says("large", stage.bring(&large).await, &["1048576"]);
    });
}

/// A component around another one.
fn within(inner: &[u8]) -> Vec<u8> {
    let mut outer = b"\0asm\x0d\0\x01\0".to_vec();
    if !inner.is_empty() {
        let length = u32::try_from(inner.len()).unwrap();
        // A section with a component in it; its length in five bytes of seven bits.
        outer.push(4);
        outer.extend((0..5).map(|i| (length >> (7 * i)) as u8 & 0x7f | if i < 4 { 0x80 } else { 0 }));
        outer.extend(inner);
    }
    outer
}

#[test]
fn parts_within_parts() {
    beside(async |stage| {
        let many = format!("(component {})", "(core module)".repeat(2_000));
        says("many", stage.bring(&wat::parse_str(many).unwrap()).await, &["`nested_parts`", "1000"]);
        let deep = (0..2_000).fold(Vec::new(), |inner, _| within(&inner));
        says("deep", stage.bring(&deep).await, &["`nested_parts`", "1000"]);
    });
}

#[test]
fn more_functions_than_may_be_compiled() {
    let limits = Limits { code_functions: 2_000, code_function_bytes: 64 << 10, ..limits() };
    beside_with(limits, async |stage| {
        let many = component(&"(func)".repeat(2_000), "(unreachable)");
        says("many", stage.bring(&many).await, &["`code_functions`", "2000"]);
        let long = "(drop (i32.const 1))".repeat(64 << 10);
        let long = component("", &format!("{long} (unreachable)"));
        says("long", stage.bring(&long).await, &["`code_function_bytes`", "64 KiB"]);
    });
}

#[test]
fn code_that_takes_too_long_to_compile() {
    let limits = Limits { compile_time: Duration::from_millis(300), ..limits() };
    beside_with(limits, async |stage| {
        let step = "(local.set $x (i32.add (i32.mul (local.get $x) (i32.const 3)) (i32.popcnt (local.get $x))))";
        let function = format!("(func (param $x i32) (result i32) {} (local.get $x))", step.repeat(2_000));
        let slow = component(&function.repeat(100), "(unreachable)");
        says("slow", stage.bring(&slow).await, &["`compile_time`", "300ms"]);
    });
}
