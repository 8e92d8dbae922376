//! `polder sql`: as a batch tool, and as a shell in a terminal.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Home, guest};

const VALUES: &str = "SELECT * FROM (VALUES (1, 'a,\"b\"', NULL), (2, '', 0.5)) AS v(n, t, d) ORDER BY n";

#[test]
fn formats() {
    let home = Home::new();
    let answer = |format: &str| {
        let output = home.command(&["sql", "--format", format, "-c", VALUES]).output().expect("polder runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let text = |format: &str| String::from_utf8(answer(format)).expect("UTF-8");

    let json: Vec<Value> = text("json").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(json!(json), json!([{"n": 1, "t": "a,\"b\"", "d": null}, {"n": 2, "t": "", "d": 0.5}]));

    // RFC 4180: quotes are doubled, and an empty text is not a NULL.
    assert_eq!(text("csv").replace("\r\n", "\n"), "n,t,d\n1,\"a,\"\"b\"\"\",\n2,\"\",0.5\n");

    let table = text("table");
    for part in ["n", "t", "d", "a,\"b\"", "0.5", "(2 rows)"] {
        assert!(table.contains(part), "{part}\n{table}");
    }

    let arrow = answer("arrow");
    let reader = arrow::ipc::reader::StreamReader::try_new(arrow.as_slice(), None).expect("an Arrow stream");
    let batches: Vec<_> = reader.collect::<Result<_, _>>().expect("batches");
    let (rows, columns) = (batches.iter().map(|batch| batch.num_rows()).sum::<usize>(), batches[0].num_columns());
    assert_eq!((rows, columns), (2, 3));
    assert_eq!(batches[0].schema().field(0).name(), "n");
}

#[test]
fn statements_come_from_everywhere_in_order() {
    let home = Home::new();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("two.sql");
    std::fs::write(&file, "-- a remark; with a semicolon\nSELECT 2 AS n;\nSELECT ';' AS n -- the last needs none")
        .unwrap();
    let ran = home.run(&[
        "sql",
        "--format",
        "csv",
        "-c",
        "SELECT 1 AS n",
        "-f",
        file.to_str().unwrap(),
        "-c",
        "SELECT 3 AS n; SELECT 4 AS n",
    ]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let values: Vec<_> = ran.out.lines().filter(|line| *line != "n" && !line.is_empty()).collect();
    assert_eq!(values, ["1", "2", ";", "3", "4"]);
}

#[test]
fn failures_are_told_where_and_by_the_exit_code() {
    let home = Home::new();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("script.sql");
    std::fs::write(&file, "SELECT 1 AS n;\n\nSELECT *\nFROM nope;\nSELECT 2 AS n;\n").unwrap();
    let file = file.to_str().unwrap();

    let ran = home.run(&["sql", "--format", "csv", "-f", file]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.out.replace("\r\n", "\n"), "n\n1\n", "rows go to standard output, and nothing after the failure");
    let error = ran.err.lines().find(|line| line.starts_with("error: ")).expect("an error on standard error");
    assert!(error.contains("script.sql:3") && error.contains("nope"), "{error}");

    let ran = home.run(&["sql", "--format", "csv", "-f", file, "--continue"]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.out.replace("\r\n", "\n"), "n\n1\nn\n2\n");

    for (args, part) in [
        (&["sql", "-c", "SELEC 1"][..], "SELEC"),
        (&["sql", "-c", "SELECT 'open"], "error: "),
        (&["sql", "-f", "/no/such/file.sql"], "/no/such/file.sql"),
        (&["sql", "--as", "nobody", "-c", "SELECT 1"], "nobody"),
    ] {
        let ran = home.run(args);
        assert_eq!(ran.code, Some(1), "{args:?}\n{}", ran.out);
        assert!(ran.err.contains("error: ") && ran.err.contains(part), "{args:?}\n{}", ran.err);
        assert!(ran.out.is_empty(), "{args:?}\n{}", ran.out);
    }
}

#[test]
fn another_principal_asks_with_as() {
    let home = Home::new();
    home.exec("CREATE USER ana; CREATE TABLE t AS SELECT 1 AS a");
    assert_eq!(json!(home.rows("SELECT a FROM t")), json!([{"a": 1}]));
    assert!(home.error_as("ana", "SELECT a FROM main.default.t").contains("main"));
}

/// A shell in a terminal that `script` makes.
pub(crate) struct Terminal {
    child: Child,
    input: ChildStdin,
    seen: Arc<(Mutex<String>, Condvar)>,
    /// How much of what was seen has been waited for.
    read: usize,
}

impl Terminal {
    /// None on a machine without `script`.
    pub(crate) fn open(home: &Home) -> Option<Self> {
        let polder = env!("CARGO_BIN_EXE_polder");
        let mut command = home.command_of("script");
        command
            .args(["-qfec", &format!("exec {polder} sql"), "/dev/null"])
            .env("HOME", home.path())
            .env("TERM", "xterm");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let Ok(mut child) = command.spawn() else {
            println!("skipped: there is no program `script` to make a terminal with");
            return None;
        };
        let input = child.stdin.take().expect("standard input is piped");
        let mut output = child.stdout.take().expect("standard output is piped");
        let seen = Arc::new((Mutex::new(String::new()), Condvar::new()));
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count) = output.read(&mut bytes) {
                let (text, changed) = &*shared;
                if count == 0 {
                    break;
                }
                text.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..count]));
                changed.notify_all();
            }
        });
        Some(Self { child, input, seen, read: 0 })
    }

    fn send(&mut self, keys: &str) {
        self.input.write_all(keys.as_bytes()).and_then(|()| self.input.flush()).expect("the terminal takes keys");
    }

    /// Wait until `text` appears after what was waited for before.
    #[track_caller]
    pub(crate) fn wait(&mut self, text: &str) {
        let (seen, changed) = &*self.seen;
        let mut now = seen.lock().unwrap();
        loop {
            if let Some(at) = now[self.read..].find(text) {
                self.read += at + text.len();
                return;
            }
            let (next, waited) = changed.wait_timeout(now, Duration::from_secs(120)).unwrap();
            now = next;
            assert!(!waited.timed_out(), "waited in vain for {text:?} in\n{}", &now[self.read..]);
        }
    }

    /// Type a line once the shell asks for one.
    #[track_caller]
    pub(crate) fn line(&mut self, text: &str) {
        self.wait("> ");
        self.send(&format!("{text}\r"));
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn the_shell_in_a_terminal() {
    let home = Home::new();
    let component = guest("matrix");
    home.exec(&format!(
        "CREATE SCHEMA m; INSTALL PLUGIN matrix FROM '{}' INTO SCHEMA m; CREATE TABLE polders AS SELECT 4711 AS dike",
        component.display()
    ));
    let Some(mut shell) = Terminal::open(&home) else { return };

    // A statement ends with a semicolon, however many lines it has.
    shell.line("SELECT 40");
    shell.send("+ 2\r");
    shell.send("AS answer;\r");
    shell.wait("│     42 │");
    shell.wait("1 row");

    shell.line("\\dt");
    shell.wait("polders");
    shell.wait("1 row");
    shell.line("\\d polders");
    shell.wait("BIGINT");
    shell.wait("1 row");

    // Tab completes the only table that begins so.
    shell.line("SELECT dike - 1 AS d FROM pol\t;");
    shell.wait("4710");
    shell.wait("1 row");

    // An error leaves the shell as it was.
    shell.line("SELECT * FROM nope;");
    shell.wait("error: ");

    // Ctrl-C reaches a function that would never end, and the session goes on.
    shell.line("SELECT m.spin(n) FROM generate_series(3, 4) AS s(n);");
    shell.wait("\n");
    shell.send("\u{3}");
    shell.wait("ancel");
    shell.line("SELECT 6 * 7 AS again;");
    shell.wait("│    42 │");
    shell.wait("1 row");

    // The last statement comes back with the arrow key.
    shell.line("\u{1b}[A");
    shell.wait("│    42 │");
    shell.line("\\q");
    let end = shell.child.wait().expect("the shell ends");
    assert!(end.success(), "{end}\n{}", shell.seen.0.lock().unwrap());
}
