//! Lineage: which tables at which versions, which columns and which components made a table.

use serde_json::{Value, json};

use crate::cases::{check, fails, is, ok, outcomes};
use crate::support::{Home, plugin};

const TABLES: &str =
    "SELECT source_table, source_version, target_table, target_version FROM system.access.table_lineage";
const COLUMNS: &str = "SELECT DISTINCT source_table, source_column, target_column FROM system.access.column_lineage";

#[test]
fn tables_and_columns_are_traced_through_every_statement() {
    let home = Home::new();
    let to = |table: &str, version: u64| {
        format!("{TABLES} WHERE target_table = 'main.default.{table}' AND target_version = {version} ORDER BY 1")
    };
    let columns = |table: &str, version: u64| {
        format!("{COLUMNS} WHERE target_table = 'main.default.{table}' AND target_version = {version} ORDER BY 3, 1, 2")
    };
    check(
        &home,
        "owner",
        [
            ok("CREATE TABLE a AS SELECT 1 AS id, 'x' AS name"),
            ok("INSERT INTO a VALUES (2, 'y')"),
            ok("CREATE TABLE b AS SELECT 1 AS id, 10 AS n"),
            ok(
                "CREATE TABLE c AS SELECT a.id AS key, upper(a.name) AS name, b.n + a.id AS total, 7 AS seven FROM a JOIN b ON a.id = b.id",
            ),
            is(
                to("c", 0),
                json!([
                    {"source_table": "main.default.a", "source_version": 1, "target_table": "main.default.c", "target_version": 0},
                    {"source_table": "main.default.b", "source_version": 0, "target_table": "main.default.c", "target_version": 0},
                ]),
            ),
            is(
                columns("c", 0),
                json!([
                    {"source_table": "main.default.a", "source_column": "id", "target_column": "key"},
                    {"source_table": "main.default.a", "source_column": "name", "target_column": "name"},
                    {"source_table": "main.default.a", "source_column": "id", "target_column": "total"},
                    {"source_table": "main.default.b", "source_column": "n", "target_column": "total"},
                ]),
            ),
            // An older version is what was read.
            ok("INSERT INTO c SELECT id, name, 0, 0 FROM a VERSION AS OF 0"),
            is(
                to("c", 1),
                json!([
                    {"source_table": "main.default.a", "source_version": 0, "target_table": "main.default.c", "target_version": 1},
                ]),
            ),
            is(
                columns("c", 1),
                json!([
                    {"source_table": "main.default.a", "source_column": "id", "target_column": "key"},
                    {"source_table": "main.default.a", "source_column": "name", "target_column": "name"},
                ]),
            ),
            ok("MERGE INTO c USING (SELECT id, n * 2 AS twice FROM b) s ON c.key = s.id \
            WHEN MATCHED THEN UPDATE SET total = s.twice WHEN NOT MATCHED THEN INSERT (key, total) VALUES (s.id, s.twice)"),
            is(
                columns("c", 2),
                json!([
                    {"source_table": "main.default.b", "source_column": "id", "target_column": "key"},
                    {"source_table": "main.default.b", "source_column": "n", "target_column": "total"},
                ]),
            ),
            // Through a view to the tables below, in subqueries and aggregates.
            ok("CREATE VIEW v AS SELECT name AS label, total FROM c"),
            ok(
                "CREATE TABLE d AS SELECT label, sum(total) AS s FROM v WHERE label IN (SELECT upper(name) FROM a) GROUP BY label",
            ),
            is(
                format!("SELECT DISTINCT source_table FROM ({}) ORDER BY 1", to("d", 0)),
                json!([
                    {"source_table": "main.default.a"}, {"source_table": "main.default.c"}, {"source_table": "main.default.v"},
                ]),
            ),
            is(
                "SELECT count(*) AS n FROM system.access.column_lineage WHERE target_table = 'main.default.v'",
                json!([{"n": 2}]),
            ),
            is(
                "SELECT DISTINCT principal, statement FROM system.access.table_lineage WHERE target_table = 'main.default.b'",
                json!([{"principal": "owner", "statement": "CREATE TABLE b AS SELECT 1 AS id, 10 AS n"}]),
            ),
        ],
    );
    // Column lineage of d reaches what the view shows, whichever side of the view is named.
    let edges =
        outcomes(&home, "owner", &[&format!("{COLUMNS} WHERE target_table = 'main.default.d' ORDER BY 3")]).remove(0);
    let edges = edges.expect("edges");
    let targets: Vec<&Value> = edges.iter().map(|edge| &edge["target_column"]).collect();
    assert!(targets.contains(&&json!("label")) && targets.contains(&&json!("s")), "{edges:?}");

    let ran = home.run(&["lineage", "main.default.c"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    for name in ["main.default.a", "main.default.b", "main.default.d"] {
        assert!(ran.out.contains(name), "{name} in\n{}", ran.out);
    }
    let ran = home.run(&["lineage", "main.default.c", "--format", "json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.out));
    assert_eq!(report["table"], json!("main.default.c"));
    let upstream = report["upstream"].as_array().expect("a list");
    assert!(
        upstream.iter().any(|statement| statement["target"] == json!({"name": "main.default.c", "version": 0})),
        "{report}"
    );
    let missing = home.run(&["lineage", "main.default.nope"]);
    assert_eq!(missing.code, Some(1), "{}", missing.out);
}

#[test]
fn loaded_files_are_on_record() {
    let home = Home::new();
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("a.csv"), "id\n1\n").expect("written");
    check(
        &home,
        "owner",
        [
            ok(format!("CREATE VOLUME raw LOCATION '{}'", folder.path().display())),
            ok("CREATE TABLE t (id BIGINT)"),
            ok("COPY INTO t FROM '/Volumes/main/default/raw/a.csv'"),
            is(
                "SELECT source_table LIKE '%/a.csv' AS file, target_version FROM system.access.table_lineage WHERE source_table IS NOT NULL",
                json!([{"file": true, "target_version": 1}]),
            ),
        ],
    );
}

#[test]
fn lineage_of_what_one_may_not_see_is_not_shown() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE USER ana"),
            ok("CREATE SCHEMA hidden"),
            ok("CREATE TABLE hidden.a AS SELECT 1 AS id"),
            ok("CREATE TABLE open AS SELECT id FROM hidden.a"),
            ok("GRANT USE CATALOG ON CATALOG main TO ana"),
            ok("GRANT USE SCHEMA, SELECT ON SCHEMA main.default TO ana"),
        ],
    );
    // The whole record takes a grant; what made a table that she may read, she may ask without it.
    check(&home, "ana", [fails(TABLES, "table_lineage does not exist")]);
    let ran = home.run(&["lineage", "main.default.open", "--as", "ana"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(!ran.out.contains("hidden"), "{}", ran.out);
    let of_hidden = home.run(&["lineage", "main.hidden.a", "--as", "ana"]);
    let of_nothing = home.run(&["lineage", "main.hidden.b", "--as", "ana"]);
    assert_eq!((of_hidden.code, of_hidden.out), (of_nothing.code, of_nothing.out));
    assert_eq!(of_hidden.err.replace("hidden.a", "hidden.b"), of_nothing.err);
    let ran = home.run(&["lineage", "main.default.open"]);
    assert!(ran.out.contains("main.hidden.a"), "{}", ran.out);
}

#[test]
fn columns_in_lineage_are_for_those_who_may_know_them() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE USER ana"),
            ok("CREATE TABLE a AS SELECT 1 AS passport"),
            ok("CREATE TABLE b AS SELECT passport AS number FROM a"),
            ok("GRANT USE CATALOG, USE SCHEMA, BROWSE ON CATALOG main TO ana"),
        ],
    );
    let report = || home.run(&["lineage", "main.default.b", "--format", "json", "--as", "ana"]).out;
    let told = report();
    assert!(told.contains("main.default.a") && !told.contains("passport") && !told.contains("number"), "{told}");
    check(&home, "owner", [ok("GRANT SELECT ON TABLE b TO ana")]);
    assert!(!report().contains("passport"), "{}", report());
    check(&home, "owner", [ok("GRANT SELECT ON TABLE a TO ana")]);
    assert!(report().contains("passport") && report().contains("number"), "{}", report());
}

#[test]
fn components_are_on_record_by_digest() {
    let home = Home::new();
    let wasm = plugin("geo");
    let digest = std::process::Command::new("sha256sum").arg(&wasm).output().expect("sha256sum runs");
    let digest = String::from_utf8(digest.stdout).expect("text").split(' ').next().expect("a digest").to_owned();
    check(
        &home,
        "owner",
        [
            ok(format!("INSTALL PLUGIN geo FROM '{}' INTO SCHEMA main.default", wasm.display())),
            ok("CREATE TABLE t AS SELECT main.default.haversine(0.0, 0.0, 0.0, 1.0) AS km"),
        ],
    );
    let used = outcomes(
        &home,
        "owner",
        &["SELECT components FROM system.access.table_lineage WHERE target_table = 'main.default.t'"],
    )
    .remove(0);
    let used = used.expect("a record");
    let components: Value = serde_json::from_str(used[0]["components"].as_str().expect("text")).expect("JSON");
    assert_eq!(components, json!({"main.default.haversine": format!("sha256:{digest}")}));
}
