//! Plugin functions anywhere in SQL: every type, every kind of function, compared with what SQL itself says.
//!
//! The functions are those of `tests/guests/matrix`. Most give back what they get, so that the comparison needs no
//! expected values: `count(*)` of the rows in which the two are distinct is 0.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::cases::{check, fails, is, ok};
use crate::support::{Home, guest, interrupt};

/// The columns of a table with every type, each as SQL over the number `n`.
const COLUMNS: [(&str, &str); 21] = [
    ("boolean", "n % 2 = 0"),
    ("tinyint", "CAST(n % 255 - 127 AS TINYINT)"),
    ("smallint", "CAST(n % 65535 - 32767 AS SMALLINT)"),
    ("int", "CAST(n * 20011 - 2147483647 AS INT)"),
    ("bigint", "n * 92233720368547 - 9223372036854775807"),
    ("float", "CAST(n / 7.0 - 1e30 / (n + 1) AS FLOAT)"),
    ("double", "CAST(n / 7.0 - 1e300 / (n + 1) AS DOUBLE)"),
    ("decimal", "CAST(n / 8.0 - 99999.5 AS DECIMAL(10,2))"),
    ("wide", "CAST(CAST(n AS DECIMAL(38,10)) * 12345678 AS DECIMAL(38,10))"),
    ("string", "repeat('dike Ĳ 堤 ', n % 5) || CASE WHEN n % 11 = 0 THEN '' ELSE CAST(n AS STRING) END"),
    ("binary", "CAST('bytes ' || n AS BINARY)"),
    ("date", "DATE '1969-12-30' + CAST(n % 9000 AS INT)"),
    ("timestamp", "to_timestamp_micros(n * 1000003 - 86400000000)"),
    ("timestamp_ntz", "CAST(to_timestamp_micros(n * 999983 - 86400000000) AS TIMESTAMP_NTZ)"),
    ("list", "CASE WHEN n % 4 = 0 THEN CAST(make_array() AS ARRAY<INT>) ELSE make_array(CAST(n AS INT), NULL, 5) END"),
    ("texts", "make_array('a' || n, NULL, '')"),
    ("pair", "named_struct('a', CASE WHEN n % 5 > 0 THEN CAST(n AS INT) END, 'b', 's' || n)"),
    ("nested", "make_array(named_struct('a', CAST(n AS INT), 'b', 's' || n), NULL)"),
    ("map", "MAP {'k': n, 'v' || n: n % 7}"),
    ("deep", "named_struct('m', MAP {'k': make_array(n, NULL)}, 'l', make_array(make_array(n), NULL))"),
    ("lists", "make_array(make_array(n % 3 = 0, NULL), NULL, make_array(true))"),
];

/// The columns that have a function of their own type, `same_…` and `least_…`.
const TYPED: [&str; 17] = [
    "boolean",
    "tinyint",
    "smallint",
    "int",
    "bigint",
    "float",
    "double",
    "decimal",
    "wide",
    "string",
    "binary",
    "date",
    "timestamp",
    "timestamp_ntz",
    "list",
    "pair",
    "nested",
];

/// No rows, one, one more than a batch, many.
const SIZES: [usize; 4] = [0, 1, 8193, 100_000];

/// Which rows are null.
const NULLS: [(&str, &str); 3] = [("none", "false"), ("some", "n % 3 = 0"), ("all", "true")];

/// A home with the plugin in the schema `m`.
fn home() -> Home {
    let home = Home::new();
    let component = guest("matrix");
    home.exec(&format!("CREATE SCHEMA m; INSTALL PLUGIN matrix FROM '{}' INTO SCHEMA m", component.display()));
    home
}

/// A home with a table of ten rows too: `id` from 1, `g` one of three, `name` null for every third.
fn home_with_rows() -> Home {
    let home = home();
    home.exec(
        "CREATE TABLE t AS SELECT n AS id, n % 3 AS g, CASE WHEN n % 3 > 0 THEN 'name ' || n END AS name
         FROM generate_series(1, 10) AS s(n)",
    );
    home
}

