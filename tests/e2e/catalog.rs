//! The catalog: names, kinds, rights, and that what one may not see is not there.

mod rights;

use serde_json::{Value, json};

use crate::cases::{check, fails, is, ok, outcomes};
use crate::support::{Home, plugin};

/// Texts of one column.
fn column(rows: &[Value], name: &str) -> Vec<String> {
    rows.iter().map(|row| row[name].as_str().unwrap_or_else(|| panic!("{name} in {row}")).to_owned()).collect()
}

/// The GRANT statements that a denial prints.
fn remedies(error: &str) -> Vec<String> {
    let statements = error.lines().filter_map(|line| line.trim().strip_suffix(';'));
    statements.filter(|statement| statement.starts_with("GRANT ")).map(str::to_owned).collect()
}

#[test]
fn every_kind_is_created_renamed_described_given_away_and_dropped() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE USER ana"),
            ok("CREATE GROUP team"),
            ok("CREATE CATALOG shop COMMENT 'what is sold'"),
            is(
                "SELECT schema_name FROM shop.information_schema.schemata WHERE schema_name = 'default'",
                json!([{"schema_name": "default"}]),
            ),
            ok("CREATE CATALOG brief"),
            ok("DROP CATALOG brief"),
            ok("CREATE SCHEMA shop.eu COMMENT 'Europe'"),
            ok("CREATE TABLE shop.eu.orders (id BIGINT, price DECIMAL(8,2) COMMENT 'in euro') COMMENT 'since 2020'"),
            ok("CREATE VIEW shop.eu.dear COMMENT 'over ten' AS SELECT id FROM shop.eu.orders WHERE price > 10"),
            ok("CREATE VOLUME shop.eu.files COMMENT 'raw'"),
            // Twice is an error, unless the statement allows for it; so is dropping what is not there.
            fails("CREATE CATALOG shop", "a catalog named shop exists already"),
            fails("CREATE SCHEMA shop.eu", "a schema named shop.eu exists already"),
            fails("CREATE TABLE shop.eu.orders (a INT)", "a table named shop.eu.orders exists already"),
            fails("CREATE VIEW shop.eu.orders AS SELECT 1 AS a", "a table named shop.eu.orders exists already"),
            fails("CREATE TABLE shop.eu.dear (a INT)", "a view named shop.eu.dear exists already"),
            fails("CREATE VOLUME shop.eu.files", "a volume named shop.eu.files exists already"),
            fails("CREATE USER ana", "a principal named ana exists already"),
            fails("CREATE GROUP ana", "a principal named ana exists already"),
            ok("CREATE CATALOG IF NOT EXISTS shop"),
            ok("CREATE SCHEMA IF NOT EXISTS shop.eu"),
            ok("CREATE TABLE IF NOT EXISTS shop.eu.orders (a INT)"),
            ok("CREATE VIEW IF NOT EXISTS shop.eu.dear AS SELECT 1 AS a"),
            ok("CREATE VOLUME IF NOT EXISTS shop.eu.files"),
            ok("CREATE USER IF NOT EXISTS ana"),
            ok("CREATE GROUP IF NOT EXISTS team"),
            fails("DROP CATALOG nope", "catalog nope does not exist"),
            fails("DROP SCHEMA shop.nope", "schema shop.nope does not exist"),
            fails("DROP TABLE shop.eu.nope", "table shop.eu.nope does not exist"),
            fails("DROP VIEW shop.eu.nope", "view shop.eu.nope does not exist"),
            fails("DROP VOLUME shop.eu.nope", "volume shop.eu.nope does not exist"),
            fails("DROP PLUGIN shop.eu.nope", "plugin shop.eu.nope does not exist"),
            fails("DROP USER nope", "principal nope does not exist"),
            ok("DROP CATALOG IF EXISTS nope"),
            ok("DROP SCHEMA IF EXISTS shop.nope"),
            ok("DROP TABLE IF EXISTS shop.eu.nope"),
            ok("DROP VIEW IF EXISTS shop.eu.nope"),
            ok("DROP VOLUME IF EXISTS shop.eu.nope"),
            ok("DROP GROUP IF EXISTS nope"),
            // A name says what it is of.
            fails("DROP VIEW shop.eu.orders", "shop.eu.orders is a table, not a view"),
            fails("DROP TABLE shop.eu.dear", "shop.eu.dear is a view, not a table"),
            // Comments stand where they were put and can be changed.
            ok("COMMENT ON CATALOG shop IS 'everything sold'"),
            ok("COMMENT ON SCHEMA shop.eu IS 'the EU'"),
            ok("COMMENT ON TABLE shop.eu.orders IS 'since 2019'"),
            ok("COMMENT ON VIEW shop.eu.dear IS 'above ten'"),
            ok("COMMENT ON VOLUME shop.eu.files IS NULL"),
            ok("COMMENT ON COLUMN shop.eu.orders.id IS 'running number'"),
            is(
                "SHOW CATALOGS LIKE 'sh*'",
                json!([{"catalog": "shop", "owner": "owner", "comment": "everything sold"}]),
            ),
            is("SHOW SCHEMAS IN shop LIKE 'eu'", json!([{"schema": "eu", "owner": "owner", "comment": "the EU"}])),
            is(
                "DESCRIBE shop.eu.orders",
                json!([
                    {"col_name": "id", "data_type": "BIGINT", "is_nullable": "YES", "comment": "running number"},
                    {"col_name": "price", "data_type": "DECIMAL(8,2)", "is_nullable": "YES", "comment": "in euro"},
                ]),
            ),
            is(
                "SELECT table_name, table_type, comment FROM shop.information_schema.tables ORDER BY 1",
                json!([
                    {"table_name": "dear", "table_type": "VIEW", "comment": "above ten"},
                    {"table_name": "orders", "table_type": "MANAGED", "comment": "since 2019"},
                ]),
            ),
            // A table that a view reads keeps its name and place; free ones do not.
            fails("ALTER TABLE shop.eu.orders RENAME TO sales", "in use by view shop.eu.dear"),
            ok("DROP VIEW shop.eu.dear"),
            ok("INSERT INTO shop.eu.orders VALUES (1, 2.50)"),
            ok("ALTER TABLE shop.eu.orders RENAME TO sales"),
            fails("SELECT * FROM shop.eu.orders", "shop.eu.orders does not exist"),
            is("SELECT * FROM shop.eu.sales", json!([{"id": 1, "price": "2.50"}])),
            ok("ALTER VOLUME shop.eu.files RENAME TO raw"),
            ok("ALTER SCHEMA shop.eu RENAME TO europe"),
            ok("ALTER CATALOG shop RENAME TO store"),
            is("SELECT * FROM store.europe.sales", json!([{"id": 1, "price": "2.50"}])),
            is("SHOW VOLUMES IN store.europe", json!([{"schema": "europe", "name": "raw", "type": "MANAGED"}])),
            fails("ALTER TABLE store.europe.sales RENAME TO main.default.sales", "stays where it is"),
            // Owners.
            ok("ALTER CATALOG store OWNER TO ana"),
            ok("ALTER SCHEMA store.europe OWNER TO team"),
            ok("ALTER TABLE store.europe.sales SET OWNER TO ana"),
            ok("ALTER VOLUME store.europe.raw OWNER TO ana"),
            is("SELECT table_owner FROM store.information_schema.tables", json!([{"table_owner": "ana"}])),
            is(
                "SELECT schema_owner FROM store.information_schema.schemata WHERE schema_name = 'europe'",
                json!([{"schema_owner": "team"}]),
            ),
            fails("DROP USER ana", "ana still owns 3 securables"),
            fails("ALTER TABLE store.europe.sales OWNER TO nobody", "principal nobody does not exist"),
            // Containers go only when empty, or with all that is in them.
            fails("DROP SCHEMA store.europe", "is not empty"),
            fails("DROP SCHEMA store.europe RESTRICT", "is not empty"),
            fails("DROP CATALOG store", "is not empty"),
            ok("DROP SCHEMA store.europe CASCADE"),
            fails("SELECT * FROM store.europe.sales", "does not exist"),
            ok("CREATE SCHEMA store.asia"),
            ok("DROP CATALOG store CASCADE"),
            is("SHOW CATALOGS LIKE 'st*'", json!([])),
            ok("DROP USER ana"),
            ok("DROP GROUP team"),
        ],
    );
}

