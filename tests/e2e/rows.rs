//! Changes of rows: INSERT, UPDATE, DELETE and MERGE, and what holds whatever makes them.

use serde_json::json;

use crate::cases::{check, fails, is, ok};
use crate::support::Home;

#[test]
fn rows_are_inserted_by_position_by_name_and_in_place_of_others() {
    let home = Home::new();
    let all = "SELECT * FROM t ORDER BY id";
    check(
        &home,
        "owner",
        [
            ok("CREATE TABLE t (id BIGINT, v STRING)"),
            ok("INSERT INTO t VALUES (1, 'a')"),
            ok("INSERT INTO t (v, id) VALUES ('b', 2)"),
            ok("INSERT INTO t (id) SELECT 3"),
            is(all, json!([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}, {"id": 3, "v": null}])),
            ok("INSERT INTO TABLE t SELECT id + 10, v FROM t WHERE id = 1"),
            // Values are cast to the columns' types where nothing is lost.
            ok("INSERT INTO t VALUES (CAST(12 AS SMALLINT), 34)"),
            is("SELECT * FROM t WHERE id > 10 ORDER BY id", json!([{"id": 11, "v": "a"}, {"id": 12, "v": "34"}])),
            // Schema enforcement.
            fails("INSERT INTO t VALUES (1, 'a', true)", "expected 2"),
            fails("INSERT INTO t (id, nope) VALUES (1, 2)", "nope"),
            fails("INSERT INTO t VALUES ('one', 'a')", "one"),
            fails("INSERT INTO t SELECT 1 AS id, 'a' AS v, 1 AS w", "Column count"),
            ok("INSERT OVERWRITE t SELECT 7 AS id, 'seven' AS v"),
            is(all, json!([{"id": 7, "v": "seven"}])),
            ok("INSERT INTO t VALUES (8, 'eight'), (9, 'nine')"),
            // Only the part that the condition names is replaced, and only with rows of that part.
            ok("INSERT INTO t REPLACE WHERE id >= 8 SELECT 10 AS id, 'ten' AS v"),
            is(all, json!([{"id": 7, "v": "seven"}, {"id": 10, "v": "ten"}])),
            fails("INSERT INTO t REPLACE WHERE id >= 8 SELECT 1 AS id, 'one' AS v", "REPLACE WHERE id >="),
            is(all, json!([{"id": 7, "v": "seven"}, {"id": 10, "v": "ten"}])),
            // Schema evolution: columns go by name, new ones come last and are NULL before.
            ok("INSERT WITH SCHEMA EVOLUTION INTO t SELECT 1.5 AS extra, 'eleven' AS v, 11 AS id"),
            is(
                all,
                json!([
                    {"id": 7, "v": "seven", "extra": null},
                    {"id": 10, "v": "ten", "extra": null},
                    {"id": 11, "v": "eleven", "extra": 1.5},
                ]),
            ),
            is(
                "SELECT column_name FROM information_schema.columns ORDER BY ordinal_position",
                json!([{"column_name": "id"}, {"column_name": "v"}, {"column_name": "extra"}]),
            ),
            is("SELECT count(*) AS n FROM t VERSION AS OF 0", json!([{"n": 0}])),
            fails("INSERT INTO nope VALUES (1)", "main.default.nope does not exist"),
        ],
    );
}

#[test]
fn constraints_hold_whatever_changes_the_rows() {
    let home = Home::new();
    let all = "SELECT * FROM t ORDER BY id";
    let before = json!([{"id": 1, "v": "a"}, {"id": 2, "v": "b"}]);
    check(
        &home,
        "owner",
        [
            ok("CREATE TABLE t (id BIGINT NOT NULL, v STRING, CONSTRAINT positive CHECK (id > 0))"),
            ok("INSERT INTO t VALUES (1, 'a'), (2, 'b')"),
            fails("INSERT INTO t VALUES (3, 'c'), (-3, 'c')", "(id NOT NULL, CHECK positive: id > 0)"),
            fails("INSERT INTO t VALUES (3, 'c'), (-3, 'c')", "-3"),
            fails("INSERT INTO t VALUES (NULL, 'c')", "id NOT NULL"),
            fails("INSERT INTO t (v) VALUES ('c')", "id NOT NULL"),
            fails("UPDATE t SET id = -id WHERE id = 2", "-2"),
            fails("UPDATE t SET id = NULL WHERE id = 2", "not as the table demands"),
            fails(
                "MERGE INTO t USING (SELECT -9 AS id, 'z' AS v) s ON t.id = s.id \
             WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v)",
                "-9",
            ),
            is(all, before.clone()),
            ok("ALTER TABLE t ADD CONSTRAINT short CHECK (length(v) < 3)"),
            fails("INSERT INTO t VALUES (3, 'ccc')", "ccc"),
            fails("ALTER TABLE t ADD CONSTRAINT large CHECK (id > 1)", "CHECK large"),
            fails("ALTER TABLE t ADD CONSTRAINT q CHECK (id IN (SELECT id FROM t))", "no subqueries"),
            // The condition must be true, as Delta has it, and of NULL it is not.
            fails("INSERT INTO t VALUES (3, NULL)", "not as the table demands"),
            ok("ALTER TABLE t DROP CONSTRAINT short"),
            ok("INSERT INTO t VALUES (3, NULL), (4, 'dddd')"),
            fails("ALTER TABLE t DROP CONSTRAINT short", "short"),
            ok("ALTER TABLE t DROP CONSTRAINT positive"),
            ok("ALTER TABLE t ALTER COLUMN id DROP NOT NULL"),
            ok("INSERT INTO t VALUES (-1, 'x'), (NULL, 'y')"),
            is("SELECT count(*) AS n FROM t", json!([{"n": 6}])),
        ],
    );
}

