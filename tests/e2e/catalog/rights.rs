//! Rights in detail: what a dropped user leaves, what may be known of a table, what a denial and a REVOKE say.

use serde_json::{Value, json};

use super::remedies;
use crate::cases::{check, fails, is, ok, outcomes};
use crate::support::Home;

/// What a statement of the owner says when it is done.
fn said(home: &Home, sql: &str) -> String {
    let ran = home.run(&["sql", "-c", sql]);
    assert_eq!(ran.code, Some(0), "{sql}: {}", ran.err);
    format!("{}{}", ran.out, ran.err)
}

#[test]
fn a_view_never_comes_back_with_another_owner() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE USER ana"),
            ok("CREATE USER ben"),
            ok("CREATE SCHEMA s"),
            ok("CREATE TABLE secret AS SELECT 42 AS n"),
            ok("GRANT USE CATALOG ON CATALOG main TO ana"),
            ok("GRANT USE CATALOG ON CATALOG main TO ben"),
            ok("GRANT USE SCHEMA, SELECT ON SCHEMA main.default TO ana"),
            ok("GRANT USE SCHEMA, CREATE TABLE ON SCHEMA s TO ana"),
            ok("ALTER SCHEMA s OWNER TO ben"),
        ],
    );
    check(
        &home,
        "ana",
        [ok("CREATE VIEW s.v AS SELECT n FROM secret"), ok("CREATE TABLE s.t AS SELECT 1 AS a"), ok("DROP TABLE s.t")],
    );
    // While she owns anything, she stays; with it, she may go.
    check(
        &home,
        "owner",
        [
            fails("DROP USER ana", "ana still owns 1 securable; drop"),
            fails("DROP USER ana", "ALTER VIEW main.s.v OWNER TO …"),
        ],
    );
    check(&home, "ana", [ok("DROP VIEW s.v")]);
    // The owner of the schema manages what is in it, and yet cannot wake a view that runs as somebody else.
    check(
        &home,
        "ben",
        [
            fails("UNDROP TABLE main.s.v", "only ana, who owns main.s.v, may bring back a view; you are ben"),
            ok("CREATE VIEW s.w AS SELECT 1 AS a"),
            ok("DROP VIEW s.w"),
            ok("UNDROP TABLE s.w"),
            is("SELECT a FROM s.w", json!([{"a": 1}])),
        ],
    );
    let names = |principal| {
        let rows = outcomes(&home, principal, &["SHOW TABLES DROPPED IN main.s"]).remove(0).expect("rows");
        let mut names = super::column(&rows, "name");
        names.sort();
        names
    };
    assert_eq!(names("ben"), ["t"]);
    assert_eq!(names("ana"), ["t", "v"]);
    check(
        &home,
        "ana",
        [ok("UNDROP TABLE main.s.v"), is("SELECT n FROM s.v", json!([{"n": 42}])), ok("DROP VIEW s.v")],
    );
    check(&home, "owner", [ok("DROP USER ana"), ok("GRANT SELECT ON SCHEMA s TO ben")]);
    check(
        &home,
        "ben",
        [
            fails("UNDROP TABLE main.s.v", "main.s.v does not exist"),
            ok("UNDROP TABLE main.s.t"),
            fails("SELECT n FROM s.v", "main.s.v does not exist"),
        ],
    );
    check(&home, "owner", [fails("UNDROP TABLE main.s.v", "main.s.v does not exist")]);
}

#[test]
fn dropped_tables_are_listed_as_tables_are() {
    let home = Home::new();
    check(&home, "owner", [ok("CREATE TABLE t (a INT)"), ok("CREATE VIEW v AS SELECT 1 AS a")]);
    let listed = |sql: &str| outcomes(&home, "owner", &[sql]).remove(0).expect("rows");
    let mut live = listed("SHOW TABLES");
    check(&home, "owner", [ok("DROP VIEW v"), ok("DROP TABLE t")]);
    let mut dropped = listed("SHOW TABLES DROPPED");
    for row in &mut dropped {
        assert!(row.as_object_mut().expect("a row").remove("dropped").is_some_and(|time| time.is_string()));
    }
    live.sort_by_key(Value::to_string);
    dropped.sort_by_key(Value::to_string);
    assert_eq!(live, dropped);
}

