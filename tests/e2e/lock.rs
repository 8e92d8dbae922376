//! The plugins of one host on another: locks, bundles, indexes, and a kill in the middle.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cases::{check, fails, is, ok};
use crate::packages::{refused, succeeds};
use crate::support::Home;
use crate::trust::Market;

fn calls() -> crate::cases::Case {
    is("SELECT main.m.hello('ana') AS a", json!([{"a": "hello ana"}]))
}

/// The status of each plugin that a sync told of.
#[track_caller]
fn statuses(home: &Home, lock: &Path, options: &[&str]) -> (Option<i32>, Vec<String>) {
    let lock = lock.display().to_string();
    let ran = home.run(&[&["plugin", "sync", &lock, "--yes", "--format", "json"], options].concat());
    let status = |line: &str| serde_json::from_str::<Value>(line).unwrap()["status"].as_str().unwrap().to_owned();
    (ran.code, ran.out.lines().map(status).collect())
}

#[test]
fn the_plugins_of_one_host_are_had_on_another_also_where_there_is_no_network() {
    let Some(market) = Market::open() else { return };
    let (acme, public) = market.key("acme.key");
    market.publish("1", Some(&acme));
    let publisher = || ok(format!("CREATE PUBLISHER acme KEY '{public}'"));
    check(
        &market.home,
        "owner",
        [
            publisher(),
            ok(market.install()),
            ok("CREATE TABLE m.t AS SELECT 1 AS x"),
            ok("GRANT SELECT ON TABLE m.t TO PLUGIN m.greet"),
            ok("PIN PLUGIN m.greet VERSION '^1'"),
        ],
    );
    let folder = tempfile::tempdir().unwrap();
    let [lock, bundle] = ["polder.lock", "plugins.tar"].map(|name| folder.path().join(name));
    let write = |home: &Home, lock: &Path| {
        succeeds(&home.run(&["plugin", "lock", "--output", &lock.display().to_string()]), "");
        std::fs::read_to_string(lock).unwrap()
    };
    let text = write(&market.home, &lock);
    for part in ["signer = \"acme\"", "SELECT ON TABLE main.m.t", "pin = \"^1\"", "@sha256:"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let exported = market.home.run(&["plugin", "export", "--output", &bundle.display().to_string()]);
    succeeds(&exported, "Put 1 package into");

    // Whom the other host trusts is for the other host to say.
    let other = Home::new();
    let using = bundle.display().to_string();
    let offline = ["--bundle", using.as_str()];
    succeeds(&other.run(&["init"]), "");
    let (code, told) = statuses(&other, &lock, &offline);
    assert!(code == Some(1) && told[0].starts_with("failed") && told[0].contains("not trusted here"), "{told:?}");
    check(&other, "owner", [publisher(), fails("DESCRIBE PLUGIN main.m.greet", "does not exist")]);
    let shown = other.run(&["plugin", "sync", &lock.display().to_string(), "--dry-run"]);
    succeeds(&shown, "to be installed from oci://");
    refused(&other.run(&["plugin", "sync", &lock.display().to_string()]), "say --yes");
    // There is no table yet that it could be granted; nor any connection.
    let (code, told) = statuses(&other, &lock, &offline);
    assert!(code == Some(1) && told[0].contains("main.m.t"), "{told:?}");
    check(&other, "owner", [calls(), ok("CREATE TABLE main.m.t AS SELECT 1 AS x")]);
    let (code, told) = statuses(&other, &lock, &offline);
    assert_eq!((code, told[0].as_str()), (Some(0), "granted SELECT ON TABLE main.m.t"));
    assert_eq!(statuses(&other, &lock, &[]), (Some(0), vec!["as in the lock".to_owned()]));
    assert_eq!(write(&other, &folder.path().join("other.lock")), text);

    // What is more than in the lock goes, what is less comes back.
    check(
        &other,
        "owner",
        [
            ok("GRANT MODIFY ON TABLE main.m.t TO PLUGIN main.m.greet"),
            ok("REVOKE SELECT ON TABLE main.m.t FROM PLUGIN main.m.greet"),
            ok("UNPIN PLUGIN main.m.greet"),
        ],
    );
    let (code, told) = statuses(&other, &lock, &[]);
    assert_eq!(code, Some(0));
    assert_eq!(told[0], "pinned anew; granted SELECT ON TABLE main.m.t; revoked MODIFY ON TABLE main.m.t");
    assert_eq!(write(&other, &lock), text);

    // A lock that says something else is not obeyed.
    for (begin, why) in [("digest = \"sha256:", "not what the lock names"), ("key = \"sha256:", "which is not so here")]
    {
        let at = text.find(begin).unwrap() + begin.len();
        let changed = format!("{}000000{}", &text[..at], &text[at + 6..]);
        let odd = folder.path().join("odd.lock");
        std::fs::write(&odd, changed).unwrap();
        let empty = Home::new();
        check(&empty, "owner", [publisher()]);
        let (code, told) = statuses(&empty, &odd, &offline);
        assert!(code == Some(1) && told[0].contains(why), "{told:?}");
        check(&empty, "owner", [is("SHOW PLUGINS IN main.default", json!([]))]);
    }

    // By SQL as well, from the bundle alone.
    let third = Home::new();
    check(
        &third,
        "owner",
        [
            publisher(),
            ok("CREATE SCHEMA main.m"),
            ok(format!("INSTALL PLUGIN greet FROM '{}' INTO SCHEMA main.m", bundle.display())),
            calls(),
            ok("DROP PLUGIN main.m.greet"),
            fails(
                format!("INSTALL PLUGIN greet FROM '{}' VERSION '^2' INTO main.m", bundle.display()),
                "there are 1.0.0",
            ),
            ok(format!("INSTALL PLUGIN other FROM '{}#{}' VERSION '^1' INTO main.m", bundle.display(), market.place)),
            ok(format!("SYNC PLUGINS FROM '{}' USING '{}' PRUNE", lock.display(), bundle.display())),
            fails("DESCRIBE PLUGIN main.m.other", "does not exist"),
        ],
    );
}

#[test]
fn packages_are_searched_and_those_that_are_yanked_are_told_of() {
    let Some(market) = Market::open() else { return };
    let ((acme, public), (other, _)) = (market.key("acme.key"), market.key("other.key"));
    market.publish("1", Some(&acme));
    market.publish("2", Some(&acme));
    let index = market.place.replace("/greet", "/index");
    let keep = |verb: &str, more: &[&str], key: &PathBuf| {
        let key = key.display().to_string();
        let place = market.place.as_str();
        market
            .author
            .run(&[&["plugin", "index", verb, index.as_str(), place], more, &["--plain-http", "--key", &key]].concat())
    };
    let home = &market.home;
    refused(&home.run(&["plugin", "search", "greet"]), "there is no index");
    check(
        home,
        "owner",
        [
            ok(format!("CREATE PUBLISHER acme KEY '{public}'")),
            fails(
                "ALTER CONNECTION acme OPTIONS (index 'oci://elsewhere.example/index')",
                "is not where the connection leads",
            ),
            ok(format!("ALTER CONNECTION acme OPTIONS (index '{index}')")),
        ],
    );
    succeeds(&keep("add", &["--keyword", "politeness"], &acme), "number 1, 1 packages");
    let found = |words: &str| {
        let ran = home.run(&["plugin", "search", words, "--format", "json"]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>()
    };
    let hits = found("politeness");
    assert_eq!((&hits[0]["name"], &hits[0]["version"]), (&json!("greet"), &json!("2.0.0")), "{hits:?}");
    assert_eq!(hits[0]["index_signature"], json!("verified: signed by acme"));
    assert_eq!(found("nonsense"), Vec::<Value>::new());

    check(home, "owner", [ok(market.install())]);
    succeeds(&keep("yank", &["1.0.0", "--reason", "it is impolite"], &acme), "number 2");
    let warning = || json!(home.rows("SHOW PLUGINS OUTDATED"))[0]["warning"].as_str().unwrap().to_owned();
    assert_eq!(warning(), "yanked: it is impolite");
    let advice =
        ["--id", "P-1", "--url", "https://a.example/1", "--severity", "high", "--affected", "<2", "--fixed", "2.0.0"];
    succeeds(&keep("advise", &advice, &acme), "number 3");
    assert_eq!(warning(), "vulnerable: P-1 (high, fixed in 2.0.0) https://a.example/1");
    check(home, "owner", [ok("DROP PLUGIN m.greet")]);
    let ran = home.run(&["sql", "-c", &market.install()]);
    succeeds(&ran, "warning: vulnerable: P-1");

    // One that somebody else signed is not believed, and says nothing.
    succeeds(&keep("yank", &["2.0.0", "--reason", "x"], &other), "number 4");
    refused(&home.run(&["plugin", "search"]), "its signature failed");
}

/// Whenever an install is killed, there is a plugin that works, or none; and the next one succeeds.
#[test]
fn nothing_is_half_installed_after_a_kill() {
    let Some(market) = Market::open() else { return };
    let (acme, public) = market.key("acme.key");
    market.publish("1", Some(&acme));
    market.publish("2", Some(&acme));
    let home = &market.home;
    check(home, "owner", [ok(format!("CREATE PUBLISHER acme KEY '{public}'"))]);
    let killed = |statement: &str, after: u64| {
        let mut child =
            home.command(&["sql", "-c", statement]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(after));
        let _ = child.kill();
        child.wait().unwrap().success()
    };
    let sound = |versions: &[&str]| {
        let verified = home.run(&["plugin", "verify", "--format", "json"]);
        assert_eq!(verified.code, Some(0), "{verified:?}");
        for line in verified.out.lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            assert!(versions.contains(&row["version"].as_str().unwrap()), "{row}");
            assert_eq!(home.rows("SELECT m.hello('x') IS NOT NULL AS works"), [json!({"works": true})]);
        }
        !verified.out.is_empty()
    };
    for after in [20, 60, 120, 200, 300, 450, 700] {
        let done = killed(&market.install(), after);
        let there = sound(&["1.0.0"]);
        assert!(there || !done);
        if there {
            check(home, "owner", [ok("DROP PLUGIN m.greet")]);
        }
    }
    check(home, "owner", [ok(market.install())]);
    for after in [20, 60, 120, 200, 300, 450, 700] {
        killed("UPGRADE PLUGIN m.greet", after);
        assert!(sound(&["1.0.0", "2.0.0"]));
        killed("ROLLBACK PLUGIN m.greet", after);
        assert!(sound(&["1.0.0", "2.0.0"]));
    }
    check(home, "owner", [ok("UPGRADE PLUGIN m.greet"), ok("SELECT m.hello('x')")]);
}
