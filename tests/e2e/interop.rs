//! Another implementation of Delta, the `deltalake` package from PyPI, reads what Polder writes and the reverse.

use serde_json::{Value, json};

use crate::cases::{check, is, ok, outcomes};
use crate::python;
use crate::support::Home;

/// Run a Python program with the path of a table as `path`; it prints one JSON value.
fn python(path: &str, program: &str) -> Option<Value> {
    let mut python = python::command()?;
    let prelude = "\
import sys, json, datetime, decimal
import pyarrow as pa
from deltalake import DeltaTable, write_deltalake
path = sys.argv[1]
def plain(value):
    if isinstance(value, decimal.Decimal): return str(value)
    if isinstance(value, (datetime.date, datetime.datetime)): return value.isoformat()
    if isinstance(value, bytes): return value.hex()
    raise TypeError(type(value))
def rows(order, **kwargs):
    table = pa.table(DeltaTable(path, **kwargs).to_pyarrow_table())
    return table.sort_by(order).to_pylist()
def show(value): print(json.dumps(value, default=plain))
";
    // Without the libraries' own way out, on which threads that are still there can crash Python.
    let leave = "\nimport os; sys.stdout.flush(); os._exit(0)";
    let output = python.args(["-c", &format!("{prelude}{program}{leave}"), path]).output().expect("python runs");
    assert!(output.status.success(), "{program}\n{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    Some(serde_json::from_str(text.trim()).unwrap_or_else(|error| panic!("{error}: {text}")))
}

/// Where the files of a managed table are.
fn place(home: &Home, table: &str) -> String {
    let rows = outcomes(home, "owner", &[&format!("DESCRIBE DETAIL {table}")]).remove(0).expect("details");
    let url = rows[0]["location"].as_str().expect("a location");
    url.strip_prefix("file://").expect("a local place").to_owned()
}

#[test]
fn others_read_every_type() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok(
                "CREATE TABLE t (id INT NOT NULL, i8 TINYINT, i16 SMALLINT, i64 BIGINT, f32 FLOAT, f64 DOUBLE, d DECIMAL(10,2), b BOOLEAN, \
            s STRING, bin BINARY, dt DATE, ts TIMESTAMP, tn TIMESTAMP_NTZ, a ARRAY<INT>, st STRUCT<x: INT, y: STRING>, m MAP<STRING, INT>)",
            ),
            ok(
                "INSERT INTO t VALUES (1, -1, 300, 9007199254740993, 1.5, 0.1, 12345678.91, true, 'héllo', X'00FF', DATE '2024-02-29', \
            TIMESTAMP '2024-02-29T12:34:56.789012Z', CAST('2024-02-29 12:34:56.000001' AS TIMESTAMP_NTZ), [1, NULL, 3], {'x': 1, 'y': 'z'}, MAP {'k': 1})",
            ),
            ok("INSERT INTO t (id) VALUES (2)"),
        ],
    );
    let Some(read) = python(&place(&home, "t"), "show(rows('id'))") else { return };
    let mut nothing = json!({"id": 2});
    for column in ["i8", "i16", "i64", "f32", "f64", "d", "b", "s", "bin", "dt", "ts", "tn", "a", "st", "m"] {
        nothing[column] = Value::Null;
    }
    assert_eq!(
        read,
        json!([
            {
                "id": 1, "i8": -1, "i16": 300, "i64": 9_007_199_254_740_993_i64, "f32": 1.5, "f64": 0.1, "d": "12345678.91", "b": true,
                "s": "héllo", "bin": "00ff", "dt": "2024-02-29", "ts": "2024-02-29T12:34:56.789012+00:00",
                "tn": "2024-02-29T12:34:56.000001", "a": [1, null, 3], "st": {"x": 1, "y": "z"}, "m": [["k", 1]],
            },
            nothing,
        ])
    );
}

#[test]
fn others_read_partitions_after_merge_delete_and_optimize() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [
            ok("CREATE TABLE t (day DATE, k INT, v STRING) PARTITIONED BY (day)"),
            ok("INSERT INTO t VALUES ('2024-01-01', 1, 'a'), ('2024-01-02', 2, 'b'), (NULL, 3, 'c')"),
            ok("INSERT INTO t VALUES ('2024-01-01', 4, 'd'), ('2024-01-01', 5, 'e')"),
            ok("MERGE INTO t USING (VALUES (1, 'A'), (6, 'f')) AS s (k, v) ON t.k = s.k \
            WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (day, k, v) VALUES (DATE '2024-01-03', s.k, s.v)"),
            ok("DELETE FROM t WHERE k = 5"),
            ok("OPTIMIZE t"),
            ok("ALTER TABLE t ADD CONSTRAINT small CHECK (k < 100)"),
        ],
    );
    let program = "table = DeltaTable(path)
