//! A regression guard that no load disturbs: the instructions that the sandbox takes for a binding, a batch and a row,
//! counted by valgrind's callgrind, guest code included, and held against `cost.json`.
//!
//! Two runs that differ only in how often they call tell what one call takes. Without arguments it checks;
//! `cargo test -p polder-bench --test cost -- --update` writes what it found into `cost.json`, for this profile.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, StringArray};
use arrow::datatypes::Field;
use polder_sandbox::{Argument, Config, Interrupt, Limits, Plugin, Sandbox};
use polder_toolchain::{Silent, Toolchain};
use serde::{Deserialize, Serialize};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Functions of `guests/functions`: numbers on rows, text on rows, text as a whole column.
const FUNCTIONS: [&str; 3] = ["add", "upper", "upper_columns"];
const ROWS: u32 = 8192;
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

/// By profile and function.
type Costs = BTreeMap<String, BTreeMap<String, Cost>>;

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--measure", guest, function, rows, times] => {
            measured(Path::new(guest), function, rows.parse()?, times.parse()?)?;
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
    let mut all: Costs = serde_json::from_slice(&std::fs::read(&file)?)?;
    let expected = all.get(PROFILE).cloned().unwrap_or_default();
    if expected.is_empty() && !update {
        println!("skipped: cost.json expects nothing of the profile {PROFILE}; `-- --update` writes what is found");
        return Ok(ExitCode::SUCCESS);
    }
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("guests/functions");
    let guest = Toolchain::new()?.build(&project, None, &mut Silent)?.path;

    let mut found = BTreeMap::new();
    let mut within = true;
    for function in FUNCTIONS {
        let cost = cost(&guest, function)?;
        let expected = expected.get(function);
        let line = serde_json::json!({"function": function, "profile": PROFILE, "cost": cost, "expected": expected});
        println!("{line}");
        within &= expected.is_none_or(|expected| cost.is_within(expected));
        found.insert(function.to_owned(), cost);
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

fn cost(guest: &Path, function: &str) -> Result<Cost> {
    // Rows 0: bind only.
    let per_time = |rows: u32, times: u32| -> Result<f64> {
        let more = count(guest, function, rows, 2 * times)? - count(guest, function, rows, times)?;
        Ok((more / f64::from(times)).round())
    };
    let (bind, batch, full) = (per_time(0, 50)?, per_time(1, 500)?, per_time(ROWS, 50)?);
    let row = (full - batch) / f64::from(ROWS - 1);
    Ok(Cost { bind, batch, row: (row * 100.0).round() / 100.0 })
}

/// Instructions of this program, measuring, from its start to its end.
fn count(guest: &Path, function: &str, rows: u32, times: u32) -> Result<f64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(std::env::current_exe()?);
    valgrind.arg("--measure").arg(guest).args([function, &rows.to_string(), &times.to_string()]);
    let output = valgrind.output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let counted = text.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    match counted {
        Some(count) if output.status.success() => Ok(count),
        _ => Err(format!("valgrind ended with {}: {text}", output.status).into()),
    }
}

/// What is measured: `times` bindings when there are no rows, else one and `times` calls of so many rows.
fn measured(guest: &Path, function: &str, rows: u32, times: u32) -> Result<()> {
    // Code is compiled for the processor that valgrind shows, so its cache is not shared with anybody.
    let cache = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cost");
    let limits = Limits { instances: 4, ..Limits::default() };
    let plugin = Sandbox::new(Config { cache, limits })?.load(&std::fs::read(guest)?)?;
    let columns = columns(function, rows);
    if rows == 0 {
        for _ in 0..times {
            black_box(bind(&plugin, function, &columns)?);
        }
        return Ok(());
    }
    let bound = bind(&plugin, function, &columns)?;
    for _ in 0..times {
        black_box(bound.call(&columns, rows as usize)?);
    }
    Ok(())
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
