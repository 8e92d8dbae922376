//! Delta tables: types, changes of rows, constraints, versions, partitions, upkeep, places.

use serde_json::{Value, json};

use crate::cases::{check, fails, is, ok, outcomes};
use crate::support::Home;

/// The plan of a query, as EXPLAIN prints it.
fn plan(home: &Home, query: &str) -> String {
    let rows = outcomes(home, "owner", &[&format!("EXPLAIN {query}")]).remove(0).expect(query);
    rows.iter().filter_map(|row| row["plan"].as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_type_is_kept_with_its_values_and_nulls() {
    // A type, how DESCRIBE calls it, and literals with the JSON that they must read back as.
    /// A literal, and the value that JSON shows for it.
    type Literal = (&'static str, Value);
    let types: Vec<(&str, &str, Vec<Literal>)> = vec![
        ("TINYINT", "TINYINT", vec![("-128", json!(-128)), ("127", json!(127))]),
        ("SMALLINT", "SMALLINT", vec![("-32768", json!(-32768)), ("32767", json!(32767))]),
        ("INT", "INT", vec![("-2147483648", json!(i32::MIN)), ("2147483647", json!(i32::MAX))]),
        (
            "BIGINT",
            "BIGINT",
            vec![("-9223372036854775807", json!(-i64::MAX)), ("9223372036854775807", json!(i64::MAX))],
        ),
        ("FLOAT", "FLOAT", vec![("-1.5", json!(-1.5)), ("0.25", json!(0.25))]),
        ("DOUBLE", "DOUBLE", vec![("1e300", json!(1e300)), ("0.1", json!(0.1))]),
        ("DECIMAL(5,2)", "DECIMAL(5,2)", vec![("999.99", json!("999.99")), ("-0.01", json!("-0.01"))]),
        (
            "DECIMAL(38,0)",
            "DECIMAL(38,0)",
            vec![
                (
                    "CAST('99999999999999999999999999999999999999' AS DECIMAL(38,0))",
                    json!("99999999999999999999999999999999999999"),
                ),
                ("0", json!("0")),
            ],
        ),
        ("BOOLEAN", "BOOLEAN", vec![("true", json!(true)), ("false", json!(false))]),
        ("STRING", "STRING", vec![("''", json!("")), ("'it''s ünï 🌊'", json!("it's ünï 🌊"))]),
        ("VARCHAR(10)", "STRING", vec![("'ab'", json!("ab")), ("' '", json!(" "))]),
        ("BINARY", "BINARY", vec![("X'00FF10'", json!("00ff10")), ("X''", json!(""))]),
        ("DATE", "DATE", vec![("DATE '0001-01-01'", json!("0001-01-01")), ("DATE '2024-02-29'", json!("2024-02-29"))]),
        (
            "TIMESTAMP",
            "TIMESTAMP",
            vec![
                ("TIMESTAMP '2024-02-29T23:59:59.999999+02:00'", json!("2024-02-29T21:59:59.999999Z")),
                ("TIMESTAMP '1969-12-31T23:59:59Z'", json!("1969-12-31T23:59:59Z")),
            ],
        ),
        (
            "TIMESTAMP_NTZ",
            "TIMESTAMP_NTZ",
            vec![
                ("CAST('2024-02-29 23:59:59.000001' AS TIMESTAMP_NTZ)", json!("2024-02-29T23:59:59.000001")),
                ("CAST('1969-12-31 23:59:59' AS TIMESTAMP_NTZ)", json!("1969-12-31T23:59:59")),
            ],
        ),
        ("ARRAY<INT>", "ARRAY<INT>", vec![("[1, NULL, 3]", json!([1, null, 3])), ("[]", json!([]))]),
        (
            "STRUCT<a: INT, b: STRING>",
            "STRUCT<a: INT, b: STRING>",
            vec![
                ("{'a': 1, 'b': 'x'}", json!({"a": 1, "b": "x"})),
                ("{'a': NULL, 'b': 'y'}", json!({"a": null, "b": "y"})),
            ],
        ),
        (
            "MAP<STRING, BIGINT>",
            "MAP<STRING, BIGINT>",
            vec![("MAP {'k': 1, 'l': NULL}", json!({"k": 1, "l": null})), ("MAP {'m': -1}", json!({"m": -1}))],
        ),
        (
            "ARRAY<STRUCT<x: DOUBLE, ys: ARRAY<STRING>>>",
            "ARRAY<STRUCT<x: DOUBLE, ys: ARRAY<STRING>>>",
            vec![
                ("[{'x': 1.5, 'ys': ['p', NULL]}]", json!([{"x": 1.5, "ys": ["p", null]}])),
                ("[{'x': NULL, 'ys': ['q']}]", json!([{"x": null, "ys": ["q"]}])),
            ],
        ),
    ];
    let home = Home::new();
    let mut cases = Vec::new();
    for (at, (sql, named, values)) in types.iter().enumerate() {
        let literals: Vec<String> = (1..).zip(values).map(|(n, (literal, _))| format!("({n}, {literal})")).collect();
        let rows: Vec<Value> = (1..).zip(values).map(|(n, (_, value))| json!({"n": n, "v": value})).collect();
        let rows = rows.into_iter().chain([json!({"n": 3, "v": null})]).collect::<Vec<_>>();
        cases.extend([
            ok(format!("CREATE TABLE t{at} (n INT, v {sql})")),
            ok(format!("INSERT INTO t{at} VALUES {}, (3, NULL)", literals.join(", "))),
            is(format!("SELECT n, v FROM t{at} ORDER BY n"), json!(rows)),
            is(
                format!(
                    "SELECT data_type FROM information_schema.columns WHERE table_name = 't{at}' AND column_name = 'v'"
                ),
                json!([{"data_type": named}]),
            ),
            // Through a query and back.
            ok(format!("CREATE TABLE c{at} AS SELECT v, n FROM t{at}")),
            is(format!("SELECT n, v FROM c{at} ORDER BY n"), json!(rows)),
            is(format!("SELECT count(*) AS n FROM t{at} WHERE v IS NULL"), json!([{"n": 1}])),
        ]);
    }
    check(&home, "owner", cases);
}

#[test]
fn types_that_delta_cannot_hold_are_refused() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            fails("CREATE TABLE a (x TIME)", "a column cannot have the type TIME"),
            fails("CREATE TABLE a (x UUID)", "a column cannot have the type"),
            fails("CREATE TABLE a (x DECIMAL(39,0))", "the precision is 1 to 38"),
            fails("CREATE TABLE a (x DECIMAL(5,6))", "the scale 0 to the precision"),
            fails("CREATE TABLE a (x INT PRIMARY KEY)", "Delta columns take NOT NULL and COMMENT"),
            fails("CREATE TABLE a (x INT, UNIQUE (x))", "they have CHECK and NOT NULL"),
            fails("CREATE TABLE a (x INT) USING parquet", "tables are Delta tables"),
            fails("CREATE TABLE a", "CREATE TABLE needs columns"),
            is("SHOW TABLES", json!([])),
        ],
    );
}