#[test]
fn names_have_three_parts_of_which_use_completes_the_first() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE SCHEMA sales"),
            ok("CREATE CATALOG lab"),
            ok("CREATE TABLE t AS SELECT 'main.default' AS at"),
            ok("CREATE TABLE sales.t AS SELECT 'main.sales' AS at"),
            ok("CREATE TABLE lab.default.t AS SELECT 'lab.default' AS at"),
            is("SELECT at FROM t", json!([{"at": "main.default"}])),
            is("SELECT at FROM sales.t", json!([{"at": "main.sales"}])),
            ok("USE sales"),
            is("SELECT at FROM t", json!([{"at": "main.sales"}])),
            ok("USE CATALOG lab"),
            is("SELECT at FROM t", json!([{"at": "lab.default"}])),
            fails("SELECT at FROM sales.t", "lab.sales.t does not exist"),
            ok("USE main.default"),
            is("SELECT at FROM main.default.t", json!([{"at": "main.default"}])),
            ok("USE SCHEMA sales"),
            is("SHOW TABLES", json!([{"schema": "sales", "name": "t", "type": "MANAGED"}])),
            fails("USE nope", "schema main.nope does not exist"),
            fails("USE CATALOG nope", "catalog nope does not exist"),
            is("SELECT at FROM t", json!([{"at": "main.sales"}])),
            fails("SELECT * FROM a.b.c.d", "too many parts"),
            // Unquoted names are in lower case, quoted ones as written.
            ok("CREATE TABLE Mixed (\"Column One\" INT, Plain INT)"),
            ok("INSERT INTO MIXED VALUES (1, 2)"),
            is("SELECT \"Column One\", PLAIN FROM MAIN.Sales.\"mixed\"", json!([{"Column One": 1, "plain": 2}])),
            fails("CREATE TABLE \"two words\" (a INT)", "cannot hold"),
            fails("CREATE TABLE \"a/b\" (a INT)", "cannot hold"),
            // A common table expression hides a table of its name, in its query only.
            is("WITH t AS (SELECT 'cte' AS at) SELECT at FROM t", json!([{"at": "cte"}])),
            is(
                "SELECT a.at AS here, b.at AS there FROM t a CROSS JOIN lab.default.t b",
                json!([{"here": "main.sales", "there": "lab.default"}]),
            ),
        ],
    );
}