/// `SELECT count(*) FILTER (WHERE …) AS column, …`, which must be 0 everywhere.
fn differences<'c>(columns: impl Iterator<Item = &'c str>, differs: impl Fn(&str) -> String) -> (String, Value) {
    let mut expected = serde_json::Map::new();
    let mut counts = Vec::new();
    for column in columns {
        counts.push(format!("count(*) FILTER (WHERE {}) AS {column}", differs(column)));
        expected.insert(column.to_owned(), json!(0));
    }
    (counts.join(", "), json!([expected]))
}

/// Every type through every kind of function in tables of one size.
fn every_type(rows: usize) {
    let home = home();
    let mut cases = Vec::new();
    for (nulls, null) in NULLS {
        let table = format!("{nulls}_{rows}");
        let columns: Vec<_> =
            COLUMNS.iter().map(|(name, sql)| format!("CASE WHEN NOT ({null}) THEN {sql} END AS {name}")).collect();
        cases.push(ok(format!(
            "CREATE TABLE {table} AS SELECT n, n % 100 AS g, {} FROM generate_series(1, {rows}) AS s(n)",
            columns.join(", ")
        )));
        let present = match nulls {
            "none" => rows,
            "some" => rows - rows / 3,
            _ => 0,
        };
        // The table itself is what it is said to be.
        cases.push(is(
            format!("SELECT count(*) AS n, count(int) AS present, count(deep) AS deep FROM {table}"),
            json!([{"n": rows, "present": present, "deep": present}]),
        ));

        let all = || COLUMNS.iter().map(|(name, _)| *name);
        let typed = || TYPED.into_iter();
        let (counts, zeros) = differences(all(), |column| format!("m.same({column}) IS DISTINCT FROM {column}"));
        cases.push(is(format!("SELECT {counts} FROM {table}"), zeros));
        let (counts, zeros) = differences(all(), |column| format!("m.same_column({column}) IS DISTINCT FROM {column}"));
        cases.push(is(format!("SELECT {counts} FROM {table}"), zeros));
        let (counts, zeros) =
            differences(typed(), |column| format!("m.same_{column}({column}) IS DISTINCT FROM {column}"));
        cases.push(is(format!("SELECT {counts} FROM {table}"), zeros));

        // Aggregates: of the few types that SQL cannot order, a group of each row is compared with the row.
        let (counts, zeros) = differences(all(), |column| format!("{column}_theirs IS DISTINCT FROM {column}_ours"));
        let columns: Vec<_> = all()
            .map(|column| format!("m.tally({column}) AS {column}_theirs, count({column}) AS {column}_ours"))
            .collect();
        for group in ["GROUP BY g", ""] {
            cases.push(is(
                format!("SELECT {counts} FROM (SELECT {} FROM {table} {group})", columns.join(", ")),
                zeros.clone(),
            ));
        }
        let flat = || typed().filter(|column| !matches!(*column, "list" | "pair" | "nested"));
        let (counts, zeros) = differences(flat(), |column| format!("{column}_theirs IS DISTINCT FROM {column}_ours"));
        let columns: Vec<_> = flat()
            .map(|column| format!("m.least_{column}({column}) AS {column}_theirs, min({column}) AS {column}_ours"))
            .collect();
        for group in ["GROUP BY g", ""] {
            cases.push(is(
                format!("SELECT {counts} FROM (SELECT {} FROM {table} {group})", columns.join(", ")),
                zeros.clone(),
            ));
        }
        let (counts, zeros) = differences(typed(), |column| format!("theirs.{column} IS DISTINCT FROM t.{column}"));
        let columns: Vec<_> = typed().map(|column| format!("m.least_{column}({column}) AS {column}")).collect();
        cases.push(is(
            format!(
                "SELECT {counts} FROM {table} AS t JOIN (SELECT n, {} FROM {table} GROUP BY n) AS theirs ON theirs.n = t.n",
                columns.join(", ")
            ),
            zeros,
        ));

        // Table functions, one row for each row, and one for each item of a list.
        let (counts, zeros) = differences(typed(), |column| format!("r['{column}'] IS DISTINCT FROM {column}"));
        let arguments = TYPED.join(", ");
        cases.push(is(
            format!("SELECT count(*) AS n, {counts} FROM (SELECT *, unnest(m.echo({arguments})) AS r FROM {table})"),
            {
                let mut expected = zeros;
                expected[0]["n"] = json!(rows);
                expected
            },
        ));
        cases.push(is(
            format!(
                "SELECT * FROM (SELECT n, item['item'] AS item FROM (SELECT n, unnest(m.explode(list)) AS item FROM {table})
                 EXCEPT ALL SELECT n, unnest(list) FROM {table})"
            ),
            json!([]),
        ));
        cases.push(is(
            format!(
                "SELECT * FROM (SELECT n, unnest(list) AS item FROM {table} EXCEPT ALL
                 SELECT n, item['item'] FROM (SELECT n, unnest(m.explode(list)) AS item FROM {table}))"
            ),
            json!([]),
        ));
    }
    check(&home, "owner", cases);
}

