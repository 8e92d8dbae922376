//! Compositions of components in text: who gets what, and what is refused.

use std::fs;
use std::path::Path;

use wit_component::{ComponentEncoder, StringEncoding};

use super::*;
use crate::digest::Digest;
use crate::materials::{Part, Parts, Role};

/// Packages that the components of these tests are made against.
const WIT: &str = r#"
package test:all;
package acme:text@1.0.0 {
    interface options { record options-of { loud: bool } }
    interface normal { use options.{options-of}; twice: func(x: u32) -> u32; spell: func(o: options-of) -> string; }
    interface other { thrice: func(x: u32) -> u32; }
    interface store { resource shelf { constructor(); count: func() -> u32; } }
}
package acme:text@2.0.0 { interface normal { twice: func(x: u32) -> u32; } }
package polder:host@0.1.0 {
    interface log { log: func(message: string); }
    interface state { resource entry { get: func() -> u32; } open: func(name: string) -> entry; }
    interface query { use state.{entry}; run: func(x: u32) -> u32; all: func(e: borrow<entry>) -> u32; }
}
package polder:plugin@0.1.0 {
    interface udf { run: func(x: u32) -> u32; }
}
package wasi:io@0.2.6 {
    interface poll {
        resource pollable { ready: func() -> bool; block: func(); }
        poll: func(all: list<borrow<pollable>>) -> list<u32>;
    }
    interface error { resource error { to-debug-string: func() -> string; } }
    interface streams {
        use poll.{pollable};
        use error.{error};
        variant stream-error { last-operation-failed(error), closed }
        resource output-stream { check-write: func() -> result<u64, stream-error>; subscribe: func() -> pollable; }
        resource input-stream { read: func(len: u64) -> result<list<u8>, stream-error>; }
    }
}
package wasi:cli@0.2.6 {
    interface stdout { use wasi:io/streams@0.2.6.{output-stream}; get-stdout: func() -> output-stream; }
    interface environment { get-environment: func() -> list<tuple<string, string>>; }
}
package wasi:random@0.2.6 { interface random { get-random-bytes: func(len: u64) -> list<u8>; } }
package wasi:sockets@0.2.6 {
    interface tcp { resource socket {} enum error-code { unknown } create: func() -> result<socket, error-code>; }
}
package wasi:http@0.2.12 { interface outgoing-handler { handle: func(x: u32) -> u32; } }
"#;

const UDF: &str = "polder:plugin/udf@0.1.0";
const NORMAL: &str = "acme:text/normal@1.0.0";
const LOG: &str = "polder:host/log@0.1.0";

/// A component that calls all that it imports (names of interfaces) and exports some, each function of which traps.
fn component(imports: &[&str], exports: &[&str]) -> Vec<u8> {
    let mut world = String::from("world it {\n");
    imports.iter().for_each(|import| world += &format!("  import {import};\n"));
    exports.iter().for_each(|export| world += &format!("  export {export};\n"));
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_str("all.wit", &format!("{WIT}\n{world}}}\n")).unwrap();
    let world = resolve.select_world(&[package], Some("it")).unwrap();
    let mut module = wit_component::dummy_module(
        &resolve,
        world,
        wit_parser::ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync),
    );
    wit_component::embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap()
}

fn part(name: &str, bytes: Vec<u8>, hands_on: &[&str], withholds: &[&str]) -> Inside {
    let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
    Inside { name: name.to_owned(), bytes, hands_on: owned(hands_on), withholds: owned(withholds) }
}

fn composed(plugin: Vec<u8>, parts: &[Inside]) -> Result<Surface> {
    compose("geo", plugin, parts).map(|bytes| Surface::of(&bytes).unwrap())
}

fn refused(plugin: Vec<u8>, parts: &[Inside]) -> String {
    composed(plugin, parts).map(|_| ()).unwrap_err().to_string()
}

/// Imports that ask for something.
fn requests(surface: &Surface) -> Vec<&str> {
    surface.imports.iter().filter(|import| import.is_request()).map(|import| import.name.as_str()).collect()
}

fn exports(surface: &Surface) -> Vec<&str> {
    surface.exports.iter().map(String::as_str).collect()
}

#[test]
fn a_part_serves_the_plugin_and_nobody_else_sees_it() {
    let plugin = component(&[NORMAL, LOG], &[UDF]);
    let alone = Surface::of(&plugin).unwrap();
    assert_eq!(requests(&alone), [NORMAL, LOG]);
    let whole = composed(plugin.clone(), &[part("normalise", component(&[], &[NORMAL]), &[], &[])]).unwrap();
    assert_eq!((requests(&whole), exports(&whole)), (vec![LOG], vec![UDF]));
    assert_eq!(compose("geo", plugin.clone(), &[]).unwrap(), plugin, "nothing to put together");
}