#[test]
fn a_denial_prints_the_grant_that_is_enough_and_no_other_grant_is() {
    let home = Home::new();
    let outside = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| outside.path().join(name).display().to_string();
    std::fs::write(at("loose.csv"), "a\n1\n").expect("written");
    std::fs::create_dir(at("volume")).expect("made");
    std::fs::write(at("volume/in.csv"), "a\n1\n").expect("written");
    std::fs::create_dir(at("other")).expect("made");
    let read_in = "SELECT * FROM read_files('/Volumes/main/s/v/in.csv')";
    // A privilege, what it is on, and a statement for which everything here is needed that concerns it.
    let table: Vec<(&str, &str, String)> = vec![
        ("USE CATALOG", "CATALOG main", "SELECT * FROM main.s.t".into()),
        ("USE SCHEMA", "SCHEMA main.s", "SELECT * FROM main.s.t".into()),
        ("SELECT", "TABLE main.s.t", "SELECT * FROM main.s.t".into()),
        ("SELECT", "VIEW main.s.w", "SELECT * FROM main.s.w".into()),
        ("MODIFY", "TABLE main.s.t", "INSERT INTO main.s.t VALUES (2)".into()),
        ("MODIFY", "TABLE main.s.t", "UPDATE main.s.t SET a = 3 WHERE a = 2".into()),
        ("MODIFY", "TABLE main.s.t", "DELETE FROM main.s.t WHERE a = 3".into()),
        ("SELECT", "TABLE main.s.t", "DELETE FROM main.s.t WHERE a = 4".into()),
        ("MODIFY", "TABLE main.s.t", "OPTIMIZE main.s.t".into()),
        ("READ VOLUME", "VOLUME main.s.v", read_in.into()),
        ("CREATE CATALOG", "METASTORE", "CREATE CATALOG mine".into()),
        ("CREATE SCHEMA", "CATALOG main", "CREATE SCHEMA main.mine".into()),
        ("CREATE TABLE", "SCHEMA main.s", "CREATE TABLE main.s.mine (a INT)".into()),
        ("CREATE TABLE", "SCHEMA main.s", "CREATE VIEW main.s.my_view AS SELECT 1 AS a".into()),
        ("CREATE VOLUME", "SCHEMA main.s", "CREATE VOLUME main.s.my_volume".into()),
        (
            "CREATE EXTERNAL TABLE",
            "METASTORE",
            format!("CREATE TABLE main.s.ext LOCATION '{}' AS SELECT 1 AS a", at("ext")),
        ),
        ("CREATE EXTERNAL VOLUME", "METASTORE", format!("CREATE VOLUME main.s.ext_v LOCATION '{}'", at("other"))),
        ("READ FILES", "METASTORE", format!("SELECT * FROM read_files('{}')", at("loose.csv"))),
        ("MANAGE", "TABLE main.s.t", "ALTER TABLE main.s.t RENAME TO t2".into()),
    ];
    let grants: Vec<String> = table.iter().map(|(privilege, on, _)| format!("GRANT {privilege} ON {on}")).collect();
    let mut setup = vec![
        ok("CREATE SCHEMA main.s"),
        ok("CREATE TABLE main.s.t AS SELECT 1 AS a"),
        ok("CREATE VIEW main.s.w AS SELECT 2 AS a"),
        ok(format!("CREATE VOLUME main.s.v LOCATION '{}'", at("volume"))),
    ];
    for user in 0..table.len() {
        // BROWSE shows that things are there, so that they are denied rather than unknown.
        setup.push(ok(format!("CREATE USER u{user}")));
        setup.push(ok(format!("GRANT BROWSE ON CATALOG main TO u{user}")));
        let mut others: Vec<&String> = grants.iter().filter(|grant| **grant != grants[user]).collect();
        others.dedup();
        setup.extend(others.into_iter().map(|grant| ok(format!("{grant} TO u{user}"))));
    }
    check(&home, "owner", setup);
    let mut printed = Vec::new();
    for (user, (privilege, _, sql)) in table.iter().enumerate() {
        let [denied] = outcomes(&home, &format!("u{user}"), &[sql]).try_into().expect("one outcome");
        let error = denied.expect_err(sql);
        assert!(error.contains(&format!("u{user} has no {privilege}")), "{sql}: {error}");
        let statements = remedies(&error);
        assert_eq!(statements, [format!("{} TO u{user}", grants[user])], "{sql}: {error}");
        printed.extend(statements.into_iter().map(ok));
    }
    check(&home, "owner", printed);
    for (user, (.., sql)) in table.iter().enumerate() {
        check(&home, &format!("u{user}"), [ok(sql)]);
    }
    let denials = "SELECT count(*) AS n FROM system.access.audit WHERE outcome = 'denied' AND principal LIKE 'u%'";
    check(&home, "owner", [is(denials, json!([{"n": table.len()}]))]);
}