show({'rows': rows('k'), 'first': len(rows('k', version=1)), 'partitions': table.metadata().partition_columns,
      'constraints': table.metadata().configuration, 'user': table.history(1)[0].get('userName')})";
    let Some(read) = python(&place(&home, "t"), program) else { return };
    assert_eq!(
        read,
        json!({
            "rows": [
                {"day": "2024-01-01", "k": 1, "v": "A"}, {"day": "2024-01-02", "k": 2, "v": "b"}, {"day": null, "k": 3, "v": "c"},
                {"day": "2024-01-01", "k": 4, "v": "d"}, {"day": "2024-01-03", "k": 6, "v": "f"},
            ],
            "first": 3,
            "partitions": ["day"],
            "constraints": {"delta.constraints.small": "k < 100"},
            "user": "owner",
        })
    );
}

#[test]
fn tables_of_others_are_read_changed_and_read_by_them_again() {
    let home = Home::new();
    let outside = tempfile::tempdir().expect("a temporary folder");
    let path = outside.path().join("theirs").display().to_string();
    let write = "data = pa.table({
    'id': pa.array([1, 2, 3], pa.int64()),
    'part': pa.array(['a', 'b', None]),
    'price': pa.array([decimal.Decimal('1.50'), None, decimal.Decimal('-2.25')], pa.decimal128(8, 2)),
    'at': pa.array([datetime.datetime(2024, 2, 29, 1, 2, 3, tzinfo=datetime.timezone.utc), None, None], pa.timestamp('us', 'UTC')),
    'tags': pa.array([['x'], [], None], pa.list_(pa.string())),
    'at_all': pa.array([{'a': 1}, {'a': None}, {'a': 3}], pa.struct([('a', pa.int32())])),
})
write_deltalake(path, data, partition_by=['part'])
write_deltalake(path, data.slice(0, 1), mode='append')
DeltaTable(path).delete('id = 2')
show(DeltaTable(path).version())";
    let Some(version) = python(&path, write) else { return };
    assert_eq!(version, json!(2));
    check(
        &home,
        "owner",
        [
            ok(format!("CREATE TABLE t LOCATION '{path}'")),
            is(
                "SELECT id, part, price, at, tags, at_all FROM t ORDER BY id",
                json!([
                    {"id": 1, "part": "a", "price": "1.50", "at": "2024-02-29T01:02:03Z", "tags": ["x"], "at_all": {"a": 1}},
                    {"id": 1, "part": "a", "price": "1.50", "at": "2024-02-29T01:02:03Z", "tags": ["x"], "at_all": {"a": 1}},
                    {"id": 3, "part": null, "price": "-2.25", "at": null, "tags": null, "at_all": {"a": 3}},
                ]),
            ),
            is("SELECT count(*) AS n FROM t VERSION AS OF 0", json!([{"n": 3}])),
            is(
                "SELECT data_type FROM information_schema.columns WHERE table_name = 't' ORDER BY ordinal_position",
                json!([
                    {"data_type": "BIGINT"}, {"data_type": "STRING"}, {"data_type": "DECIMAL(8,2)"}, {"data_type": "TIMESTAMP"},
                    {"data_type": "ARRAY<STRING>"}, {"data_type": "STRUCT<a: INT>"},
                ]),
            ),
            ok("INSERT INTO t (id, part) VALUES (4, 'c')"),
            ok("UPDATE t SET price = 9.99 WHERE id = 3"),
        ],
    );
    let more = "write_deltalake(path, pa.table({'id': pa.array([5], pa.int64())}), mode='append', schema_mode='merge')
show([[row['id'], row['part'], row['price']] for row in rows('id')])";
    assert_eq!(
        python(&path, more),
        Some(json!([[1, "a", "1.50"], [1, "a", "1.50"], [3, null, "9.99"], [4, "c", null], [5, null, null],]))
    );
    check(&home, "owner", [is("SELECT sum(id) AS s FROM t", json!([{"s": 14}]))]);
}