#[test]
fn what_a_part_imports_is_handed_on_or_withheld_and_never_just_there() {
    let plugin = || component(&[NORMAL, LOG], &[UDF]);
    let needs_log = || component(&[LOG], &[NORMAL]);
    let error = refused(plugin(), &[part("normalise", needs_log(), &[], &[])]);
    for said in ["`normalise`", LOG, "hands-on = [\"polder:host/log\"]", "withholds"] {
        assert!(error.contains(said), "{error}");
    }
    for (hands_on, withholds) in
        [(&["polder:host/log"][..], &[][..]), (&[LOG], &[]), (&[], &["polder:host/log"]), (&[], &[LOG])]
    {
        let whole = composed(plugin(), &[part("normalise", needs_log(), hands_on, withholds)]).unwrap();
        assert_eq!(requests(&whole), [LOG], "{hands_on:?} {withholds:?}");
    }
    // Withheld, it is not asked for.
    let whole = composed(component(&[NORMAL], &[UDF]), &[part("normalise", needs_log(), &[], &["polder:host/log"])]);
    assert!(requests(&whole.unwrap()).is_empty());
}

#[test]
fn nothing_is_handed_on_that_the_plugin_does_not_have() {
    let http = "wasi:http/outgoing-handler@0.2.12";
    for import in [LOG, http, "polder:host/state@0.1.0"] {
        let name = surface::unversioned(import);
        let parts = [part("normalise", component(&[import], &[NORMAL]), &[name], &[])];
        let error = refused(component(&[NORMAL], &[UDF]), &parts);
        assert!(error.contains("the plugin itself does not import") && error.contains(import), "{error}");
    }
    let state = "polder:host/state@0.1.0";
    let query = "polder:host/query@0.1.0";
    let needs = || component(&[state, query], &[NORMAL]);
    let plugin = || component(&[NORMAL, state, query], &[UDF]);
    let error = refused(plugin(), &[part("normalise", needs(), &["polder:host/query"], &["polder:host/state"])]);
    assert!(error.contains("polder:host/query needs polder:host/state"), "{error}");
    let given = ["polder:host/query", "polder:host/state"];
    assert_eq!(requests(&composed(plugin(), &[part("normalise", needs(), &given, &[])]).unwrap()), [state, query]);
    // What is withheld may take resources from what is not.
    composed(plugin(), &[part("normalise", needs(), &["polder:host/state"], &["polder:host/query"])]).unwrap();
    let both = refused(plugin(), &[part("normalise", needs(), &given, &["polder:host/query"])]);
    assert!(both.contains("hands-on and in withholds"), "{both}");
}

#[test]
fn lines_that_mean_nothing_are_refused() {
    let plugin = || component(&[NORMAL, LOG], &[UDF]);
    for (hands_on, withholds, list) in [(&["polder:host/log"][..], &[][..], "hands-on"), (&[], &["x"], "withholds")] {
        let error = refused(plugin(), &[part("normalise", component(&[], &[NORMAL]), hands_on, withholds)]);
        assert!(error.contains("does not import") && error.contains(list), "{error}");
    }
    let useless = refused(plugin(), &[part("idle", component(&[], &["acme:text/other@1.0.0"]), &[], &[])]);
    assert!(useless.contains("nothing takes what it exports (acme:text/other@1.0.0)"), "{useless}");
    let version = refused(plugin(), &[part("new", component(&[], &["acme:text/normal@2.0.0"]), &[], &[])]);
    assert!(
        version.contains("it exports acme:text/normal@2.0.0, but what is imported is acme:text/normal@1.0.0"),
        "{version}"
    );
}

#[test]
fn parts_serve_each_other_only_if_told_and_in_no_circle() {
    let other = "acme:text/other@1.0.0";
    let plugin = || component(&[NORMAL], &[UDF]);
    let below = || part("below", component(&[], &[other]), &[], &[]);
    let above = |hands_on: &[&str]| part("above", component(&[other], &[NORMAL]), hands_on, &[]);
    let error = refused(plugin(), &[above(&[]), below()]);
    assert!(error.contains("`above`") && error.contains("hands-on = [\"acme:text/other\"]"), "{error}");
    let whole = composed(plugin(), &[above(&["acme:text/other"]), below()]).unwrap();
    assert!(requests(&whole).is_empty());

    let circle = part("below", component(&[NORMAL], &[other]), &["acme:text/normal"], &[]);
    let error = refused(plugin(), &[above(&["acme:text/other"]), circle]);
    assert!(error.contains("circle: above, below"), "{error}");
    let own = part("own", component(&[NORMAL], &[NORMAL]), &["acme:text/normal"], &[]);
    let error = refused(plugin(), &[own]);
    assert!(error.contains("`own`"), "{error}");
    let error = refused(plugin(), &[part("one", component(&[], &[NORMAL]), &[], &[]), above(&[]), below()]);
    assert!(error.contains("`above`") && error.contains("so does one"), "{error}");
}

