//! `polder plugin dev`: what is saved is built, tested and installed, and what fails changes nothing.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::shell::Terminal;
use crate::support::{Home, copy, edit, interrupt};

/// A process that watches a project, and what it tells.
struct Dev {
    child: Child,
    told: Receiver<Value>,
}

impl Dev {
    fn start(home: &Home, project: &Path, options: &[&str]) -> Self {
        let place = project.display().to_string();
        let arguments = [&["plugin", "dev", &place, "--into", "main.m", "--format", "json"], options].concat();
        let mut command = home.command(&arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("polder runs");
        let output = BufReader::new(child.stdout.take().expect("standard output is piped"));
        let (send, told) = mpsc::channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = send.send(serde_json::from_str(&line).expect("one JSON object a line"));
            }
        });
        Self { child, told }
    }

    /// What is told next.
    #[track_caller]
    fn next(&self) -> Value {
        self.told.recv_timeout(Duration::from_secs(300)).expect("it tells of what was saved")
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A copy of a guest with a case, which the test may change.
fn project() -> (TempDir, PathBuf) {
    let (folder, project) = copy("greet-1");
    std::fs::create_dir(project.join("tests")).unwrap();
    save(&project, "tests/hello.sql", "SELECT {schema}.hello('ana') AS a;\n-- a\n-- hello ana\n");
    (folder, project)
}

fn save(project: &Path, name: &str, text: &str) {
    std::fs::write(project.join(name), text).unwrap();
}

#[test]
#[cfg(unix)]
fn what_is_saved_is_there_with_the_next_statement() {
    let home = Home::new();
    home.exec("CREATE SCHEMA m");
    let (_folder, project) = project();
    let mut dev = Dev::start(&home, &project, &["-c", "SELECT hello('bo') AS a"]);
    let told = dev.next();
    assert_eq!((&told["outcome"], &told["plugin"]), (&json!("installed"), &json!("main.m.greet")), "{told}");
    assert_eq!((&told["cases"]["passed"], &told["rows"]), (&json!(1), &json!([{"a": "hello bo"}])), "{told}");
    let Some(mut shell) = Terminal::open(&home) else { return };
    shell.line("SELECT m.hello('ana') || '!' AS a;");
    shell.wait("hello ana!");

    // A case that fails: what was there stays.
    edit(&project, "src/lib.rs", "hello {name}", "hi {name}");
    let told = dev.next();
    assert_eq!((&told["outcome"], &told["changed"]), (&json!("failed"), &json!(["src/lib.rs"])), "{told}");
    assert_eq!((&told["failure"]["step"], &told["plugin"]), (&json!("cases"), &json!("main.m.greet")), "{told}");
    let difference = told["cases"]["failures"][0]["difference"].to_string();
    assert!(difference.contains("- hello ana") && difference.contains("+ hi ana"), "{difference}");
    assert_eq!(home.value("SELECT m.hello('ana')"), "hello ana");

    // The case follows. The running shell has the new version, and functions that were not there before.
    edit(&project, "tests/hello.sql", "-- hello", "-- hi");
    let told = dev.next();
    assert_eq!(
        (&told["outcome"], &told["cases"]["fixed"]),
        (&json!("upgraded"), &json!(["tests/hello.sql:1"])),
        "{told}"
    );
    assert_eq!(told["rows"], json!([{"a": "hi bo"}]), "{told}");
    shell.line("SELECT m.hello('ana') || '?' AS a;");
    shell.wait("hi ana?");
    edit(&project, "src/lib.rs", "fn bye", "fn farewell");
    let told = dev.next();
    let changes: Vec<_> = told["changes"].as_array().unwrap().iter().map(|one| (&one["about"], &one["what"])).collect();
    let expected = [json!("function bye"), json!("is gone"), json!("function farewell"), json!("is new")];
    assert_eq!(changes, [(&expected[0], &expected[1]), (&expected[2], &expected[3])], "{told}");
    shell.line("SELECT m.farewell('ana') || '.' AS a;");
    shell.wait("bye ana.");

    // What does not compile, and what the compiler itself wrote meanwhile, which is no change.
    edit(&project, "src/lib.rs", "fn farewell", "fn fare well");
    let told = dev.next();
    assert_eq!((&told["failure"]["step"], &told["plugin"]), (&json!("build"), &json!("main.m.greet")), "{told}");
    assert!(told["failure"]["error"].as_str().unwrap().contains("src/lib.rs"), "{told}");
    assert_eq!(home.value("SELECT m.farewell('ana')"), "bye ana");
    save(&project, "target/noise", "noise");
    edit(&project, "src/lib.rs", "fn fare well", "fn farewell");
    let told = dev.next();
    assert_eq!((&told["outcome"], &told["changed"]), (&json!("unchanged"), &json!(["src/lib.rs"])), "{told}");

    interrupt(dev.child.id());
    assert!(dev.child.wait().expect("it ends").success());
    assert!(dev.told.recv().is_err(), "nothing else was told");
}

#[test]
fn once_fails_with_what_it_did() {
    let home = Home::new();
    let (_folder, project) = project();
    let place = project.display().to_string();
    let dev = |options: &[&str]| home.run(&[&["plugin", "dev", &place, "--once"], options].concat());
    let ran = dev(&[]);
    assert!(ran.code == Some(1) && ran.err.contains("polder init"), "{ran:?}");
    home.exec("CREATE SCHEMA m");
    for (into, error) in [("m", "catalog.schema"), ("main.none", "none"), ("main.m.x", "catalog.schema")] {
        let ran = dev(&["--into", into]);
        assert!(ran.code == Some(1) && ran.err.contains(error), "{ran:?}");
    }
    let ran = home.run(&["plugin", "dev", "tests/e2e", "--once"]);
    assert!(ran.code == Some(1) && ran.out.contains("nothing was installed"), "{ran:?}");

    let ran = dev(&["-c", "SELECT bye('bo') AS a"]);
    assert!(ran.code == Some(0) && ran.out.contains("1 passed, 0 failed; installed main.default.greet"), "{ran:?}");
    assert!(ran.out.contains("bye bo"), "{ran:?}");
    edit(&project, "tests/hello.sql", "-- hello", "-- hi");
    let ran = dev(&[]);
    assert!(ran.code == Some(1) && ran.out.contains("main.default.greet stays as it was"), "{ran:?}");
    assert!(ran.out.contains("- hi ana") && ran.out.contains("+ hello ana"), "{ran:?}");

    // Who may not install plugins does not by this.
    edit(&project, "tests/hello.sql", "-- hi", "-- hello");
    home.exec("CREATE USER ana; GRANT USE CATALOG ON CATALOG main TO ana; GRANT USE SCHEMA ON SCHEMA main.m TO ana");
    let ran = dev(&["--as", "ana", "--into", "main.m"]);
    assert!(ran.code == Some(1) && ran.out.contains("nothing was installed") && ran.out.contains("GRANT "), "{ran:?}");
}
