//! What plugins may cost: who sets it, and what whoever reaches it is told.

use serde_json::json;

use crate::cases::{check, fails, is, ok};
use crate::support::{Home, guest};

fn home() -> Home {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE SCHEMA etl"),
            ok(format!("INSTALL PLUGIN ingest FROM '{}' INTO SCHEMA etl", guest("ingest").display())),
            ok("CREATE SCHEMA m"),
            ok(format!("INSTALL PLUGIN matrix FROM '{}' INTO SCHEMA m", guest("matrix").display())),
            ok("CREATE USER ana"),
            ok("GRANT USE CATALOG ON CATALOG main TO ana"),
            ok("GRANT USE SCHEMA, EXECUTE, BROWSE ON SCHEMA etl TO ana"),
        ],
    );
    home
}

/// A limit as DESCRIBE PLUGIN shows it.
fn shown(home: &Home, limit: &str) -> String {
    let facts = home.rows("DESCRIBE PLUGIN main.etl.ingest");
    let name = format!("limit {limit}");
    let fact = facts.iter().find(|fact| fact["info_name"] == name.as_str()).expect("it is shown");
    fact["info_value"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn the_tightest_limit_wins_and_names_its_owner() {
    let home = home();
    assert!(shown(&home, "task_time").starts_with("3600s (set by the host"), "{}", shown(&home, "task_time"));
    let spin = "CALL main.etl.spin()";
    let plugin = "the limit `task_time` of 400ms, set by plugin main.etl.ingest (ALTER PLUGIN … SET LIMITS)";
    check(
        &home,
        "owner",
        [
            ok("ALTER METASTORE SET LIMITS (task_time = '30 min', call_time = '300 ms')"),
            ok("ALTER PLUGIN etl.ingest SET LIMITS (task_time = '400 ms', memory = '1 GiB')"),
            fails(spin, plugin),
            // A session may make it tighter, never wider.
            ok("SET polder.limits.task_time = '2 h'"),
            fails(spin, plugin),
            ok("SET polder.limits.task_time = '200 ms'"),
            fails(spin, "the limit `task_time` of 200ms, set by the session (SET polder.limits.…)"),
            // Of the tenant: for all its plugins.
            fails("SELECT m.spin(n) FROM generate_series(3, 4) AS s(n)", "`call_time` of 300ms, set by the tenant"),
            is("SELECT 1 AS one", json!([{"one": 1}])),
        ],
    );
    assert!(shown(&home, "memory").starts_with("512 MiB (set by the host"), "a wider limit is none");
    check(
        &home,
        "owner",
        [
            ok("ALTER PLUGIN etl.ingest UNSET LIMITS ('task_time')"),
            ok("ALTER PLUGIN etl.ingest SET LIMITS (state_bytes = '64')"),
            fails("CALL main.etl.remember(key => 'k', value => repeat('x', 100))", "`state_bytes` allows: 64 bytes"),
            ok("CALL main.etl.remember(key => 'k', value => 'x')"),
            fails("ALTER PLUGIN etl.ingest SET LIMITS (speed = '5')", "the limits are memory, "),
            fails("ALTER PLUGIN etl.ingest SET LIMITS (memory = 'much')", "write such as '64 MiB'"),
            fails("ALTER SCHEMA etl SET LIMITS (memory = '1 MiB')", "has no limits"),
            fails("SET polder.limits.memory = 'little'", "write such as '64 MiB'"),
        ],
    );
    assert!(shown(&home, "task_time").contains("tenant"), "{}", shown(&home, "task_time"));
    assert!(shown(&home, "state_bytes").contains("2 bytes kept"), "{}", shown(&home, "state_bytes"));
    check(
        &home,
        "ana",
        [
            fails("ALTER PLUGIN main.etl.ingest SET LIMITS (memory = '1 MiB')", "MANAGE"),
            fails("ALTER METASTORE SET LIMITS (memory = '1 MiB')", "only the owner of the metastore"),
        ],
    );
}

#[test]
fn the_operator_says_what_a_host_allows() {
    let home = home();
    let file = home.path().join("home/limits.toml");
    std::fs::write(&file, "call_time = '250 ms'\nmetrics = 10\n").unwrap();
    let error = home.error_as("owner", "SELECT main.m.spin(n) FROM generate_series(3, 4) AS s(n)");
    assert!(error.contains("`call_time` of 250ms, set by limits.toml of the home"), "{error}");
    std::fs::write(&file, "colour = 'red'\n").unwrap();
    let ran = home.run(&["sql", "-c", "SELECT 1"]);
    assert!(ran.code == Some(1) && ran.err.contains("limits.toml: the limit `colour` cannot be set"), "{}", ran.err);
}

#[test]
fn a_flood_of_lines_is_cut() {
    let home = home();
    let run = home.run(&["run", "main.etl.flood_log", "-p", "n=300000"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.err.contains("log limit of"), "the end of the log is told");
    assert!(run.err.len() < 8 << 20, "{} bytes", run.err.len());
}
