//! A kill in the middle of a statement leaves the state before or the state after it, never one between.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cases::{Case, check, is, ok, outcomes};
use crate::support::{Home, plugin};

/// A statement that is killed while it runs, and what there may be afterwards.
struct Crash<'a> {
    statement: &'a str,
    /// Gives rows that tell the state before from the state after.
    probe: &'a str,
    before: Value,
    after: Value,
    kills: u32,
}

impl Crash<'_> {
    /// Kill the statement on copies of the home, at moments spread over the time that it takes when it is left alone.
    fn happen(&self, origin: &Home) {
        let alone = Copy::of(origin);
        let started = Instant::now();
        let ran = alone.home.run(&["sql", "-c", self.statement]);
        let takes = started.elapsed();
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        check(alone.home, "owner", [is(self.probe, self.after.clone())]);
        drop(alone);

        let mut killed = 0;
        for kill in 0..self.kills {
            let copy = Copy::of(origin);
            let mut command = copy.home.command(&["sql", "-c", self.statement]);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("polder runs");
            // Moments are anywhere within the run, later ones more often: that is where commits are.
            let moment = takes.mul_f64((f64::from(kill) + random()) / f64::from(self.kills)).mul_f64(1.1);
            wait(moment);
            killed += u32::from(matches!(child.try_wait(), Ok(None)));
            child.kill().expect("killed, or ended before");
            child.wait().expect("it ended");

            // The home opens, and the state is one of the two.
            let state = outcomes(copy.home, "owner", &[self.probe]).remove(0);
            let state = state.unwrap_or_else(|error| panic!("after {moment:?} of {takes:?}: {error}"));
            let (before, after) = (self.before.as_array(), self.after.as_array());
            assert!(Some(&state) == before || Some(&state) == after, "after {moment:?} of {takes:?}: {state:?}");
            // What was not done can be done now, and what was done is not done twice.
            let again = if Some(&state) == before { vec![ok(self.statement)] } else { Vec::<Case>::new() };
            check(
                copy.home,
                "owner",
                again.into_iter().chain([is(self.probe, self.after.clone())]).collect::<Vec<_>>(),
            );
        }
        assert!(killed > 0, "no process was still running when it was to be killed");
    }
}

/// A home's copy, so that every kill starts from the same state. Its tables are where the original's are
/// called to be, so a copy lives in the same place: the original steps aside.
struct Copy<'a> {
    home: &'a Home,
    aside: PathBuf,
}

impl<'a> Copy<'a> {
    fn of(home: &'a Home) -> Self {
        let aside = home.path().join("aside");
        std::fs::rename(home.path().join("home"), &aside).expect("moved");
        copy(&aside, &home.path().join("home"));
        Self { home, aside }
    }
}