#[test]
fn what_may_not_be_seen_does_not_exist() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE USER ana"),
            ok("CREATE CATALOG secret"),
            ok("CREATE SCHEMA main.hidden"),
            ok("CREATE TABLE main.hidden.there AS SELECT 1 AS a"),
            ok("CREATE VIEW main.hidden.seen AS SELECT a FROM main.hidden.there"),
            ok("CREATE VOLUME main.hidden.vault"),
            ok("CREATE TABLE main.default.open AS SELECT 1 AS a"),
            ok("CREATE TABLE main.default.closed AS SELECT 1 AS a"),
            ok("GRANT USE CATALOG ON CATALOG main TO ana"),
            ok("GRANT USE SCHEMA ON SCHEMA main.default TO ana"),
            ok("GRANT SELECT ON TABLE main.default.open TO ana"),
        ],
    );
    // A statement about something hidden and the same about something that is not there.
    let twins = [
        ("SELECT * FROM main.hidden.there", "there", "gone"),
        ("SELECT * FROM main.hidden.seen", "seen", "gone"),
        ("SELECT * FROM main.default.closed", "closed", "gone"),
        ("SELECT * FROM main.default.closed VERSION AS OF 0", "closed", "gone"),
        ("INSERT INTO main.hidden.there VALUES (1)", "there", "gone"),
        ("UPDATE main.hidden.there SET a = 1", "there", "gone"),
        ("DELETE FROM main.hidden.there", "there", "gone"),
        ("DESCRIBE main.hidden.there", "there", "gone"),
        ("DESCRIBE HISTORY main.hidden.there", "there", "gone"),
        ("DESCRIBE DETAIL main.hidden.there", "there", "gone"),
        ("DESCRIBE SCHEMA main.hidden", "hidden", "gone"),
        ("DESCRIBE CATALOG secret", "secret", "gone"),
        ("DESCRIBE VOLUME main.hidden.vault", "vault", "gone"),
        ("SELECT * FROM read_files('/Volumes/main/hidden/vault/x.csv')", "vault", "gone"),
        ("SHOW GRANTS ON TABLE main.hidden.there", "there", "gone"),
        ("GRANT SELECT ON TABLE main.hidden.there TO ana", "there", "gone"),
        ("REVOKE SELECT ON TABLE main.hidden.there FROM ana", "there", "gone"),
        ("DROP TABLE main.hidden.there", "there", "gone"),
        ("DROP TABLE IF EXISTS main.hidden.there", "there", "gone"),
        ("ALTER TABLE main.hidden.there RENAME TO mine", "there", "gone"),
        ("ALTER TABLE main.hidden.there ADD COLUMN b INT", "there", "gone"),
        ("COMMENT ON TABLE main.hidden.there IS 'x'", "there", "gone"),
        ("OPTIMIZE main.hidden.there", "there", "gone"),
        ("VACUUM main.hidden.there", "there", "gone"),
        ("RESTORE TABLE main.hidden.there TO VERSION AS OF 0", "there", "gone"),
        ("COPY INTO main.hidden.there FROM '/Volumes/main/hidden/vault/'", "there", "gone"),
        ("CREATE VIEW main.default.v AS SELECT * FROM main.hidden.there", "there", "gone"),
        ("USE main.hidden", "hidden", "gone"),
        ("USE CATALOG secret", "secret", "gone"),
        ("SHOW TABLES IN main.hidden", "hidden", "gone"),
        ("SHOW SCHEMAS IN secret", "secret", "gone"),
        ("SELECT * FROM secret.information_schema.tables", "secret", "gone"),
    ];
    let hidden: Vec<String> = twins.iter().map(|(sql, ..)| (*sql).to_owned()).collect();
    let missing: Vec<String> = twins.iter().map(|(sql, name, other)| sql.replace(name, other)).collect();
    let all: Vec<&str> = hidden.iter().chain(&missing).map(String::as_str).collect();
    let outcomes = outcomes(&home, "ana", &all);
    let (of_hidden, of_missing) = outcomes.split_at(twins.len());
    for (((sql, name, other), hidden), missing) in twins.iter().zip(of_hidden).zip(of_missing) {
        let hidden = match hidden {
            Ok(rows) => {
                assert!(rows.is_empty(), "{sql}: {rows:?}");
                Ok(())
            }
            Err(error) => Err(error.replace(name, other)),
        };
        assert_eq!(hidden, missing.clone().map(|_| ()), "{sql}");
    }

    check(
        &home,
        "ana",
        [
            is("SHOW CATALOGS", json!([{"catalog": "main", "owner": "owner", "comment": ""}])),
            is("SHOW TABLES", json!([{"schema": "default", "name": "open", "type": "MANAGED"}])),
            is("SELECT schema_name FROM main.information_schema.schemata", json!([{"schema_name": "default"}])),
            is("SELECT catalog_name FROM main.information_schema.catalogs", json!([{"catalog_name": "main"}])),
            is("SELECT table_name FROM main.information_schema.tables", json!([{"table_name": "open"}])),
            is(
                "SELECT table_name, column_name FROM main.information_schema.columns",
                json!([{"table_name": "open", "column_name": "a"}]),
            ),
            is("SELECT table_name FROM main.information_schema.views", json!([])),
            is("SELECT volume_name FROM main.information_schema.volumes", json!([])),
            is("SELECT routine_name FROM main.information_schema.routines", json!([])),
            fails("SELECT * FROM system.access.audit", "system.access.audit does not exist"),
        ],
    );
}

