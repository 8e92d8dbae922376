//! Guests that want more memory, stack or log than there is for them.

use crate::guests::of_text;
use crate::stage::{beside, says};

#[test]
fn a_scalar_that_eats_all_memory() {
    beside(async |stage| {
        stage.install("functions").await;
        stage.stopped("SELECT evil.eat(n) FROM evil.t", &["`memory`", "64 MiB"]).await;
    });
}

#[test]
fn an_aggregate_and_a_task_that_eat_all_memory() {
    beside(async |stage| {
        stage.install("functions").await;
        stage.install("tasks").await;
        stage.stopped("SELECT evil.eat_update(n) FROM evil.t", &["`memory`", "64 MiB"]).await;
        stage.stopped("CALL evil.eat_task()", &["`memory`", "64 MiB"]).await;
    });
}

#[test]
fn a_transform_that_hoards() {
    beside(async |stage| {
        stage.install("transforms").await;
        stage.stopped("SELECT * FROM evil.hoard(TABLE evil.t)", &["`memory`", "64 MiB"]).await;
    });
}

/// Each instance takes what it may, and no more: the next one finds as much.
#[test]
fn growing_from_many_statements_at_once() {
    beside(async |stage| {
        stage.install("functions").await;
        let all = (0..12).map(|_| stage.got("SELECT sum(evil.grow(n)) AS s FROM evil.t"));
        for rows in futures::future::join_all(all).await {
            assert_eq!(rows[0]["s"], 45);
        }
    });
}

#[test]
fn endless_recursion() {
    beside(async |stage| {
        stage.install("functions").await;
        stage.install("tasks").await;
        stage.stopped("SELECT evil.deep(n) FROM evil.t", &["`stack`", "512 KiB"]).await;
        stage.stopped("CALL evil.deep_task()", &["`stack`", "512 KiB"]).await;
    });
}

#[test]
fn results_that_are_too_large() {
    beside(async |stage| {
        stage.install("functions").await;
        stage.stopped("SELECT evil.huge(n) FROM evil.t", &["`result_bytes`", "16 MiB"]).await;
        // A message is cut, and harmless: see `says`.
        stage.stopped("SELECT evil.message(n) FROM evil.t", &["thanks"]).await;
        stage.stopped("SELECT evil.message_huge(n) FROM evil.t", &["xxxx", "…"]).await;
    });
}

/// A component that grows before anything is asked of it, in its start function.
fn bomb(declarations: &str, body: &str) -> Vec<u8> {
    let text = include_str!("functions.wat").replace(";; $START", declarations).replace(";; $BODY", body);
    of_text("functions", &text)
}

#[test]
fn tables_and_memories_from_the_start() {
    beside(async |stage| {
        let grow = "(drop (table.grow $bomb (ref.null func) (i32.const 1000000))) (unreachable)";
        let table = bomb("(table $bomb 1 funcref)", grow);
        says("table.grow", stage.bring(&table).await, &["`table_elements`", "100000"]);
        let table = bomb("(table $bomb 100000000 funcref)", "(unreachable)");
        says("a table", stage.bring(&table).await, &["`table_elements`", "100000"]);
        let grow = "(loop $more (br_if $more (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) (unreachable)";
        says("memory.grow", stage.bring(&bomb("", grow)).await, &["`memory`", "64 MiB"]);
        let memory = include_str!("functions.wat").replace("\"memory\") 2", "\"memory\") 60000");
        let memory = of_text("functions", &memory.replace(";; $BODY", "(unreachable)"));
        says("a memory", stage.bring(&memory).await, &["`memory`", "64 MiB"]);
    });
}
