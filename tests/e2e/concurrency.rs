//! Several processes over one home.

use std::process::{Child, Stdio};

use serde_json::json;

use crate::cases::{check, is, ok};
use crate::support::{Home, Ran};

/// Start a process for each script; they run at the same time.
pub(crate) fn all_at_once(home: &Home, scripts: &[String]) -> Vec<Ran> {
    let start = |script: &String| -> Child {
        let mut command = home.command(&["sql", "--format", "json", "-c", script]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("polder runs")
    };
    let children: Vec<Child> = scripts.iter().map(start).collect();
    children.into_iter().map(|child| child.wait_with_output().expect("polder ends").into()).collect()
}

#[test]
fn appends_of_several_processes_all_land() {
    let home = Home::new();
    check(&home, "owner", [ok("CREATE TABLE t (process INT, n INT)")]);
    let (processes, inserts) = (4, 4);
    let script =
        |process: i32| (0..inserts).map(|n| format!("INSERT INTO t VALUES ({process}, {n});")).collect::<String>();
    let scripts: Vec<String> = (0..processes).map(script).collect();
    for ran in all_at_once(&home, &scripts) {
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    let rows = processes * inserts;
    check(
        &home,
        "owner",
        [
            is("SELECT count(*) AS n FROM t", json!([{"n": rows}])),
            is("SELECT count(*) AS n FROM (SELECT DISTINCT process, n FROM t)", json!([{"n": rows}])),
            // One commit for each, and one that made the table.
            is(format!("SELECT count(*) AS n FROM t VERSION AS OF {rows}"), json!([{"n": rows}])),
            is(
                "SELECT count(DISTINCT target_version) AS n FROM system.access.table_lineage WHERE target_table = 'main.default.t'",
                json!([{"n": rows + 1}]),
            ),
        ],
    );
}

#[test]
fn conflicting_updates_serialise_or_fail_cleanly() {
    let home = Home::new();
    check(&home, "owner", [ok("CREATE TABLE t AS SELECT 1 AS id, 0 AS n")]);
    let script = "UPDATE t SET n = n + 1 WHERE id = 1;".repeat(2);
    let counts: Vec<i64> = all_at_once(&home, &[script.clone(), script.clone(), script])
        .into_iter()
        .map(|ran| {
            // The first failure ends a script; what was before it has happened.
            match ran.code {
                Some(0) => 2,
                Some(1) if ran.err.contains("statement 1 ") => 0,
                Some(1) => 1,
                code => panic!("{code:?}: {}", ran.err),
            }
        })
        .collect();
    let happened: i64 = counts.iter().sum();
    assert!(happened >= 1, "{counts:?}");
    check(&home, "owner", [is("SELECT id, n FROM t", json!([{"id": 1, "n": happened}]))]);
}

#[test]
fn definitions_of_several_processes_do_not_break_each_other() {
    let home = Home::new();
    let script = |process: usize| {
        format!(
            "CREATE SCHEMA IF NOT EXISTS shared; CREATE TABLE IF NOT EXISTS shared.once (a INT); \
             CREATE SCHEMA s{process}; CREATE TABLE s{process}.t AS SELECT {process} AS a; \
             CREATE USER u{process}; GRANT SELECT ON TABLE s{process}.t TO u{process}; \
             CREATE VIEW s{process}.v AS SELECT a FROM s{process}.t; \
             DROP VIEW s{process}.v; DROP TABLE s{process}.t; UNDROP TABLE s{process}.t;"
        )
    };
    // Even the home is made by whoever comes first.
    let scripts: Vec<String> = (0..4).map(script).collect();
    for ran in all_at_once(&home, &scripts) {
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    check(
        &home,
        "owner",
        [
            is("SELECT count(*) AS n FROM information_schema.tables WHERE table_schema LIKE 's_'", json!([{"n": 4}])),
            is("SELECT count(*) AS n FROM information_schema.tables WHERE table_name = 'once'", json!([{"n": 1}])),
            is("SELECT a FROM s0.t UNION ALL SELECT a FROM s3.t ORDER BY a", json!([{"a": 0}, {"a": 3}])),
            is(
                "SELECT count(*) AS n FROM information_schema.table_privileges WHERE privilege_type = 'SELECT'",
                json!([{"n": 4}]),
            ),
        ],
    );
}

#[test]
fn one_name_is_given_once() {
    let home = Home::new();
    check(&home, "owner", [ok("CREATE SCHEMA s")]);
    let scripts: Vec<String> = (0..4).map(|process| format!("CREATE TABLE s.t AS SELECT {process} AS a")).collect();
    let ran = all_at_once(&home, &scripts);
    let won: Vec<usize> = (0..4).filter(|process| ran[*process].code == Some(0)).collect();
    let [winner] = won.as_slice() else { panic!("{ran:?}") };
    for loser in (0..4).filter(|process| process != winner) {
        assert_eq!(ran[loser].code, Some(1));
        assert!(ran[loser].err.contains("exists already"), "{}", ran[loser].err);
    }
    check(&home, "owner", [is("SELECT a FROM s.t", json!([{"a": winner}]))]);
}

#[test]
fn a_file_is_loaded_once_by_several_processes() {
    let home = Home::new();
    let folder = tempfile::tempdir().expect("a temporary folder");
    for file in 0..3 {
        std::fs::write(folder.path().join(format!("{file}.csv")), format!("id\n{file}\n")).expect("written");
    }
    check(
        &home,
        "owner",
        [ok(format!("CREATE VOLUME raw LOCATION '{}'", folder.path().display())), ok("CREATE TABLE t (id BIGINT)")],
    );
    let copy = "COPY INTO t FROM '/Volumes/main/default/raw/*.csv'".to_owned();
    for ran in all_at_once(&home, &[copy.clone(), copy.clone(), copy]) {
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    check(&home, "owner", [is("SELECT id FROM t ORDER BY id", json!([{"id": 0}, {"id": 1}, {"id": 2}]))]);
}
