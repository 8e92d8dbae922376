//! Views: what they show and, for those who do not own them, nothing of what they hide.

use serde_json::{Value, json};

use crate::cases::{Case, check, fails, is, ok, outcomes};
use crate::support::{Home, guest};

/// What no answer, plan or error may tell ana: values that `mine` hides, what it reads and how it chooses.
const HIDDEN: [&str; 5] = ["xsecret", "3131313", "notes", "region", "parquet"];

/// A home where ana may read the view `mine` and call the plugin's functions; rows 3 and 4 are hidden from her.
fn home() -> Home {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE USER ana"),
            ok("CREATE USER ben"),
            ok("CREATE SCHEMA sec"),
            ok("CREATE TABLE sec.notes AS SELECT * FROM (VALUES \
                (1, 'eu', '10'), (2, 'eu', '20'), (3, 'us', 'xsecret'), (4, 'us', '3131313')) AS n (id, region, note)"),
            ok("CREATE VIEW mine AS SELECT id, note FROM sec.notes WHERE region = 'eu'"),
            ok("GRANT USE CATALOG ON CATALOG main TO ana"),
            ok("GRANT USE SCHEMA, CREATE TABLE ON SCHEMA main.default TO ana"),
            ok("GRANT SELECT ON VIEW mine TO ana"),
        ],
    );
    home
}

fn tells_nothing(told: &str) {
    for hidden in HIDDEN {
        assert!(!told.contains(hidden), "'{hidden}' in {told}");
    }
}

#[test]
fn conditions_of_readers_never_meet_hidden_rows() {
    let home = home();
    let component = guest("matrix");
    check(
        &home,
        "owner",
        [
            ok("CREATE SCHEMA m"),
            ok(format!("INSTALL PLUGIN matrix FROM '{}' INTO SCHEMA m", component.display())),
            ok("GRANT USE SCHEMA, EXECUTE ON SCHEMA main.m TO ana"),
            ok("CREATE VIEW numbers AS SELECT id, CAST(note AS INT) AS n, m.parse(note) AS p FROM mine"),
            ok("GRANT SELECT ON VIEW numbers TO ana"),
        ],
    );
    let both = json!([{"id": 1}, {"id": 2}]);
    let two = json!([{"id": 2}]);
    let cases: Vec<Case> = [
        ("SELECT id FROM mine WHERE CAST(note AS INT) > 0 ORDER BY id", &both),
        ("SELECT id FROM mine WHERE CASE WHEN note LIKE 'x%' THEN 1 / (id - id) ELSE 1 END = 1 ORDER BY id", &both),
        ("SELECT id FROM mine WHERE 1 / (id - 3) <= 0 ORDER BY id", &both),
        ("SELECT a.id FROM mine a JOIN mine b ON CAST(a.note AS INT) = CAST(b.note AS INT) ORDER BY a.id", &both),
        ("SELECT id FROM (SELECT * FROM mine LIMIT 10) WHERE CAST(note AS INT) > 0 ORDER BY id", &both),
        ("SELECT id FROM mine WHERE m.parse(note) > 0 ORDER BY id", &both),
        ("SELECT id FROM mine WHERE m.panics(id) = 2", &two),
        // What the view computes is not computed of hidden rows either.
        ("SELECT id FROM numbers WHERE n > 10", &two),
        ("SELECT id FROM numbers WHERE n = 20", &two),
        ("SELECT id FROM numbers WHERE p IN (20, 21)", &two),
        // Plain comparisons go down to the files.
        ("SELECT id FROM mine WHERE id > 1", &two),
        ("SELECT id FROM mine WHERE NOT (id = 1 OR note IS NULL) AND id IN (2, 3, 4)", &two),
    ]
    .into_iter()
    .map(|(sql, rows)| is(sql, rows.clone()))
    .collect();
    check(&home, "ana", cases);
    check(
        &home,
        "ana",
        [
            is("SELECT id FROM mine WHERE note = 'xsecret' OR id >= 3", json!([])),
            fails("SELECT id FROM main.sec.notes", "does not exist"),
        ],
    );
    // The owner, who may see all rows, is told what is wrong with them.
    check(&home, "owner", [fails("SELECT CAST(note AS INT) AS n FROM sec.notes", "xsecret")]);
}

