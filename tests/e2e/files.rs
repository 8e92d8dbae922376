//! Files: volumes, `read_files`, and COPY INTO, which loads each file once.

use std::path::Path;
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use crate::cases::{check, fails, is, ok};
use crate::support::Home;

/// A folder of small files, and a file beside it that no volume reaches.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(path, text).expect("written");
    };
    write("secret.csv", "id,name\n0,secret\n");
    write("in/a.csv", "id,name\n1,a\n2,b\n");
    write("in/b.csv", "id,name\n3,c\n");
    write("in/zipped.csv", "id,name\n4,d\n");
    write("in/deep/down/c.csv", "id,name\n5,e\n");
    write("in/_hidden.csv", "id,name\n6,hidden\n");
    write("in/rows.json", "{\"id\": 7, \"tags\": [\"x\", \"y\"], \"at\": {\"lon\": 1.5}}\n{\"id\": 8, \"tags\": []}\n");
    write("in/semi.txt", "# written by hand\n9;NA;'a;b'\n");
    write("in/tab.tsv", "id\tname\n10\tten\n");
    write("in/noext", "x\n");
    let zipped = Command::new("gzip").arg(folder.path().join("in/zipped.csv")).status().expect("gzip runs");
    assert!(zipped.success());
    std::os::unix::fs::symlink(folder.path().join("secret.csv"), folder.path().join("in/link.csv")).expect("linked");
    folder
}

fn volume(folder: &Path) -> String {
    format!("CREATE VOLUME raw LOCATION '{}'", folder.join("in").display())
}

#[test]
fn files_of_every_format_are_read_by_path() {
    let (home, folder) = (Home::new(), folder());
    let raw = "/Volumes/main/default/raw";
    let flights = crate::support::root().join("examples/data/nycflights13");
    check(
        &home,
        "owner",
        [
            ok(volume(folder.path())),
            ok(format!("CREATE VOLUME flights LOCATION '{}'", flights.display())),
            is(
                format!("SELECT * FROM read_files('{raw}/a.csv') ORDER BY id"),
                json!([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]),
            ),
            is(
                format!("SELECT id FROM read_files('{raw}/?.csv') ORDER BY id"),
                json!([{"id": 1}, {"id": 2}, {"id": 3}]),
            ),
            is(format!("SELECT id FROM read_files('{raw}/deep/') AS f"), json!([{"id": 5}])),
            is(format!("SELECT id FROM read_files('{raw}/deep/*/c.csv')"), json!([{"id": 5}])),
            is(format!("SELECT * FROM read_files('{raw}/zipped.csv.gz')"), json!([{"id": 4, "name": "d"}])),
            is(
                format!("SELECT * FROM read_files('{raw}/rows.json') ORDER BY id"),
                json!([
                    {"id": 7, "tags": ["x", "y"], "at": {"lon": 1.5}}, {"id": 8, "tags": [], "at": null},
                ]),
            ),
            is(format!("SELECT * FROM read_files('{raw}/tab.tsv')"), json!([{"id": 10, "name": "ten"}])),
            is(
                format!(
                    "SELECT * FROM read_files('{raw}/semi.txt', format => 'csv', sep => ';', header => 'false', \
                    nullvalue => 'NA', quote => '''', comment => '#')"
                ),
                json!([{"column_1": 9, "column_2": null, "column_3": "a;b"}]),
            ),
            is(
                format!("SELECT column_1 FROM read_files('{raw}/b.csv', header => false) ORDER BY 1"),
                json!([{"column_1": "3"}, {"column_1": "id"}]),
            ),
            // The source note of the data tells how many airlines there are.
            is(
                "SELECT count(*) AS n FROM read_files('/Volumes/main/default/flights/airlines.parquet')",
                json!([{"n": 16}]),
            ),
            // Joined with itself, in subqueries, and as the source of a table.
            is(
                format!(
                    "SELECT a.id FROM read_files('{raw}/a.csv') a JOIN read_files('{raw}/a.csv') b ON a.id = b.id + 1"
                ),
                json!([{"id": 2}]),
            ),
            ok(format!(
                "CREATE TABLE t AS SELECT * FROM read_files('{raw}/a.csv') WHERE id IN (SELECT id - 1 FROM read_files('{raw}/b.csv'))"
            )),
            is("SELECT * FROM t", json!([{"id": 2, "name": "b"}])),
            fails(format!("SELECT * FROM read_files('{raw}/nope.csv')"), "nope.csv"),
            fails(format!("SELECT * FROM read_files('{raw}/nope*.csv')"), "there are no files"),
            fails(format!("SELECT * FROM read_files('{raw}/_hidden.csv')"), "there are no files"),
            fails(format!("SELECT * FROM read_files('{raw}/noext')"), "cannot be read"),
            fails(format!("SELECT * FROM read_files('{raw}/a.csv', colour => 'red')"), "there is no option 'colour'"),
            fails(format!("SELECT * FROM read_files('{raw}/a.csv', sep => ';;')"), "takes one character"),
            fails("SELECT * FROM read_files('/Volumes/main/default')", "does not name a volume"),
            fails("SELECT * FROM read_files('/Volumes/main/default/nope/a.csv')", "main.default.nope does not exist"),
            fails("SELECT * FROM read_files()", "read_files takes a path"),
        ],
    );
}