#[test]
fn grants_are_inherited_from_containers_and_through_groups() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE USER ana"),
            ok("CREATE USER ben"),
            ok("CREATE USER \"eve@example.com\""),
            ok("CREATE GROUP analysts"),
            ok("CREATE GROUP everybody_here"),
            ok("ALTER GROUP everybody_here ADD GROUP analysts"),
            ok("ALTER GROUP analysts ADD USER ana"),
            fails("ALTER GROUP analysts ADD GROUP everybody_here", "contains that group already"),
            fails("ALTER GROUP ana ADD USER ben", "is not a group"),
            is("SHOW USERS", json!([{"user": "ana"}, {"user": "ben"}, {"user": "eve@example.com"}, {"user": "owner"}])),
            is("SHOW GROUPS", json!([{"group": "account users"}, {"group": "analysts"}, {"group": "everybody_here"}])),
            ok("CREATE SCHEMA main.a"),
            ok("CREATE SCHEMA main.b"),
            ok("CREATE TABLE main.a.t AS SELECT 1 AS x"),
            ok("CREATE TABLE main.b.t AS SELECT 2 AS x"),
            ok("GRANT USE CATALOG ON CATALOG main TO everybody_here"),
            ok("GRANT USE SCHEMA, SELECT ON SCHEMA main.a TO everybody_here"),
            ok("GRANT USE CATALOG, USE SCHEMA, SELECT ON CATALOG main TO ben"),
            ok("GRANT ALL PRIVILEGES ON SCHEMA main.b TO \"eve@example.com\""),
            ok("GRANT USE CATALOG ON CATALOG main TO 'eve@example.com'"),
            is(
                "SHOW GRANTS everybody_here ON SCHEMA main.a",
                json!([
                    {"principal": "everybody_here", "action_type": "SELECT", "object_type": "SCHEMA", "object_key": "main.a"},
                    {"principal": "everybody_here", "action_type": "USE SCHEMA", "object_type": "SCHEMA", "object_key": "main.a"},
                ]),
            ),
            // What was given above is shown on the table, with the place where it was given.
            is(
                "SHOW GRANTS ben ON TABLE main.b.t",
                json!([
                    {"principal": "ben", "action_type": "SELECT", "object_type": "CATALOG", "object_key": "main"},
                ]),
            ),
            fails("GRANT SELECT ON VOLUME main.a.t TO ana", "does not exist"),
            fails("GRANT READ VOLUME ON TABLE main.a.t TO ana", "READ VOLUME cannot be granted on a table"),
            fails("GRANT SELECT ON METASTORE TO ana", "SELECT cannot be granted on a metastore"),
            fails("GRANT FLY ON TABLE main.a.t TO ana", "there is no privilege"),
            fails("GRANT SELECT ON TABLE main.a.t TO nobody", "principal nobody does not exist"),
        ],
    );
    check(
        &home,
        "ana",
        [
            is("SELECT x FROM main.a.t", json!([{"x": 1}])),
            fails("SELECT x FROM main.b.t", "does not exist"),
            fails("INSERT INTO main.a.t VALUES (2)", "GRANT MODIFY ON TABLE main.a.t TO ana"),
            fails("CREATE USER x", "only the owner of the metastore"),
            fails("GRANT SELECT ON TABLE main.a.t TO ben", "MANAGE"),
        ],
    );
    check(
        &home,
        "ben",
        [
            is("SELECT a.x + b.x AS x FROM main.a.t a CROSS JOIN main.b.t b", json!([{"x": 3}])),
            fails("DELETE FROM main.b.t", "GRANT MODIFY ON TABLE main.b.t TO ben"),
        ],
    );
    check(
        &home,
        "eve@example.com",
        [
            ok("INSERT INTO main.b.t VALUES (3)"),
            ok("CREATE TABLE main.b.own AS SELECT x + 1 AS x FROM main.b.t"),
            fails("DROP TABLE main.b.t", "GRANT MANAGE ON TABLE main.b.t TO `eve@example.com`"),
            // Owners may grant, change and drop what is theirs.
            ok("GRANT SELECT ON TABLE main.b.own TO ana"),
            ok("ALTER TABLE main.b.own RENAME TO owned"),
            ok("DROP TABLE main.b.owned"),
        ],
    );
    // The statement that a denial prints runs as it stands, whatever the name.
    check(&home, "owner", [ok("GRANT MANAGE ON TABLE main.b.t TO `eve@example.com`")]);
    check(&home, "eve@example.com", [ok("DROP TABLE main.b.t")]);
    // Leaving the inner group takes away what the outer one was given.
    check(&home, "owner", [ok("ALTER GROUP analysts DROP USER ana")]);
    check(&home, "ana", [fails("SELECT x FROM main.a.t", "does not exist")]);
}