#[test]
fn plans_show_the_view_and_nothing_in_it() {
    let home = home();
    let explained = ["EXPLAIN", "EXPLAIN VERBOSE", "EXPLAIN ANALYZE", "EXPLAIN ANALYZE VERBOSE"];
    let queries = [
        "SELECT * FROM mine",
        "SELECT count(*) AS n FROM mine WHERE id > 1",
        "SELECT a.id FROM mine a JOIN mine b ON a.id = b.id WHERE b.note LIKE '2%' ORDER BY a.id LIMIT 1",
    ];
    let statements: Vec<String> =
        explained.iter().flat_map(|explain| queries.map(|query| format!("{explain} {query}"))).collect();
    let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
    for (statement, plan) in statements.iter().zip(outcomes(&home, "ana", &statements)) {
        let plan = Value::from(plan.unwrap_or_else(|error| panic!("{statement}: {error}"))).to_string();
        assert!(plan.contains("View: main.default.mine"), "{statement}: {plan}");
        assert!(!plan.contains("output_rows=4"), "{statement}: {plan}");
        tells_nothing(&plan);
    }
    // The owner sees through.
    let plan = Value::from(home.rows("EXPLAIN SELECT * FROM mine")).to_string();
    assert!(plan.contains("sec.notes") && plan.contains("region") && !plan.contains("View:"), "{plan}");
}

#[test]
fn errors_in_a_view_are_for_its_owner() {
    let home = home();
    check(
        &home,
        "owner",
        [
            ok("CREATE VIEW broken AS SELECT id, CAST(note AS INT) AS n FROM sec.notes"),
            ok("CREATE VIEW outer_broken AS SELECT * FROM broken"),
            ok("GRANT SELECT ON VIEW broken TO ana"),
            ok("GRANT SELECT ON VIEW outer_broken TO ana"),
            ok("GRANT USE CATALOG ON CATALOG main TO ben"),
            ok("GRANT USE SCHEMA, CREATE TABLE ON SCHEMA main.default TO ben"),
            ok("GRANT USE SCHEMA, SELECT ON SCHEMA main.sec TO ben"),
            fails("SELECT n FROM broken", "xsecret"),
        ],
    );
    check(&home, "ben", [ok("CREATE VIEW bens AS SELECT id FROM sec.notes"), ok("GRANT SELECT ON VIEW bens TO ana")]);
    check(&home, "ana", [is("SELECT count(*) AS n FROM bens", json!([{"n": 4}]))]);
    check(&home, "owner", [ok("REVOKE SELECT ON SCHEMA main.sec FROM ben")]);
    let asked = [
        ("SELECT n FROM broken", "view main.default.broken failed while it was read; owner, who owns it, can see why"),
        ("SELECT sum(n) AS s FROM outer_broken", "view main.default.outer_broken failed"),
        ("CREATE TABLE copy AS SELECT * FROM broken", "view main.default.broken failed"),
        ("SELECT * FROM bens", "view main.default.bens can no longer be read: its owner ben lacks rights"),
        ("DESCRIBE bens", "view main.default.bens can no longer be read: its owner ben lacks rights"),
        ("EXPLAIN SELECT * FROM bens", "view main.default.bens can no longer be read: its owner ben lacks rights"),
    ];
    for (outcome, (sql, expected)) in outcomes(&home, "ana", &asked.map(|(sql, _)| sql)).into_iter().zip(asked) {
        let error = outcome.expect_err(sql);
        assert!(error.contains(expected), "{sql}: {error}");
        tells_nothing(&error.replace(sql, ""));
    }
    check(&home, "ben", [fails("SELECT * FROM bens", "main.sec.notes does not exist")]);
    check(&home, "owner", [fails("SELECT * FROM bens", "main.sec.notes")]);
}