#[test]
fn no_path_leads_out_of_a_volume() {
    let (home, folder) = (Home::new(), folder());
    let mut cases = vec![ok(volume(folder.path()))];
    for path in [
        "../secret.csv",
        "deep/../../secret.csv",
        "./../secret.csv",
        "/../secret.csv",
        "link.csv",
        "deep/../a.csv",
        "..",
        "../*.csv",
        "%2e%2e/secret.csv",
    ] {
        cases.push(fails(format!("SELECT * FROM read_files('/Volumes/main/default/raw/{path}')"), ""));
        cases.push(fails(format!("COPY INTO t FROM '/Volumes/main/default/raw/{path}'"), ""));
    }
    cases.insert(1, ok("CREATE TABLE t (id BIGINT, name STRING)"));
    // Links are not followed when a folder is listed, either.
    cases.push(is(
        "SELECT id FROM read_files('/Volumes/main/default/raw/*.csv') ORDER BY id",
        json!([{"id": 1}, {"id": 2}, {"id": 3}]),
    ));
    cases.push(is("SELECT count(*) AS n FROM t", json!([{"n": 0}])));
    check(&home, "owner", cases);
}

#[test]
fn files_are_read_only_with_the_right_to() {
    let (home, folder) = (Home::new(), folder());
    let inside = "SELECT id FROM read_files('/Volumes/main/default/raw/b.csv')";
    let by_path = format!("SELECT id FROM read_files('{}')", folder.path().join("secret.csv").display());
    let copy = "COPY INTO t FROM '/Volumes/main/default/raw/b.csv'";
    check(
        &home,
        "owner",
        [
            ok("CREATE USER ana"),
            ok(volume(folder.path())),
            ok("CREATE TABLE t (id BIGINT, name STRING)"),
            ok("GRANT USE CATALOG, USE SCHEMA, BROWSE, MODIFY, SELECT ON CATALOG main TO ana"),
        ],
    );
    check(
        &home,
        "ana",
        [
            fails(inside, "GRANT READ VOLUME ON VOLUME main.default.raw TO ana"),
            fails(copy, "GRANT READ VOLUME ON VOLUME main.default.raw TO ana"),
            fails(by_path.clone(), "GRANT READ FILES ON METASTORE TO ana"),
        ],
    );
    check(&home, "owner", [ok("GRANT READ VOLUME ON VOLUME main.default.raw TO ana")]);
    check(
        &home,
        "ana",
        [is(inside, json!([{"id": 3}])), ok(copy), fails(by_path.clone(), "GRANT READ FILES ON METASTORE TO ana")],
    );
    check(
        &home,
        "owner",
        [
            ok("GRANT READ FILES ON METASTORE TO ana"),
            ok("REVOKE READ VOLUME ON VOLUME main.default.raw FROM ana"),
            ok("REVOKE MODIFY ON CATALOG main FROM ana"),
        ],
    );
    check(
        &home,
        "ana",
        [
            is(by_path, json!([{"id": 0}])),
            fails(inside, "GRANT READ VOLUME"),
            fails(copy, "GRANT MODIFY ON TABLE main.default.t TO ana"),
            is("SELECT * FROM t", json!([{"id": 3, "name": "c"}])),
        ],
    );
}

