//! Plugins: installed, upgraded, inspected and removed, by SQL and by command; and what is refused.

use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cases::{check, fails, is, ok};
use crate::support::{Home, guest, plugin};

/// `INSTALL PLUGIN greet` of the first version, into the schema `m`.
fn install() -> String {
    format!("INSTALL PLUGIN greet FROM '{}' INTO SCHEMA m", guest("greet-1").display())
}

/// The digest as `sha256sum`, a program of its own, sees it; none on a machine without it.
fn sha256(file: &std::path::Path) -> Option<String> {
    let output = std::process::Command::new("sha256sum").arg(file).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().next().map(str::to_owned)
}

#[test]
fn a_plugin_comes_changes_and_goes() {
    let (first, second) = (guest("greet-1"), guest("greet-2"));
    let upgrade = format!("UPGRADE PLUGIN m.greet FROM '{}'", second.display());
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE SCHEMA m"),
            ok("CREATE USER ana"),
            ok(install()),
            fails(install(), "exists already"),
            is("SELECT m.hello('ana') AS a, m.bye('ana') AS b", json!([{"a": "hello ana", "b": "bye ana"}])),
            ok("GRANT USE CATALOG ON CATALOG main TO ana"),
            ok("GRANT USE SCHEMA ON SCHEMA m TO ana"),
            ok("GRANT EXECUTE ON FUNCTION m.hello TO ana"),
            // What depends on a function keeps it.
            ok("CREATE TABLE t AS SELECT 'x' AS name"),
            ok("CREATE VIEW v AS SELECT m.bye(name) AS b FROM t"),
            fails("DROP PLUGIN m.greet", "main.default.v"),
            fails(upgrade.clone(), "main.default.v"),
            is("SELECT * FROM v", json!([{"b": "bye x"}])),
            ok("DROP VIEW v"),
            ok(upgrade.clone()),
            is("SELECT m.hello('ana') AS a, m.welcome('ana') AS w", json!([{"a": "HELLO ana", "w": "welcome ana"}])),
            fails("SELECT m.bye('ana')", "function main.m.bye does not exist"),
        ],
    );
    // The grant outlived the upgrade, and holds for what it was on.
    check(
        &home,
        "ana",
        [
            is("SELECT main.m.hello('ana') AS a", json!([{"a": "HELLO ana"}])),
            fails("SELECT main.m.welcome('ana')", "main.m.welcome"),
        ],
    );
    check(
        &home,
        "owner",
        [
            ok("DROP PLUGIN m.greet"),
            fails("SELECT m.hello('ana')", "function main.m.hello does not exist"),
            fails("DROP PLUGIN m.greet", "plugin main.m.greet does not exist"),
            ok(install()),
            is("SELECT m.bye('ana') AS b", json!([{"b": "bye ana"}])),
        ],
    );
    if let Some(digest) = sha256(&first) {
        let described = json!(home.rows("DESCRIBE PLUGIN m.greet")).to_string();
        assert!(described.contains(&digest), "{described}");
        let listed = json!(home.rows("SHOW PLUGINS IN m")).to_string();
        assert!(listed.contains("greet"), "{listed}");
    }
}

#[test]
fn an_upgrade_is_another_version_of_the_same_plugin() {
    let (second, other) = (guest("greet-2"), guest("matrix"));
    let upgrade = |name: &str, file: &PathBuf| format!("UPGRADE PLUGIN m.{name} FROM '{}'", file.display());
    let renamed = install().replace("PLUGIN greet", "PLUGIN hi").replace("SCHEMA m", "SCHEMA other");
    check(
        &Home::new(),
        "owner",
        [
            ok("CREATE SCHEMA m"),
            ok("CREATE SCHEMA other"),
            ok(install()),
            fails(upgrade("greet", &other), "is the plugin matrix 1.0.0, not another version of greet"),
            is("SELECT m.hello('x') AS h", json!([{"h": "hello x"}])),
            ok(upgrade("greet", &second)),
            is("SELECT m.hello('x') AS h", json!([{"h": "HELLO x"}])),
            // What counts is what it calls itself.
            ok(renamed),
            ok(upgrade("hi", &second).replace("m.hi", "other.hi")),
            fails(upgrade("hi", &other).replace("m.hi", "other.hi"), "not another version of greet"),
        ],
    );
}