#[test]
fn views_read_with_the_rights_of_their_owner() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE USER ana"),
            ok("CREATE USER ben"),
            ok("CREATE TABLE people AS SELECT * FROM (VALUES ('ana', 40), ('bob', 17)) AS p (name, age)"),
            ok("CREATE VIEW adults AS SELECT name FROM people WHERE age >= 18"),
            ok("CREATE VIEW loud (shout) AS SELECT upper(name) FROM adults"),
            ok("GRANT USE CATALOG, USE SCHEMA ON CATALOG main TO ana"),
            ok("GRANT USE CATALOG, USE SCHEMA, CREATE TABLE ON CATALOG main TO ben"),
            ok("GRANT SELECT ON VIEW loud TO ana"),
            ok("GRANT SELECT ON TABLE people TO ben"),
        ],
    );
    check(
        &home,
        "ana",
        [
            is("SELECT * FROM loud", json!([{"shout": "ANA"}])),
            fails("SELECT * FROM adults", "does not exist"),
            fails("SELECT * FROM people", "does not exist"),
            fails("INSERT INTO loud VALUES ('X')", "is a view"),
            is(
                "DESCRIBE loud",
                json!([{"col_name": "shout", "data_type": "STRING", "is_nullable": "YES", "comment": null}]),
            ),
        ],
    );
    check(&home, "ben", [ok("CREATE VIEW ages AS SELECT age FROM people"), ok("GRANT SELECT ON VIEW ages TO ana")]);
    check(&home, "ana", [is("SELECT age FROM ages ORDER BY age", json!([{"age": 17}, {"age": 40}]))]);
    check(
        &home,
        "owner",
        [
            // When the owner of a view loses the right, its readers do.
            ok("REVOKE SELECT ON TABLE people FROM ben"),
            // What views read stays while they do, and the error names them.
            fails("DROP TABLE people", "in use by view main.default.adults"),
            fails("DROP VIEW adults", "view main.default.adults is in use by view main.default.loud"),
            fails("CREATE VIEW broken AS SELECT nope FROM people", "nope"),
            fails("CREATE VIEW twice AS SELECT 1 AS a, 2 AS a", "a"),
            fails("CREATE VIEW few (a, b) AS SELECT 1 AS x", "2 column names are given for 1 columns"),
            fails("SELECT * FROM adults VERSION AS OF 0", "is a view, which has no versions"),
            ok("CREATE OR REPLACE VIEW adults AS SELECT name FROM people WHERE age >= 16"),
            is("SELECT shout FROM loud ORDER BY 1", json!([{"shout": "ANA"}, {"shout": "BOB"}])),
        ],
    );
    let [denied] = outcomes(&home, "ana", &["SELECT age FROM ages"]).try_into().expect("one outcome");
    let error = denied.expect_err("ben may no longer read people");
    assert!(!error.contains("40"), "{error}");
    check(
        &home,
        "owner",
        [ok("DROP VIEW ages"), ok("DROP VIEW loud"), ok("DROP VIEW adults"), ok("DROP TABLE people")],
    );
}

