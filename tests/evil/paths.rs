//! Paths and names that lead out of a volume, or into another one's.

use serde_json::json;

use crate::stage::{Stage, beside, rows, says};

/// An external volume `evil.files` with a file and links, and a secret beside it.
async fn volume(stage: &Stage) {
    let folder = stage.folder().join("files");
    std::fs::create_dir_all(folder.join("a")).unwrap();
    std::fs::write(folder.join("a/b.txt"), "hello").unwrap();
    std::fs::write(stage.folder().join("secret.txt"), "sesame").unwrap();
    std::os::unix::fs::symlink(stage.folder(), folder.join("link")).unwrap();
    std::os::unix::fs::symlink("../secret.txt", folder.join("direct.txt")).unwrap();
    std::os::unix::fs::symlink("../not-yet.txt", folder.join("dangling.txt")).unwrap();
    stage.did(&format!("CREATE EXTERNAL VOLUME evil.files LOCATION '{}'", folder.display())).await;
    stage.install("tasks").await;
}

fn call(task: &str, path: &str) -> String {
    format!("CALL evil.{task}(a => 'main.evil.files', b => '{path}')")
}

/// Each path with the rule that refuses it.
const OUT: [(&str, &str); 12] = [
    ("../secret.txt", "it has '.' or '..'"),
    ("a/../../secret.txt", "it has '.' or '..'"),
    ("./../secret.txt", "it has '.' or '..'"),
    ("a/..", "it has '.' or '..'"),
    ("/etc/passwd", "it is absolute"),
    ("//etc/passwd", "it is absolute"),
    ("file:///etc/passwd", "it is absolute"),
    ("..\\secret.txt", "backslash"),
    ("a\\..\\..\\secret.txt", "backslash"),
    ("link/secret.txt", "a symbolic link leads out of the volume"),
    ("direct.txt", "a symbolic link leads out of the volume"),
    ("a/b.txt\0/../../secret.txt", "control characters"),
];

#[test]
fn paths_that_lead_out() {
    beside(async |stage| {
        volume(stage).await;
        for task in ["read", "write", "delete", "list"] {
            for (path, rule) in OUT {
                stage.stopped(&call(task, path), &["invalid: ", rule]).await;
            }
        }
        assert_eq!(std::fs::read_to_string(stage.folder().join("secret.txt")).unwrap(), "sesame");
        assert_eq!(stage.got(&call("list", "")).await, [json!({"told": ["a/b.txt"]})]);
    });
}

#[test]
fn paths_that_look_as_if_they_led_out() {
    beside(async |stage| {
        volume(stage).await;
        // Nothing decodes, folds or normalises them: they are names of files that are not there.
        for path in [
            "%2e%2e/secret.txt",
            "..%2fsecret.txt",
            "%2e%2e%2fsecret.txt",
            "%252e%252e/secret.txt",
            "\u{2024}\u{2024}/secret.txt",
            "\u{ff0e}\u{ff0e}/secret.txt",
            "..\u{2215}secret.txt",
            "..\u{ff0f}secret.txt",
            "A/B.TXT",
            ".../secret.txt",
            "~/secret.txt",
            "$HOME/secret.txt",
        ] {
            stage.stopped(&call("read", path), &["not found: ", "there is no file"]).await;
        }
    });
}

#[test]
fn a_file_behind_a_link_to_nothing() {
    beside(async |stage| {
        volume(stage).await;
        // Either the link is refused, or a file takes its place; what it points to is never made.
        let _ = rows(&stage.mallory, &call("write", "dangling.txt")).await;
        assert!(!stage.folder().join("not-yet.txt").exists(), "written through a link that led out of the volume");
    });
}

#[test]
fn lengths_and_offsets_beyond_a_file() {
    beside(async |stage| {
        volume(stage).await;
        std::fs::write(stage.folder().join("files/big"), vec![b'x'; 10_000]).unwrap();
        // Nothing from beyond the end; and never more at once than `read_bytes`, whatever was asked.
        assert_eq!(stage.got(&call("read_beyond", "big")).await, [json!({"told": [0, 1024]})]);
    });
}

#[test]
fn names_that_are_no_volume() {
    beside(async |stage| {
        volume(stage).await;
        let list = |name: &str| format!("CALL evil.list(a => '{name}')");
        for (name, why) in [
            ("main.evil.files/..", "too many parts"),
            ("main.evil.files; DROP VOLUME main.evil.files", "too many parts"),
            ("main.evil.files; DROP VOLUME files", "a name cannot hold a dot, a slash, a space"),
            ("main.evil.\"files\"", "not found: "),
            ("main.evil.t", "not found: "),
            ("../../home", "too many parts"),
            ("", "invalid: "),
            ("main.evil.files\u{1b}[2J", "control characters"),
            ("main.evil.files.a.b", "too many parts"),
        ] {
            stage.stopped(&list(name), &[why]).await;
        }
        assert_eq!(stage.got(&list("main.evil.files")).await.len(), 1);
    });
}

#[test]
fn a_volume_of_somebody_else() {
    beside(async |stage| {
        volume(stage).await;
        stage.did("CREATE VOLUME next.private").await;
        let list = "CALL evil.list(a => 'main.next.private')";
        // The owner may, but not the plugin; then the plugin may, but not mallory.
        let outcome = rows(&stage.owner, list).await;
        says(list, outcome, &["denied: ", "GRANT USE SCHEMA ON SCHEMA main.next TO PLUGIN main.evil.tasks"]);
        stage.did("GRANT USE SCHEMA, READ VOLUME ON SCHEMA next TO PLUGIN evil.tasks").await;
        stage.did(list).await;
        stage.stopped(list, &["not found: ", "does not exist, or you may not see it"]).await;
    });
}