#[test]
fn every_type_in_no_rows() {
    every_type(SIZES[0]);
}

#[test]
fn every_type_in_one_row() {
    every_type(SIZES[1]);
}

#[test]
fn every_type_in_more_than_a_batch() {
    every_type(SIZES[2]);
}

#[test]
fn every_type_in_many_rows() {
    every_type(SIZES[3]);
}

#[test]
fn types_are_those_of_the_arguments() {
    let home = home();
    let (names, values): (Vec<_>, Vec<_>) = COLUMNS.into_iter().unzip();
    let columns: Vec<_> = names.iter().zip(values).map(|(name, sql)| format!("{sql} AS {name}")).collect();
    let (counts, zeros) = differences(names.iter().copied(), |column| {
        // Views of texts are texts.
        let data_type = |sql: &str| format!("replace(arrow_typeof({sql}), 'View', '')");
        format!("{} <> {}", data_type(&format!("m.same({column})")), data_type(column))
    });
    check(
        &home,
        "owner",
        [
            ok(format!("CREATE TABLE t AS SELECT {} FROM generate_series(1, 2) AS s(n)", columns.join(", "))),
            is(format!("SELECT {counts} FROM t"), zeros),
            // A function of one type takes what is a value of it too, and nothing else.
            is("SELECT m.twice(CAST(7 AS TINYINT)) AS n, m.twice(NULL) AS none", json!([{"n": 14, "none": null}])),
            fails("SELECT m.twice('7')", "m.twice(n BIGINT) takes BIGINT as 'n', not STRING; write CAST("),
            fails("SELECT m.same_date(5)", "takes DATE as 'value', not BIGINT"),
            fails("SELECT m.twice(1, 2)", "m.twice(n BIGINT) takes 1 argument"),
            fails("SELECT m.twice()", "not 0"),
            fails("SELECT m.longest()", "not 0"),
            fails("SELECT m.first_of(1, 'a')", "all arguments have to be of one type"),
            fails("SELECT m.total('a') FROM t", "takes BIGINT as 'n', not STRING"),
            fails("SELECT * FROM m.numbers('a')", "takes BIGINT as 'first', not STRING"),
            fails("SELECT * FROM m.twice(1)", "`twice` is no table function"),
            fails("SELECT m.nope(1)", "function main.m.nope does not exist"),
        ],
    );
}

