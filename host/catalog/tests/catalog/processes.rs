//! Several handles and several processes on one catalog.

use std::process::{Command, Stdio};
use std::time::Duration;

use polder_catalog::{Catalog, DropMode, Error, FileVersion, Kind, Privilege};

use crate::support::*;

const WRITERS: usize = 4;
const TABLES: usize = 15;

/// The path of the catalog that a child process of a test is to use.
const CHILD: &str = "POLDER_CATALOG_TEST_CHILD";

/// What each writer does: opens the catalog, creates tables, tries for the one name that only one can
/// get, and drops every second table.
async fn write_a_lot(path: &std::path::Path, writer: &str) -> usize {
    let catalog = Catalog::open(path, None).await.unwrap();
    let mut won = 0;
    for i in 0..TABLES {
        let access = catalog.access("owner").await.unwrap();
        let made = access.create(table(&format!("main.default.t_{writer}_{i}"))).await.unwrap();
        access.grant(&[Privilege::Select], &made, "account users").await.unwrap();
        match access.create(table(&format!("main.default.contested_{i}"))).await {
            Ok(_) => won += 1,
            Err(Error::AlreadyExists { .. }) => {}
            Err(other) => panic!("{other}"),
        }
        if i % 2 == 1 {
            access.drop(&made, DropMode::Restrict).await.unwrap();
        }
    }
    catalog.close().await;
    won
}

async fn check(path: &std::path::Path, won: Option<usize>) {
    let catalog = Catalog::open(path, None).await.unwrap();
    let owner = catalog.access("owner").await.unwrap();
    let count = async |like: &str| owner.list(&[Kind::Table], &name("main"), Some(like)).await.unwrap().len();
    assert_eq!(count("t_%").await, WRITERS * TABLES.div_ceil(2));
    assert_eq!(count("contested%").await, TABLES);
    assert!(won.is_none_or(|won| won == TABLES));
    assert_eq!(owner.dropped(&[Kind::Table], &name("main")).await.unwrap().len(), WRITERS * (TABLES / 2));
    // One step for each committed change, none lost: the bootstrap, then create, grant, drop, contested.
    let changes = 1 + WRITERS * (2 * TABLES + TABLES / 2) + TABLES;
    assert_eq!(catalog.generation().await.unwrap(), i64::try_from(changes).unwrap());
    let log = owner.audit_log(&Default::default()).await.unwrap();
    assert_eq!(log.len(), changes - 1);
}

#[test]
fn handles_in_one_process_take_turns() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("catalog.db");
    let run = |writer: usize| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(write_a_lot(&path, &writer.to_string()))
    };
    let won = std::thread::scope(|threads| {
        let run = &run;
        let writers: Vec<_> = (0..WRITERS).map(|writer| threads.spawn(move || run(writer))).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).sum()
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(check(&path, Some(won)));
}

#[test]
fn processes_take_turns_from_the_very_first_opening() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("catalog.db");
    let mut children: Vec<_> = (0..WRITERS).map(|_| child("processes::child_that_writes", &path)).collect();
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(check(&path, None));
}

#[tokio::test]
async fn what_a_killed_process_had_begun_is_as_if_it_never_was() {
    let scratch = scratch().await;
    let path = scratch.folder.path().join("catalog.db");
    let t = scratch.table("main.default.loaded").await;
    for round in 0..6 {
        let before = scratch.catalog.generation().await.unwrap();
        let mut child = child("processes::child_that_installs_and_loads", &path);
        // The child changes names without end: kill it soon after some of its changes are seen.
        while scratch.catalog.generation().await.unwrap() < before + 2 + round {
            assert!(child.try_wait().unwrap().is_none(), "the child ended");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(2 * round.unsigned_abs())).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let owner = scratch.owner().await;
        for p in owner.list(&[Kind::Plugin], &name("main"), None).await.unwrap() {
            let functions = owner.plugin_functions(&p).await.unwrap();
            assert_eq!(functions.len(), 20, "{} is whole", p.name);
            owner.drop(&p, DropMode::Restrict).await.unwrap();
        }
        assert_eq!(owner.list(&[Kind::Function], &name("main"), None).await.unwrap(), []);
        // The lock of the killed load is free.
        let load = tokio::time::timeout(Duration::from_secs(20), owner.begin_load(&t)).await.unwrap();
        let mut load = load.unwrap();
        let [id] = load.interrupted().to_vec()[..] else { panic!("one load was interrupted") };
        load.settle(id, false).await.unwrap();
        assert_eq!(load.claim(&[], false).await.unwrap(), Default::default());
        load.abandon().await.unwrap();
    }
}

#[tokio::test]
async fn a_revoke_by_another_handle_counts_from_the_next_statement_on() {
    let scratch = scratch().await;
    let t = scratch.table("main.default.t").await;
    scratch.usage("ann").await;
    scratch.grant(Privilege::Select, Kind::Table, "main.default.t", "ann").await;
    let other = Catalog::open(scratch.folder.path().join("catalog.db"), None).await.unwrap();
    let statement = other.access("ann").await.unwrap();
    statement.require(&t, Privilege::Select).await.unwrap();
    scratch.revoke(Privilege::Select, Kind::Table, "main.default.t", "ann").await;
    // The running statement is judged by one set of rights throughout; the next by the new one.
    statement.require(&t, Privilege::Select).await.unwrap();
    let next = other.access("ann").await.unwrap();
    assert!(next.generation() > statement.generation());
    remedy(next.require(&t, Privilege::Select).await);
}

#[tokio::test]
async fn loads_into_one_table_take_turns() {
    let scratch = scratch().await;
    let t = scratch.table("main.default.t").await;
    let other = Catalog::open(scratch.folder.path().join("catalog.db"), None).await.unwrap();
    let first = scratch.owner().await.begin_load(&t).await.unwrap();
    let access = other.access("owner").await.unwrap();
    let second = tokio::spawn(async move { access.begin_load(&t).await.map(|load| load.id()) });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!second.is_finished());
    first.abandon().await.unwrap();
    second.await.unwrap().unwrap();
}

fn child(test: &str, path: &std::path::Path) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(CHILD, path)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test]
#[ignore = "runs as a child process of another test"]
async fn child_that_writes() {
    let path = std::env::var(CHILD).unwrap();
    write_a_lot(path.as_ref(), &std::process::id().to_string()).await;
}

#[tokio::test]
#[ignore = "runs as a child process of another test, which kills it"]
async fn child_that_installs_and_loads() {
    let catalog = Catalog::open(std::env::var(CHILD).unwrap(), None).await.unwrap();
    let functions: Vec<_> = (0..20).map(|i| format!("f{i}")).collect();
    let functions: Vec<_> = functions.iter().map(String::as_str).collect();
    let owner = catalog.access("owner").await.unwrap();
    let t = owner.resolve(&[Kind::Table], &name("main.default.loaded")).await.unwrap();
    let mut load = owner.begin_load(&t).await.unwrap();
    let files: Vec<_> =
        (0..99).map(|i| FileVersion { path: format!("f{i}"), etag: None, size: 1, modified: i }).collect();
    load.claim(&files, false).await.unwrap();
    for i in 0.. {
        let p = owner.install(&plugin(&format!("main.default.p{i}"), "1", &functions)).await.unwrap();
        owner.drop(&p, DropMode::Restrict).await.unwrap();
    }
}