#[test]
fn a_revoke_counts_from_the_next_statement_of_an_open_session() {
    use std::io::{BufRead, BufReader, Write};
    use std::process::Stdio;

    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE USER ana"),
            ok("CREATE TABLE t AS SELECT 1 AS a"),
            ok("GRANT USE CATALOG, USE SCHEMA, BROWSE ON CATALOG main TO ana"),
            ok("GRANT SELECT ON TABLE t TO ana"),
        ],
    );
    // A script that waits in the middle: the second statement reads from a pipe that the test fills.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let pipe = folder.path().join("late.sql");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
    assert!(made.success());
    let late = pipe.display().to_string();
    let mut command = home.command(&["sql", "--format", "json", "--as", "ana", "-c", "SELECT a FROM t", "-f", &late]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("polder runs");
    let mut first = String::new();
    let mut out = BufReader::new(child.stdout.take().expect("piped"));
    out.read_line(&mut first).expect("a row");
    assert_eq!(first.trim(), r#"{"a":1}"#);
    check(&home, "owner", [ok("REVOKE SELECT ON TABLE t FROM ana")]);
    let mut input = std::fs::OpenOptions::new().write(true).open(&pipe).expect("the pipe opens");
    input.write_all(b"SELECT a FROM t;").expect("written");
    drop(input);
    let ended = child.wait_with_output().expect("polder ends");
    assert_eq!(ended.status.code(), Some(1));
    let error = String::from_utf8_lossy(&ended.stderr);
    assert!(error.contains("GRANT SELECT ON TABLE main.default.t TO ana"), "{error}");
}

#[test]
fn plugins_are_installed_and_called_only_with_the_right_to() {
    let home = Home::new();
    let wasm = plugin("geo").display().to_string();
    let install = format!("INSTALL PLUGIN geo FROM '{wasm}' INTO SCHEMA main.g");
    let call = "SELECT round(main.g.haversine(0.0, 0.0, 0.0, 0.0), 1) AS km";
    check(
        &home,
        "owner",
        [
            ok("CREATE SCHEMA main.g"),
            ok("CREATE USER ana"),
            ok("CREATE USER ben"),
            ok("GRANT USE CATALOG, USE SCHEMA, BROWSE ON CATALOG main TO ana"),
            ok("GRANT USE CATALOG, USE SCHEMA, BROWSE ON CATALOG main TO ben"),
        ],
    );
    // It takes CREATE PLUGIN and CREATE FUNCTION, and the right to read the file; one denial names all.
    let [denied] = outcomes(&home, "ana", &[&install]).try_into().expect("one outcome");
    let remedies_for_ana = remedies(&denied.expect_err("ana may not install"));
    let all = ["GRANT READ FILES ON METASTORE TO ana", "GRANT CREATE FUNCTION, CREATE PLUGIN ON SCHEMA main.g TO ana"];
    assert_eq!(remedies_for_ana, all);
    check(&home, "owner", remedies_for_ana.iter().map(ok).collect::<Vec<_>>());
    check(&home, "ana", [ok(install)]);
    check(&home, "ana", [is(call, json!([{"km": 0.0}]))]);
    let [denied] = outcomes(&home, "ben", &[call]).try_into().expect("one outcome");
    assert_eq!(remedies(&denied.expect_err("ben may not call")), ["GRANT EXECUTE ON FUNCTION main.g.haversine TO ben"]);
    check(&home, "owner", [ok("GRANT EXECUTE ON FUNCTION main.g.haversine TO ben")]);
    check(
        &home,
        "ben",
        [is(call, json!([{"km": 0.0}])), fails("DROP PLUGIN main.g.geo", "GRANT MANAGE ON PLUGIN main.g.geo TO ben")],
    );
}

#[test]
fn show_and_information_schema_agree() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE SCHEMA s"),
            ok("CREATE TABLE s.a (x INT NOT NULL, y STRING COMMENT 'why')"),
            ok("CREATE VIEW s.b AS SELECT x FROM s.a"),
            ok("CREATE VOLUME s.c"),
        ],
    );
    let outcomes = outcomes(
        &home,
        "owner",
        &[
            "SHOW TABLES IN s",
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 's' ORDER BY 1",
            "SHOW VIEWS IN main.s",
            "SELECT table_name, view_definition FROM main.information_schema.views",
            "SHOW VOLUMES IN s",
            "SELECT volume_name FROM information_schema.volumes",
            "SHOW COLUMNS IN s.a",
            "SELECT column_name, data_type, is_nullable, comment FROM information_schema.columns \
         WHERE table_schema = 's' AND table_name = 'a' ORDER BY ordinal_position",
        ],
    );
    let rows: Vec<Vec<Value>> = outcomes.into_iter().map(|outcome| outcome.expect("rows")).collect();
    assert_eq!(column(&rows[0], "name"), ["a", "b"]);
    assert_eq!(column(&rows[1], "table_name"), ["a", "b"]);
    assert_eq!(column(&rows[2], "name"), ["b"]);
    assert_eq!(column(&rows[3], "table_name"), ["b"]);
    assert_eq!(column(&rows[3], "view_definition"), ["SELECT x FROM s.a"]);
    assert_eq!(column(&rows[4], "name"), ["c"]);
    assert_eq!(column(&rows[5], "volume_name"), ["c"]);
    assert_eq!(column(&rows[6], "col_name"), column(&rows[7], "column_name"));
    assert_eq!(column(&rows[6], "data_type"), ["INT", "STRING"]);
    assert_eq!(column(&rows[7], "data_type"), ["INT", "STRING"]);
    assert_eq!(column(&rows[6], "is_nullable"), ["NO", "YES"]);
    assert_eq!(column(&rows[7], "is_nullable"), ["NO", "YES"]);
    assert_eq!((&rows[6][1]["comment"], &rows[7][1]["comment"]), (&json!("why"), &json!("why")));
}