#[test]
fn partitions_are_pruned_joined_and_changed() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE TABLE t (day DATE, k INT, v STRING) PARTITIONED BY (day)"),
            ok(
                "INSERT INTO t VALUES ('2024-01-01', 1, 'a'), ('2024-01-02', 2, 'b'), ('2024-01-03', 3, 'c'), (NULL, 4, 'n')",
            ),
            ok("CREATE TABLE days AS SELECT DATE '2024-01-02' AS day, 'Tuesday' AS name"),
            is(
                "SELECT * FROM t ORDER BY k",
                json!([
                    {"day": "2024-01-01", "k": 1, "v": "a"}, {"day": "2024-01-02", "k": 2, "v": "b"},
                    {"day": "2024-01-03", "k": 3, "v": "c"}, {"day": null, "k": 4, "v": "n"},
                ]),
            ),
            is("SELECT k FROM t WHERE day IS NULL", json!([{"k": 4}])),
            is("SELECT k FROM t WHERE day > '2024-01-01' AND k < 3", json!([{"k": 2}])),
            // Joins on a partition column, both ways around, to itself, and with rows that match nothing.
            is("SELECT t.k, days.name FROM t JOIN days ON t.day = days.day", json!([{"k": 2, "name": "Tuesday"}])),
            is("SELECT t.k, days.name FROM days JOIN t USING (day)", json!([{"k": 2, "name": "Tuesday"}])),
            is(
                "SELECT t.k, days.name FROM t LEFT JOIN days ON t.day = days.day ORDER BY k",
                json!([
                    {"k": 1, "name": null}, {"k": 2, "name": "Tuesday"}, {"k": 3, "name": null}, {"k": 4, "name": null},
                ]),
            ),
            is("SELECT a.k FROM t a JOIN t b ON a.day = b.day ORDER BY 1", json!([{"k": 1}, {"k": 2}, {"k": 3}])),
            is("SELECT k FROM t WHERE day IN (SELECT day FROM days)", json!([{"k": 2}])),
            is(
                "SELECT day, count(*) AS n FROM t GROUP BY day ORDER BY day",
                json!([
                    {"day": "2024-01-01", "n": 1}, {"day": "2024-01-02", "n": 1}, {"day": "2024-01-03", "n": 1}, {"day": null, "n": 1},
                ]),
            ),
            ok("UPDATE t SET day = '2024-02-01' WHERE k = 3"),
            ok("DELETE FROM t WHERE day = '2024-01-01'"),
            ok("INSERT INTO t REPLACE WHERE day = '2024-01-02' SELECT DATE '2024-01-02', 22, 'bb'"),
            ok(
                "MERGE INTO t USING (VALUES (DATE '2024-02-01', 3), (DATE '2024-03-01', 5)) AS s (day, k) ON t.day = s.day AND t.k = s.k \
            WHEN MATCHED THEN UPDATE SET v = 'merged' WHEN NOT MATCHED THEN INSERT (day, k, v) VALUES (s.day, s.k, 'new')",
            ),
            is(
                "SELECT * FROM t ORDER BY k",
                json!([
                    {"day": "2024-02-01", "k": 3, "v": "merged"}, {"day": null, "k": 4, "v": "n"},
                    {"day": "2024-03-01", "k": 5, "v": "new"}, {"day": "2024-01-02", "k": 22, "v": "bb"},
                ]),
            ),
            fails("CREATE TABLE bad (a INT) PARTITIONED BY (nope)", "nope"),
        ],
    );
    let pruned = plan(&home, "SELECT v FROM t WHERE day = '2024-02-01'");
    assert!(pruned.contains("day=2024-02-01") && !pruned.contains("day=2024-01-02"), "{pruned}");
}