#[test]
fn a_part_replaces_neither_the_plugin_nor_the_host() {
    // It exports what the plugin exports, and what the host serves: nobody takes either from it.
    let plugin = component(&[NORMAL, LOG], &[UDF]);
    let greedy = part("greedy", component(&[], &[NORMAL, UDF, LOG]), &[], &[]);
    let bytes = compose("geo", plugin.clone(), &[greedy]).unwrap();
    let whole = Surface::of(&bytes).unwrap();
    assert_eq!((requests(&whole), exports(&whole)), (vec![LOG], vec![UDF]));
    // The export is the plugin's.
    assert_eq!(exported_from(&bytes), "plugin");

    let calls_back = part("back", component(&[UDF], &[NORMAL]), &["polder:plugin/udf"], &[]);
    let error = refused(plugin, &[calls_back]);
    assert!(error.contains("which the plugin exports"), "{error}");
}

/// The name of the instance that the first export is taken from.
fn exported_from(bytes: &[u8]) -> String {
    use wasmparser::{ComponentAlias, ComponentName, Parser, Payload};
    let (mut depth, mut last, mut names) = (0, 0, Vec::new());
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.unwrap() {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentAliasSection(section) if depth == 1 => {
                for alias in section {
                    if let ComponentAlias::InstanceExport { instance_index, .. } = alias.unwrap() {
                        last = instance_index;
                    }
                }
            }
            Payload::CustomSection(section) if depth == 1 => {
                if let wasmparser::KnownCustom::ComponentName(section) = section.as_known() {
                    for name in section {
                        if let ComponentName::Instances(map) = name.unwrap() {
                            names.extend(map.into_iter().map(Result::unwrap).map(|n| (n.index, n.name.to_owned())));
                        }
                    }
                }
            }
            _ => {}
        }
    }
    names.into_iter().find(|(index, _)| *index == last).map(|(_, name)| name).unwrap_or_default()
}

#[test]
fn what_runtimes_import_of_wasi_is_there_and_can_do_nothing() {
    let wasi = [
        "wasi:cli/stdout@0.2.6",
        "wasi:cli/environment@0.2.6",
        "wasi:io/poll@0.2.6",
        "wasi:random/random@0.2.6",
        "wasi:sockets/tcp@0.2.6",
    ];
    let runtime = || component(&wasi, &[NORMAL]);
    let whole = composed(component(&[NORMAL], &[UDF]), &[part("python", runtime(), &[], &[])]).unwrap();
    assert!(whole.imports.iter().all(|import| !import.name.starts_with("wasi:")));
    // All but requests over HTTP.
    let http = "wasi:http/outgoing-handler@0.2.12";
    let plugin = component(&[NORMAL, http], &[UDF]);
    let error = refused(plugin.clone(), &[part("calls", component(&[http], &[NORMAL]), &[], &[])]);
    assert!(error.contains("wasi:http/outgoing-handler"), "{error}");
    let withheld = part("calls", component(&[http], &[NORMAL]), &[], &["wasi:http/outgoing-handler"]);
    assert_eq!(requests(&composed(plugin, &[withheld]).unwrap()), [http]);
}

#[test]
fn other_types_by_the_same_name_are_refused() {
    let wit = "package test:all;\npackage acme:text@1.0.0 { interface normal { twice: func(x: string) -> u32; } }\n\
               world it { export acme:text/normal@1.0.0; }";
    let mut resolve = wit_parser::Resolve::default();
    let package = resolve.push_str("other.wit", wit).unwrap();
    let world = resolve.select_world(&[package], Some("it")).unwrap();
    let abi = wit_parser::ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync);
    let mut module = wit_component::dummy_module(&resolve, world, abi);
    wit_component::embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let other = ComponentEncoder::default().module(&module).unwrap().encode().unwrap();
    let error = refused(component(&[NORMAL], &[UDF]), &[part("other", other, &[], &[])]);
    assert!(error.contains(NORMAL) && error.contains("other"), "{error}");
}

