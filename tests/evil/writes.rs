//! Files and commits that are begun and never ended: nobody ever sees them.

use std::path::Path;
use std::time::Duration;

use polder_sandbox::Limits;
use serde_json::json;

use crate::stage::{Stage, beside, beside_with, limits, rows, says};

const FILE: &str = "a => 'main.evil.files', b => 'a/big'";
const TABLE: &str = "a => 'main.evil.t'";

/// Names of all files below a folder.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path().is_dir() {
            true => found.extend(files(&entry.path())),
            false => found.push(entry.path().display().to_string()),
        }
    }
    found
}

/// No listing shows anything, and what the attack left on disk is cleared away.
async fn no_file(stage: &Stage) {
    assert_eq!(stage.got("CALL evil.list(a => 'main.evil.files')").await, [json!({"told": []})]);
    for _ in 0..600 {
        if files(&stage.folder().join("files")).is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("left behind: {:?}", files(&stage.folder().join("files")));
}

async fn volume(stage: &Stage) {
    stage.install("tasks").await;
    let folder = stage.folder().join("files");
    std::fs::create_dir_all(&folder).unwrap();
    stage.did(&format!("CREATE EXTERNAL VOLUME evil.files LOCATION '{}'", folder.display())).await;
}

#[test]
fn a_crash_in_the_middle_of_a_file() {
    beside(async |stage| {
        volume(stage).await;
        stage.stopped(&format!("CALL evil.write_panic({FILE})"), &["crashed", "in the middle of a file"]).await;
        no_file(stage).await;
    });
}

#[test]
fn a_file_that_is_given_up() {
    beside(async |stage| {
        volume(stage).await;
        for task in ["write_abandon", "write_forget"] {
            stage.got(&format!("CALL evil.{task}({FILE})")).await;
            no_file(stage).await;
        }
    });
}

#[test]
fn a_file_without_end() {
    beside_with(Limits { write_bytes: 8 << 20, ..limits() }, async |stage| {
        volume(stage).await;
        stage.stopped(&format!("CALL evil.write_abandon({FILE})"), &["limit: ", "`write_bytes`", "8 MiB"]).await;
        no_file(stage).await;
    });
}

/// The table has the rows and the versions that it had.
async fn no_commit(stage: &Stage) {
    let count = stage.did("SELECT count(*) AS c FROM evil.t").await;
    assert_eq!(count, [json!({"c": 10})]);
    assert_eq!(stage.did("DESCRIBE HISTORY evil.t").await.len(), 1);
}

#[test]
fn a_crash_in_the_middle_of_a_commit() {
    beside(async |stage| {
        stage.install("tasks").await;
        stage.stopped(&format!("CALL evil.rows_panic({TABLE})"), &["crashed", "in the middle of a commit"]).await;
        no_commit(stage).await;
    });
}

#[test]
fn a_commit_that_is_given_up() {
    beside(async |stage| {
        stage.install("tasks").await;
        for task in ["rows_abandon", "rows_forget"] {
            stage.got(&format!("CALL evil.{task}({TABLE})")).await;
            no_commit(stage).await;
        }
        // After all that the table takes a commit as ever.
        assert_eq!(stage.got(&format!("CALL evil.write_rows({TABLE})")).await, [json!({"told": 1})]);
    });
}

#[test]
fn rows_that_are_none() {
    beside(async |stage| {
        stage.install("tasks").await;
        let lie = format!("CALL evil.rows_lie({TABLE})");
        stage.stopped(&lie, &["broke the plugin contract", "a buffer of 8 bytes where 8000 are needed"]).await;
        stage
            .stopped(
                &format!("CALL evil.rows_of_another_type({TABLE})"),
                &["Cannot cast string 'text' to value of Int64"],
            )
            .await;
        no_commit(stage).await;
    });
}

#[test]
fn a_table_that_may_not_be_written() {
    beside(async |stage| {
        stage.install("tasks").await;
        let write = "CALL evil.write_rows(a => 'main.next.numbers')";
        stage.stopped(write, &["not found: ", "does not exist, or you may not see it"]).await;
        stage.did("GRANT USE SCHEMA ON SCHEMA next TO PLUGIN evil.tasks").await;
        let grant = "GRANT MODIFY ON TABLE main.next.numbers TO PLUGIN main.evil.tasks";
        says(write, rows(&stage.owner, write).await, &["denied: ", grant]);
    });
}

#[test]
fn a_statement_whose_guest_crashes_at_the_end() {
    beside(async |stage| {
        stage.install("transforms").await;
        let insert = "INSERT INTO evil.t SELECT n FROM evil.panic_late(TABLE evil.t)";
        stage.stopped(insert, &["crashed", "late"]).await;
        no_commit(stage).await;
    });
}