#[test]
fn filters_reach_the_parquet_scan() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [ok("CREATE TABLE t AS SELECT value AS id, value % 7 AS r FROM generate_series(1, 1000) AS s (value)")],
    );
    let plan = plan(&home, "SELECT id FROM t WHERE id > 990 AND r = 3");
    let scan = plan.lines().find(|line| line.contains("file_type=parquet")).expect("a scan of Parquet files");
    let predicate = scan.split("predicate=").nth(1).expect("the scan has a predicate");
    assert!(predicate.contains("> 990") && predicate.contains("= 3"), "{scan}");
    // 990 = 141 * 7 + 3, so the only such number after it is 997.
    check(&home, "owner", [is("SELECT id FROM t WHERE id > 990 AND r = 3", json!([{"id": 997}]))]);
}

#[test]
fn tables_are_read_and_restored_as_they_were() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE TABLE t (a INT)"),
            ok("INSERT INTO t VALUES (1)"),
            ok("INSERT INTO t VALUES (2)"),
            ok("DELETE FROM t WHERE a = 1"),
            is("SELECT a FROM t", json!([{"a": 2}])),
            is("SELECT a FROM t VERSION AS OF 2 ORDER BY a", json!([{"a": 1}, {"a": 2}])),
            is(
                "SELECT now.a AS x, old.a AS y FROM t now FULL JOIN t VERSION AS OF 1 AS old ON now.a = old.a ORDER BY y",
                json!([{"x": null, "y": 1}, {"x": 2, "y": null}]),
            ),
            is("SELECT t.a FROM t VERSION AS OF 1", json!([{"a": 1}])),
            is("SELECT count(*) AS n FROM t TIMESTAMP AS OF '2999-01-01'", json!([{"n": 1}])),
            fails("SELECT * FROM t VERSION AS OF 4", "the table has no version 4; its versions are 0 to 3"),
            fails("SELECT * FROM t TIMESTAMP AS OF '2001-01-01'", "2001-01-01"),
            fails("SELECT * FROM t TIMESTAMP AS OF 'yesterday'", "is not a time"),
        ],
    );
    let history = outcomes(&home, "owner", &["DESCRIBE HISTORY t", "DESCRIBE HISTORY t LIMIT 1"]);
    let [all, newest] = history.try_into().expect("two outcomes");
    let all = all.expect("a history");
    let operations: Vec<(&Value, &Value, &Value)> =
        all.iter().map(|row| (&row["version"], &row["operation"], &row["user"])).collect();
    let owner = json!("owner");
    assert_eq!(
        operations,
        [
            (&json!(3), &json!("DELETE"), &owner),
            (&json!(2), &json!("WRITE"), &owner),
            (&json!(1), &json!("WRITE"), &owner),
            (&json!(0), &json!("CREATE TABLE"), &owner),
        ]
    );
    assert_eq!(newest.expect("a history"), all[..1]);
    // The time at which a commit was made is a time at which it is seen.
    let then = all[1]["timestamp"].as_str().expect("a time");
    check(
        &home,
        "owner",
        [
            is(format!("SELECT count(*) AS n FROM t TIMESTAMP AS OF '{then}'"), json!([{"n": 2}])),
            ok("RESTORE TABLE t TO VERSION AS OF 1"),
            is("SELECT a FROM t", json!([{"a": 1}])),
            is("SELECT a FROM t VERSION AS OF 3", json!([{"a": 2}])),
            ok(format!("RESTORE t TO TIMESTAMP AS OF '{then}'")),
            is("SELECT a FROM t ORDER BY a", json!([{"a": 1}, {"a": 2}])),
            fails("RESTORE TABLE t TO VERSION AS OF 77", "the table has no version 77"),
        ],
    );
}