#[test]
fn a_wall_changes_no_answer() {
    let home = home();
    let rows = json!([{"id": 1, "note": "10"}, {"id": 2, "note": "20"}]);
    let cases: Vec<Case> = [
        ("SELECT * FROM mine ORDER BY id", rows.clone()),
        ("SELECT note, id FROM mine ORDER BY id DESC LIMIT 1", json!([{"note": "20", "id": 2}])),
        ("SELECT id FROM mine ORDER BY id LIMIT 1 OFFSET 1", json!([{"id": 2}])),
        ("SELECT count(*) AS n FROM mine", json!([{"n": 2}])),
        ("SELECT 7 AS seven FROM mine", json!([{"seven": 7}, {"seven": 7}])),
        ("SELECT count(*) AS n FROM (SELECT id FROM mine WHERE id > 0 LIMIT 1)", json!([{"n": 1}])),
        ("SELECT DISTINCT length(note) AS l FROM mine", json!([{"l": 2}])),
        ("SELECT max(id) AS m, min(note) AS n, sum(id) AS s FROM mine", json!([{"m": 2, "n": "10", "s": 3}])),
        ("SELECT note, count(*) AS n FROM mine GROUP BY note HAVING note > '1' ORDER BY note DESC", {
            json!([{"note": "20", "n": 1}, {"note": "10", "n": 1}])
        }),
        ("SELECT a.id, b.note FROM mine a JOIN mine b ON a.id = b.id AND b.note = '20'", {
            json!([{"id": 2, "note": "20"}])
        }),
        ("SELECT a.id, b.id AS other FROM mine a LEFT JOIN mine b ON a.id = b.id + 1 ORDER BY a.id", {
            json!([{"id": 1, "other": null}, {"id": 2, "other": 1}])
        }),
        ("SELECT count(*) AS n FROM mine a CROSS JOIN mine b", json!([{"n": 4}])),
        ("SELECT id FROM mine UNION ALL SELECT id FROM mine ORDER BY id", {
            json!([{"id": 1}, {"id": 1}, {"id": 2}, {"id": 2}])
        }),
        ("SELECT id FROM mine EXCEPT SELECT 1", json!([{"id": 2}])),
        ("SELECT id FROM mine WHERE id IN (SELECT max(id) FROM mine)", json!([{"id": 2}])),
        ("SELECT id FROM mine a WHERE EXISTS (SELECT 1 FROM mine b WHERE b.id > a.id)", json!([{"id": 1}])),
        ("SELECT (SELECT note FROM mine WHERE id = 2) AS n", json!([{"n": "20"}])),
        ("SELECT id, row_number() OVER (ORDER BY id DESC) AS r FROM mine ORDER BY id", {
            json!([{"id": 1, "r": 2}, {"id": 2, "r": 1}])
        }),
        ("WITH RECURSIVE up AS (SELECT 1 AS id UNION ALL SELECT m.id + 1 FROM mine m JOIN up ON m.id = up.id) \
          SELECT id FROM up ORDER BY id", json!([{"id": 1}, {"id": 2}, {"id": 3}])),
        ("WITH RECURSIVE up AS (SELECT 0 AS id UNION ALL SELECT up.id + (SELECT count(*) FROM mine) FROM up CROSS JOIN \
          (SELECT DISTINCT 1 AS one FROM mine) WHERE up.id < 4) SELECT id FROM up ORDER BY id", {
            json!([{"id": 0}, {"id": 2}, {"id": 4}])
        }),
    ]
    .into_iter()
    .map(|(sql, rows)| is(sql, rows))
    .collect();
    // The owner's plan has no wall in it, and both say the same.
    check(&home, "owner", &cases);
    check(&home, "ana", &cases);
    check(
        &home,
        "ana",
        [
            ok("CREATE TABLE own (id BIGINT, note STRING)"),
            ok("INSERT INTO own SELECT * FROM mine"),
            ok("UPDATE own SET note = 'last' WHERE id = (SELECT max(id) FROM mine)"),
            ok(
                "MERGE INTO own USING mine ON own.id = mine.id AND mine.id = 1 WHEN MATCHED THEN UPDATE SET note = 'first' \
                WHEN NOT MATCHED THEN INSERT (id, note) VALUES (mine.id + 10, mine.note)",
            ),
            is(
                "SELECT * FROM own ORDER BY id",
                json!([{"id": 1, "note": "first"}, {"id": 2, "note": "last"}, {"id": 12, "note": "20"}]),
            ),
            ok("DELETE FROM own WHERE id IN (SELECT id FROM mine)"),
            is("SELECT id FROM own", json!([{"id": 12}])),
        ],
    );
}

#[test]
fn settings_of_readers_change_no_view() {
    let home = home();
    check(
        &home,
        "owner",
        [
            ok("CREATE TABLE sec.scores AS SELECT * FROM (VALUES (1, 10), (2, NULL)) AS s (id, score)"),
            ok("CREATE VIEW best AS SELECT id FROM sec.scores ORDER BY score DESC LIMIT 1"),
            ok("GRANT SELECT ON VIEW best TO ana"),
        ],
    );
    check(
        &home,
        "ana",
        [
            is("SELECT id FROM best", json!([{"id": 2}])),
            ok("SET datafusion.sql_parser.default_null_ordering = 'nulls_min'"),
            is("SELECT n FROM (VALUES (1), (NULL)) AS v (n) ORDER BY n DESC", json!([{"n": 1}, {"n": null}])),
            is("SELECT id FROM best", json!([{"id": 2}])),
        ],
    );
}

