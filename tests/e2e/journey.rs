//! A plugin's way in each language, by public commands only: from a template, built, tested, signed, published, found, installed,
//! carried to an empty host by its lock, upgraded, rolled back and removed.

use std::path::Path;

use serde_json::{Value, json};

use crate::cases::{check, fails, is, ok};
use crate::packages::{refused, succeeds};
use crate::support::Home;
use crate::trust::Market;

/// What keeps the version of a project, by its language.
const MANIFESTS: [&str; 4] = ["polder.toml", "Cargo.toml", "pyproject.toml", "package.json"];

/// The project says that it is the next version.
#[track_caller]
fn bump(project: &Path) {
    let manifest = MANIFESTS.iter().map(|name| project.join(name)).find(|path| path.exists()).unwrap();
    let text = std::fs::read_to_string(&manifest).unwrap();
    assert_eq!(text.matches("0.1.0").count(), 1, "{text}");
    std::fs::write(&manifest, text.replace("0.1.0", "0.1.1")).unwrap();
}

fn travels(language: &str) {
    let Some(Market { author, home, place, .. }) = &Market::open() else { return };
    let folder = author.path().display().to_string();
    succeeds(&author.run(&["plugin", "new", "greet", &folder, "--lang", language]), "Created");
    let project = author.path().join("greet");
    let greet = project.display().to_string();
    let tested = author.run(&["plugin", "test", &greet]);
    if tested.err.contains("is needed: ") {
        return eprintln!("skipped: {}", tested.err);
    }
    assert!(tested.code == Some(0) && tested.out.contains("0 failed"), "{tested:?}");

    // The author signs, publishes and lists it.
    let key = author.path().join("author.key").display().to_string();
    succeeds(&author.run(&["plugin", "key", "new", &key]), "CREATE PUBLISHER");
    let public = std::fs::read_to_string(format!("{key}.pub")).unwrap();
    let index = place.replace("/greet", "/index");
    let publish = || author.run(&["plugin", "publish", &greet, place, "--plain-http", "--key", &key]);
    let list = || author.run(&["plugin", "index", "add", &index, place, "--plain-http", "--key", &key]);
    succeeds(&publish(), "with its bill of materials, with its provenance");
    succeeds(&list(), "number 1");

    // Somebody finds and installs it.
    let trust = || ok(format!("CREATE PUBLISHER author KEY '{public}'"));
    check(home, "owner", [trust(), ok(format!("ALTER CONNECTION acme OPTIONS (index '{index}')"))]);
    succeeds(&home.run(&["plugin", "search", "greet"]), place);
    succeeds(&home.run(&["plugin", "install", place, "--into", "main.m"]), "signed by author");
    let works = || {
        is(
            "SELECT main.m.initials(name) AS i, (SELECT main.m.longest(word) FROM main.m.words('make new land')) AS l
             FROM (VALUES ('ada lovelace'), (NULL)) AS people(name)",
            json!([{"i": "AL", "l": "make"}, {"i": null, "l": "make"}]),
        )
    };
    check(home, "owner", [works()]);
    let audit = home.run(&["plugin", "audit", "main.m.greet", "--format", "json"]);
    let facts: Vec<Value> = audit.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let says = |name: &str| facts.iter().find(|fact| fact["info_name"] == name).map(|fact| fact["info_value"].clone());
    for name in ["bill of materials", "provenance"] {
        assert_eq!(says(name), Some(json!("verified: signed by author")), "{audit:?}");
    }
    assert!(says("part").is_some() && says("built from").is_some() && says("builder").is_some(), "{audit:?}");

    // A second host, empty but for whom it trusts, becomes the same from the lock.
    let [lock, bundle] = ["polder.lock", "plugins.tar"].map(|name| author.path().join(name).display().to_string());
    succeeds(&home.run(&["plugin", "lock", "--output", &lock]), "");
    succeeds(&home.run(&["plugin", "export", "--output", &bundle]), "1 package");
    let other = Home::new();
    check(&other, "owner", [trust()]);
    succeeds(&other.run(&["plugin", "sync", &lock, "--bundle", &bundle, "--yes"]), "installed");
    check(&other, "owner", [works()]);
    succeeds(&other.run(&["plugin", "verify"]), "verified: signed by author");

    // There is a next version, and a way back.
    bump(&project);
    succeeds(&publish(), ":0.1.1");
    succeeds(&list(), "number 2");
    succeeds(&home.run(&["plugin", "outdated"]), "an upgrade is there");
    succeeds(&home.run(&["plugin", "upgrade", "main.m.greet"]), "from 0.1.0 to 0.1.1");
    check(home, "owner", [works()]);
    succeeds(&home.run(&["plugin", "rollback", "main.m.greet"]), "from 0.1.1 to 0.1.0");
    check(home, "owner", [works()]);
    succeeds(&home.run(&["plugin", "remove", "main.m.greet"]), "Dropped");
    check(home, "owner", [fails("SELECT main.m.initials('x')", "does not exist")]);
    refused(&home.run(&["plugin", "rollback", "main.m.greet"]), "does not exist");
}

#[test]
fn rust() {
    travels("rust");
}

#[test]
fn c() {
    travels("c");
}

#[test]
fn cpp() {
    travels("cpp");
}

#[test]
fn go() {
    travels("go");
}

#[test]
fn javascript() {
    travels("javascript");
}

#[test]
fn python() {
    travels("python");
}

#[test]
fn typescript() {
    travels("typescript");
}

#[test]
fn zig() {
    travels("zig");
}