impl Drop for Copy<'_> {
    fn drop(&mut self) {
        let home = self.home.path().join("home");
        std::fs::remove_dir_all(&home).expect("removed");
        std::fs::rename(&self.aside, home).expect("moved back");
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("read") {
        let entry = entry.expect("read");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// Between 0 and 1, other in every run.
fn random() -> f64 {
    use std::hash::{BuildHasher, Hasher};
    let bits = std::hash::RandomState::new().build_hasher().finish();
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

/// The moment of the kill is what is varied here; nothing is waited for.
fn wait(moment: Duration) {
    std::thread::sleep(moment);
}

#[test]
fn in_an_insert() {
    let home = Home::new();
    check(&home, "owner", [ok("CREATE TABLE t AS SELECT 1 AS a, 'x' AS b")]);
    Crash {
        statement: "INSERT INTO t SELECT value, concat('row ', value) FROM generate_series(1, 200000) AS s (value)",
        probe: "SELECT count(*) AS n, sum(a) AS a FROM t",
        before: json!([{"n": 1, "a": 1}]),
        after: json!([{"n": 200_001, "a": 200_000_i64 * 200_001 / 2 + 1}]),
        kills: 6,
    }
    .happen(&home);
}

#[test]
fn in_a_merge() {
    let home = Home::new();
    check(
        &home,
        "owner",
        [ok("CREATE TABLE t AS SELECT value AS id, 0 AS n FROM generate_series(1, 1000) AS s (value)")],
    );
    Crash {
        statement: "MERGE INTO t USING (SELECT value AS id FROM generate_series(501, 1500) AS s (value)) s ON t.id = s.id \
                    WHEN MATCHED THEN UPDATE SET n = 1 WHEN NOT MATCHED THEN INSERT (id, n) VALUES (s.id, 2)",
        probe: "SELECT count(*) AS rows, sum(n) AS n FROM t",
        before: json!([{"rows": 1000, "n": 0}]),
        after: json!([{"rows": 1500, "n": 500 + 2 * 500}]),
        kills: 4,
    }
    .happen(&home);
}

#[test]
fn in_a_table_made_of_a_query() {
    let home = Home::new();
    check(&home, "owner", [ok("CREATE SCHEMA s")]);
    Crash {
        statement: "CREATE TABLE s.t PARTITIONED BY (p) AS SELECT value AS a, value % 5 AS p FROM generate_series(1, 50000) AS s (value)",
        probe: "SELECT table_name FROM information_schema.tables WHERE table_schema = 's'",
        before: json!([]),
        after: json!([{"table_name": "t"}]),
        kills: 6,
    }
    .happen(&home);
}

#[test]
fn in_a_load_of_files() {
    let home = Home::new();
    let folder = tempfile::tempdir().expect("a temporary folder");
    for file in 0..20 {
        let lines: String = (0..1000).map(|line| format!("{},{line}\n", file * 1000 + line)).collect();
        std::fs::write(folder.path().join(format!("{file}.csv")), format!("id,n\n{lines}")).expect("written");
    }
    check(
        &home,
        "owner",
        [
            ok(format!("CREATE VOLUME raw LOCATION '{}'", folder.path().display())),
            ok("CREATE TABLE t (id BIGINT, n BIGINT)"),
        ],
    );
    let copy = "COPY INTO t FROM '/Volumes/main/default/raw/*.csv'";
    // Whatever happened to the first load, the second completes it, and a third adds nothing.
    Crash {
        statement: copy,
        probe: "SELECT count(*) AS n, count(DISTINCT id) AS ids FROM t",
        before: json!([{"n": 0, "ids": 0}]),
        after: json!([{"n": 20_000, "ids": 20_000}]),
        kills: 6,
    }
    .happen(&home);
    check(
        &home,
        "owner",
        [
            ok(copy),
            ok(copy),
            is("SELECT count(*) AS n, count(DISTINCT id) AS ids FROM t", json!([{"n": 20_000, "ids": 20_000}])),
        ],
    );
}

#[test]
fn in_the_install_of_a_plugin() {
    let home = Home::new();
    let wasm = plugin("geo").display().to_string();
    check(&home, "owner", [ok("CREATE SCHEMA g")]);
    let install = format!("INSTALL PLUGIN geo FROM '{wasm}' INTO SCHEMA main.g");
    // All functions are there, or none is.
    let functions = {
        let whole = Copy::of(&home);
        check(whole.home, "owner", [ok(install.as_str())]);
        outcomes(whole.home, "owner", &["SELECT count(*) AS n FROM information_schema.routines"])
            .remove(0)
            .expect("a count")
    };
    assert!(functions[0]["n"].as_u64() > Some(3), "{functions:?}");
    Crash {
        statement: &install,
        probe: "SELECT count(*) AS n FROM information_schema.routines",
        before: json!([{"n": 0}]),
        after: Value::Array(functions),
        kills: 6,
    }
    .happen(&home);
    check(
        &home,
        "owner",
        [ok(install), is("SELECT round(main.g.haversine(0.0, 0.0, 0.0, 0.0), 1) AS km", json!([{"km": 0.0}]))],
    );
}
