//! Tasks and what they reach: each capability with its grants, and its twins without one of them.

use serde_json::{Value, json};

use crate::cases::{check, fails, is, ok};
use crate::support::{Home, guest};

pub(crate) const PLUGIN: &str = "PLUGIN main.etl.ingest";

/// A home with the plugin `etl.ingest`, a volume, and tables; ana may call it.
pub(crate) fn home() -> Home {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE SCHEMA etl"),
            ok(format!("INSTALL PLUGIN ingest FROM '{}' INTO SCHEMA etl", guest("ingest").display())),
            ok("CREATE VOLUME etl.inbox"),
            ok("CREATE TABLE etl.numbers (n BIGINT)"),
            ok("CREATE TABLE etl.other AS SELECT 42 AS secret"),
            ok("CREATE USER ana"),
            ok("GRANT USE CATALOG ON CATALOG main TO ana"),
            ok("GRANT USE SCHEMA, EXECUTE ON SCHEMA etl TO ana"),
            ok(format!("GRANT USE CATALOG ON CATALOG main TO {PLUGIN}")),
            ok(format!("GRANT USE SCHEMA ON SCHEMA etl TO {PLUGIN}")),
        ],
    );
    home
}

/// A run of a task, with its parameters as SQL.
fn call(task: &str, parameters: &str) -> String {
    format!("CALL main.etl.{task}({parameters})")
}

/// The statement fails for ana when she or the plugin lacks the grant, and passes when both have it.
fn twins(home: &Home, statement: &str, privilege: &str, on: &str, passes: &Value) {
    let give = |to: &str| ok(format!("GRANT {privilege} ON {on} TO {to}"));
    let take = |from: &str| ok(format!("REVOKE {privilege} ON {on} FROM {from}"));
    check(home, "owner", [take("ana"), give(PLUGIN)]);
    // What ana may not see does not exist for her.
    check(home, "ana", [fails(statement, "")]);
    check(home, "owner", [give("ana"), take(PLUGIN)]);
    check(home, "ana", [fails(statement, format!("GRANT {privilege} ON {on} TO {PLUGIN}"))]);
    check(home, "owner", [give(PLUGIN)]);
    check(home, "ana", [is(statement, passes.clone())]);
}

#[test]
fn files_of_volumes() {
    let home = home();
    let (on, volume) = ("VOLUME main.etl.inbox", "volume => 'main.etl.inbox'");
    let file = format!("{volume}, path => 'a/b.txt'");
    let write = call("write_file", &format!("{file}, text => 'hello'"));
    twins(&home, &write, "WRITE VOLUME", on, &json!([{"size": 5}]));
    twins(&home, &call("read_file", &file), "READ VOLUME", on, &json!([{"text": "hello"}]));
    twins(&home, &call("list_files", volume), "READ VOLUME", on, &json!([{"paths": ["a/b.txt"]}]));
    let read = |path: &str| call("read_file", &format!("{volume}, path => '{path}'"));
    let big = format!("{volume}, path => 'big', text => repeat('0123456789abcdef', 1310720)");
    check(
        &home,
        "ana",
        [
            ok(call("abandon_file", &format!("{volume}, path => 'never.txt'"))),
            is(call("list_files", volume), json!([{"paths": ["a/b.txt"]}])),
            fails(read("never.txt"), "there is no file 'never.txt'"),
            fails(read("../../catalog.db"), "not a path inside"),
            fails(read("/etc/passwd"), "not a path inside"),
            fails(read("a\\..\\b"), "not a path inside"),
            fails(call("read_file", "volume => 'main.etl.outbox', path => 'x'"), "does not exist"),
            // Large files go in parts, and appear whole.
            is(call("write_file", &big), json!([{"size": 20 << 20}])),
            ok(call("delete_file", &format!("{volume}, path => 'big'"))),
            ok(call("delete_file", &file)),
            is(call("list_files", volume), json!([{"paths": []}])),
        ],
    );
}