/// A project from the template, with another `src/lib.rs`.
fn project(folder: &TempDir, name: &str, source: &str) -> PathBuf {
    let ran = Home::new().run(&["plugin", "new", name, folder.path().to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let project = folder.path().join(name);
    std::fs::write(project.join("src/lib.rs"), source).unwrap();
    project
}

#[test]
fn a_plugin_without_functions_is_told_so() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let nothing = project(&folder, "nothing", "use polder_sdk::prelude::*;\nconst _: Date = Date(0);\n");
    let half = project(
        &folder,
        "half",
        "use polder_sdk::prelude::*;\n#[aggregate]\n#[derive(Default)]\nstruct Half {\n    n: i64,\n}\n",
    );
    for (project, said) in [(nothing, "it has no functions"), (half, "the aggregate `Half` has no functions")] {
        let ran = Home::new().run(&["plugin", "test", project.to_str().unwrap()]);
        assert_eq!(ran.code, Some(1), "{}", ran.out);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
}

/// A build that is killed takes Cargo with it.
#[test]
#[cfg(target_os = "linux")]
fn a_killed_build_leaves_nothing_running() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::{Duration, Instant};

    let folder = tempfile::tempdir().expect("a temporary folder");
    let project = project(&folder, "endless", "");
    // In Cargo's place something that builds for an hour.
    let (bin, started) = (folder.path().join("bin"), folder.path().join("started"));
    let cargo = env!("CARGO");
    let script = format!(
        "#!/bin/sh\nif [ \"$1\" = build ]; then echo $$ > '{0}.new'; mv '{0}.new' '{0}'; exec sleep 3600; fi\n\
         exec '{cargo}' \"$@\"\n",
        started.display()
    );
    std::fs::create_dir(&bin).unwrap();
    std::fs::write(bin.join("cargo"), script).unwrap();
    std::fs::set_permissions(bin.join("cargo"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut command = Home::new().command(&["plugin", "build", project.to_str().unwrap()]);
    let mut build = Killed(command.env("PATH", path).spawn().expect("polder runs"));
    let end = Instant::now() + Duration::from_secs(300);
    let wait = |what: &str, mut done: Box<dyn FnMut() -> bool + '_>| {
        while !done() {
            assert!(Instant::now() < end, "{what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    let file = started.clone();
    wait("Cargo never began", Box::new(move || file.exists()));
    let running = format!("/proc/{}/cmdline", std::fs::read_to_string(&started).unwrap().trim());
    let sleeps = || std::fs::read_to_string(&running).is_ok_and(|line| line.starts_with("sleep"));
    // The script has told its number and becomes what sleeps.
    wait("Cargo is not running", Box::new(sleeps));
    build.0.kill().expect("polder is killed");
    build.0.wait().expect("polder ends");
    wait("Cargo goes on", Box::new(|| !sleeps()));
}

/// A process that does not outlive the test: it would hold up every other build.
#[cfg(target_os = "linux")]
struct Killed(std::process::Child);

#[cfg(target_os = "linux")]
impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn every_statement_on_plugins_is_a_command() {
    let (first, second) = (guest("greet-1"), guest("greet-2"));
    let (first, second) = (first.to_str().unwrap(), second.to_str().unwrap());
    let home = Home::new();
    home.exec("CREATE SCHEMA m");
    let succeeds = |args: &[&str]| {
        let ran = home.run(args);
        assert_eq!(ran.code, Some(0), "{args:?}\n{}", ran.err);
        ran.out
    };
    let said = succeeds(&["plugin", "install", first, "--into", "main.m"]);
    assert!(said.contains("sha256:"), "{said}");
    if let Some(digest) = sha256(first.as_ref()) {
        assert!(said.contains(&digest), "{said}");
    }
    let listed = succeeds(&["plugin", "list", "--format", "json"]);
    let listed: Value = serde_json::from_str(listed.trim()).unwrap();
    assert_eq!((&listed["name"], &listed["version"]), (&json!("main.m.greet"), &json!("1.0.0")));
    let shown = succeeds(&["plugin", "show", "main.m.greet"]);
    assert!(shown.contains("hello") && shown.contains("1.0.0"), "{shown}");
    let upgraded = succeeds(&["plugin", "upgrade", "main.m.greet", second]);
    assert!(upgraded.contains("welcome") && upgraded.contains("bye"), "{upgraded}");
    assert_eq!(home.value("SELECT m.hello('x')"), json!("HELLO x"));
    succeeds(&["plugin", "remove", "main.m.greet"]);
    assert!(succeeds(&["plugin", "list", "--format", "json"]).trim().is_empty());
    for (args, part) in [
        (&["plugin", "remove", "main.m.greet"][..], "does not exist"),
        (&["plugin", "show", "main.m.greet"], "does not exist"),
        (&["plugin", "upgrade", "main.m.greet", second], "does not exist"),
        (&["plugin", "install", "/nowhere.wasm", "--into", "main.m"], "/nowhere.wasm"),
        (&["plugin", "install", first, "--into", "main.nope"], "main.nope"),
    ] {
        let ran = home.run(args);
        assert_eq!(ran.code, Some(1), "{args:?}\n{}", ran.out);
        assert!(ran.err.contains("error: ") && ran.err.contains(part), "{args:?}\n{}", ran.err);
    }
}

#[test]
fn rights_on_plugins() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE SCHEMA m"),
            ok(install()),
            ok("CREATE USER ana"),
            ok("GRANT USE CATALOG ON CATALOG main TO ana"),
            ok("GRANT USE SCHEMA, BROWSE ON SCHEMA m TO ana"),
        ],
    );
    let again = install().replace("PLUGIN greet", "PLUGIN greet2").replace("SCHEMA m", "SCHEMA main.m");
    check(
        &home,
        "ana",
        [
            fails("SELECT main.m.hello('x')", "GRANT EXECUTE ON FUNCTION main.m.hello TO ana"),
            fails(again.clone(), "GRANT CREATE FUNCTION, CREATE PLUGIN ON SCHEMA main.m TO ana"),
            fails("DROP PLUGIN main.m.greet", "main.m.greet"),
        ],
    );
    check(
        &home,
        "owner",
        [ok("GRANT EXECUTE ON FUNCTION main.m.hello TO ana"), ok("GRANT CREATE PLUGIN ON SCHEMA main.m TO ana")],
    );
    check(
        &home,
        "ana",
        [
            is("SELECT main.m.hello('x') AS h", json!([{"h": "hello x"}])),
            // Its functions are a right of their own, and so are files of the host; both are told at once.
            fails(again.clone(), "GRANT CREATE FUNCTION ON SCHEMA main.m TO ana"),
            fails(again.clone(), "GRANT READ FILES ON METASTORE TO ana"),
        ],
    );
    check(&home, "owner", [ok("GRANT CREATE FUNCTION ON SCHEMA main.m TO ana")]);
    check(&home, "ana", [fails(again.clone(), "GRANT READ FILES ON METASTORE TO ana")]);
    check(&home, "owner", [ok("GRANT READ FILES ON METASTORE TO ana")]);
    // Now nothing but the functions that are there already stands in its way.
    check(&home, "ana", [fails(again, "a function named main.m.bye exists already")]);
}

/// Files that are no plugins, each with words of the refusal.
fn refused() -> (TempDir, Vec<(PathBuf, &'static str)>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let good = std::fs::read(guest("greet-1")).expect("the guest was built");
    let cases = [
        ("truncated.wasm", good[..good.len() / 2].to_vec(), "truncated or damaged"),
        ("header.wasm", good[..6].to_vec(), "ends too early"),
        ("core.wasm", b"\0asm\x01\0\0\0".to_vec(), "core module"),
        ("text.wasm", b"SELECT 1".to_vec(), "does not begin as WebAssembly"),
        ("empty.wasm", Vec::new(), "is empty"),
    ];
    let mut files = Vec::new();
    for (name, bytes, words) in cases {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).expect("a file is written");
        files.push((file, words));
    }
    let large = folder.path().join("large.wasm");
    std::fs::File::create(&large).and_then(|file| file.set_len((64 << 20) + 1)).expect("a sparse file");
    files.push((large, "at most"));
    files.push((folder.path().join("missing.wasm"), "missing.wasm"));
    (folder, files)
}

/// A component that imports a clock of WASI and exports nothing, byte by byte as the binary format has it.
fn clock() -> Vec<u8> {
    let name = b"wasi:clocks/monotonic-clock@0.2.0";
    // A type section with one instance type, which has no declarations.
    let types = [0x07, 0x03, 0x01, 0x42, 0x00];
    // An import section with one import: the name, and the type it is an instance of.
    let mut import = vec![0x01, 0x00, u8::try_from(name.len()).unwrap()];
    import.extend_from_slice(name);
    import.extend_from_slice(&[0x05, 0x00]);
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    bytes.extend_from_slice(&types);
    bytes.extend_from_slice(&[0x0a, u8::try_from(import.len()).unwrap()]);
    bytes.extend_from_slice(&import);
    bytes
}

#[test]
fn what_is_no_plugin_is_refused_and_nothing_remains() {
    let home = Home::new();
    home.exec("CREATE SCHEMA m");
    let (folder, mut files) = refused();
    let stranger = folder.path().join("clock.wasm");
    std::fs::write(&stranger, clock()).expect("a file is written");
    for (file, words) in &files {
        let ran = home.run(&["plugin", "inspect", file.to_str().unwrap()]);
        assert_eq!(ran.code, Some(1), "{}\n{}", file.display(), ran.out);
        assert!(ran.err.starts_with("error: ") && ran.err.contains(words), "{}\n{}", file.display(), ran.err);
    }
    // A sound component of another world can be looked at, but not installed.
    files.push((stranger, "polder:plugin"));
    let mut cases: Vec<_> = files
        .iter()
        .map(|(file, words)| fails(format!("INSTALL PLUGIN x FROM '{}' INTO SCHEMA m", file.display()), *words))
        .collect();
    cases.extend([is("SHOW PLUGINS IN m", json!([])), is("SHOW FUNCTIONS IN m", json!([]))]);
    cases.extend([ok(install()), is("SELECT m.hello('x') AS h", json!([{"h": "hello x"}]))]);
    cases.extend(
        files.iter().map(|(file, words)| fails(format!("UPGRADE PLUGIN m.greet FROM '{}'", file.display()), *words)),
    );
    cases.push(is("SELECT m.hello('x') AS h", json!([{"h": "hello x"}])));
    check(&home, "owner", cases);
}

#[test]
fn inspection_tells_what_a_component_asks_for() {
    let home = Home::new();
    let inspect = |file: &std::path::Path, format: &str| {
        let ran = home.run(&["plugin", "inspect", file.to_str().unwrap(), "--format", format]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        ran.out
    };
    for file in [guest("greet-1"), plugin("geo"), plugin("text"), plugin("stats"), plugin("pii")] {
        let report: Value = serde_json::from_str(&inspect(&file, "json")).unwrap();
        if let Some(digest) = sha256(&file) {
            assert_eq!(report["digest"], json!(digest));
            assert!(inspect(&file, "text").contains(&digest));
        }
        assert_eq!(report["size"], json!(std::fs::metadata(&file).unwrap().len()));
        assert_eq!(report["worlds"], json!(["functions"]));
        assert_eq!(report["capabilities"], json!([]));
        let exports = report["exports"].to_string();
        assert!(exports.contains("polder:plugin/udf@") && exports.contains("polder:plugin/description@"), "{exports}");
        // What a function imports is its log and words for data and calls, nothing else.
        let imports = report["imports"].as_array().unwrap();
        let words = ["polder:host/log@", "polder:host/data@", "polder:plugin/call@"];
        let allowed = |name: &str| words.iter().any(|word| name.starts_with(word));
        assert!(imports.iter().all(|import| allowed(import["name"].as_str().unwrap())), "{imports:?}");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let stranger = folder.path().join("clock.wasm");
    std::fs::write(&stranger, clock()).expect("a file is written");
    let report: Value = serde_json::from_str(&inspect(&stranger, "json")).unwrap();
    assert_eq!(report["imports"][0]["name"], json!("wasi:clocks/monotonic-clock@0.2.0"));
    assert_eq!((&report["worlds"], &report["exports"]), (&json!([]), &json!([])));
    assert!(inspect(&stranger, "text").contains("wasi:clocks/monotonic-clock"));
}

#[test]
fn a_component_that_was_tampered_with_does_not_run() {
    let home = Home::new();
    check(&home, "owner", [ok("CREATE SCHEMA m"), ok(install()), ok("SELECT m.hello('x')")]);
    let original = std::fs::read(guest("greet-1")).expect("the guest was built");
    let other = std::fs::read(guest("greet-2")).expect("the guest was built");
    let mut replaced = 0;
    for file in files(&home.path().join("home")) {
        if std::fs::read(&file).is_ok_and(|bytes| bytes == original) {
            let mut permissions = std::fs::metadata(&file).expect("it is there").permissions();
            #[expect(clippy::permissions_set_readonly_false, reason = "the file is this test's own")]
            permissions.set_readonly(false);
            std::fs::set_permissions(&file, permissions).expect("it is ours");
            std::fs::write(&file, &other).expect("it is ours");
            replaced += 1;
        }
    }
    assert_eq!(replaced, 1, "the component is kept once, as it came");
    // What was compiled of the right one is at hand; without that, nothing runs.
    check(&home, "owner", [is("SELECT m.hello('x') AS h", json!([{"h": "hello x"}]))]);
    std::fs::remove_dir_all(home.path().join("home").join("compiled")).expect("it can be deleted at any time");
    check(&home, "owner", [fails("SELECT m.hello('x')", "its digest is not the one that was installed")]);
}

/// All files below a folder.
fn files(folder: &std::path::Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The cases that each first-party plugin brings, in the real sandbox.
#[test]
fn plugins_of_polder_pass_their_own_cases() {
    let home = Home::new();
    for name in ["geo", "text", "stats", "pii"] {
        // Build it before, under the lock that other tests wait for.
        plugin(name);
        let ran = home.run(&["plugin", "test", &format!("plugins/{name}")]);
        assert_eq!(ran.code, Some(0), "{name}\n{}\n{}", ran.out, ran.err);
    }
}