#[test]
fn arguments_are_converted_only_where_nothing_is_lost() {
    let home = home_with_rows();
    check(
        &home,
        "owner",
        [
            ok("CREATE TABLE e (d DOUBLE, n BIGINT)"),
            is("SELECT m.twice(2.0) AS a, m.twice(CAST(2.5 AS BIGINT)) AS b", json!([{"a": 4, "b": 4}])),
            fails(
                "SELECT m.twice(2.5)",
                "m.twice(n BIGINT) takes BIGINT as 'n', not DOUBLE; write CAST(2.5 AS BIGINT)",
            ),
            fails("SELECT m.twice(d) FROM (VALUES (2.5)) AS v(d)", "not DOUBLE; write CAST(… AS BIGINT)"),
            // Before any row, and wherever it stands.
            fails("SELECT m.twice(d) FROM e", "write CAST(… AS BIGINT)"),
            fails("SELECT id FROM t WHERE m.twice(id / 2.0) IS NULL", "not DOUBLE"),
            fails("SELECT CASE WHEN m.twice(d) = 4 THEN 1 END FROM e", "not DOUBLE"),
            fails("SELECT a.id FROM t a JOIN e ON m.twice(e.d) = a.id", "not DOUBLE"),
            fails("SELECT m.total(d) FROM e", "m.total(n BIGINT) takes BIGINT as 'n', not DOUBLE"),
            fails("SELECT m.total(2.5) FROM t", "write CAST(2.5 AS BIGINT)"),
            fails("SELECT m.total(id / 2.0) OVER () AS x FROM t", "not DOUBLE"),
            fails("SELECT * FROM m.numbers(1.5)", "write CAST(1.5 AS BIGINT)"),
            is("SELECT * FROM m.numbers(2.0) LIMIT 1", json!([{"number": 2}])),
            is("SELECT m.same_tinyint(127) AS n, m.same_tinyint(100 + 27) AS sum", json!([{"n": 127, "sum": 127}])),
            fails("SELECT m.same_tinyint(128)", "takes TINYINT as 'value', not BIGINT; write CAST(128 AS TINYINT)"),
            fails("SELECT m.same_tinyint(id) FROM t", "not BIGINT; write CAST(… AS TINYINT)"),
            fails("SELECT m.same_float(d) FROM e", "takes FLOAT as 'value', not DOUBLE"),
            is(
                "SELECT m.same_float(0.1) = CAST(0.1 AS FLOAT) AS f, m.same_decimal(2.5) = 2.5 AS d,
                        m.same_double(id) = id AS w, m.same_list(make_array(1, 2)) = make_array(1, 2) AS l,
                        m.same_timestamp(DATE '2020-02-29') = TIMESTAMP '2020-02-29T00:00:00Z' AS t
                 FROM t WHERE id = 7",
                json!([{"f": true, "d": true, "w": true, "l": true, "t": true}]),
            ),
            fails("SELECT m.same_decimal(2.505)", "takes DECIMAL(10,2) as 'value', not DOUBLE"),
        ],
    );
}

#[test]
fn nulls_reach_only_functions_that_want_them() {
    check(
        &home(),
        "owner",
        [
            is("SELECT m.concat_both('a', 'b') AS r", json!([{"r": "ab"}])),
            is("SELECT m.concat_both('a', NULL) AS a, m.concat_both(NULL, 'b') AS b", json!([{"a": null, "b": null}])),
            is("SELECT m.either(NULL, 'b') AS b, m.either(NULL, NULL) AS n", json!([{"b": "b", "n": null}])),
            is(
                "SELECT m.longest('a', NULL, 'ccc', 'bb') AS l, m.longest('a') AS one",
                json!([{"l": "ccc", "one": "a"}]),
            ),
            is("SELECT m.longest(NULL, 'a') AS l", json!([{"l": null}])),
            is("SELECT m.first_of(CAST(NULL AS BIGINT), 2, 3) AS f", json!([{"f": 2}])),
        ],
    );
}

#[test]
fn constants_are_prepared_once() {
    let home = home();
    check(
        &home,
        "owner",
        [
            ok("CREATE TABLE t AS SELECT n, 'p' || n AS p FROM generate_series(1, 20000) AS s(n)"),
            is("SELECT DISTINCT m.preparations(n, 'x') AS times FROM t", json!([{"times": 1}])),
            // Of a column, each value is prepared: no constant.
            is("SELECT max(m.preparations(n, p)) > 1 AS many FROM t", json!([{"many": true}])),
        ],
    );
}

