//! Guests that attack the host: each attack, and what stops it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use arrow::datatypes::DataType;
use polder_sandbox::{Error, Interrupt, Limits, Memory, Plugin, Scalar, Terms};

use crate::guest::{bind, column, component, functions, home, int64s};

/// Calls the attack with ten rows; afterwards an honest function must work as before.
fn attack(name: &str) -> Error {
    let rows = int64s(0..10);
    let error = bind(name, &[column(DataType::Int64)]).call(std::slice::from_ref(&rows), 10).expect_err(name);
    assert_eq!(&bind("echo", &[column(DataType::Int64)]).call(std::slice::from_ref(&rows), 10).unwrap(), &rows);
    error
}

#[test]
fn results_that_are_not_arrow_are_refused() {
    let attacks = [
        ("rows_wrong", "11 rows where 10 are expected"),
        ("rows_claimed", "11 rows where 10 are expected"),
        ("short", "a buffer of 3 bytes where 80 are needed"),
        ("too_many_arrays", "1 arrays more"),
        ("no_arrays", "fewer arrays"),
        ("too_many_buffers", "Expected 1 buffers"),
        ("no_buffers", "Expected 1 buffers"),
        ("null_count_wrong", "10 nulls, but the array counts 0"),
        ("bitmap_short", "a validity bitmap of 1 bytes for 10 values"),
        ("nulls_without_bitmap", "no validity bitmap"),
        ("length_huge", "an array of 4294967295 values where 10 are expected"),
        ("not_nullable", "declared without nulls but has 10"),
        ("bad_utf8", "UTF"),
        ("split_utf8", "UTF"),
        ("offsets_beyond", "ffset"),
        ("offsets_backwards", "ffset"),
        ("offsets_negative", "ffset"),
        ("offsets_short", "a buffer of 4 bytes where 44 are needed"),
        ("decimal_wide", "1000 is too large"),
        ("null_flood", "at most 16777216"),
    ];
    for (name, why) in attacks {
        let error = attack(name);
        assert!(matches!(&error, Error::Contract { .. }), "{name}: {error:?}");
        assert!(error.to_string().to_lowercase().contains(&why.to_lowercase()), "{name}: {error}");
        assert!(error.to_string().contains(&format!("function `{name}`")), "{name}: {error}");
    }
}

#[test]
fn types_that_are_none_are_refused() {
    let attacks = [
        ("type_unknown", "no such type"),
        ("type_view", "views do not cross"),
        ("type_deep", "deeper than 16"),
        ("type_missing_child", "lacks children"),
        ("type_none", "0 roots"),
        ("type_two", "2 roots"),
        ("name_long", "longer than 128 bytes"),
    ];
    for (name, why) in attacks {
        let error = functions().bind_scalar(name, &[column(DataType::Int64)], &Interrupt::new()).unwrap_err();
        assert!(matches!(&error, Error::Contract { .. }), "{name}: {error:?}");
        assert!(error.to_string().contains(why), "{name}: {error}");
    }
}