#[test]
fn lineage_reaches_through_the_wall() {
    let home = home();
    check(&home, "ana", [ok("CREATE TABLE copy AS SELECT id AS number, upper(note) AS loud FROM mine WHERE id > 1")]);
    check(
        &home,
        "owner",
        [
            is(
                "SELECT source_table, source_column, target_column FROM system.access.column_lineage \
                 WHERE target_table = 'main.default.copy' ORDER BY target_column",
                json!([
                    {"source_table": "main.sec.notes", "source_column": "note", "target_column": "loud"},
                    {"source_table": "main.sec.notes", "source_column": "id", "target_column": "number"},
                ]),
            ),
            is(
                "SELECT source_table FROM system.access.table_lineage WHERE target_table = 'main.default.copy' ORDER BY 1",
                json!([{"source_table": "main.default.mine"}, {"source_table": "main.sec.notes"}]),
            ),
        ],
    );
}

#[test]
fn names_in_with_hide_tables_where_they_can_be_seen() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE USER ana"),
            ok("CREATE TABLE people AS SELECT 'bob' AS name"),
            ok("GRANT USE CATALOG, USE SCHEMA, BROWSE ON CATALOG main TO ana"),
            is(
                "WITH people AS (SELECT upper(name) AS name FROM people) SELECT * FROM people",
                json!([{"name": "BOB"}]),
            ),
        ],
    );
    let denied = "ana has no SELECT on table main.default.people";
    check(
        &home,
        "ana",
        [
            is("WITH people AS (SELECT 1 AS x) SELECT * FROM people", json!([{"x": 1}])),
            is(
                "WITH people AS (SELECT 1 AS x), two AS (SELECT x + 1 AS x FROM people) SELECT * FROM two",
                json!([{"x": 2}]),
            ),
            is("WITH people AS (SELECT 1 AS x) SELECT (SELECT max(x) FROM people) AS x", json!([{"x": 1}])),
            is(
                "WITH RECURSIVE people AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM people WHERE x < 2) \
                 SELECT count(*) AS n FROM people",
                json!([{"n": 2}]),
            ),
            fails("SELECT * FROM people", denied),
            fails("WITH other AS (SELECT * FROM people) SELECT * FROM other", denied),
            fails("WITH people AS (SELECT * FROM people) SELECT * FROM people", denied),
            fails("WITH a AS (SELECT * FROM people), people AS (SELECT 1 AS x) SELECT * FROM a", denied),
            fails("SELECT * FROM (WITH people AS (SELECT 1 AS x) SELECT * FROM people) a, people", denied),
            fails("WITH a AS (WITH people AS (SELECT 1 AS x) SELECT * FROM people) SELECT * FROM people", denied),
            fails("WITH people AS (SELECT 1 AS x) SELECT * FROM default.people", denied),
        ],
    );
}

#[test]
fn a_view_shows_the_columns_it_was_made_with() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE TABLE t AS SELECT 1 AS a, 2 AS b"),
            ok("CREATE TABLE u AS SELECT 1 AS a, 9 AS z"),
            ok("CREATE VIEW plain AS SELECT * FROM t"),
            ok("CREATE VIEW renamed (x, y) AS SELECT * FROM t"),
            ok("CREATE VIEW middle AS SELECT *, a + b AS sum, count(*) OVER () FROM t"),
            ok("CREATE VIEW joined AS SELECT t.*, u.z FROM t JOIN u ON t.a = u.a"),
            ok("CREATE VIEW twice (l, m, r, s) AS SELECT * FROM t JOIN u ON t.a = u.a"),
            ok("CREATE VIEW above AS SELECT * FROM plain"),
            ok("ALTER TABLE t ADD COLUMN z INT"),
            ok("UPDATE t SET z = 7"),
            is("SELECT * FROM t", json!([{"a": 1, "b": 2, "z": 7}])),
            is("SELECT * FROM plain", json!([{"a": 1, "b": 2}])),
            is("SELECT * FROM renamed", json!([{"x": 1, "y": 2}])),
            is("SELECT a, b, sum FROM middle", json!([{"a": 1, "b": 2, "sum": 3}])),
            is("SELECT * FROM joined", json!([{"a": 1, "b": 2, "z": 9}])),
            is("SELECT * FROM twice", json!([{"l": 1, "m": 2, "r": 1, "s": 9}])),
            is("SELECT * FROM above", json!([{"a": 1, "b": 2}])),
            fails("SELECT z FROM plain", "z"),
            ok("CREATE OR REPLACE VIEW plain AS SELECT * FROM t"),
            is("SELECT * FROM plain", json!([{"a": 1, "b": 2, "z": 7}])),
            is("SELECT * FROM above", json!([{"a": 1, "b": 2}])),
            // A column that is gone is not another one in its place.
            ok("CREATE OR REPLACE TABLE t AS SELECT 1 AS a, 5 AS c"),
            fails("SELECT * FROM renamed", "no longer gives 'y'"),
        ],
    );
}