#[test]
fn what_a_table_is_made_of_is_for_those_who_may_read_or_manage_it() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE TABLE t (a INT) COMMENT 'numbers'"),
            ok("INSERT INTO t VALUES (1)"),
            ok("CREATE VIEW masked AS SELECT sha256(concat('hush', CAST(a AS STRING))) AS m FROM t"),
            ok("CREATE VOLUME files"),
            ok("CREATE USER browser"),
            ok("CREATE USER outsider"),
            ok("CREATE USER reader"),
            ok("CREATE USER manager"),
            ok("GRANT USE CATALOG, USE SCHEMA, BROWSE ON CATALOG main TO browser"),
            ok("GRANT BROWSE, SELECT ON CATALOG main TO outsider"),
            ok("GRANT USE CATALOG, USE SCHEMA, BROWSE, SELECT ON CATALOG main TO reader"),
            ok("GRANT USE CATALOG, USE SCHEMA, MANAGE ON CATALOG main TO manager"),
        ],
    );
    let known =
        "SELECT table_name, table_type, table_owner, comment, storage_path FROM information_schema.tables ORDER BY 1";
    let rows = json!([
        {"table_name": "masked", "table_type": "VIEW", "table_owner": "owner", "comment": null, "storage_path": null},
        {"table_name": "t", "table_type": "MANAGED", "table_owner": "owner", "comment": "numbers", "storage_path": null},
    ]);
    let columns = "SELECT table_name, column_name FROM information_schema.columns ORDER BY 1";
    for (user, missing) in [("browser", "GRANT SELECT ON"), ("outsider", "GRANT USE CATALOG ON CATALOG main")] {
        let mut cases = vec![is(known, rows.clone()), is(columns, json!([]))];
        for sql in [
            "DESCRIBE t",
            "DESCRIBE EXTENDED t",
            "DESCRIBE DETAIL t",
            "DESCRIBE HISTORY t",
            "SHOW COLUMNS IN t",
            "DESCRIBE masked",
            "DESCRIBE EXTENDED masked",
        ] {
            cases.push(fails(sql, missing));
        }
        check(&home, user, cases);
    }
    check(
        &home,
        "reader",
        [
            is(known, rows),
            is(columns, json!([{"table_name": "masked", "column_name": "m"}, {"table_name": "t", "column_name": "a"}])),
        ],
    );
    // Where things lie and how a view is defined is for those who manage them.
    let all = [
        "DESCRIBE EXTENDED t",
        "DESCRIBE DETAIL t",
        "DESCRIBE EXTENDED masked",
        "DESCRIBE VOLUME files",
        "SELECT view_definition FROM information_schema.views",
        "SELECT storage_path FROM system.information_schema.tables",
    ];
    let told = |user| format!("{:?}", outcomes(&home, user, &all));
    for user in ["browser", "outsider", "reader"] {
        let told = told(user);
        assert!(!told.contains("hush") && !told.contains("file://"), "{user}: {told}");
    }
    let reader = told("reader");
    assert!(reader.contains("num_files") && reader.contains("\"version\""), "{reader}");
    check(&home, "owner", [ok("GRANT SELECT ON VIEW masked TO manager")]);
    for user in ["manager", "owner"] {
        let told = told(user);
        assert!(told.matches("hush").count() == 2 && told.matches("file://").count() == 4, "{user}: {told}");
    }
}

#[test]
fn a_denial_names_all_that_is_missing() {
    let home = Home::new();
    let outside = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| outside.path().join(name).display().to_string();
    let use_catalog = "GRANT USE CATALOG ON CATALOG main";
    let table = "GRANT USE SCHEMA, CREATE TABLE ON SCHEMA main.s";
    let volume = "GRANT USE SCHEMA, CREATE VOLUME ON SCHEMA main.s";
    let cases: Vec<(String, Vec<&str>)> = vec![
        ("CREATE TABLE main.s.a (a INT)".into(), vec![use_catalog, table]),
        ("CREATE TABLE main.s.b AS SELECT 1 AS a".into(), vec![use_catalog, table]),
        ("CREATE VIEW main.s.c AS SELECT 1 AS a".into(), vec![use_catalog, table]),
        ("CREATE VOLUME main.s.d".into(), vec![use_catalog, volume]),
        (
            format!("CREATE TABLE main.s.e LOCATION '{}' AS SELECT 1 AS a", at("e")),
            vec!["GRANT CREATE EXTERNAL TABLE ON METASTORE", use_catalog, table],
        ),
        (
            format!("CREATE VOLUME main.s.f LOCATION '{}'", at("f")),
            vec!["GRANT CREATE EXTERNAL VOLUME ON METASTORE", use_catalog, volume],
        ),
        ("CREATE SCHEMA main.g".into(), vec!["GRANT USE CATALOG, CREATE SCHEMA ON CATALOG main"]),
        (
            format!("CREATE CATALOG h MANAGED LOCATION '{}'", at("h")),
            vec!["GRANT CREATE CATALOG, CREATE EXTERNAL TABLE ON METASTORE"],
        ),
    ];
    check(&home, "owner", [ok("CREATE SCHEMA main.s")]);
    for (user, (sql, grants)) in cases.iter().enumerate() {
        let user = format!("u{user}");
        check(
            &home,
            "owner",
            [ok(format!("CREATE USER {user}")), ok(format!("GRANT BROWSE ON CATALOG main TO {user}"))],
        );
        let denied = outcomes(&home, &user, &[sql]).remove(0).expect_err(sql);
        let expected: Vec<_> = grants.iter().map(|grant| format!("{grant} TO {user}")).collect();
        assert_eq!(remedies(&denied), expected, "{sql}: {denied}");
        // One of them alone is not enough, all together are.
        for (at, grant) in expected.iter().enumerate() {
            check(&home, "owner", [ok(grant)]);
            let done = outcomes(&home, &user, &[sql]).remove(0);
            assert_eq!(done.is_ok(), at + 1 == expected.len(), "{sql} after {grant}: {done:?}");
        }
    }
}

