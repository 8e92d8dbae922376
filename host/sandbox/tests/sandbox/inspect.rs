//! Telling what a component is without running it.

use polder_sandbox::{Digest, Error, inspect};

use crate::guest::component;

#[test]
fn tells_what_a_plugin_is() {
    let found = inspect(component()).unwrap();
    assert_eq!(found.digest, Digest::of(component()));
    assert_eq!(found.size, component().len() as u64);
    assert_eq!(found.worlds, ["functions"]);
    assert_eq!(found.capabilities, [""; 0]);
    assert!(found.modules >= 1 && found.functions > 10);
    let udf = found.exports.iter().find(|export| export.name == "polder:plugin/udf@0.1.0").unwrap();
    assert!(udf.items.iter().any(|item| item == "[method]scalar.call"), "{udf:?}");
    let log = found.imports.iter().find(|import| import.name == "polder:host/log@0.1.0").unwrap();
    assert_eq!((log.kind, &log.items[..]), ("interface", &["log".to_owned()][..]));
}

#[test]
fn tells_what_any_component_asks_for() {
    let text = r#"(component
        (import "polder:host/storage@0.1.0" (instance (export "volume" (type (sub resource)))))
        (import "polder:host/log@0.1.0" (instance (export "log" (func))))
        (import "polder:host/data@0.1.0" (instance (type $t (record (field "rows" u32))) (export "batch" (type (eq $t)))))
        (import "wasi:http/outgoing-handler@0.2.3" (instance (export "handle" (func))))
        (import "bare" (func)))"#;
    let found = inspect(&wat::parse_str(text).unwrap()).unwrap();
    assert_eq!(found.capabilities, ["storage", "wasi:http/outgoing-handler", "bare"]);
    assert_eq!(found.imports.len(), 5);
    assert_eq!(found.worlds, [""; 0]);
}

#[test]
fn says_what_is_no_component() {
    let module = wat::parse_str("(module (func))").unwrap();
    let cut = |length: usize| component()[..length].to_vec();
    let text = |why: &str| why.to_owned();
    let cases = [
        (vec![], text("the file is empty")),
        (b"\0as".to_vec(), text("ends too early")),
        (b"(component)".to_vec(), text("does not begin as WebAssembly does")),
        (b"%PDF-1.7 and so on".to_vec(), text("does not begin as WebAssembly does")),
        (module, text("core module")),
        (b"\0asm\x63\0\x07\0".to_vec(), text("a version that nobody knows")),
        (cut(101), text("truncated")),
        (cut(component().len() / 2), text("truncated")),
        (cut(component().len() - 1), text("truncated")),
        ([component(), b"trailing"].concat(), text("truncated or damaged")),
    ];
    for (bytes, why) in cases {
        let error = inspect(&bytes).unwrap_err();
        assert!(matches!(&error, Error::NotAComponent(_)), "{error:?}");
        assert!(error.to_string().contains(&why), "{why}: {error}");
    }
    let large = [b"\0asm\x0d\0\x01\0".to_vec(), vec![0; 65 << 20]].concat();
    assert!(matches!(inspect(&large), Err(Error::Limit { limit: "component_bytes", .. })));
}

#[test]
fn damaged_components_never_panic() {
    let good = component();
    for position in (8..good.len()).step_by(good.len() / 500) {
        let mut bad = good.to_vec();
        bad[position] ^= 0x55;
        // Most are refused; a flipped bit in a name or a constant is still a component.
        let _ = inspect(&bad);
    }
}
