//! What one run leaves for another: nothing in memory, and in the plugin's state only what is the plugin's own.

use serde_json::json;

use crate::guests::path;
use crate::stage::{beside, rows, says};

#[test]
fn memory_that_survives_a_statement() {
    beside(async |stage| {
        for guest in ["functions", "transforms", "tasks"] {
            stage.install(guest).await;
        }
        // Within a statement an instance may be used again; the next statement, whoever's it is, has a new one.
        for session in [&stage.mallory, &stage.mallory, &stage.owner] {
            for (statement, first) in [
                ("SELECT min(evil.calls(n)) AS told FROM evil.t", 0),
                ("SELECT min(x) AS told FROM evil.calls_of(TABLE evil.t)", 0),
                ("CALL evil.calls_here()", 0),
            ] {
                let told = rows(session, statement).await.unwrap();
                assert_eq!(told, [json!({"told": first})], "{statement}");
            }
        }
    });
}

#[test]
fn the_state_of_another_plugin() {
    beside(async |stage| {
        stage.install("tasks").await;
        stage.did("CREATE SCHEMA twin").await;
        stage.did(&format!("INSTALL PLUGIN tasks FROM '{}' INTO SCHEMA twin", path("tasks").display())).await;
        stage.did("CALL twin.state_set(a => 'key', b => 'of the twin')").await;
        // The same component under another name, and keys that try to reach over.
        assert_eq!(stage.got("CALL evil.state_get(a => 'key')").await, [json!({})]);
        assert_eq!(stage.got("CALL evil.state_keys(a => '')").await, [json!({"told": []})]);
        for key in ["%", "''; SELECT", "main.twin.tasks/key", "../tasks/key"] {
            assert_eq!(stage.got(&format!("CALL evil.state_get(a => '{key}')")).await, [json!({})]);
        }
        assert_eq!(stage.got("CALL evil.state_keys(a => '%')").await, [json!({"told": []})]);
        assert_eq!(stage.did("CALL twin.state_get(a => 'key')").await, [json!({"told": "of the twin"})]);
    });
}

#[test]
fn the_state_of_a_plugin_that_was_dropped() {
    beside(async |stage| {
        stage.install("tasks").await;
        stage.did("CALL evil.state_set(a => 'key', b => 'of the old one')").await;
        stage.did("DROP PLUGIN evil.tasks").await;
        stage.install("tasks").await;
        assert_eq!(stage.got("CALL evil.state_get(a => 'key')").await, [json!({})]);
    });
}

#[test]
fn more_state_than_there_is_room_for() {
    beside(async |stage| {
        stage.install("tasks").await;
        stage.stopped("CALL evil.state_flood()", &["`state_bytes`", "4194304"]).await;
        stage.stopped("CALL evil.state_key()", &["invalid: ", "a key", "control characters"]).await;
        stage.stopped("CALL evil.state_set(a => repeat('k', 1000), b => 'x')", &["limit: ", "at most 512"]).await;
    });
}

#[test]
fn floods_of_random_bytes_and_metrics() {
    beside(async |stage| {
        stage.install("tasks").await;
        stage.stopped("CALL evil.random_flood()", &["4294967295 random bytes", "at most 65536"]).await;
        // More names than are kept, and names that are none, are dropped.
        assert_eq!(stage.got("CALL evil.metrics_flood()").await, [json!({"told": "all"})]);
    });
}

#[test]
fn a_plugin_that_nobody_may_call() {
    beside(async |stage| {
        stage.install("tasks").await;
        stage.did("REVOKE EXECUTE ON SCHEMA evil FROM mallory").await;
        stage.did("GRANT BROWSE ON SCHEMA evil TO mallory").await;
        let outcome = rows(&stage.mallory, "CALL evil.calls_here()").await;
        says("calls_here", outcome, &["GRANT EXECUTE ON FUNCTION main.evil.calls_here TO mallory"]);
    });
}