#[test]
fn a_view_cannot_read_itself() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE VIEW v AS SELECT 1 AS a"),
            ok("CREATE VIEW w AS SELECT a FROM v"),
            fails("CREATE OR REPLACE VIEW v AS SELECT a FROM v", "view main.default.v cannot read itself"),
            fails("CREATE OR REPLACE VIEW v AS SELECT a FROM w", "view main.default.v cannot read itself"),
            fails("CREATE OR REPLACE VIEW v AS SELECT 1 AS a WHERE 1 IN (SELECT a FROM w)", "cannot read itself"),
            ok("CREATE OR REPLACE VIEW v AS SELECT 2 AS a"),
            is("SELECT a FROM w", json!([{"a": 2}])),
        ],
    );
}

#[test]
fn clauses_that_would_be_passed_over_are_refused() {
    let home = Home::new();
    check(&home, "owner", [ok("CREATE TABLE t AS SELECT n AS id FROM generate_series(1, 10) AS s(n)")]);
    let refused = [
        ("SELECT * FROM t TABLESAMPLE (10 PERCENT)", "TABLESAMPLE"),
        ("SELECT * FROM t SAMPLE (1)", "TABLESAMPLE"),
        ("SELECT * FROM (SELECT id FROM t) TABLESAMPLE (10 PERCENT)", "TABLESAMPLE"),
        ("SELECT id FROM t WHERE id IN (SELECT id FROM t TABLESAMPLE (10 PERCENT))", "TABLESAMPLE"),
        ("WITH s AS (SELECT id FROM t TABLESAMPLE (10 PERCENT)) SELECT * FROM s", "TABLESAMPLE"),
        ("DELETE FROM t WHERE id IN (SELECT id FROM t TABLESAMPLE (10 PERCENT))", "TABLESAMPLE"),
        ("CREATE VIEW v AS SELECT * FROM t TABLESAMPLE (10 PERCENT)", "TABLESAMPLE"),
        ("SELECT * FROM t START WITH id = 1 CONNECT BY PRIOR id = id - 1", "CONNECT BY"),
        ("SELECT * FROM t PARTITION (p)", "PARTITION"),
        ("SELECT * FROM t WITH (NOLOCK)", "WITH (hints)"),
        ("SELECT * FROM t FOR UPDATE", "FOR UPDATE"),
        ("SELECT * FROM t LATERAL VIEW explode(id) x AS y", "LATERAL VIEW"),
        ("SELECT TOP 1 id FROM t", "TOP"),
        ("SELECT id FROM t PREWHERE id = 1", "PREWHERE"),
        ("SELECT id FROM t GROUP BY id WITH ROLLUP", "WITH ROLLUP"),
        ("SELECT * ILIKE '%x%' FROM t", "* ILIKE"),
        ("SELECT id INTO u FROM t", "SELECT INTO"),
        ("SELECT id FROM t SORT BY id", "SORT BY"),
        ("FROM t", "FROM without SELECT"),
        ("SELECT * FROM t FETCH FIRST 1 ROWS ONLY", "FETCH"),
    ];
    check(&home, "owner", refused.map(|(sql, clause)| fails(sql, clause)));
    check(
        &home,
        "owner",
        [
            is("FROM t SELECT id LIMIT 1", json!([{"id": 1}])),
            is("SELECT id FROM t GROUP BY ROLLUP (id) ORDER BY id NULLS FIRST LIMIT 1", json!([{"id": null}])),
            is("SELECT count(*) AS n FROM t", json!([{"n": 10}])),
        ],
    );
}