#[test]
fn rows_are_updated_and_deleted_under_conditions_and_subqueries() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok(
                "CREATE TABLE t AS SELECT * FROM (VALUES (1, 'a', 1.0), (2, 'b', 2.0), (3, 'c', 3.0), (4, NULL, 4.0)) AS v (id, name, x)",
            ),
            ok("CREATE TABLE gone AS SELECT * FROM (VALUES (2), (9), (NULL)) AS v (id)"),
            ok("UPDATE t SET x = x * 2, name = upper(name) WHERE id <= 2"),
            is(
                "SELECT * FROM t ORDER BY id",
                json!([
                    {"id": 1, "name": "A", "x": 2.0}, {"id": 2, "name": "B", "x": 4.0},
                    {"id": 3, "name": "c", "x": 3.0}, {"id": 4, "name": null, "x": 4.0},
                ]),
            ),
            // The right sides are the values before the change.
            ok("UPDATE t SET x = id, id = CAST(x AS BIGINT) WHERE name = 'c'"),
            ok("UPDATE t SET x = (SELECT max(x) FROM t) WHERE id = (SELECT min(id) FROM t)"),
            is(
                "SELECT id, x FROM t ORDER BY id",
                json!([
                    {"id": 1, "x": 4.0}, {"id": 2, "x": 4.0}, {"id": 3, "x": 3.0}, {"id": 4, "x": 4.0},
                ]),
            ),
            ok("UPDATE t SET name = 'none' WHERE name IS NULL"),
            // NOT IN a list with a NULL is never true.
            ok("DELETE FROM t WHERE id NOT IN (SELECT id FROM gone)"),
            is("SELECT count(*) AS n FROM t", json!([{"n": 4}])),
            ok("DELETE FROM t WHERE id IN (SELECT id FROM gone)"),
            is(
                "SELECT id, name FROM t ORDER BY id",
                json!([{"id": 1, "name": "A"}, {"id": 3, "name": "c"}, {"id": 4, "name": "none"}]),
            ),
            ok("DELETE FROM t AS u WHERE u.id = 4 OR EXISTS (SELECT 1 FROM gone WHERE id = 100)"),
            ok("UPDATE t SET name = 'nobody' WHERE false"),
            is("SELECT id FROM t ORDER BY id", json!([{"id": 1}, {"id": 3}])),
            fails("UPDATE t SET nope = 1", "nope"),
            fails("UPDATE t SET x = (SELECT id FROM gone)", "returned 3 rows"),
            fails("DELETE FROM t WHERE EXISTS (SELECT 1 FROM gone g WHERE g.id = t.id)", "MERGE INTO"),
            fails("UPDATE t SET x = g.id FROM gone g WHERE g.id = t.id", "MERGE INTO"),
            ok("DELETE FROM t"),
            is("SELECT count(*) AS n FROM t", json!([{"n": 0}])),
            is("SELECT count(*) AS n FROM t VERSION AS OF 0", json!([{"n": 4}])),
        ],
    );
}

