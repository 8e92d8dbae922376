//! What the first call of an installed plugin takes in a process that has just started, with its compiled code at hand:
//! one JSON line per language whose runtime comes with every plugin, in milliseconds, the shortest of many processes.
//!
//! `cargo bench -p polder-sandbox --bench first`, or with `-- component.wasm …` for other components that have the samples.

#![expect(clippy::unwrap_used, reason = "a benchmark stops at the first error")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::array::{ArrayRef, AsArray, StringArray};
use arrow::datatypes::{DataType, Field};
use polder_sandbox::{Argument, Config, Digest, Interrupt, Limits, Sandbox};
use polder_toolchain::{Silent, Toolchain};
use serde_json::{Value, json};

/// Processes that are measured, after one that compiles.
const RUNS: usize = 15;

/// How this program asks itself to be such a process.
const CHILD: &str = "--child";

fn main() {
    let mut given: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if given.first().is_some_and(|argument| argument == CHILD) {
        let [_, digest, file, cache] = &given[..] else { panic!("a digest, a file and a folder") };
        return println!("{}", first(&digest.parse().unwrap(), file.as_ref(), cache.into()));
    }
    if given.is_empty() {
        let guests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/guests");
        let folders = ["samples-python", "samples-javascript"].map(|name| guests.join(name));
        let built = Toolchain::new().unwrap().build_all(&folders, &mut Silent).unwrap();
        given.extend(built.into_iter().map(|built| built.path.display().to_string()));
    }
    for file in given {
        let digest = Digest::of(&std::fs::read(&file).unwrap()).to_string();
        let cache = tempfile::tempdir().unwrap();
        let process = || {
            let start = Instant::now();
            let mut command = Command::new(std::env::current_exe().unwrap());
            let output = command.args([CHILD, &digest, &file]).arg(cache.path()).output().unwrap();
            let whole = milliseconds(start.elapsed());
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            let mut parts: Value = serde_json::from_slice(&output.stdout).unwrap();
            parts["process"] = json!(whole);
            parts
        };
        let compiled = process();
        let runs: Vec<_> = (0..RUNS).map(|_| process()).collect();
        let total =
            |run: &Value| run["load"].as_f64().unwrap() + run["bind"].as_f64().unwrap() + run["call"].as_f64().unwrap();
        let best = runs.iter().min_by(|a, b| total(a).total_cmp(&total(b))).unwrap();
        let line = json!({ "case": file, "first_call": total(best), "parts": best, "compiling": compiled["load"] });
        println!("{line}");
    }
}

/// Loads the component and calls a function of it, and tells what took how long.
fn first(digest: &Digest, file: &Path, cache: PathBuf) -> Value {
    let words: ArrayRef = Arc::new(StringArray::from(vec!["ada lovelace"]));
    let column = Argument { field: Arc::new(Field::new("name", DataType::Utf8, true)), constant: None };
    let mut watch = Instant::now();
    let mut lap = || milliseconds(std::mem::replace(&mut watch, Instant::now()).elapsed());

    let sandbox = Sandbox::new(Config { cache, limits: Limits::default() }).unwrap();
    let engine = lap();
    let plugin = sandbox.installed(digest, file).unwrap();
    let load = lap();
    let initials = plugin.bind_scalar("initials", &[column], &Interrupt::new()).unwrap();
    let bind = lap();
    let answer = initials.call(&[words], 1).unwrap();
    let call = lap();
    assert_eq!(answer.as_string::<i32>().value(0), "AL");
    json!({ "engine": engine, "load": load, "bind": bind, "call": call })
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e5).round() / 1e2
}
