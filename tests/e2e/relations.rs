//! Transforms and scorers in FROM.

use serde_json::json;

use crate::cases::{check, fails, is, ok};
use crate::support::{Home, guest};

#[test]
fn a_transform_sees_the_whole_table_in_its_order() {
    let home = Home::new();
    let numbers = "SELECT n % 3 AS k, n FROM generate_series(1, 20000) AS s(n)";
    check(
        &home,
        "owner",
        [
            ok("CREATE SCHEMA c"),
            ok(format!("INSTALL PLUGIN clean FROM '{}' INTO SCHEMA c", guest("clean").display())),
            ok(format!("CREATE TABLE numbers AS {numbers}")),
            is(
                "SELECT k, n FROM c.dedupe(TABLE (SELECT * FROM numbers ORDER BY n DESC), key => 'k') ORDER BY n",
                json!([{"k": 0, "n": 19998}, {"k": 1, "n": 19999}, {"k": 2, "n": 20000}]),
            ),
            is("SELECT count(*) AS rows FROM c.dedupe(TABLE numbers, key => 'n')", json!([{"rows": 20000}])),
            is("SELECT count(*) AS rows FROM c.dedupe(TABLE(main.default.numbers), key => 'k')", json!([{"rows": 3}])),
            // More rows than come in, and no more of them than are asked for.
            is(
                "SELECT count(*) AS rows, max(copy) AS last FROM c.repeat(TABLE numbers, times => 5)",
                json!([{"rows": 100000, "last": 4}]),
            ),
            is(
                "SELECT n, again FROM c.repeat(TABLE (SELECT 7 AS n), times => 1 + 1, name => 'again') AS r",
                json!([{"n": 7, "again": 0}, {"n": 7, "again": 1}]),
            ),
            is("SELECT n FROM c.repeat(TABLE (SELECT 7 AS n), times => 1000000) LIMIT 1", json!([{"n": 7}])),
            // Nothing before the end.
            is(
                "SELECT n FROM c.sort(TABLE (SELECT * FROM numbers ORDER BY n DESC), by => 'n') LIMIT 2",
                json!([{"n": 1}, {"n": 2}]),
            ),
            // In each other, in joins, in views and in what makes tables.
            is(
                "SELECT k FROM c.sort(TABLE (SELECT * FROM c.dedupe(TABLE numbers, key => 'k')), by => 'k')",
                json!([{"k": 0}, {"k": 1}, {"k": 2}]),
            ),
            ok("CREATE VIEW firsts AS SELECT k FROM c.dedupe(TABLE numbers, key => 'k')"),
            ok("CREATE TABLE made AS SELECT f.k FROM firsts f JOIN c.dedupe(TABLE numbers, key => 'k') d ON f.k = d.k"),
            is("SELECT sum(k) AS s FROM made", json!([{"s": 3}])),
            is(
                "SELECT DISTINCT source_table AS t, source_column AS c FROM system.access.column_lineage
                 WHERE target_table = 'main.default.made' ORDER BY c",
                json!([
                    {"t": "main.default.numbers", "c": "k"},
                    {"t": "main.default.numbers", "c": "n"}
                ]),
            ),
            // Mistakes.
            fails("SELECT * FROM c.dedupe(TABLE numbers)", "needs the option key"),
            fails("SELECT * FROM c.dedupe(TABLE numbers, key => 'k', more => 1)", "has no option more"),
            fails("SELECT * FROM c.dedupe(TABLE numbers, key => 'nope')", "there is no column `nope`"),
            fails("SELECT * FROM c.dedupe(TABLE numbers, key => k)", "k"),
            fails("SELECT * FROM c.dedupe(key => 'k')", "takes a table"),
            fails("SELECT * FROM c.dedupe(TABLE nothing, key => 'k')", "nothing"),
            fails("SELECT c.dedupe(1)", "dedupe"),
            fails("SELECT abs(SELECT 1)", "parentheses"),
            fails("CALL c.dedupe(key => 'k')", "not a task"),
            fails("SELECT * FROM c.repeat(TABLE numbers, times => 'many')", "times"),
        ],
    );
}

#[test]
fn a_scorer_reads_its_model_from_a_volume() {
    let home = Home::new();
    let model = r#"{"intercept": 1.0, "coefficients": {"x": 2.0, "y": -0.5}}"#;
    let folder = home.path().join("models");
    std::fs::create_dir_all(folder.join("v1")).unwrap();
    std::fs::write(folder.join("v1/model.json"), model).unwrap();
    std::fs::write(folder.join("other.txt"), "no model").unwrap();
    let score = "SELECT x, prediction FROM ml.linear(TABLE points, model => '/Volumes/main/ml/models/v1') ORDER BY x";
    let right = json!([{"x": 1.0, "prediction": 2.0}, {"x": 2.0, "prediction": null}, {"x": 3.0, "prediction": 6.5}]);
    check(
        &home,
        "owner",
        [
            ok("CREATE SCHEMA ml"),
            ok(format!("CREATE EXTERNAL VOLUME ml.models LOCATION '{}'", folder.display())),
            ok(format!("INSTALL PLUGIN linear FROM '{}' INTO SCHEMA ml", guest("linear").display())),
            ok("CREATE TABLE points AS SELECT * FROM (VALUES (1.0, 2.0), (2.0, NULL), (3.0, 1.0)) AS t(x, y)"),
            // The twin: what the owner may read, the plugin may not unless it was granted.
            fails(score, "READ VOLUME ON VOLUME main.ml.models TO PLUGIN main.ml.linear"),
            ok("GRANT USE CATALOG ON CATALOG main TO PLUGIN ml.linear"),
            ok("GRANT USE SCHEMA ON SCHEMA ml TO PLUGIN ml.linear"),
            fails(score, "GRANT READ VOLUME ON VOLUME main.ml.models TO PLUGIN main.ml.linear"),
            ok("GRANT READ VOLUME ON VOLUME ml.models TO PLUGIN ml.linear"),
            is(score, right.clone()),
            ok("CREATE USER ana"),
            ok("GRANT USE CATALOG ON CATALOG main TO ana"),
            ok("GRANT USE SCHEMA, SELECT, EXECUTE ON SCHEMA main.ml TO ana"),
            ok("GRANT USE SCHEMA, SELECT ON SCHEMA main.default TO ana"),
            ok(format!("CREATE VIEW scored AS {score}")),
            fails("SELECT * FROM ml.linear(TABLE points, model => '/Volumes/main/ml/models/none')", "no file"),
            fails("SELECT * FROM ml.linear(TABLE points, model => '/Volumes/main/ml/models/other.txt')", "model.json"),
            fails("SELECT * FROM ml.linear(TABLE points)", "model => '/Volumes/…'"),
            fails("SELECT * FROM ml.linear(TABLE (SELECT 1.0 AS x), model => '/Volumes/main/ml/models/v1')", "`y`"),
        ],
    );
    check(
        &home,
        "ana",
        [
            // A plugin with a grant reads nothing for those who have none; in a view it reads with the owner's rights.
            fails(score.replace("points", "main.default.points"), "does not exist, or you may not see it"),
            is("SELECT * FROM main.default.scored", right),
        ],
    );
    check(
        &home,
        "owner",
        [
            ok("REVOKE READ VOLUME ON VOLUME ml.models FROM PLUGIN ml.linear"),
            fails(score, "GRANT READ VOLUME ON VOLUME main.ml.models TO PLUGIN main.ml.linear"),
        ],
    );
}