#[test]
fn merge_has_every_clause() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok(
                "CREATE TABLE t AS SELECT * FROM (VALUES (1, 'one', 10), (2, 'two', 20), (3, 'three', 30), (9, 'nine', 90)) AS v (id, name, n)",
            ),
            ok("MERGE INTO main.default.t AS target \
            USING (VALUES (2, 'TWO', 2), (3, 'drop', 0), (4, 'four', 40), (5, 'unwanted', -1)) AS source (id, name, n) \
            ON target.id = source.id \
            WHEN MATCHED AND source.name = 'drop' THEN DELETE \
            WHEN MATCHED THEN UPDATE SET name = source.name, n = target.n + source.n \
            WHEN NOT MATCHED AND source.n > 0 THEN INSERT (n, id) VALUES (source.n, source.id) \
            WHEN NOT MATCHED BY SOURCE AND target.id > 5 THEN DELETE \
            WHEN NOT MATCHED BY SOURCE THEN UPDATE SET name = concat(target.name, '?')"),
            is(
                "SELECT * FROM t ORDER BY id",
                json!([
                    {"id": 1, "name": "one?", "n": 10}, {"id": 2, "name": "TWO", "n": 22}, {"id": 4, "name": null, "n": 40},
                ]),
            ),
            // One row cannot be changed twice by one statement.
            fails(
                "MERGE INTO t USING (VALUES (1, 'x'), (1, 'y')) AS s (id, name) ON t.id = s.id WHEN MATCHED THEN UPDATE SET name = s.name",
                "multiple source rows",
            ),
            is("SELECT name FROM t WHERE id = 1", json!([{"name": "one?"}])),
            fails("MERGE INTO t USING (SELECT 1 AS id) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET nope = 1", "nope"),
        ],
    );
}

#[test]
fn merge_takes_all_columns_and_new_ones() {
    let home = Home::new();
    let all = "SELECT * FROM t ORDER BY id";
    check(
        &home,
        "owner",
        [
            ok("CREATE TABLE t AS SELECT * FROM (VALUES (1, 'one'), (2, 'two')) AS v (id, name)"),
            ok("CREATE TABLE s AS SELECT * FROM (VALUES ('TWO', 2, true), ('THREE', 3, false)) AS v (name, id, seen)"),
            // By name, whatever the order; columns that only the source has are not wanted.
            ok(
                "MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED AND s.id < 9 THEN INSERT *",
            ),
            is(all, json!([{"id": 1, "name": "one"}, {"id": 2, "name": "TWO"}, {"id": 3, "name": "THREE"}])),
            fails(
                "MERGE INTO t USING (SELECT 1 AS id) AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET *",
                "has no column 'name'",
            ),
            // A query without a name, and a column that it does not give.
            ok("MERGE WITH SCHEMA EVOLUTION INTO t USING (SELECT 1 AS id, 5 AS stars) ON t.id = source.id \
            WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *"),
            is(
                all,
                json!([
                    {"id": 1, "name": "one", "stars": 5}, {"id": 2, "name": "TWO", "stars": null},
                    {"id": 3, "name": "THREE", "stars": null},
                ]),
            ),
            // Only what a clause assigns becomes a column.
            ok("MERGE WITH SCHEMA EVOLUTION INTO main.default.t USING s ON t.id = s.id \
            WHEN MATCHED AND s.seen THEN UPDATE SET seen = s.seen"),
            is(
                all,
                json!([
                    {"id": 1, "name": "one", "stars": 5, "seen": null}, {"id": 2, "name": "TWO", "stars": null, "seen": true},
                    {"id": 3, "name": "THREE", "stars": null, "seen": null},
                ]),
            ),
        ],
    );
}

#[test]
fn the_time_is_one_throughout_a_statement() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            is(
                "SELECT now() = current_timestamp AND current_date = CAST(now() AS DATE) AS one",
                json!([{"one": true}]),
            ),
            ok("CREATE TABLE t AS SELECT now() AS at, 1 AS a"),
            ok("INSERT INTO t SELECT now() - INTERVAL '1 day', 2"),
            ok("DELETE FROM t WHERE at < now() - INTERVAL '1 hour'"),
            is("SELECT a FROM t", json!([{"a": 1}])),
            ok("UPDATE t SET at = now(), a = a + 1 WHERE at <= now()"),
            is("SELECT a, at < now() AS past FROM t", json!([{"a": 2, "past": true}])),
        ],
    );
}

#[test]
fn a_change_of_rows_has_one_plain_target() {
    let home = Home::new();
    let all = "SELECT * FROM t ORDER BY id";
    let rows = json!([{"id": 1, "a": 10}, {"id": 10, "a": 1}]);
    let mut cases = vec![
        ok("CREATE TABLE t (id INT, a INT)"),
        ok("INSERT INTO t VALUES (1, 10), (10, 1)"),
        ok("CREATE TABLE s AS SELECT 1 AS id"),
    ];
    for change in [
        "UPDATE t JOIN s ON t.id = s.id SET a = 5",
        "UPDATE t VERSION AS OF 0 SET a = 5",
        "UPDATE t TABLESAMPLE (1 ROWS) SET a = 5",
        "UPDATE t AS x (a, id) SET a = 5 WHERE id = 1",
        "DELETE FROM t AS x (a, id) WHERE id = 1",
        "DELETE FROM t WHERE id = 1 RETURNING *",
        "DELETE FROM t WHERE id = 1 LIMIT 1",
        "MERGE INTO t AS x (a, id) USING s ON x.id = s.id WHEN MATCHED THEN DELETE",
        "REPLACE INTO t VALUES (1, 2)",
        "INSERT INTO t VALUES (1, 2) ON CONFLICT DO NOTHING",
        "INSERT INTO t VALUES (1, 2) RETURNING *",
    ] {
        cases.push(fails(change, ""));
        cases.push(is(all, rows.clone()));
    }
    cases.push(ok("DELETE FROM t AS x WHERE x.id = 1"));
    cases.push(is(all, json!([{"id": 10, "a": 1}])));
    check(&home, "owner", cases);
}

