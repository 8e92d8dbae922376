//! SQL of plugins: values are never text of a statement, names are names, and some statements are not for them.

use serde_json::json;

use crate::stage::{Stage, beside, rows, says};

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn ask(statement: &str) -> String {
    format!("CALL evil.sql(a => {})", quoted(statement))
}

/// What is never touched by an attack is as it was.
async fn untouched(stage: &Stage) {
    assert_eq!(stage.did("SELECT count(*) AS c FROM evil.t").await, [json!({"c": 10})]);
    assert_eq!(stage.did("SELECT word FROM main.default.secret").await, [json!({"word": "sesame"})]);
}

#[test]
fn values_that_look_like_sql() {
    beside(async |stage| {
        stage.install("tasks").await;
        for value in [
            "'; DROP TABLE main.evil.t --",
            "' OR ''='",
            "\\'; DROP TABLE main.evil.t; --",
            "$1",
            "'||(SELECT word FROM main.default.secret)||'",
            "\u{2019}; DROP TABLE main.evil.t --",
            "*/ DROP TABLE main.evil.t /*",
            "\"",
            "E'\\x27'",
        ] {
            let call = format!("CALL evil.sql_with(a => 'SELECT $1 AS v', b => {})", quoted(value));
            assert_eq!(stage.got(&call).await, [json!({"rows": 1, "first": value})], "{value}");
        }
        // A value stands for a value, nowhere else.
        let table = "CALL evil.sql_with(a => 'SELECT * FROM $1', b => 'main.evil.t')";
        stage.stopped(table, &["invalid: "]).await;
        untouched(stage).await;
    });
}

#[test]
fn names_that_look_like_sql() {
    beside(async |stage| {
        stage.install("tasks").await;
        let (spaced, unknown) = ("a name cannot hold a dot, a slash, a space", "does not exist, or you may not see it");
        for (name, why) in [
            ("main.evil.t; DROP TABLE t", spaced),
            ("main.evil.t (n) SELECT 1 --", spaced),
            ("main.evil.t VERSION AS OF 0", spaced),
            ("main.evil.t/**/", spaced),
            ("main.evil.t\\';DROP", unknown),
            ("main.evil.\"t\"", unknown),
            ("main.evil.t--", unknown),
        ] {
            for task in ["write_rows", "comment", "tag"] {
                let call = format!("CALL evil.{task}(a => {}, b => 'x')", quoted(name));
                stage.stopped(&call, &[why]).await;
            }
        }
        let call = "CALL evil.comment(a => 'main.evil.t; DROP TABLE main.evil.t', b => 'x')";
        stage.stopped(call, &["invalid: ", "has too many parts for the name of a table"]).await;
        let call = "CALL evil.writer_name(a => 'main.evil.t')";
        stage.stopped(call, &["invalid: ", "an application's name", "control characters"]).await;
        untouched(stage).await;
    });
}

#[test]
fn statements_that_are_not_for_plugins() {
    beside(async |stage| {
        stage.install("tasks").await;
        stage.did("GRANT MANAGE ON CATALOG main TO PLUGIN evil.tasks").await;
        for statement in [
            "GRANT SELECT ON TABLE main.default.secret TO mallory",
            "REVOKE SELECT ON SCHEMA main.next FROM neighbour",
            "CREATE USER eve",
            "CREATE GROUP thieves",
            "DROP USER neighbour",
            "ALTER TABLE main.default.secret OWNER TO mallory",
            "INSTALL PLUGIN more FROM 'more.wasm'",
            "UPGRADE PLUGIN main.evil.tasks FROM 'more.wasm'",
            "DROP PLUGIN main.next.functions",
            "DROP PLUGIN main.evil.tasks",
            "DROP SCHEMA main.next CASCADE",
            "SET datafusion.execution.target_partitions = 1",
            "USE SCHEMA main.next",
            "CALL main.evil.sql(a => 'SELECT 1')",
        ] {
            // Not even for the owner of everything.
            says(statement, rows(&stage.owner, &ask(statement)).await, &["invalid: ", "a plugin may not run"]);
        }
        says("EXPLAIN", rows(&stage.owner, &ask("EXPLAIN CREATE USER eve")).await, &["EXPLAIN is for queries"]);
        untouched(stage).await;
    });
}