#[test]
fn volatility_says_what_may_be_folded() {
    let home = home_with_rows();
    check(
        &home,
        "owner",
        [
            is(
                "SELECT count(DISTINCT k) AS k FROM (SELECT m.ticket() AS k FROM (VALUES (1), (2), (3)) AS v)",
                json!([{"k": 3}]),
            ),
            is("SELECT m.twice(21) AS n, m.steady(21) AS s", json!([{"n": 42, "s": 21}])),
        ],
    );
    let plan = |sql: &str| {
        let rows = home.rows(&format!("EXPLAIN {sql}"));
        rows[0]["plan"].as_str().expect("a logical plan").to_owned()
    };
    let folded = plan("SELECT id + m.twice(21) AS n FROM t");
    assert!(folded.contains("Int64(42)") && !folded.contains("main.m.twice("), "{folded}");
    let nested = plan("SELECT id FROM t WHERE id < m.twice(m.twice(1))");
    assert!(nested.contains("Int64(4)") && !nested.contains("main.m.twice("), "{nested}");
    let volatile = plan("SELECT m.ticket() AS n FROM t");
    assert!(volatile.contains("main.m.ticket()"), "{volatile}");
    let of_column = plan("SELECT m.twice(id) AS n FROM t");
    assert!(of_column.contains("main.m.twice(t.id)"), "{of_column}");
}

#[test]
fn filters_beside_a_plugin_function_reach_the_files() {
    let home = home_with_rows();
    let rows = home.rows("EXPLAIN SELECT id FROM t WHERE id > 5 AND m.twice(id) > 14");
    let physical = rows[1]["plan"].as_str().expect("a physical plan");
    let scan = physical.lines().find(|line| line.contains("file_type=parquet")).expect("a scan of Parquet files");
    let pruning = scan.split("pruning_predicate=").nth(1).expect("files are pruned");
    assert!(pruning.contains("id_max@") && pruning.contains("> 5") && !pruning.contains("twice"), "{pruning}");
    let ids: Vec<_> = home.rows("SELECT id FROM t WHERE id > 5 AND m.twice(id) > 14 ORDER BY id");
    assert_eq!(json!(ids), json!([{"id": 8}, {"id": 9}, {"id": 10}]));
}

