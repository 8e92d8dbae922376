//! The wasm runtime of arrow-udf on its own example: gcd of two INT columns of 1,024 rows.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use arrow::array::{ArrayRef, AsArray, Int32Array};
use arrow::compute::binary;
use arrow::datatypes::Int32Type;
use polder_sandbox::Plugin;

use super::calls::bind;
use super::clock::{self, Pair};
use super::native::loops;
use super::peer::Peer;
use super::report::Report;
use crate::Result;
use crate::rows::Cell;

const ROWS: i32 = 1024;

pub(super) fn run(folder: &Path, plugin: &Arc<Plugin>, report: &mut Report) -> Result<()> {
    let Some(mut peer) = build(folder)? else { return Ok(()) };
    let numbers = |step: i32| -> ArrayRef { Arc::new(Int32Array::from_iter_values((0..ROWS).map(|row| row * step))) };
    let columns = [numbers(1), numbers(2)];
    let gcd = bind(plugin, "gcd_int", &columns)?;

    let ours: i64 =
        gcd.call(&columns, ROWS as usize)?.as_primitive::<Int32Type>().iter().flatten().map(i64::from).sum();
    let case = "call of gcd_int, 1024 rows";
    let mut best = Pair::NONE;
    for _ in 0..10 {
        best.ours = best.ours.min(clock::call(|| Ok(gcd.call(&columns, ROWS as usize)?))?);
        let theirs = peer.measure("gcd 5000")?;
        best.theirs = best.theirs.min(theirs.time());
        let number = |answer: f64| [vec![Cell::Number(answer)]];
        report.check(case, "arrow-udf", &number(ours as f64), &number(theirs.answer.as_f64().unwrap_or_default()));
    }
    report.ratio(case, "arrow-udf-runtime, wasm", best, Some(1.0 / 3.0));
    // Both run the same loop in their guests; without it, what is left is what a call costs.
    let [a, b] = columns.each_ref().map(|column| column.as_primitive::<Int32Type>());
    let native = clock::call(|| Ok(binary::<_, _, _, Int32Type>(a, b, loops::gcd_int)?))?;
    let without = |time: Duration| time.saturating_sub(native);
    let overhead = Pair { ours: without(best.ours), theirs: without(best.theirs) };
    report.ratio(&format!("{case}, beyond the native loop"), "arrow-udf-runtime, wasm", overhead, Some(1.0 / 3.0));
    Ok(())
}

/// Builds the program and its guest; none where that cannot be done, which a line on stderr tells.
fn build(folder: &Path) -> Result<Option<Peer>> {
    const TARGET: &str = "wasm32-wasip1";
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("arrow-udf");
    let output = folder.join("arrow-udf");
    // Where rustup looks after compilers it adds the target; elsewhere the target is there or it is not.
    let _added = Command::new("rustup").args(["target", "add", TARGET]).stderr(Stdio::null()).status();
    for arguments in [&["-p", "arrow-udf-guest", "--target", TARGET][..], &["-p", "arrow-udf-bench"]] {
        eprintln!("building {}", arguments[1]);
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--release", "--quiet", "--locked"]).args(arguments);
        cargo.current_dir(&project).env("CARGO_TARGET_DIR", &output);
        if !cargo.status().is_ok_and(|status| status.success()) {
            eprintln!("arrow-udf is left out: {} cannot be built here", arguments[1]);
            return Ok(None);
        }
    }
    let mut command = Command::new(output.join("release/arrow-udf-bench"));
    command.arg(output.join(TARGET).join("release/arrow_udf_guest.wasm"));
    Peer::start(command).map(Some)
}