/// A project's folder with a component in it and a manifest.
fn project(manifest: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("vendor")).unwrap();
    fs::write(folder.path().join("vendor/it.wasm"), component(&[], &[NORMAL])).unwrap();
    fs::write(folder.path().join("vendor/core.wasm"), wat::parse_str("(module)").unwrap()).unwrap();
    fs::write(folder.path().join("vendor/text.wasm"), "text").unwrap();
    fs::write(folder.path().join("polder.toml"), manifest).unwrap();
    folder
}

fn reads(manifest: &str) -> Result<Vec<Inside>> {
    let folder = project(manifest);
    read(&folder.path().canonicalize().unwrap())
}

#[test]
fn components_are_read_and_compared_with_their_digests() {
    let lines =
        |from: &str, digest: &str| format!("[components.it]\nfrom = \"{from}\"\ndigest = \"sha256:{digest}\"\n");
    let is = |bytes: &[u8]| crate::digest::of(bytes);
    let bytes = component(&[], &[NORMAL]);
    let right = lines("vendor/it.wasm", &is(&bytes));
    let parts = reads(&right).unwrap();
    assert_eq!((parts.len(), parts[0].name.as_str(), &parts[0].bytes), (1, "it", &bytes));
    assert!(reads("").unwrap().is_empty());
    assert_ne!(digest(&parts), digest(&[]));
    let given = reads(&(right.clone() + "hands-on = [\"polder:host/log\"]\n")).unwrap();
    assert_ne!(digest(&parts), digest(&given), "what it gets is a part of what is built");

    let core = wat::parse_str("(module)").unwrap();
    for (manifest, said) in [
        (lines("vendor/it.wasm", &is(b"another")), "its digest is sha256:"),
        ("[components.it]\nfrom = \"vendor/it.wasm\"\n".to_owned(), &*format!("digest = \"sha256:{}\"", is(&bytes))),
        (lines("vendor/core.wasm", &is(&core)), "a core module, not a component"),
        (lines("vendor/text.wasm", &is(b"text")), "no WebAssembly"),
        (lines("vendor/none.wasm", &is(b"")), "cannot read vendor/none.wasm"),
        (lines("vendor", &is(b"")), "vendor is no file"),
        (lines("../it.wasm", &is(b"")), "not in the project's folder"),
        (lines("/etc/hostname", &is(b"")), "not in the project's folder"),
        (lines("", &is(b"")), "not in the project's folder"),
        (right.replace("components.it", "components.\"i t\""), "letters, digits"),
        (right.clone() + "hands_on = []\n", "hands_on"),
        (right.clone() + "[component.two]\n", "component"),
    ] {
        let error = reads(&manifest).unwrap_err().to_string();
        assert!(error.contains(said) && error.contains("polder.toml"), "{manifest}: {error}");
    }
    let many: String = (0..33).map(|i| right.replace("components.it", &format!("components.c{i}"))).collect();
    assert!(reads(&many).unwrap_err().to_string().contains("33 components, of 32 at most"));
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_project_and_nothing_endless_is_read() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("it.wasm"), component(&[], &[NORMAL])).unwrap();
    let folder = project("[components.it]\nfrom = \"vendor/link.wasm\"\ndigest = \"sha256:0\"\n");
    let root = folder.path().canonicalize().unwrap();
    let link = root.join("vendor/link.wasm");
    for (target, said) in [
        (outside.path().join("it.wasm"), "not in the project's folder"),
        (Path::new("/dev/zero").to_owned(), "not in the project's folder"),
        (root.join("vendor/it.wasm"), "its digest is"),
    ] {
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let error = read(&root).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
        fs::remove_file(&link).unwrap();
    }
    // A file that is mostly a hole: it takes no disk, and is not read.
    fs::File::create(&link).unwrap().set_len((64 << 20) + 1).unwrap();
    let error = read(&root).unwrap_err().to_string();
    assert!(error.contains("larger than 64 MiB"), "{error}");
}

#[test]
fn they_are_materials_whatever_they_are_called() {
    let mut materials = Parts::default();
    // As a module of Go without a version is called.
    materials.add_direct(Part::new("geo", "", Role::Library));
    let [one, other] = [b"one", b"two"].map(|bytes| part("geo", bytes.to_vec(), &[], &[]).material());
    let ids = [&one, &other].map(|part| materials.add(part.clone()));
    assert_eq!(materials.all.len(), 3);
    let digest = crate::digest::of(b"one");
    assert_eq!(ids[0], format!("pkg:generic/geo?checksum=sha256:{digest}"));
    assert_eq!(materials.all[&ids[0]].digest, Some(Digest::Sha256(digest)));
}