#[test]
fn functions_stand_wherever_expressions_do() {
    let home = home_with_rows();
    check(
        &home,
        "owner",
        [
            is("SELECT id FROM t WHERE m.twice(id) = 8", json!([{"id": 4}])),
            is("SELECT m.twice(m.twice(m.twice(1))) AS n", json!([{"n": 8}])),
            is(
                "SELECT m.twice(g) AS d, count(*) AS n FROM t GROUP BY m.twice(g) ORDER BY d",
                json!([{"d": 0, "n": 3}, {"d": 2, "n": 4}, {"d": 4, "n": 3}]),
            ),
            // 3 + 6 + 9 = 18, 1 + 4 + 7 + 10 = 22, 2 + 5 + 8 = 15
            is(
                "SELECT g FROM t GROUP BY g HAVING m.total(id) > 15 ORDER BY m.total(id) DESC",
                json!([{"g": 1}, {"g": 0}]),
            ),
            is("SELECT id FROM t ORDER BY -m.twice(id) LIMIT 2", json!([{"id": 10}, {"id": 9}])),
            is(
                "SELECT a.id FROM t a JOIN t b ON m.twice(a.id) = b.id AND b.id > 6 ORDER BY a.id",
                json!([{"id": 4}, {"id": 5}]),
            ),
            is(
                "SELECT id, CASE WHEN id > 2 THEN 0 ELSE m.panics(id) END AS c FROM t WHERE id IN (1, 9) ORDER BY id",
                json!([{"id": 1, "c": 1}, {"id": 9, "c": 0}]),
            ),
            ok("CREATE VIEW doubles AS SELECT id, m.twice(id) AS d FROM t"),
            is("SELECT id FROM doubles WHERE d = 10", json!([{"id": 5}])),
            ok("CREATE TABLE u AS SELECT m.twice(id) AS d, name FROM t"),
            is("SELECT sum(d) AS s FROM u", json!([{"s": 110}])),
            ok("INSERT INTO u SELECT m.twice(100), m.either(NULL, 'late')"),
            is("SELECT name FROM u WHERE d = 200", json!([{"name": "late"}])),
            ok("UPDATE u SET d = m.twice(d) WHERE m.twice(d) = 400"),
            is("SELECT d FROM u WHERE name = 'late'", json!([{"d": 400}])),
            ok("DELETE FROM u WHERE m.twice(d) = 800"),
            is("SELECT count(*) AS n FROM u", json!([{"n": 10}])),
            ok("MERGE INTO u USING t ON u.d = m.twice(t.id) AND t.id <= 2
            WHEN MATCHED THEN UPDATE SET d = m.twice(u.d)
            WHEN NOT MATCHED AND t.id = 10 THEN INSERT (d, name) VALUES (m.twice(1000), 'new')"),
            // 2 and 4 became 4 and 8; one row is new.
            is(
                "SELECT d, count(*) AS n FROM u WHERE d <= 8 OR d > 100 GROUP BY d ORDER BY d",
                json!([{"d": 4, "n": 1}, {"d": 6, "n": 1}, {"d": 8, "n": 2}, {"d": 2000, "n": 1}]),
            ),
            is("SELECT * FROM m.numbers(5) LIMIT 3", json!([{"number": 5}, {"number": 6}, {"number": 7}])),
            is("SELECT item FROM m.explode(make_array(1, NULL)) WHERE item IS NOT NULL", json!([{"item": 1}])),
            is(
                "SELECT t.id FROM t JOIN m.explode(make_array(3, 5, 30)) AS e ON e.item = t.id ORDER BY t.id",
                json!([{"id": 3}, {"id": 5}]),
            ),
        ],
    );
}

#[test]
fn aggregates_with_frames_filters_and_distinct() {
    let home = home_with_rows();
    let window = |frame: &str| {
        format!(
            "SELECT count(*) AS n FROM (SELECT m.total(id) OVER ({frame}) AS theirs, sum(id) OVER ({frame}) AS ours FROM t)
             WHERE theirs IS DISTINCT FROM ours"
        )
    };
    let same = |sql: String| is(sql, json!([{"n": 0}]));
    check(
        &home,
        "owner",
        [
            same(window("ORDER BY id")),
            same(window("PARTITION BY g ORDER BY id")),
            same(window("PARTITION BY g")),
            same(window("ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING")),
            same(window("ORDER BY id ROWS BETWEEN 3 FOLLOWING AND 5 FOLLOWING")),
            same(window("PARTITION BY g ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW")),
            same(window("ORDER BY id RANGE BETWEEN 2 PRECEDING AND 1 PRECEDING")),
            same(window("ORDER BY id ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING")),
            is("SELECT m.total(id) FILTER (WHERE id > 8) AS n FROM t", json!([{"n": 19}])),
            is("SELECT m.total(id) FILTER (WHERE id > 80) AS n FROM t", json!([{"n": null}])),
            is(
                "SELECT g, m.total(id) FILTER (WHERE id > 8) AS n FROM t GROUP BY g ORDER BY g",
                json!([{"g": 0, "n": 9}, {"g": 1, "n": 10}, {"g": 2, "n": null}]),
            ),
            is("SELECT m.total(DISTINCT g) AS n FROM t", json!([{"n": 3}])),
            is("SELECT m.total(id) AS n FROM t WHERE false", json!([{"n": null}])),
            is("SELECT g, m.total(id) AS n FROM t WHERE false GROUP BY g", json!([])),
            is("SELECT m.total(id) - sum(id) AS n, m.tally(name) AS names FROM t", json!([{"n": 0, "names": 7}])),
            is(
                "SELECT m.at_rank(id, 1.0) AS top, m.at_rank(id, 0.0) AS least FROM t",
                json!([{"top": 10, "least": 1}]),
            ),
            fails("SELECT m.at_rank(id, 2.0) FROM t", "a rank is a number from 0 to 1, not 2"),
            fails("SELECT m.at_rank(id, id) FROM t", "argument 2 (`rank`) of `at_rank` must be a constant"),
            fails("SELECT m.total(9223372036854775807) FROM t", "the sum overflows at 9223372036854775807"),
        ],
    );
}

#[test]
fn no_rows_have_the_value_that_the_function_says() {
    let correlated = |value: &str| {
        format!(
            "SELECT d.k, (SELECT {value} FROM t WHERE t.id = d.k) AS n FROM (VALUES (1), (99)) AS d(k) ORDER BY d.k"
        )
    };
    let window = |frame: &str| {
        let frame = format!("ORDER BY id ROWS BETWEEN {frame}");
        is(
            format!(
                "SELECT count(*) AS n FROM (
                   SELECT m.tally(id) OVER ({frame}) AS theirs, count(id) OVER ({frame}) AS ours,
                          m.at_rank(id, 1.0) OVER ({frame}) AS top, max(id) OVER ({frame}) AS greatest FROM t)
                 WHERE (theirs IS DISTINCT FROM ours) OR (top IS DISTINCT FROM greatest)"
            ),
            json!([{"n": 0}]),
        )
    };
    check(
        &home_with_rows(),
        "owner",
        [
            is(correlated("m.tally(t.id)"), json!([{"k": 1, "n": 1}, {"k": 99, "n": 0}])),
            is(correlated("1 + m.tally(DISTINCT t.id)"), json!([{"k": 1, "n": 2}, {"k": 99, "n": 1}])),
            is(correlated("m.total(t.id)"), json!([{"k": 1, "n": 1}, {"k": 99, "n": null}])),
            is(correlated("m.at_rank(t.id, 0.5)"), json!([{"k": 1, "n": 1}, {"k": 99, "n": null}])),
            window("2 PRECEDING AND 1 PRECEDING"),
            window("1 FOLLOWING AND 2 FOLLOWING"),
            window("UNBOUNDED PRECEDING AND 3 PRECEDING"),
        ],
    );
}