#[test]
fn queries_and_writes() {
    let home = home();
    let (on, table) = ("TABLE main.etl.numbers", "\"table\" => 'main.etl.numbers'");
    let append = |more: &str| call("append", &format!("{table}, {more}"));
    twins(&home, &append("n => 3"), "MODIFY", on, &json!([{"version": 1}]));
    let ask = |sql: &str| call("ask", &format!("sql => '{sql}'"));
    let with = |sql: &str, values: &str| call("ask", &format!("sql => '{sql}', parameters => make_array({values})"));
    let rows = json!([{"columns": ["m"], "rows": [{"m": 10}, {"m": 11}, {"m": 12}]}]);
    twins(&home, &with("SELECT n + $1 AS m FROM main.etl.numbers ORDER BY n", "10"), "SELECT", on, &rows);
    let count = "SELECT count(*) AS rows FROM main.etl.numbers";
    let text = "'; DROP TABLE main.etl.numbers --";
    check(
        &home,
        "ana",
        [
            // Twice the same commit is one.
            is(append("n => 5, application => 'a', version => 7"), json!([{"version": 2}])),
            is(append("n => 5, application => 'a', version => 7"), json!([{"version": 2}])),
            is(append("n => 5, application => 'a', version => 6"), json!([{"version": 2}])),
            is(count, json!([{"rows": 8}])),
            is(append("n => 1, application => 'a', version => 8"), json!([{"version": 3}])),
            is(call("overwrite", &format!("{table}, n => 20000")), json!([{"version": 4}])),
            is(count, json!([{"rows": 20000}])),
            is(call("merge", &format!("{table}, n => 20010, keys => make_array('n')")), json!([{"version": 5}])),
            is(count, json!([{"rows": 20010}])),
            fails(call("merge", &format!("{table}, n => 1, keys => make_array('m')")), "no column 'm'"),
            fails(call("append", "\"table\" => 'main.etl.nothing', n => 1"), "does not exist"),
            // A value is never text of the statement.
            is(
                with("SELECT $1 AS t", &format!("'{}'", text.replace('\'', "''"))),
                json!([{"columns": ["t"], "rows": [{"t": text}]}]),
            ),
            fails(with("SELECT $2", "1"), "$2"),
            fails(ask("SELECT 1; SELECT 2"), "syntax error"),
            fails(ask("SELECT secret FROM main.etl.other"), "does not exist"),
        ],
    );
    // What the caller may, the plugin still may not, however mighty the caller is.
    let grant = "GRANT SELECT ON TABLE main.etl.other TO PLUGIN main.etl.ingest";
    check(
        &home,
        "owner",
        [
            fails(ask("SELECT secret FROM main.etl.other"), grant),
            fails(ask("GRANT SELECT ON TABLE main.etl.other TO ana"), "may not run GRANT"),
            fails(ask("CREATE USER eve"), "may not run"),
            fails(ask("SET datafusion.execution.target_partitions = 1"), "may not run"),
            fails(ask("INSTALL PLUGIN x FROM ''y''"), "may not run"),
            fails(ask("CALL main.etl.now()"), "may not run"),
            fails(ask("DROP TABLE main.etl.other"), PLUGIN),
            // A privilege that it did not ask for is none, granted or not.
            ok(format!("GRANT CREATE TABLE ON SCHEMA etl TO {PLUGIN}")),
            fails(ask("CREATE TABLE main.etl.mine (a INT)"), "did not say when it was installed"),
        ],
    );
}

#[test]
fn what_exists_as_far_as_both_may_see_it() {
    let home = home();
    let (on, table) = ("TABLE main.etl.numbers", "\"table\" => 'main.etl.numbers'");
    let seen = |comment: Value, tags: Value| json!([{"name": "main.etl.numbers", "comment": comment, "tags": tags, "columns": ["n l"], "version": 0}]);
    twins(&home, &call("look_up", table), "SELECT", on, &seen(Value::Null, json!([])));
    let tag = call("tag", &format!("{table}, key => 'pii', value => 'no'"));
    check(&home, "owner", [ok("GRANT MANAGE ON TABLE etl.numbers TO ana")]);
    check(&home, "ana", [fails(&tag, format!("GRANT MANAGE ON {on} TO {PLUGIN}"))]);
    check(&home, "owner", [ok(format!("GRANT MANAGE ON {on} TO {PLUGIN}"))]);
    check(
        &home,
        "ana",
        [
            ok(tag),
            ok(call("comment_on", &format!("{table}, text => 'some numbers'"))),
            is(call("look_up", table), seen(json!("some numbers"), json!([["pii", "no"]]))),
            ok(call("tag", &format!("{table}, key => 'pii'"))),
            is(call("look_up", table), seen(json!("some numbers"), json!([]))),
        ],
    );
    // The other table is nobody's concern here.
    let around = home.rows_as("ana", &call("look_around", "\"catalog\" => 'main', \"schema\" => 'main.etl'"));
    assert_eq!(around[0]["tables"], json!(["main.etl.numbers"]));
    assert_eq!(around[0]["schemas"], json!(["main.etl"]));
}

