//! What guests log: bounded, and harmless to a terminal.

use std::sync::{Arc, Mutex};

use polder_query::Conduct;
use polder_sandbox::{Limits, LogLine, LogSink, Metrics};

use crate::stage::{beside, beside_with, limits, rows};

#[derive(Default)]
struct Watch {
    lines: Mutex<Vec<String>>,
    names: Mutex<Vec<String>>,
}

impl LogSink for Watch {
    fn log(&self, line: &LogLine<'_>) {
        let fields: String = line.fields.iter().map(|(name, value)| format!(" {name}={value}")).collect();
        self.lines.lock().unwrap().push(format!("{}{fields}", line.message));
    }
}

impl Metrics for Watch {
    fn counter(&self, name: &str, _: u64) {
        self.names.lock().unwrap().push(name.to_owned());
    }

    fn gauge(&self, name: &str, _: f64) {
        self.names.lock().unwrap().push(name.to_owned());
    }

    fn progress(&self, _: u64, _: Option<u64>) {}
}

/// Whatever the rate: the bytes of a run are counted.
#[test]
fn floods_of_lines_and_of_metrics() {
    beside_with(Limits { log_rate: u32::MAX, ..limits() }, async |stage| {
        stage.install("tasks").await;
        let watch = Arc::new(Watch::default());
        let session = stage.polder.session(Some("mallory")).await.unwrap();
        let session = session.conducted(Conduct { watch: Some(Arc::clone(&watch) as _), seed: None });
        rows(&session, "CALL evil.log_flood()").await.unwrap();
        rows(&session, "CALL evil.metrics_flood()").await.unwrap();
        let lines = watch.lines.lock().unwrap();
        let bytes: usize = lines.iter().map(String::len).sum();
        assert!(bytes < 4 << 20, "{bytes} bytes");
        assert!(lines.last().unwrap().contains("log limit of 1048576 bytes"), "{:?}", lines.last());
        assert!(lines.iter().all(|line| !line.chars().any(char::is_control)));
        let names = watch.names.lock().unwrap();
        assert_eq!(names.len(), 1000, "the limit `metrics`");
        assert!(names.iter().all(|name| !name.chars().any(char::is_control)));
    });
}

#[test]
fn lines_without_end() {
    beside(async |stage| {
        stage.install("functions").await;
        // They are dropped, and nobody is stopped for it.
        assert_eq!(stage.got("SELECT evil.flood(n) AS x FROM evil.t").await.len(), 10);
        assert_eq!(stage.got("SELECT evil.shout(n) AS x FROM evil.t").await.len(), 10);
    });
}

/// As many in a second as the limit says, and one that says so.
#[test]
fn a_flood_within_a_second() {
    beside(async |stage| {
        stage.install("tasks").await;
        let watch = Arc::new(Watch::default());
        let session = stage.polder.session(Some("mallory")).await.unwrap();
        let session = session.conducted(Conduct { watch: Some(Arc::clone(&watch) as _), seed: None });
        rows(&session, "CALL evil.log_flood()").await.unwrap();
        let lines = watch.lines.lock().unwrap();
        assert!(lines[1000].contains("log limit of 1000 lines in a second"), "{:?}", lines[1000]);
        assert!(lines[..1000].iter().all(|line| !line.contains("log limit")));
    });
}