#[test]
fn distinct_beside_other_aggregates() {
    check(
        &home_with_rows(),
        "owner",
        [
            is(
                "SELECT m.total(DISTINCT g) AS d, m.total(id) AS a, m.total(DISTINCT id % 2) AS o FROM t",
                json!([{"d": 3, "a": 55, "o": 1}]),
            ),
            is("SELECT m.total(DISTINCT g) AS d, m.tally(g) AS n FROM t WHERE false", json!([{"d": null, "n": 0}])),
            is(
                "SELECT count(*) AS n FROM (
                   SELECT n % 1000 AS k, m.total(DISTINCT n % 7) AS theirs, sum(DISTINCT n % 7) AS ours, m.total(n) AS x,
                          m.tally(DISTINCT name) AS names, count(DISTINCT name) AS our_names
                   FROM (SELECT n, CASE WHEN n % 3 > 0 THEN 'name ' || (n % 5) END AS name
                         FROM generate_series(1, 50000) AS s(n)) GROUP BY k)
                 WHERE (theirs IS DISTINCT FROM ours) OR (names IS DISTINCT FROM our_names)",
                json!([{"n": 0}]),
            ),
            is(
                "SELECT m.at_rank(DISTINCT g, 0.5) AS r, m.total(DISTINCT g) FILTER (WHERE g > 1) AS f FROM t",
                json!([{"r": 1, "f": 2}]),
            ),
            // Each column has a name of its own.
            ok("SELECT main.m.total(id), main.m.total(id) FILTER (WHERE id > 8), main.m.total(DISTINCT id) FROM t"),
        ],
    );
}

