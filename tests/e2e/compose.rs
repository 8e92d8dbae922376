//! A component of others inside a plugin, by public commands: built, put in by its digest, installed and called.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::cases::{check, fails, is, ok};
use crate::packages::{refused, succeeds};
use crate::support::{Home, root};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let place = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &place),
            false => drop(fs::copy(&path, &place).unwrap()),
        }
    }
}

#[test]
fn a_component_inside_a_plugin_gets_what_the_plugin_hands_on() {
    let home = Home::new();
    let guests = root().join("host/sandbox/tests/guests");
    let (part, composed) = (guests.join("part"), home.path().join("composed"));
    for folder in ["src", "wit"] {
        copy(&guests.join("composed").join(folder), &composed.join(folder));
    }
    for file in ["Cargo.toml", "Cargo.lock"] {
        fs::copy(guests.join("composed").join(file), composed.join(file)).unwrap();
    }
    fs::create_dir(composed.join("vendor")).unwrap();
    let vendored = composed.join("vendor/part.wasm").display().to_string();
    succeeds(&home.run(&["plugin", "build", &part.display().to_string(), "--output", &vendored]), "");

    let manifest = |digest: &str, lists: &str| {
        let text = format!("[components.normalise]\nfrom = \"vendor/part.wasm\"\n{digest}{lists}");
        fs::write(composed.join("polder.toml"), text).unwrap();
        home.run(&["plugin", "build", &composed.display().to_string()])
    };
    // Each refusal says what to write.
    let said = manifest("", "");
    let digest = said.err.split("sha256:").nth(1).and_then(|rest| rest.get(..64)).unwrap_or_default();
    assert!(said.code == Some(1) && digest.len() == 64, "{said:?}");
    let pinned = format!("digest = \"sha256:{digest}\"\n");
    refused(&manifest(&pinned, ""), "or withholds = [\"polder:host/log\"]");
    refused(&manifest(&pinned, "hands-on = [\"polder:host/log\"]\n"), "polder:host/random");
    refused(&manifest(&pinned.replace(&digest[..4], "0000"), ""), "digest");
    let lists = "hands-on = [\"polder:host/log\"]\nwithholds = [\"polder:host/random\"]\n";
    succeeds(&manifest(&pinned, lists), "");

    succeeds(&home.run(&["sql", "-c", "CREATE SCHEMA main.c"]), "");
    succeeds(&home.run(&["plugin", "install", &composed.display().to_string(), "--into", "main.c"]), "Installed");
    check(
        &home,
        "owner",
        [
            is("SELECT main.c.normalise(' Wadden ') AS n", json!([{"n": "wadden"}])),
            fails("SELECT main.c.draw('x')", "was not handed on to normalise"),
            ok("DESCRIBE PLUGIN main.c.composed"),
        ],
    );
}