#[test]
fn a_revoke_says_what_was_not_there_and_what_stays() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE USER ana"),
            ok("CREATE GROUP team"),
            ok("ALTER GROUP team ADD USER ana"),
            ok("CREATE SCHEMA a"),
            ok("CREATE TABLE a.t AS SELECT 1 AS x"),
            ok("GRANT USE CATALOG, USE SCHEMA ON CATALOG main TO ana"),
            ok("GRANT SELECT ON SCHEMA a TO ana"),
            ok("GRANT ALL PRIVILEGES ON CATALOG main TO team"),
        ],
    );
    let text = said(&home, "REVOKE SELECT ON TABLE a.t FROM ana");
    for part in [
        "SELECT was not granted to ana on table main.a.t; ",
        "ana still has SELECT from schema main.a",
        "ana still has ALL PRIVILEGES through team from catalog main",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let text = said(&home, "REVOKE SELECT ON SCHEMA a FROM ana");
    assert!(text.contains("Revoked SELECT on schema main.a from ana; ana still has ALL PRIVILEGES through"), "{text}");
    check(&home, "ana", [is("SELECT x FROM a.t", json!([{"x": 1}]))]);
    let text = said(&home, "REVOKE ALL PRIVILEGES ON CATALOG main FROM team");
    assert!(text.contains("Revoked ALL PRIVILEGES on catalog main from team.") && !text.contains("still"), "{text}");
    check(&home, "ana", [fails("SELECT x FROM a.t", "")]);
}

#[test]
fn the_information_schema_of_system_is_about_all_catalogs() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE USER ana"),
            ok("CREATE CATALOG dev"),
            ok("CREATE CATALOG hidden"),
            ok("CREATE TABLE dev.default.t (a INT)"),
            ok("CREATE TABLE hidden.default.u (b INT)"),
            ok("GRANT USE CATALOG, SELECT ON CATALOG dev TO ana"),
            ok("GRANT USE SCHEMA ON SCHEMA dev.default TO ana"),
        ],
    );
    let names = "SELECT table_catalog, table_name FROM system.information_schema.tables WHERE table_schema = 'default' ORDER BY 1";
    let columns =
        "SELECT table_catalog, column_name FROM system.information_schema.columns WHERE table_schema = 'default'";
    let of_schemas = "SELECT grantee, catalog_name, schema_name, privilege_type, inherited_from FROM system.information_schema.schema_privileges ORDER BY 4";
    let of_catalogs = "SELECT grantee, catalog_name, privilege_type, inherited_from FROM system.information_schema.catalog_privileges ORDER BY 3";
    check(
        &home,
        "ana",
        [
            is(names, json!([{"table_catalog": "dev", "table_name": "t"}])),
            is(columns, json!([{"table_catalog": "dev", "column_name": "a"}])),
            is(
                of_schemas,
                json!([
                    {"grantee": "ana", "catalog_name": "dev", "schema_name": "default", "privilege_type": "SELECT", "inherited_from": "CATALOG"},
                    {"grantee": "ana", "catalog_name": "dev", "schema_name": "default", "privilege_type": "USE SCHEMA", "inherited_from": "NONE"},
                ]),
            ),
            is(
                of_catalogs,
                json!([
                    {"grantee": "ana", "catalog_name": "dev", "privilege_type": "SELECT", "inherited_from": "NONE"},
                    {"grantee": "ana", "catalog_name": "dev", "privilege_type": "USE CATALOG", "inherited_from": "NONE"},
                ]),
            ),
            fails("SELECT * FROM hidden.information_schema.catalog_privileges", "hidden does not exist"),
        ],
    );
    check(
        &home,
        "owner",
        [
            is(
                names,
                json!([{"table_catalog": "dev", "table_name": "t"}, {"table_catalog": "hidden", "table_name": "u"}]),
            ),
            is("SELECT * FROM main.information_schema.catalog_privileges", json!([])),
            is("SELECT count(*) AS n FROM dev.information_schema.catalog_privileges", json!([{"n": 2}])),
        ],
    );
}