#[test]
fn each_file_is_loaded_once() {
    let (home, folder) = (Home::new(), folder());
    let raw = "/Volumes/main/default/raw";
    let ids = "SELECT id FROM t ORDER BY id";
    check(
        &home,
        "owner",
        [
            ok(volume(folder.path())),
            ok("CREATE TABLE t (name STRING, id BIGINT)"),
            ok(format!("COPY INTO t FROM '{raw}/a.csv'")),
            // Columns go by name.
            is("SELECT * FROM t ORDER BY id", json!([{"name": "a", "id": 1}, {"name": "b", "id": 2}])),
            ok(format!("COPY INTO t FROM '{raw}/?.csv'")),
            is(ids, json!([{"id": 1}, {"id": 2}, {"id": 3}])),
            ok(format!("COPY INTO t FROM '{raw}/?.csv'")),
            is(ids, json!([{"id": 1}, {"id": 2}, {"id": 3}])),
            ok(format!("COPY INTO t FROM '{raw}/b.csv' COPY_OPTIONS ('force' = 'true')")),
            is(ids, json!([{"id": 1}, {"id": 2}, {"id": 3}, {"id": 3}])),
            // Another table has a memory of its own.
            ok("CREATE TABLE u (id BIGINT, name STRING)"),
            ok(format!("COPY INTO u FROM '{raw}/?.csv'")),
            is("SELECT count(*) AS n FROM u", json!([{"n": 3}])),
            ok(format!("COPY INTO u FROM '{raw}/zipped.csv.gz'")),
            is("SELECT name FROM u WHERE id = 4", json!([{"name": "d"}])),
            ok(format!(
                "COPY INTO u FROM '{raw}/semi.txt' FILEFORMAT = CSV FORMAT_OPTIONS ('sep' = ';', 'comment' = '#', 'header' = 'false') \
                    COPY_OPTIONS ('mergeSchema' = 'true')"
            )),
            // A column that the table does not have is an error, unless it may be added.
            fails(format!("COPY INTO t FROM '{raw}/rows.json'"), "mergeSchema"),
            is("SELECT count(*) AS n FROM t", json!([{"n": 4}])),
            ok(format!("COPY INTO t FROM '{raw}/rows.json' COPY_OPTIONS ('mergeSchema' = 'true')")),
            is(
                "SELECT id, name, tags, at['lon'] AS lon FROM t WHERE id > 6 ORDER BY id",
                json!([
                    {"id": 7, "name": null, "tags": ["x", "y"], "lon": 1.5}, {"id": 8, "name": null, "tags": [], "lon": null},
                ]),
            ),
            fails(format!("COPY INTO t FROM '{raw}/a.csv' COPY_OPTIONS ('fast' = 'true')"), "force and mergeSchema"),
            fails(format!("COPY INTO nope FROM '{raw}/a.csv'"), "main.default.nope does not exist"),
        ],
    );
    // A file that changed is left out and told of, until it is asked for.
    std::fs::write(folder.path().join("in/a.csv"), "id,name\n1,a\n2,b\n100,new\n").expect("written");
    let ran = home.run(&["sql", "-c", &format!("COPY INTO t FROM '{raw}/a.csv'")]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let said = format!("{}{}", ran.out, ran.err);
    assert!(said.contains("1 changed since"), "{said}");
    check(
        &home,
        "owner",
        [
            is("SELECT count(*) AS n FROM t WHERE id = 100", json!([{"n": 0}])),
            ok(format!("COPY INTO t FROM '{raw}/a.csv' COPY_OPTIONS ('force' = 'true')")),
            is("SELECT count(*) AS n FROM t WHERE id = 100", json!([{"n": 1}])),
        ],
    );
}

#[test]
fn what_the_catalog_governs_is_not_read_by_path() {
    let (home, folder) = (Home::new(), folder());
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::os::unix::fs::symlink(home.path(), folder.path().join("way")).expect("linked");
    check(
        &home,
        "owner",
        [
            ok("CREATE USER ana"),
            ok(volume(folder.path())),
            ok("CREATE TABLE t AS SELECT 42 AS secret"),
            ok(format!("CREATE TABLE e LOCATION '{}' AS SELECT 42 AS secret", at("e"))),
            ok(format!("CREATE SCHEMA placed MANAGED LOCATION '{}'", at("managed"))),
            ok("CREATE TABLE mine (id BIGINT, name STRING)"),
            ok("GRANT READ FILES ON METASTORE TO ana"),
            ok("GRANT USE CATALOG ON CATALOG main TO ana"),
            ok("GRANT USE SCHEMA, CREATE PLUGIN, CREATE FUNCTION ON SCHEMA main.default TO ana"),
            ok("GRANT SELECT, MODIFY ON TABLE mine TO ana"),
        ],
    );
    std::fs::create_dir_all(folder.path().join("managed/tables/x")).expect("made");
    std::fs::write(folder.path().join("managed/tables/x/half.csv"), "id\n1\n").expect("written");
    let place = home.value("SELECT storage_path FROM information_schema.tables WHERE table_name = 't'");
    let place = place.as_str().expect("a location").trim_end_matches('/').to_owned();
    let inside = home.path().join("home");
    let own = |name: &str| inside.join(name).display().to_string();
    let refused = [
        own("catalog.db"),
        own("*.db"),
        own("nothing.csv"),
        own("components/"),
        format!("{}/home/catalog.db", at("way")),
        format!("{}/x/../home/catalog.db", home.path().display()),
        format!("{place}/*.parquet"),
        place.clone(),
        at("in/a.csv"),
        at("in/*.csv"),
        at("in/deep/down/c.csv"),
        format!("file://{}", at("in/a.csv")),
        at("in"),
        at("e"),
        at("e/*.parquet"),
        at("managed/tables/x/half.csv"),
        // What is around such a place holds its files, too.
        format!("{}/", folder.path().display()),
    ];
    for user in ["owner", "ana"] {
        let mut cases = Vec::new();
        for path in &refused {
            let sql = format!("SELECT * FROM read_files('{path}', format => 'csv')");
            cases.push(fails(sql, "not read by path"));
            cases.push(fails(format!("COPY INTO mine FROM '{path}'"), "not read by path"));
            cases.push(fails(format!("INSTALL PLUGIN p FROM '{path}' INTO SCHEMA main.default"), "not read by path"));
        }
        // Beside them, files are read as before; a link cannot be used to get there.
        cases.push(is(format!("SELECT id FROM read_files('{}')", at("secret.csv")), json!([{"id": 0}])));
        cases.push(is(format!("SELECT id FROM read_files('{}')", at("*.csv")), json!([{"id": 0}])));
        check(&home, user, cases);
    }
    // Who holds a place is told to those who may see it. Nobody may choose one in or around the home folder.
    let by_path = format!("SELECT * FROM read_files('{}')", at("in/a.csv"));
    let mut cases = vec![fails(&by_path, "volume main.default.raw")];
    for place in ["", "components", "tables/x"] {
        cases.push(fails(format!("CREATE VOLUME v LOCATION '{}'", own(place)), "home folder"));
        cases.push(fails(format!("CREATE TABLE v LOCATION '{}' AS SELECT 1 AS a", own(place)), "home folder"));
    }
    check(&home, "owner", cases);
    check(&home, "ana", [fails(&by_path, "the place of a table or volume")]);
}

#[test]
fn files_have_the_names_that_they_have() {
    let (home, folder) = (Home::new(), tempfile::tempdir().expect("a temporary folder"));
    let names = ["Ünï q.csv", "x #1%.csv", "a%20b.csv", "[c]{d}~.csv", "a b.csv"];
    for (at, name) in names.iter().enumerate() {
        std::fs::write(folder.path().join(name), format!("id\n{at}\n")).expect("written");
    }
    std::fs::create_dir(folder.path().join("down")).expect("made");
    std::os::unix::fs::symlink(folder.path(), folder.path().join("down/up")).expect("linked");
    std::os::unix::fs::symlink("/", folder.path().join("down/out")).expect("linked");
    std::os::unix::fs::symlink("itself.csv", folder.path().join("itself.csv")).expect("linked");
    let mut cases = vec![
        ok(format!("CREATE VOLUME raw LOCATION '{}'", folder.path().display())),
        ok("CREATE TABLE t (id BIGINT)"),
        is("SELECT count(*) AS n FROM read_files('/Volumes/main/default/raw/')", json!([{"n": names.len()}])),
        is("SELECT id FROM read_files('/Volumes/main/default/raw/x*.csv')", json!([{"id": 1}])),
        ok("COPY INTO t FROM '/Volumes/main/default/raw/'"),
        ok("COPY INTO t FROM '/Volumes/main/default/raw/x #1%.csv'"),
        is("SELECT count(*) AS n FROM t", json!([{"n": names.len()}])),
    ];
    for (at, name) in names.iter().enumerate() {
        let sql = format!("SELECT id FROM read_files('/Volumes/main/default/raw/{name}')");
        cases.push(is(sql, json!([{"id": at}])));
    }
    check(&home, "owner", cases);
}

#[test]
fn an_unreadable_file_among_others_is_named_and_types_are_inferred_only_if_wanted() {
    let (home, folder) = (Home::new(), folder());
    let path = |name: &str| folder.path().join("in").join(name);
    let flights = crate::support::root().join("examples/data/nycflights13/airlines.parquet");
    std::fs::create_dir(path("mixed")).expect("made");
    std::fs::copy(flights, path("mixed/a.parquet")).expect("copied");
    std::fs::write(path("mixed/bad.parquet"), "these are no rows at all").expect("written");
    let raw = "/Volumes/main/default/raw";
    check(
        &home,
        "owner",
        [
            ok(volume(folder.path())),
            fails(format!("SELECT * FROM read_files('{raw}/mixed/')"), "'mixed/bad.parquet' cannot be read"),
            fails(format!("SELECT * FROM read_files('{raw}/')"), "is a file of another kind than"),
            is(format!("SELECT count(*) AS n FROM read_files('{raw}/mixed/a*.parquet')"), json!([{"n": 16}])),
            is(
                format!("SELECT id FROM read_files('{raw}/a.csv', inferSchema => 'false') ORDER BY id"),
                json!([{"id": "1"}, {"id": "2"}]),
            ),
            is(
                format!("SELECT id FROM read_files('{raw}/a.csv', inferSchema => true) ORDER BY id"),
                json!([{"id": 1}, {"id": 2}]),
            ),
            fails(format!("SELECT * FROM read_files('{raw}/a.csv', inferSchema => 'maybe')"), "takes true or false"),
            ok("CREATE TABLE t (id STRING, name STRING)"),
            ok(format!("COPY INTO t FROM '{raw}/a.csv' FILEFORMAT = CSV FORMAT_OPTIONS ('inferSchema' = 'false')")),
            ok(format!("COPY INTO t FROM '{raw}/b.csv' FILEFORMAT = CSV FORMAT_OPTIONS ('inferSchema' = 'true')")),
            is("SELECT id FROM t ORDER BY id", json!([{"id": "1"}, {"id": "2"}, {"id": "3"}])),
        ],
    );
}
