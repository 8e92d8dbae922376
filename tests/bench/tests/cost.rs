//! A regression guard that no load disturbs: the instructions that the sandbox takes for a binding, a batch and a row,
//! counted by valgrind's callgrind, guest code included, and held against `cost.json`.
//!
//! One process does everything under valgrind; only what runs within [`counted`] is counted, after it was done before, so
//! neither the compiler nor what is done once is in it. Without arguments it checks;
//! `cargo test -p polder-bench --test cost -- --update` writes what it found into `cost.json`, for this profile.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::Duration;

use arrow::array::{ArrayRef, Int64Array, StringArray};
use arrow::datatypes::Field;
use polder_sandbox::{Argument, Config, Interrupt, Limits, Plugin, Sandbox};
use polder_toolchain::{Silent, Toolchain};
use serde::{Deserialize, Serialize};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Functions of `guests/functions`: numbers on rows, text on rows, text as a whole column.
const FUNCTIONS: [&str; 3] = ["add", "upper", "upper_columns"];
const ROWS: u32 = 8192;
/// How often each is done while it is counted.
const TIMES: u32 = 20;
/// How far a count may be above the expected one.
const TOLERANCE: f64 = 1.10;
const PROFILE: &str = if cfg!(debug_assertions) { "dev" } else { "release" };

/// Instructions, on average.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Cost {
    /// A fresh instance with a function bound in it, and its end.
    bind: f64,
    /// A call of one row.
    batch: f64,
    /// Each further row.
    row: f64,
}

/// By function.
type Costs = BTreeMap<String, Cost>;

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--measure", guest] => {
            measure(Path::new(guest))?;
            Ok(ExitCode::SUCCESS)
        }
        ["--update"] => check(true),
        _ => check(false),
    }
}

fn check(update: bool) -> Result<ExitCode> {
    let works = Command::new("valgrind").arg("--version").stdout(Stdio::null()).status();
    if !(cfg!(all(target_os = "linux", target_arch = "x86_64")) && works.is_ok_and(|status| status.success())) {
        println!("skipped: instructions are counted by valgrind on x86-64 Linux, and there is none here");
        return Ok(ExitCode::SUCCESS);
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("cost.json");
    let mut all: BTreeMap<String, Costs> = serde_json::from_slice(&std::fs::read(&file)?)?;
    let expected = all.get(PROFILE).cloned().unwrap_or_default();
    if expected.is_empty() && !update {
        println!("skipped: cost.json expects nothing of the profile {PROFILE}; `-- --update` writes what is found");
        return Ok(ExitCode::SUCCESS);
    }
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("guests/functions");
    let guest = Toolchain::new()?.build(&project, None, &mut Silent)?.path;

    let found = costs(&guest)?;
    let mut within = true;
    for (function, cost) in &found {
        let expected = expected.get(function);
        let line = serde_json::json!({"function": function, "profile": PROFILE, "cost": cost, "expected": expected});
        println!("{line}");
        within &= expected.is_some_and(|expected| cost.is_within(expected));
    }
    if update {
        all.insert(PROFILE.to_owned(), found);
        std::fs::write(&file, serde_json::to_string_pretty(&all)? + "\n")?;
    } else if !within {
        println!(
            "calls take more instructions than cost.json expects; if they have to, write it anew with `-- --update`"
        );
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

impl Cost {
    fn is_within(&self, expected: &Cost) -> bool {
        let pairs = [(self.bind, expected.bind), (self.batch, expected.batch), (self.row, expected.row)];
        pairs.iter().all(|(found, expected)| *found <= expected * TOLERANCE)
    }
}

/// Runs this program under valgrind, which writes down what each run of [`counted`] took.
fn costs(guest: &Path) -> Result<Costs> {
    let folder = tempfile::tempdir()?;
    let counts = folder.path().join("counts");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--toggle-collect=counted", "--dump-after=counted"])
        .arg(format!("--callgrind-out-file={}", counts.display()))
        .arg(std::env::current_exe()?)
        .arg("--measure")
        .arg(guest)
        .output()?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        return Err(format!("valgrind ended with {}: {text}", output.status).into());
    }
    let count = |number: usize| -> Result<f64> {
        let text = std::fs::read_to_string(counts.with_extension(number.to_string()))?;
        let total = text.lines().find_map(|line| line.strip_prefix("totals: ")?.trim().parse::<f64>().ok());
        Ok(total.ok_or("valgrind wrote no count")? / f64::from(TIMES))
    };
    let each = FUNCTIONS.iter().enumerate().map(|(at, function)| {
        let [bind, batch, full] = [count(3 * at + 1)?, count(3 * at + 2)?, count(3 * at + 3)?];
        let row = (full - batch) / f64::from(ROWS - 1);
        Ok((
            (*function).to_owned(),
            Cost { bind: bind.round(), batch: batch.round(), row: (row * 100.0).round() / 100.0 },
        ))
    });
    each.collect()
}

/// What is measured of each function: bindings, calls of one row, calls of many.
fn measure(guest: &Path) -> Result<()> {
    // Code is compiled for the processor that valgrind shows, so its cache is not shared with anybody.
    let cache = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cost");
    // Valgrind leaves a process few addresses, of which every memory takes some gibibytes.
    let limits = Limits { instances: 2, compile_time: Duration::from_secs(3600), ..Limits::default() };
    let plugin = Sandbox::new(Config { cache, limits })?.load(&std::fs::read(guest)?)?;
    for function in FUNCTIONS {
        let (row, rows) = (columns(function, 1), columns(function, ROWS));
        twice(&mut || bind(&plugin, function, &row))?;
        let bound = bind(&plugin, function, &row)?;
        twice(&mut || Ok(bound.call(&row, 1)?))?;
        twice(&mut || Ok(bound.call(&rows, ROWS as usize)?))?;
    }
    Ok(())
}

/// Does the work once, and then so often that it can be counted.
fn twice<T>(work: &mut dyn FnMut() -> Result<T>) -> Result<()> {
    work()?;
    let mut last = Ok(());
    counted(&mut || {
        for _ in 0..TIMES {
            last = black_box(work()).map(drop);
        }
    });
    last
}

/// The function whose instructions valgrind counts, known to it by this name.
// SAFETY: no other symbol of this program has the name.
#[unsafe(no_mangle)]
#[inline(never)]
fn counted(work: &mut dyn FnMut()) {
    work();
    // Something is left to do, so that the call above is one.
    black_box(());
}

fn columns(function: &str, rows: u32) -> Vec<ArrayRef> {
    let numbers = || Arc::new(Int64Array::from_iter_values((0..rows).map(i64::from))) as ArrayRef;
    let words = (0..rows).map(|row| format!("word number {row:05}"));
    match function {
        "add" => vec![numbers(), numbers()],
        _ => vec![Arc::new(StringArray::from_iter_values(words))],
    }
}

fn bind(plugin: &Arc<Plugin>, function: &str, columns: &[ArrayRef]) -> Result<polder_sandbox::Scalar> {
    let argument = |column: &ArrayRef| Argument {
        field: Arc::new(Field::new("column", column.data_type().clone(), true)),
        constant: None,
    };
    let arguments: Vec<Argument> = columns.iter().map(argument).collect();
    Ok(plugin.bind_scalar(function, &arguments, &Interrupt::new())?)
}