/// How many Parquet files are in the folder of a table, whatever its log says.
fn data_files(home: &Home, table: &str) -> usize {
    let rows = outcomes(home, "owner", &[&format!("DESCRIBE DETAIL {table}")]).remove(0).expect("details");
    let folder = rows[0]["location"].as_str().and_then(|url| url.strip_prefix("file://")).expect("a local place");
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.extension().is_some_and(|extension| extension == "parquet")).count()
}

/// A table's number of files, from DESCRIBE DETAIL.
fn files(home: &Home, table: &str) -> u64 {
    let rows = outcomes(home, "owner", &[&format!("DESCRIBE DETAIL {table}")]).remove(0).expect("details");
    rows[0]["num_files"].as_u64().expect("a number")
}

#[test]
fn optimize_makes_few_files_of_many_and_vacuum_removes_the_many() {
    let home = Home::new();
    let mut cases = vec![ok("CREATE TABLE t (a BIGINT, b BIGINT)")];
    cases.extend((0..8).map(|n| {
        ok(format!("INSERT INTO t SELECT value, value * 31 % 97 FROM generate_series({}, {})", n * 100, n * 100 + 99))
    }));
    check(&home, "owner", cases);
    assert_eq!(files(&home, "t"), 8);
    let sums = "SELECT count(*) AS n, sum(a) AS a, sum(b) AS b FROM t";
    let b: u64 = (0..800).map(|value| value * 31 % 97).sum();
    let expected = json!([{"n": 800, "a": 800 * 799 / 2, "b": b}]);
    check(
        &home,
        "owner",
        [ok("OPTIMIZE t"), is(sums, expected.clone()), fails("OPTIMIZE t ZORDER BY (nope)", "has no column 'nope'")],
    );
    assert_eq!(files(&home, "t"), 1);
    check(&home, "owner", [ok("OPTIMIZE t ZORDER BY (b, a)"), is(sums, expected.clone())]);
    assert_eq!(files(&home, "t"), 1);
    // Nothing is old enough, and too short a time is refused unless the session says that it knows.
    let dry = outcomes(
        &home,
        "owner",
        &[
            "VACUUM t DRY RUN",
            "VACUUM t RETAIN 0 HOURS",
            "SET polder.vacuum.short_retention = true",
            "VACUUM t RETAIN 0 HOURS DRY RUN",
            "SELECT sum(a) AS a FROM t VERSION AS OF 8",
            "VACUUM t RETAIN 0 HOURS",
            "SELECT sum(a) AS a FROM t",
            "SELECT sum(a) AS a FROM t VERSION AS OF 8",
            "VACUUM t RETAIN 0 HOURS DRY RUN",
        ],
    );
    assert_eq!(dry[0], Ok(vec![]));
    let refused = dry[1].as_ref().expect_err("too short");
    assert!(refused.contains("polder.vacuum.short_retention"), "{refused}");
    assert_eq!(dry[3].as_ref().map(Vec::len), Ok(9), "8 inserted and 1 compacted file: {:?}", dry[3]);
    let sum = json!({"a": 800 * 799 / 2});
    assert_eq!(dry[4], Ok(vec![sum.clone()]));
    assert_eq!(dry[6], Ok(vec![sum]));
    assert!(dry[5].is_ok(), "{:?}", dry[5]);
    assert!(dry[7].is_err(), "the files of that version are gone: {:?}", dry[7]);
    assert_eq!(dry[8], Ok(vec![]), "nothing is left to delete");
    assert_eq!(data_files(&home, "t"), 1);
    check(&home, "owner", [is(sums, expected)]);
}