#[test]
fn partitions_merge_to_what_one_would_give() {
    let home = home();
    let mut cases = vec![ok("CREATE TABLE t (id BIGINT, g BIGINT, name STRING)")];
    // A file for each INSERT.
    for part in 0..8 {
        cases.push(ok(format!(
            "INSERT INTO t SELECT n, n % 1000, 'name ' || (n % 77) FROM generate_series({}, {}) AS s(n)",
            part * 2500 + 1,
            (part + 1) * 2500
        )));
    }
    cases.extend([
        is("SELECT m.total(id) AS s, m.tally(id) AS n, m.least_string(name) AS l FROM t", {
            json!([{"s": 20_000 * 20_001 / 2, "n": 20_000, "l": "name 0"}])
        }),
        is("SELECT m.at_rank(id, 0.5) AS median FROM t", json!([{"median": 10_000}])),
        is(
            "SELECT count(*) AS groups, count(*) FILTER (WHERE (theirs IS DISTINCT FROM ours) OR (l IS DISTINCT FROM least)) AS wrong
             FROM (SELECT g, m.total(id) AS theirs, sum(id) AS ours, m.least_string(name) AS l, min(name) AS least
                   FROM t GROUP BY g)",
            json!([{"groups": 1000, "wrong": 0}]),
        ),
    ]);
    check(&home, "owner", cases);
    let rows = home.rows("EXPLAIN SELECT g, m.total(id) FROM t GROUP BY g");
    let physical = rows[1]["plan"].as_str().expect("a physical plan");
    assert!(physical.contains("mode=Partial") && physical.contains("mode=Final"), "{physical}");
}

#[test]
fn failures_say_where_and_the_session_goes_on() {
    let home = home_with_rows();
    check(
        &home,
        "owner",
        [
            is("SELECT m.parse('42') AS n", json!([{"n": 42}])),
            fails("SELECT m.parse('4' || 'x')", "`4x` is not a whole number"),
            fails(
                "SELECT m.parse(s) FROM (VALUES ('1'), ('2'), ('three')) AS v(s)",
                "`three` is not a whole number (row 2",
            ),
            // A panic is an error with its message; the next statement finds a fresh instance.
            fails("SELECT m.panics(id) FROM t", "the dike broke at "),
            is("SELECT m.panics(2) AS n", json!([{"n": 2}])),
            fails("INSERT INTO t SELECT m.panics(9), 1, NULL", "the dike broke at 9"),
            is("SELECT count(*) AS n FROM t", json!([{"n": 10}])),
        ],
    );
}

/// The planner tries a constant call many times before the statement fails for it.
#[test]
fn a_failure_is_told_once() {
    let home = home();
    for (sql, said) in [
        ("SELECT m.panics(9)", "the dike broke at 9"),
        ("SELECT id FROM (VALUES (1)) AS t(id) WHERE id < m.panics(9)", "the dike broke at 9"),
        ("SELECT m.parse('4x')", "`4x` is not a whole number"),
        ("SELECT m.at_rank(n, 2.0) FROM (VALUES (1)) AS t(n)", "a rank is a number from 0 to 1, not 2"),
    ] {
        let ran = home.run(&["sql", "-c", sql]);
        assert_eq!(ran.code, Some(1), "{sql}\n{}", ran.out);
        let (log, error) = ran.err.split_once("error: ").expect("an error");
        assert!(error.contains(said) && !error.contains("rule"), "{sql}\n{}", ran.err);
        assert!(log.matches(" ERROR ").count() <= 1, "{sql}\n{log}");
    }
}

#[test]
fn rows_in_an_expression_are_counted() {
    check(
        &home(),
        "owner",
        [
            fails("SELECT count(*) FROM (SELECT unnest(m.numbers(n)) FROM (VALUES (1)) AS t(n))", "limit `table_rows`"),
            // In FROM they stream, and are never all there.
            is("SELECT number FROM m.numbers(1) LIMIT 1", json!([{"number": 1}])),
        ],
    );
}

/// Ctrl-C reaches a guest that would never end.
#[test]
#[cfg(unix)]
fn an_endless_loop_is_interrupted() {
    let home = home();
    let mut command = home.command(&["sql", "--format", "csv"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("polder runs");
    let mut input = child.stdin.take().expect("standard input is piped");
    input.write_all(b"SELECT 'begun' AS word; SELECT m.spin(n) FROM generate_series(3, 4) AS s(n);").expect("it reads");
    drop(input);
    // The first answer says that the second statement is about to run.
    let mut out = BufReader::new(child.stdout.take().expect("standard output is piped")).lines();
    while out.next().expect("an answer").expect("text") != "begun" {}
    interrupt(child.id());
    let output = child.wait_with_output().expect("polder ends");
    assert!(!output.status.success());
}