#[test]
fn statements_that_are_more_or_longer_than_one() {
    beside(async |stage| {
        stage.install("tasks").await;
        stage.stopped(&ask("SELECT 1; DROP TABLE main.evil.t"), &["invalid: ", "syntax error"]).await;
        let long = "CALL evil.sql(a => 'SELECT 1 ' || repeat(' ', 2000000))";
        stage.stopped(long, &["limit: ", "`statement_bytes`: 1048576"]).await;
        let chain = "CALL evil.sql(a => 'SELECT 1' || repeat(' + 1', 100000))";
        stage.stopped(chain, &["invalid: ", "more than 2000 operators"]).await;
        let deep = "CALL evil.sql(a => repeat('(', 100000) || 'SELECT 1')";
        stage.stopped(deep, &["invalid: ", "nests too deeply"]).await;
        untouched(stage).await;
    });
}

#[test]
fn parameters_that_are_none() {
    beside(async |stage| {
        stage.install("tasks").await;
        stage.stopped("CALL evil.sql_two_rows(a => 'SELECT $1')", &["invalid: ", "a single row"]).await;
        stage.stopped("CALL evil.sql_list(a => 'SELECT $1')", &["invalid: ", "a parameter of type"]).await;
        stage.stopped("CALL evil.parameter_lie(a => 'SELECT $1')", &["broke the plugin contract", "ffset"]).await;
        stage.stopped("CALL evil.sql_with(a => 'SELECT $2', b => 'x')", &["invalid: ", "$2"]).await;
    });
}

#[test]
fn what_neither_the_caller_nor_the_plugin_may_read() {
    beside(async |stage| {
        stage.install("tasks").await;
        let secret = ask("SELECT word FROM main.default.secret");
        stage.stopped(&secret, &["not found: ", "does not exist, or you may not see it"]).await;
        let outcome = rows(&stage.owner, &secret).await;
        says(
            "as the owner",
            outcome,
            &["denied: ", "GRANT USE SCHEMA ON SCHEMA main.default TO PLUGIN main.evil.tasks"],
        );
        let file = ask("SELECT * FROM read_files('/etc/passwd')");
        says("a file", rows(&stage.owner, &file).await, &["did not say when it was installed", "READ FILES"]);
        untouched(stage).await;
    });
}

#[test]
fn a_transform_in_itself_for_ever() {
    beside(async |stage| {
        stage.install("transforms").await;
        let nest = "SELECT * FROM main.evil.nest(TABLE main.evil.t, sql => {})";
        let statement = nest.replace("{}", &quoted(nest));
        stage.stopped(&statement, &["plugins run statements that run plugins more than 4 deep"]).await;
    });
}

#[test]
fn a_query_while_it_is_bound() {
    beside(async |stage| {
        stage.install("transforms").await;
        let statement = "SELECT * FROM evil.reach_in_bind(TABLE evil.t, sql => 'SELECT n FROM main.evil.t')";
        stage.stopped(statement, &["query is not available here"]).await;
    });
}

/// A value that a program wrote into a statement as it should, with its quotes doubled, stays that value.
#[test]
fn values_in_statements_that_are_kept_or_passed_on() {
    beside(async |stage| {
        stage.install("tasks").await;
        for value in ["\\'||(SELECT word FROM main.default.secret)||'", "''", "\\''; --", "it's"] {
            let call = format!("CALL evil.sql_with(a => 'SELECT $1 AS v', b => {})", quoted(value));
            assert_eq!(stage.got(&call).await, [json!({"rows": 1, "first": value})], "{value}");
            stage.did(&format!("CREATE OR REPLACE VIEW evil.kept AS SELECT {} AS v", quoted(value))).await;
            assert_eq!(stage.got("SELECT v FROM evil.kept").await, [json!({"v": value})], "{value}");
        }
    });
}
