//! `src/component/bindings.rs` is what wit-bindgen makes of the WIT packages. It is checked in, since its macro would
//! bring every plugin forty crates to compile; this test sees that it stays true, and renews it:
//! `POLDER_RENEW=1 cargo test --test bindings`.

use std::path::Path;
use wit_bindgen_core::{Files, WorldGenerator, wit_parser::Resolve};
use wit_bindgen_rust::Opts;

#[test]
fn bindings_are_those_of_the_wit_packages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut resolve = Resolve::default();
    resolve.push_path(root.join("../../wit/host")).unwrap();
    let (package, _) = resolve.push_path(root.join("../../wit/plugin")).unwrap();
    let world = resolve.select_world(&[package], Some("functions")).unwrap();

    let mut generator = Opts { format: true, generate_all: true, ..Opts::default() }.build();
    let mut files = Files::default();
    generator.generate(&mut resolve, world, &mut files).unwrap();
    let (_, generated) = files.iter().next().unwrap();

    let path = root.join("src/component/bindings.rs");
    if std::env::var_os("POLDER_RENEW").is_some() {
        std::fs::write(&path, generated).unwrap();
    }
    // Not assert_eq: thousands of lines would tell less.
    assert!(std::fs::read(&path).unwrap() == generated, "renew the bindings: POLDER_RENEW=1 cargo test --test bindings");
}