#[test]
fn a_table_is_replaced_and_keeps_its_history_and_grants() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE USER ana"),
            ok("GRANT USE CATALOG, USE SCHEMA ON CATALOG main TO ana"),
            ok("CREATE TABLE t AS SELECT 1 AS a"),
            ok("GRANT SELECT ON TABLE t TO ana"),
            ok("CREATE OR REPLACE TABLE t PARTITIONED BY (p) AS SELECT 'x' AS v, 'y' AS p"),
            is("SELECT * FROM t", json!([{"v": "x", "p": "y"}])),
            is("SELECT * FROM t VERSION AS OF 0", json!([{"a": 1}])),
            is(
                "SELECT column_name FROM information_schema.columns WHERE table_name = 't'",
                json!([{"column_name": "v"}, {"column_name": "p"}]),
            ),
            ok("CREATE OR REPLACE TABLE t (id INT NOT NULL)"),
            fails("INSERT INTO t VALUES (NULL)", "id NOT NULL"),
            is("SELECT * FROM t", json!([])),
            ok("CREATE OR REPLACE TABLE fresh AS SELECT 1 AS a"),
            ok("CREATE OR REPLACE TABLE t AS SELECT count(*) AS n FROM t VERSION AS OF 1"),
        ],
    );
    check(&home, "ana", [is("SELECT n FROM t", json!([{"n": 1}]))]);
    let detail = outcomes(
        &home,
        "owner",
        &["CREATE OR REPLACE TABLE t PARTITIONED BY (p) AS SELECT 1 AS v, 2 AS p", "DESCRIBE DETAIL t"],
    );
    assert_eq!(detail[1].as_ref().expect("details")[0]["partition_columns"], json!("p"));
}

#[test]
fn tables_are_altered() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE TABLE t (a INT NOT NULL) TBLPROPERTIES ('team' = 'blue')"),
            ok("INSERT INTO t VALUES (1)"),
            ok("ALTER TABLE t ADD COLUMN b DECIMAL(5,1) COMMENT 'second'"),
            ok("ALTER TABLE t ADD COLUMNS (c STRUCT<x: INT>, d STRING)"),
            fails("ALTER TABLE t ADD COLUMN a STRING", "a"),
            fails("ALTER TABLE t ADD COLUMN e INT NOT NULL", "must be nullable"),
            fails("ALTER TABLE t DROP COLUMN b", "CONSTRAINT"),
            is("SELECT * FROM t", json!([{"a": 1, "b": null, "c": null, "d": null}])),
            ok("INSERT INTO t VALUES (2, 1.5, {'x': 7}, 'd')"),
            is("SELECT b, c['x'] AS x FROM t WHERE a = 2", json!([{"b": "1.5", "x": 7}])),
            ok("ALTER TABLE t ALTER COLUMN a COMMENT 'first'"),
            ok("ALTER TABLE t ALTER COLUMN a DROP NOT NULL"),
            is(
                "DESCRIBE t",
                json!([
                    {"col_name": "a", "data_type": "INT", "is_nullable": "YES", "comment": "first"},
                    {"col_name": "b", "data_type": "DECIMAL(5,1)", "is_nullable": "YES", "comment": "second"},
                    {"col_name": "c", "data_type": "STRUCT<x: INT>", "is_nullable": "YES", "comment": null},
                    {"col_name": "d", "data_type": "STRING", "is_nullable": "YES", "comment": null},
                ]),
            ),
            ok("ALTER TABLE t SET TBLPROPERTIES ('delta.appendOnly' = 'true', 'team' = 'red')"),
            fails("DELETE FROM t WHERE a = 1", "append-only"),
            fails("UPDATE t SET a = 3", "append-only"),
            ok("INSERT INTO t (a) VALUES (3)"),
            ok("ALTER TABLE t SET TBLPROPERTIES ('delta.appendOnly' = 'false')"),
            ok("DELETE FROM t WHERE a = 1"),
            is("SELECT a FROM t ORDER BY a", json!([{"a": 2}, {"a": 3}])),
        ],
    );
    let detail = outcomes(&home, "owner", &["DESCRIBE DETAIL t"]).remove(0).expect("details");
    let properties: Value = serde_json::from_str(detail[0]["properties"].as_str().expect("text")).expect("JSON");
    assert_eq!(properties, json!({"team": "red", "delta.appendOnly": "false"}));
}

