//! Tables and files on an object store: a server of the S3 protocol (`moto`, from PyPI) on loopback.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use serde_json::json;

use crate::cases::{check, fails, is, ok};
use crate::concurrency::all_at_once;
use crate::python;
use crate::support::Home;

/// A store with one bucket, `lake`.
struct Store {
    server: Child,
    port: u16,
}

impl Store {
    /// None where there is no Python.
    fn start() -> Option<Self> {
        let program = "
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer('127.0.0.1', 0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
import sys; sys.stdin.read()
";
        let mut server = python::command()?;
        server.args(["-c", program]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = server.spawn().expect("python runs");
        let mut line = String::new();
        BufReader::new(server.stdout.take().expect("standard output is piped")).read_line(&mut line).unwrap();
        let store = Self { server, port: line.trim().parse().expect("a port") };
        assert!(store.request("PUT /lake").starts_with("HTTP/1.1 200"));
        Some(store)
    }

    fn request(&self, what: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the store listens");
        let host = format!("Host: 127.0.0.1:{}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", self.port);
        stream.write_all(format!("{what} HTTP/1.1\r\n{host}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port)),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "key".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
        ]
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn tables_live_on_an_object_store() {
    let Some(store) = Store::start() else { return };
    let home = Home::with(store.environment());
    check(
        &home,
        "owner",
        [
            ok("CREATE SCHEMA main.far MANAGED LOCATION 's3://lake/far'"),
            ok("USE main.far"),
            ok("CREATE TABLE t (a INT, d STRING) PARTITIONED BY (d)"),
            ok("INSERT INTO t VALUES (1, 'x'), (2, 'y')"),
            ok("INSERT INTO t VALUES (3, 'x')"),
            ok("UPDATE t SET a = a + 10 WHERE d = 'y'"),
            ok("MERGE INTO t USING (SELECT 3 AS a, 'z' AS d) s ON t.a = s.a WHEN MATCHED THEN UPDATE SET *"),
            is("SELECT * FROM t ORDER BY a", json!([{"a": 1, "d": "x"}, {"a": 3, "d": "z"}, {"a": 12, "d": "y"}])),
            is("SELECT count(*) AS n FROM t VERSION AS OF 1", json!([{"n": 2}])),
            ok("DROP TABLE t"),
            ok("UNDROP TABLE t"),
            is("SELECT sum(a) AS s FROM t", json!([{"s": 16}])),
            // An external table and the files of a volume.
            ok("CREATE TABLE e LOCATION 's3://lake/elsewhere' AS SELECT 42 AS x"),
            is("SELECT x FROM e", json!([{"x": 42}])),
            fails("CREATE VOLUME taken LOCATION 's3://lake/elsewhere/files'", "s3://lake/elsewhere"),
            ok("CREATE VOLUME v LOCATION 's3://lake/files'"),
            fails("SELECT * FROM read_files('/Volumes/main/far/v/none.csv')", "none.csv"),
        ],
    );
    let keys = store.request("GET /lake?list-type=2");
    assert!(keys.contains("far/tables/") && keys.contains("elsewhere/_delta_log/00000000000000000000.json"), "{keys}");
}

#[test]
fn writers_on_an_object_store_do_not_overwrite_each_other() {
    let Some(store) = Store::start() else { return };
    let home = Home::with(store.environment());
    check(&home, "owner", [ok("CREATE TABLE t (p INT, n INT) LOCATION 's3://lake/t'")]);
    let script = |p: i32| (0..4).map(|n| format!("INSERT INTO t VALUES ({p}, {n});")).collect::<String>();
    for ran in all_at_once(&home, &[script(0), script(1), script(2)]) {
        assert_eq!(ran.code, Some(0), "{}", ran.err);
    }
    check(
        &home,
        "owner",
        [
            is("SELECT count(*) AS n FROM (SELECT DISTINCT p, n FROM t)", json!([{"n": 12}])),
            is("SELECT count(*) AS n FROM t VERSION AS OF 12", json!([{"n": 12}])),
        ],
    );
}