#[test]
fn state_time_and_chance() {
    let home = home();
    check(
        &home,
        "ana",
        [
            ok(call("remember", "key => 'a', value => 'b'")),
            is(call("recall", "key => 'a'"), json!([{"value": "b"}])),
            is(call("recall", "key => 'none'"), json!([{"value": null}])),
        ],
    );
    // Another plugin of the same component has a state of its own.
    check(
        &home,
        "owner",
        [
            ok("CREATE SCHEMA etl2"),
            ok(format!("INSTALL PLUGIN ingest FROM '{}' INTO SCHEMA etl2", guest("ingest").display())),
            is("CALL main.etl2.recall(key => 'a')", json!([{"value": null}])),
            is("CALL main.etl.recall(key => 'a')", json!([{"value": "b"}])),
        ],
    );
    let run = |args: &[&str]| {
        let ran = home.run(args);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        ran.out
    };
    let dice = |seed: &str| run(&["run", "main.etl.dice", "-p", "n=20", "--seed", seed, "--format", "json"]);
    assert_eq!(dice("7"), dice("7"));
    assert_ne!(dice("7"), dice("8"));
    assert!(run(&["run", "main.etl.now", "--format", "json"]).contains("20"));
}

#[test]
fn a_run_shows_what_it_does() {
    let home = home();
    let lines: String = (0..2500).map(|id| format!("{id},name {id},{}\n", f64::from(id) / 2.0)).collect();
    let folder = home.path().join("files");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("events.csv"), format!("id,name,amount\n{lines}")).unwrap();
    check(
        &home,
        "owner",
        [
            ok(format!("CREATE EXTERNAL VOLUME etl.files LOCATION '{}'", folder.display())),
            ok("CREATE TABLE etl.events (id BIGINT, name STRING, amount DOUBLE)"),
            ok(format!("GRANT READ VOLUME ON VOLUME etl.files TO {PLUGIN}")),
            ok(format!("GRANT MODIFY ON TABLE etl.events TO {PLUGIN}")),
        ],
    );
    let parameters = ["volume=main.etl.files", "path=events.csv", "table=main.etl.events", "rows=1000"];
    let mut args = vec!["run", "main.etl.ingest", "--format", "json"];
    args.extend(parameters.iter().flat_map(|parameter| ["--param", parameter]));
    let ran = home.run(&args);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let outputs: Value = serde_json::from_str(ran.out.trim()).unwrap();
    assert_eq!((&outputs["rows"], &outputs["commits"]), (&json!(2500), &json!(3)), "{outputs}");
    assert!(ran.err.contains("INFO committed rows=1000"), "{}", ran.err);
    assert!(ran.err.contains("rows = 2500"), "{}", ran.err);
    // A second run finds nothing new.
    let ran = home.run(&args);
    assert!(ran.out.contains("\"rows\":0"), "{}", ran.out);
    assert_eq!(home.value("SELECT count(DISTINCT id) AS n FROM main.etl.events"), json!(2500));
    let audit = "SELECT count(*) AS n FROM system.access.audit WHERE action_name = 'runTask'";
    assert_eq!(home.value(audit), json!(2));
}

#[test]
fn mistakes_in_a_call_are_told() {
    let home = home();
    let ran = home.run(&["run", "main.etl.dice", "-p", "n"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("'n' is not a parameter"), "{}", ran.err);
    check(
        &home,
        "owner",
        [
            fails("CALL main.etl.dice()", "needs the parameter 'n'"),
            fails("CALL main.etl.dice(m => 1)", "parameter"),
            fails("CALL main.etl.dice(n => 1, n => 2)", "given twice"),
            fails("CALL main.etl.dice(n => 1, m => 2)", "has no parameter 'm'"),
            fails("CALL main.etl.nope()", "does not exist"),
            fails("CALL main.etl.dice", "CALL"),
            fails("SELECT main.etl.dice(1)", "dice"),
            fails("CALL main.etl.fail(message => 'as told')", "as told"),
        ],
    );
    let ran = home.run(&["run", "main.etl.fail", "-p", "message=\u{1b}[2Jgone"]);
    assert!(ran.code == Some(1) && !ran.err.contains('\u{1b}'), "{:?}", ran.err);
}

#[test]
fn nothing_is_granted_silently() {
    let home = Home::new();
    let component = guest("ingest");
    let install = format!("INSTALL PLUGIN ingest FROM '{}' INTO SCHEMA etl", component.display());
    let grants = "SHOW GRANTS TO PLUGIN main.etl.ingest";
    check(&home, "owner", [ok("CREATE SCHEMA etl"), ok(install.clone()), is(grants, json!([]))]);
    let ran = home.run(&["plugin", "upgrade", "main.etl.ingest", &component.display().to_string()]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    check(
        &home,
        "owner",
        [
            is(grants, json!([])),
            ok(format!("GRANT USE SCHEMA ON SCHEMA etl TO {PLUGIN}")),
            fails("GRANT USE SCHEMA ON SCHEMA etl TO PLUGIN etl.nothing", "does not exist"),
            fails("ALTER SCHEMA etl OWNER TO PLUGIN etl.ingest", ""),
            // What comes after a plugin of the same name has none of its grants.
            ok("DROP PLUGIN etl.ingest"),
            fails(grants, "does not exist"),
            ok(install),
            is(grants, json!([])),
        ],
    );
}