#[test]
fn dropped_tables_come_back() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE USER ana"),
            ok("GRANT USE CATALOG, USE SCHEMA ON CATALOG main TO ana"),
            ok("CREATE TABLE t AS SELECT 1 AS a"),
            ok("INSERT INTO t VALUES (2)"),
            ok("GRANT SELECT ON TABLE t TO ana"),
            ok("DROP TABLE t"),
            fails("SELECT * FROM t", "main.default.t does not exist"),
            ok("UNDROP TABLE t"),
            is("SELECT a FROM t ORDER BY a", json!([{"a": 1}, {"a": 2}])),
            is("SELECT count(*) AS n FROM t VERSION AS OF 0", json!([{"n": 1}])),
            fails("UNDROP TABLE t", "does not exist"),
        ],
    );
    check(&home, "ana", [is("SELECT sum(a) AS s FROM t", json!([{"s": 3}])), fails("DROP TABLE t", "MANAGE")]);
    check(
        &home,
        "owner",
        [
            // A name that was taken meanwhile; the one dropped last comes back first.
            ok("DROP TABLE t"),
            ok("CREATE TABLE t AS SELECT 'new' AS a"),
            fails("UNDROP TABLE t", "its name is taken"),
            ok("DROP TABLE t"),
            ok("UNDROP TABLE t"),
            is("SELECT a FROM t", json!([{"a": "new"}])),
            ok("ALTER TABLE t RENAME TO newer"),
            ok("UNDROP TABLE t"),
            is("SELECT a FROM t ORDER BY a", json!([{"a": 1}, {"a": 2}])),
        ],
    );
}

#[test]
fn a_place_holds_one_table() {
    let home = Home::new();
    let outside = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| outside.path().join(name).display().to_string();
    std::fs::create_dir(at("files")).expect("made");
    check(
        &home,
        "owner",
        [
            ok(format!("CREATE TABLE e LOCATION '{}' AS SELECT 1 AS a", at("e"))),
            ok("INSERT INTO e VALUES (2)"),
            is("SHOW TABLES", json!([{"schema": "default", "name": "e", "type": "EXTERNAL"}])),
            // The same place, within and around it, by other spellings too.
            fails(format!("CREATE TABLE f LOCATION '{}'", at("e")), "overlaps"),
            fails(format!("CREATE TABLE f LOCATION '{}/'", at("e")), "overlaps"),
            fails(format!("CREATE TABLE f LOCATION 'file://{}'", at("e")), "overlaps"),
            fails(format!("CREATE TABLE f LOCATION '{}' AS SELECT 1 AS a", at("e/inside")), "overlaps"),
            fails(format!("CREATE TABLE f LOCATION '{}' AS SELECT 1 AS a", at("x/../e")), "e"),
            fails(format!("CREATE VOLUME v LOCATION '{}'", at("")), "overlaps"),
            fails(format!("CREATE VOLUME v LOCATION '{}'", at("e")), "overlaps"),
            ok(format!("CREATE VOLUME v LOCATION '{}'", at("files"))),
            fails(format!("CREATE TABLE f LOCATION '{}' AS SELECT 1 AS a", at("files/f")), "overlaps"),
            fails(format!("CREATE TABLE f LOCATION '{}'", at("nothing")), "there is no Delta table"),
            // Dropping an external table leaves its files, which can be registered again.
            ok("DROP TABLE e"),
            ok(format!("CREATE TABLE again LOCATION '{}'", at("e"))),
            is("SELECT a FROM again ORDER BY a", json!([{"a": 1}, {"a": 2}])),
            fails("UNDROP TABLE e", "overlaps"),
            ok("DROP TABLE again"),
            ok("UNDROP TABLE e"),
            is("SELECT count(*) AS n FROM e", json!([{"n": 2}])),
            // A container may say where what it manages goes.
            ok(format!("CREATE SCHEMA placed MANAGED LOCATION '{}'", at("managed"))),
            ok("CREATE TABLE placed.t AS SELECT 1 AS a"),
            is(
                "SELECT storage_path LIKE '%/managed/%' AS there FROM information_schema.tables WHERE table_name = 't'",
                json!([{"there": true}]),
            ),
        ],
    );
    // A place where a table is cannot be taken for a new one.
    assert!(std::path::Path::new(&at("e/_delta_log")).is_dir());
    let other = Home::new();
    check(
        &other,
        "owner",
        [
            fails(format!("CREATE TABLE t LOCATION '{}' AS SELECT 5 AS a", at("e")), "there is a Delta table at"),
            ok(format!("CREATE TABLE t LOCATION '{}'", at("e"))),
            is("SELECT count(*) AS n FROM t", json!([{"n": 2}])),
        ],
    );
}

