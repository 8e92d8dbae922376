//! Guests that never end: every call has a deadline, and every statement can be cancelled.

use std::sync::Arc;
use std::time::{Duration, Instant};

use polder_sandbox::Limits;

use crate::stage::{Stage, beside, beside_with, limits, rows};

const CALL: [&str; 2] = ["`call_time`", "2s"];
const TASK: [&str; 2] = ["`task_time`", "3s"];

#[test]
fn a_scalar_that_never_ends() {
    beside(async |stage| {
        stage.install("functions").await;
        stage.stopped("SELECT evil.spin(n) FROM evil.t", &CALL).await;
    });
}

#[test]
fn a_scalar_that_logs_for_ever() {
    beside(async |stage| {
        stage.install("functions").await;
        stage.stopped("SELECT evil.spin_log(n) FROM evil.t", &CALL).await;
    });
}

/// Each holds a thread until it is stopped, and the others' work goes on elsewhere.
#[test]
fn more_loops_than_there_are_threads() {
    beside_with(Limits { call_time: Duration::from_secs(4 * 3600), ..limits() }, async |stage| {
        stage.install("functions").await;
        let spin = || {
            let session = Arc::clone(&stage.mallory);
            tokio::spawn(async move { rows(&session, "SELECT evil.spin(n) FROM evil.t").await })
        };
        let spinning: Vec<_> = (0..6).map(|_| spin()).collect();
        // Were they in the way, this would take four hours.
        for _ in 0..100 {
            stage.did("SELECT sum(n) AS s FROM evil.t WHERE n > 1 GROUP BY n % 3").await;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(spinning.iter().all(|one| !one.is_finished()));
        stage.mallory.interrupt();
        for outcome in spinning {
            let error = outcome.await.unwrap().expect_err("it never ends by itself");
            assert!(error.contains("interrupted") || error.contains("cancelled"), "{error}");
        }
    });
}

#[test]
fn an_aggregate_that_never_ends() {
    beside(async |stage| {
        stage.install("functions").await;
        stage.stopped("SELECT evil.spin_update(n) FROM evil.t", &CALL).await;
    });
}

#[test]
fn a_transform_that_never_takes_its_input() {
    transform("spin_push");
}

#[test]
fn a_transform_that_never_gives_its_output() {
    transform("spin_pull");
}

#[test]
fn a_transform_that_never_finishes() {
    transform("spin_finish");
}

#[test]
fn a_transform_that_never_begins() {
    transform("spin_bind");
}

#[test]
fn a_transform_that_asks_for_the_time_for_ever() {
    transform("spin_clock");
}

fn transform(name: &str) {
    beside(async |stage| {
        stage.install("transforms").await;
        stage.stopped(&format!("SELECT * FROM evil.{name}(TABLE evil.t)"), &CALL).await;
    });
}

#[test]
fn a_task_that_never_ends() {
    beside(async |stage| {
        stage.install("tasks").await;
        stage.stopped("CALL evil.spin_task()", &TASK).await;
    });
}

#[test]
fn a_task_that_calls_the_host_for_ever() {
    beside(async |stage| {
        stage.install("tasks").await;
        stage.stopped("CALL evil.spin_clock_task()", &TASK).await;
        stage.stopped("CALL evil.spin_log_task()", &TASK).await;
    });
}

/// Far more rows than anybody counts.
const ENDLESS: &str = "SELECT count(*) FROM generate_series(1, 4000000000000) AS s(n)";

#[test]
fn a_query_of_a_task_that_never_ends() {
    beside(async |stage| {
        stage.install("tasks").await;
        stage.stopped(&format!("CALL evil.sql(a => '{ENDLESS}')"), &TASK).await;
    });
}

/// What runs for mallory ends soon after it is cancelled: long before any limit.
async fn cancelled(stage: &Stage, statement: &str) {
    let begun = Instant::now();
    let session = Arc::clone(&stage.mallory);
    // On a thread of its own, as the guest may keep this one busy.
    let cancel = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        session.interrupt();
    });
    let outcome = rows(&stage.mallory, statement).await;
    cancel.join().unwrap();
    let error = outcome.expect_err(statement);
    assert!(error.contains("interrupted") || error.contains("cancelled"), "{statement}: {error}");
    assert!(begun.elapsed() < Duration::from_secs(120), "{statement}: {:?}", begun.elapsed());
    assert_eq!(rows(&stage.mallory, "SELECT count(*) AS c FROM evil.t").await.unwrap()[0]["c"], 10);
}

#[test]
fn cancelling_stops_a_guest_and_what_it_waits_for() {
    let hours = Duration::from_secs(4 * 3600);
    beside_with(Limits { call_time: hours, task_time: hours, ..limits() }, async |stage| {
        for guest in ["functions", "transforms", "tasks"] {
            stage.install(guest).await;
        }
        cancelled(stage, "CALL evil.spin_task()").await;
        cancelled(stage, "CALL evil.spin_clock_task()").await;
        cancelled(stage, &format!("CALL evil.sql(a => '{ENDLESS}')")).await;
        cancelled(stage, "SELECT * FROM evil.spin_push(TABLE evil.t)").await;
        cancelled(stage, "SELECT count(*) FROM evil.unending(TABLE evil.t)").await;
        cancelled(stage, "SELECT count(*) FROM evil.endless(1)").await;
    });
}