#[test]
fn grants_denials_and_changes_are_audited() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [ok("CREATE USER ana"), ok("CREATE TABLE t AS SELECT 1 AS a"), ok("GRANT BROWSE ON CATALOG main TO ana")],
    );
    check(&home, "ana", [fails("SELECT * FROM t", "GRANT"), fails("SELECT * FROM nope", "does not exist")]);
    check(&home, "owner", [ok("REVOKE BROWSE ON CATALOG main FROM ana"), ok("DROP TABLE t")]);
    check(
        &home,
        "owner",
        [
            is(
                "SELECT principal, action_name, object_name, outcome FROM system.access.audit ORDER BY event_time, event_id",
                json!([
                    {"principal": "owner", "action_name": "createUser", "object_name": "ana", "outcome": "allowed"},
                    {"principal": "owner", "action_name": "createTable", "object_name": "main.default.t", "outcome": "allowed"},
                    {"principal": "owner", "action_name": "updatePermissions", "object_name": "main", "outcome": "allowed"},
                    {"principal": "ana", "action_name": "readTable", "object_name": "main.default.t", "outcome": "denied"},
                    {"principal": "ana", "action_name": "getTable", "object_name": "main.default.nope", "outcome": "denied"},
                    {"principal": "owner", "action_name": "updatePermissions", "object_name": "main", "outcome": "allowed"},
                    {"principal": "owner", "action_name": "deleteTable", "object_name": "main.default.t", "outcome": "allowed"},
                ]),
            ),
            is(
                "SELECT count(DISTINCT statement_id) AS n FROM system.access.audit WHERE statement_id IS NOT NULL",
                json!([{"n": 7}]),
            ),
        ],
    );
    // The log is a table like any other: invisible without a grant, and nobody's to change.
    let log = "SELECT count(*) AS n FROM system.access.audit WHERE principal = 'ana' AND outcome = 'denied'";
    check(&home, "ana", [fails(log, "system.access.audit does not exist")]);
    check(
        &home,
        "owner",
        [
            ok("GRANT USE CATALOG, USE SCHEMA ON CATALOG system TO ana"),
            ok("GRANT SELECT ON TABLE system.access.audit TO ana"),
            fails("DELETE FROM system.access.audit", "audit"),
            fails("DROP TABLE system.access.audit", "audit"),
            fails("INSERT INTO system.access.audit SELECT * FROM system.access.audit", "audit"),
        ],
    );
    // Two denials from before, and the one of the log itself.
    check(&home, "ana", [is(log, json!([{"n": 3}])), fails("DELETE FROM system.access.audit", "audit")]);
}
