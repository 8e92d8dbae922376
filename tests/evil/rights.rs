//! Plugins that come to more than they were granted.

use serde_json::json;

use crate::guests::patched;
use crate::stage::{beside, rows, says};

const CREATE: &str = "CALL evil.sql(a => 'CREATE TABLE main.evil.mine (a INT)')";
const GRANT: &str = "GRANT CREATE TABLE ON SCHEMA main.evil TO PLUGIN main.evil.tasks";

#[test]
fn an_upgrade_that_asks_for_more() {
    beside(async |stage| {
        stage.install("tasks").await;
        let grants = stage.did("SHOW GRANTS TO PLUGIN evil.tasks").await;
        says("not asked", rows(&stage.owner, CREATE).await, &["did not say when it was installed", "CREATE TABLE"]);
        let file = stage.folder().join("more.wasm");
        std::fs::write(&file, patched("tasks", "wants:less..", "wants:more..")).unwrap();
        stage.did(&format!("UPGRADE PLUGIN evil.tasks FROM '{}'", file.display())).await;
        // It has the grants that it had, and they do not cover what it asks for now.
        assert_eq!(stage.did("SHOW GRANTS TO PLUGIN evil.tasks").await, grants);
        says("not granted", rows(&stage.owner, CREATE).await, &["denied: ", GRANT]);
        stage.did(GRANT).await;
        stage.did(CREATE).await;
    });
}

#[test]
fn a_grant_from_before_it_asked() {
    beside(async |stage| {
        stage.install("tasks").await;
        stage.did(GRANT).await;
        says("not asked", rows(&stage.owner, CREATE).await, &["did not say when it was installed", "CREATE TABLE"]);
    });
}

#[test]
fn a_grant_of_more_than_it_named() {
    beside(async |stage| {
        let file = stage.folder().join("named.wasm");
        std::fs::write(&file, patched("tasks", "wants:less..", "wants:named.")).unwrap();
        let file = file.display();
        stage.did(&format!("INSTALL PLUGIN tasks FROM '{file}' INTO SCHEMA evil GRANT REQUESTED")).await;
        stage.did("CREATE TABLE evil.other AS SELECT 1 AS n").await;
        for on in ["CATALOG main", "SCHEMA evil", "TABLE evil.other"] {
            stage.did(&format!("GRANT ALL PRIVILEGES ON {on} TO PLUGIN evil.tasks")).await;
        }
        let read = |table: &str| format!("CALL evil.sql(a => 'SELECT n FROM main.evil.{table}')");
        stage.did(&read("t")).await;
        says(
            "not named",
            rows(&stage.owner, &read("other")).await,
            &["did not say when it was installed", "SELECT", "evil.other"],
        );
    });
}

#[test]
fn a_grant_to_a_plugin_of_the_same_name() {
    beside(async |stage| {
        stage.install("tasks").await;
        stage.did("DROP PLUGIN evil.tasks").await;
        let file = crate::guests::path("tasks").display();
        stage.did(&format!("INSTALL PLUGIN tasks FROM '{file}' INTO SCHEMA evil")).await;
        assert!(stage.did("SHOW GRANTS TO PLUGIN evil.tasks").await.is_empty());
        let query = "CALL evil.sql(a => 'SELECT n FROM main.evil.t')";
        says("no grants", rows(&stage.owner, query).await, &["denied: ", "TO PLUGIN main.evil.tasks"]);
    });
}

#[test]
fn what_exists_beyond_what_both_may_see() {
    beside(async |stage| {
        stage.install("tasks").await;
        assert_eq!(stage.got("CALL evil.look(a => 'main.evil')").await, [json!({"told": ["main.evil.t"]})]);
        stage.stopped("CALL evil.look(a => 'main.next')", &["not found: "]).await;
        stage.stopped("CALL evil.comment(a => 'main.evil.t', b => 'mine')", &["denied: ", "main.evil.t"]).await;
        stage.stopped("CALL evil.tag(a => 'main.evil.t', b => 'mine')", &["denied: ", "main.evil.t"]).await;
    });
}

#[test]
fn statements_of_somebody_without_rights() {
    beside(async |stage| {
        stage.install("tasks").await;
        let file = crate::guests::path("tasks").display();
        let install = format!("INSTALL PLUGIN mine FROM '{file}' INTO SCHEMA evil");
        stage.stopped(&install, &["GRANT", "TO mallory"]).await;
        stage.stopped("SELECT next.plus_one(n) FROM evil.t", &["next.plus_one"]).await;
        stage.stopped("DROP PLUGIN evil.tasks", &["main.evil.tasks"]).await;
        stage.stopped("GRANT SELECT ON SCHEMA next TO PLUGIN evil.tasks", &["next"]).await;
    });
}