#[test]
fn answers_of_subqueries_are_not_in_the_history() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok(
                "CREATE TABLE t AS SELECT * FROM (VALUES (1, 'a'), (2, 'hush'), (3, NULL), (4, 'whisper')) AS v (id, n)",
            ),
            ok("CREATE TABLE secret AS SELECT * FROM (VALUES ('hush'), ('whisper')) AS v (n)"),
            ok("DELETE FROM t WHERE n IN (SELECT n FROM secret WHERE n < 'm')"),
            ok("UPDATE t SET id = (SELECT count(*) FROM secret) * 100 WHERE n = (SELECT max(n) FROM secret)"),
            is(
                "SELECT id, n FROM t ORDER BY id",
                json!([{"id": 1, "n": "a"}, {"id": 3, "n": null}, {"id": 200, "n": "whisper"}]),
            ),
            ok("DELETE FROM t WHERE n NOT IN (SELECT n FROM secret)"),
            is("SELECT id FROM t ORDER BY id", json!([{"id": 3}, {"id": 200}])),
            // NULL is neither in nor not in.
            ok("DELETE FROM t WHERE n NOT IN (SELECT n FROM secret WHERE n = 'hush')"),
            is("SELECT id FROM t ORDER BY id", json!([{"id": 3}])),
        ],
    );
    let history = home.rows("DESCRIBE HISTORY t");
    assert_eq!(history.len(), 5, "{history:?}");
    let history = format!("{history:?}");
    assert!(history.contains("subquery") && !history.contains("hush") && !history.contains("whisper"), "{history}");
}

#[test]
fn inserts_evolve_in_every_mode() {
    let home = Home::new();
    let all = "SELECT * FROM t ORDER BY a";
    check(
        &home,
        "owner",
        [
            ok("CREATE TABLE t (a INT, b INT, CHECK (a < 90))"),
            ok("INSERT INTO t VALUES (1, 1), (2, 2)"),
            // A row that is refused leaves no column behind.
            fails("INSERT WITH SCHEMA EVOLUTION INTO t SELECT 99 AS a, 9 AS b, 9 AS c", "CHECK check_1: a < 90"),
            is(all, json!([{"a": 1, "b": 1}, {"a": 2, "b": 2}])),
            ok("INSERT WITH SCHEMA EVOLUTION INTO t REPLACE WHERE a = 1 SELECT 1 AS a, 100 AS b, 3 AS c"),
            is(all, json!([{"a": 1, "b": 100, "c": 3}, {"a": 2, "b": 2, "c": null}])),
            ok("INSERT WITH SCHEMA EVOLUTION INTO t (b, a) SELECT 50, 60"),
            is("SELECT * FROM t WHERE a = 60", json!([{"a": 60, "b": 50, "c": null}])),
            fails("INSERT WITH SCHEMA EVOLUTION INTO t SELECT 50, 60", "'50' has none"),
            ok("INSERT WITH SCHEMA EVOLUTION OVERWRITE t SELECT 9 AS a, 'new' AS d"),
            is(all, json!([{"a": 9, "b": null, "c": null, "d": "new"}])),
        ],
    );
}

#[test]
fn a_partition_is_overwritten() {
    let home = Home::new();
    let all = "SELECT a, d FROM t ORDER BY d, a";
    check(
        &home,
        "owner",
        [
            ok("CREATE TABLE t (d STRING, a INT) PARTITIONED BY (d)"),
            ok("INSERT INTO t VALUES ('x', 1), ('x', 2), ('y', 3)"),
            ok("INSERT OVERWRITE t PARTITION (d = 'x') SELECT 7"),
            is(all, json!([{"a": 7, "d": "x"}, {"a": 3, "d": "y"}])),
            ok("INSERT OVERWRITE TABLE t PARTITION (d = 'y') VALUES (8), (9)"),
            is(all, json!([{"a": 7, "d": "x"}, {"a": 8, "d": "y"}, {"a": 9, "d": "y"}])),
            fails("INSERT OVERWRITE t PARTITION (nope = 'x') SELECT 7", "nope"),
        ],
    );
}
