//! Handles that were never given, were given back, or are another thing's; and more of them than anybody needs.

use crate::stage::beside;

const VOLUME: &str = "a => 'main.evil.files'";

#[test]
fn a_handle_that_was_never_given() {
    forged("handle_never", "unknown handle index 4660");
}

#[test]
fn a_handle_that_was_given_back() {
    forged("handle_dropped", "unknown handle index");
}

#[test]
fn a_handle_of_something_else() {
    forged("handle_other", "handle index 1 used with the wrong type");
}

#[test]
fn a_file_that_is_committed_twice() {
    forged("commit_twice", "unknown handle index");
}

fn forged(task: &str, why: &str) {
    beside(async |stage| {
        stage.install("tasks").await;
        stage.did("CREATE VOLUME evil.files").await;
        stage.stopped(&format!("CALL evil.{task}({VOLUME}, b => 'x')"), &["broke the plugin contract", why]).await;
    });
}

#[test]
fn ten_thousand_open_handles() {
    beside(async |stage| {
        stage.install("tasks").await;
        stage.did("CREATE VOLUME evil.files").await;
        for task in ["volumes_many", "uploads_many"] {
            stage.stopped(&format!("CALL evil.{task}({VOLUME})"), &["`handles`", "256"]).await;
        }
        assert_eq!(stage.got(&format!("CALL evil.list({VOLUME})")).await[0]["told"], serde_json::json!([]));
    });
}