#[test]
fn a_crash_says_which_function_and_why() {
    let error = attack("panic");
    assert!(matches!(&error, Error::Trap { panic: Some(_), .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("function `panic`") && text.contains("the sky fell on row 9"), "{text}");
}

#[test]
fn limits_stop_the_greedy_and_are_named() {
    let stopped = |name: &str, limit: &str, value: &str| match attack(name) {
        Error::Limit { limit: l, value: v, what, .. } => {
            assert_eq!((l, v.as_str()), (limit, value), "{name}");
            assert!(what.contains(name), "{what}");
        }
        other => panic!("{name}: {other:?}"),
    };
    stopped("eat", "memory", "64 MiB");
    stopped("huge", "result_bytes", "16 MiB");
}

/// The memory of a query: so many bytes for all its guests.
#[derive(Debug)]
struct Purse(AtomicUsize);

impl Memory for Purse {
    fn grow(&self, bytes: usize) -> Result<(), String> {
        let left = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        left.map(drop).map_err(|left| format!("{left} bytes are left"))
    }

    fn shrink(&self, bytes: usize) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

#[test]
fn guests_take_their_part_of_a_query_s_memory_and_give_it_back() {
    const ALL: usize = 32 << 20;
    let purse = Arc::new(Purse(ALL.into()));
    let bind = |name: &str| {
        let terms = Terms { memory: Some(Arc::clone(&purse) as _), ..Terms::default() };
        functions().bind_scalar(name, &[column(DataType::Int64)], terms).unwrap()
    };
    let rows = int64s(0..10);
    let echo = bind("echo");
    assert_eq!(&echo.call(std::slice::from_ref(&rows), 10).unwrap(), &rows);
    let left = purse.0.load(Ordering::Relaxed);
    assert!(left < ALL, "an instance that waits for its next call holds its memory");
    // Below its own limit, and above what the query has.
    let error = bind("eat").call(std::slice::from_ref(&rows), 10).unwrap_err();
    assert!(matches!(&error, Error::Memory { why, .. } if why.contains("bytes are left")), "{error:?}");
    assert_eq!(purse.0.load(Ordering::Relaxed), left, "what the greedy one had is back");
    assert_eq!(&echo.call(std::slice::from_ref(&rows), 10).unwrap(), &rows);
    drop(echo);
    assert_eq!(purse.0.load(Ordering::Relaxed), ALL);
}

#[test]
fn an_endless_loop_ends_at_the_deadline() {
    let home = home(Limits { call_time: Duration::from_millis(200), ..Limits::default() });
    let spin = spin(&home.sandbox.load(component()).unwrap());
    let start = Instant::now();
    let error = spin.call(&[int64s([1])], 1).unwrap_err();
    assert!(matches!(&error, Error::Limit { limit: "call_time", .. }), "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(40), "{:?}", start.elapsed());
}

fn spin(plugin: &Arc<Plugin>) -> Scalar {
    plugin.bind_scalar("spin", &[column(DataType::Int64)], &Interrupt::new()).unwrap()
}

#[test]
fn more_instances_than_allowed_are_refused_and_come_back() {
    let wait = std::time::Duration::from_millis(50);
    let home = home(Limits { instances: 2, instance_wait: wait, ..Limits::default() });
    let plugin = home.sandbox.load(component()).unwrap();
    let bind = || plugin.bind_scalar("echo", &[column(DataType::Int64)], &Interrupt::new());
    let (first, second) = (bind().unwrap(), bind().unwrap());
    let error = bind().unwrap_err();
    assert!(matches!(&error, Error::Limit { limit: "instances", .. }), "{error:?}");
    drop((first, second));
    bind().unwrap();
}

#[test]
fn the_log_is_bounded_and_clean() {
    let limits = Limits { log_line_bytes: 100, log_bytes: 2_000, ..Limits::default() };
    let home = home(limits);
    let plugin = home.sandbox.load(component()).unwrap();
    let shout = plugin.bind_scalar("shout", &[column(DataType::Int64)], &Interrupt::new()).unwrap();
    shout.call(&[int64s([1])], 1).unwrap();
    let lines = home.log.0.lock().unwrap();
    let bytes: usize = lines.iter().map(String::len).sum();
    assert!(bytes < 10_000, "{bytes} bytes");
    assert!(lines.iter().all(|line| !line.contains('\u{7}')));
    assert!(lines.last().unwrap().contains("log limit of 2000 bytes"), "{lines:?}");

    let calls = plugin.bind_scalar("calls", &[column(DataType::Int64)], &Interrupt::new()).unwrap();
    drop(lines);
    calls.call(&[int64s([1, 2])], 2).unwrap();
    assert_eq!(home.log.0.lock().unwrap().last().unwrap(), "INFO called rows=2");
}

/// A component in text, whose core module is `core`, and which exports nothing of the contract.
fn load(text: &str) -> Error {
    home(Limits::default()).sandbox.load(&wat::parse_str(text).unwrap()).map(drop).unwrap_err()
}

#[test]
fn imports_that_nobody_serves_are_named() {
    let error = load(r#"(component (import "wasi:cli/environment@0.2.0" (instance (export "f" (func)))))"#);
    assert!(matches!(&error, Error::Import { import } if import == "wasi:cli/environment@0.2.0"), "{error:?}");
    assert!(error.to_string().contains("does not serve"), "{error}");
    let error = load(r#"(component (import "polder:host/root@0.1.0" (instance (export "f" (func)))))"#);
    assert!(matches!(&error, Error::Import { .. }), "{error:?}");
    let error = load(r#"(component (import "sneak" (func)))"#);
    assert!(matches!(&error, Error::Import { .. }), "{error:?}");
}

#[test]
fn exports_that_are_missing_or_wrong_are_named() {
    let error = load("(component)");
    assert!(matches!(&error, Error::Export { export } if export == "polder:plugin/description@0.1.0"), "{error:?}");
    let wrong = r#"(component
        (core module $m (func (export "f")))
        (core instance $i (instantiate $m))
        (func $f (canon lift (core func $i "f")))
        (instance $e (export "describe" (func $f)))
        (export "polder:plugin/description@0.1.0" (instance $e))
        (export "polder:plugin/udf@0.1.0" (instance $e)))"#;
    let error = load(wrong);
    assert!(matches!(&error, Error::Contract { .. }), "{error:?}");
}

/// Attacks from the first instruction on, in a core module written by hand.
mod raw {
    use super::*;

    /// A component of the functions world whose `describe` is `body`.
    fn component(start: &str, body: &str) -> Vec<u8> {
        let text = include_str!("raw.wat").replace("$START", start).replace("$BODY", body);
        crate::guest::componentise(wat::parse_str(text).unwrap())
    }

    fn describe(start: &str, body: &str) -> Error {
        let limits = Limits { call_time: Duration::from_millis(100), memory: 1 << 20, ..Limits::default() };
        home(limits).sandbox.load(&component(start, body)).and_then(|plugin| plugin.describe()).unwrap_err()
    }

    #[test]
    fn an_endless_describe_or_start() {
        let error = describe("", "(loop (br 0)) unreachable");
        assert!(matches!(&error, Error::Limit { limit: "call_time", .. }), "{error:?}");
        let error = describe("(start $begin) (func $begin (loop (br 0)))", "unreachable");
        assert!(matches!(&error, Error::Limit { limit: "call_time", .. }), "{error:?}");
    }

    #[test]
    fn endless_recursion() {
        let error = describe("(func $deeper (call $deeper))", "(call $deeper) unreachable");
        assert!(matches!(&error, Error::Limit { limit: "stack", .. }), "{error:?}");
    }

    #[test]
    fn growth_of_memory_and_tables() {
        let refused = "(if (i32.eq (i32.const -1) GROW) (then unreachable))";
        let memory = refused.replace("GROW", "(memory.grow (i32.const 1))");
        let error = describe("", &format!("(loop {memory} (br 0)) unreachable"));
        assert!(matches!(&error, Error::Limit { limit: "memory", .. }), "{error:?}");
        let table = refused.replace("GROW", "(table.grow $t (ref.null func) (i32.const 1000000))");
        let error = describe("(table $t 1 funcref)", &format!("{table} unreachable"));
        assert!(matches!(&error, Error::Limit { limit: "table_elements", .. }), "{error:?}");
    }

    #[test]
    fn results_that_lie_outside_of_memory_or_make_no_sense() {
        for (address, why) in [("0x7ffffff0", "out of bounds"), ("3", "aligned"), ("0", "it has no functions")] {
            let error = describe("", &format!("(i32.const {address})"));
            assert!(matches!(&error, Error::Contract { .. } | Error::Description(_)), "{address}: {error:?}");
            assert!(error.to_string().contains(why), "{address}: {error}");
        }
    }

    #[test]
    fn a_memory_that_is_too_large_from_the_start() {
        let text = include_str!("raw.wat").replace("\"memory\") 2", "\"memory\") 1000");
        let text = text.replace("$START", "").replace("$BODY", "unreachable");
        let component = crate::guest::componentise(wat::parse_str(text).unwrap());
        let loaded = home(Limits { memory: 1 << 20, ..Limits::default() }).sandbox.load(&component);
        let error = loaded.and_then(|plugin| plugin.describe()).unwrap_err();
        assert!(error.to_string().contains("memory"), "{error}");
    }
}