#[test]
fn columns_and_versions_go_by_the_names_that_people_write() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE TABLE t (a INT, b STRING)"),
            ok("INSERT INTO t BY NAME SELECT 'x' AS b, 1 AS a"),
            ok("INSERT INTO t BY NAME (SELECT 'y' AS b, 2 AS a)"),
            fails("INSERT INTO t BY NAME SELECT 1 AS nope", "nope"),
            is(
                "SELECT count(*), avg(a), 1, max(a) + 1 FROM t ORDER BY max(a) + 1",
                json!([{"count(*)": 2, "avg(a)": 1.5, "1": 1, "max(a) + 1": 3}]),
            ),
            is("SELECT DISTINCT upper(b) FROM t ORDER BY upper(b)", json!([{"upper(b)": "X"}, {"upper(b)": "Y"}])),
            is("SELECT upper(b) FROM t ORDER BY a DESC LIMIT 1", json!([{"upper(b)": "Y"}])),
            is("SELECT a FROM t@v1", json!([{"a": 1}])),
            is("SELECT a FROM main.default.t FOR VERSION AS OF 1 AS x", json!([{"a": 1}])),
            ok("TRUNCATE TABLE t"),
            is("SELECT count(*) FROM t", json!([{"count(*)": 0}])),
            fails("RESTORE TABLE t TO TIMESTAMP AS OF '2020-01-01'", "did not exist yet"),
            ok("RESTORE t VERSION AS OF 1"),
            is("SELECT a FROM t", json!([{"a": 1}])),
        ],
    );
}

#[test]
fn replacing_a_table_takes_everything_new_or_nothing() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE TABLE r (a INT, CONSTRAINT positive CHECK (a > 0)) COMMENT 'one' TBLPROPERTIES ('x.y' = '1')"),
            fails("CREATE OR REPLACE TABLE r AS SELECT CAST(v AS INT) AS a FROM (VALUES ('x')) t (v)", "'x'"),
            fails("INSERT INTO r VALUES (-1)", "CHECK positive: a > 0"),
            ok("CREATE OR REPLACE TABLE r (b INT) COMMENT 'two' TBLPROPERTIES (x.Y = '2')"),
            ok("INSERT INTO r VALUES (-1)"),
            is("SELECT comment FROM information_schema.tables WHERE table_name = 'r'", json!([{"comment": "two"}])),
            fails("ALTER TABLE r SET TBLPROPERTIES ('delta.constraints.c' = 'b < 0')", "ADD CONSTRAINT"),
            fails("ALTER TABLE r SET TBLPROPERTIES ('delta.appendOnly' = 'banana')", "true or false"),
            fails("CREATE TABLE bad (a INT) TBLPROPERTIES ('delta.nosuch' = '1')", "no such property"),
            ok("ALTER TABLE r SET TBLPROPERTIES (delta.appendOnly = true)"),
            fails("DELETE FROM r", "append"),
        ],
    );
}
