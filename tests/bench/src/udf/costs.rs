//! What it costs to have a sandbox at all: instances, single rows, a process that has just started.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arrow::array::{ArrayRef, AsArray, Int64Array, StringArray};
use arrow::datatypes::Int64Type;
use polder_catalog::{Asked, Kind, Privilege, Wish};
use polder_query::Session;
use polder_sandbox::{Error as SandboxError, Plugin};
use serde_json::json;

use super::calls::bind;
use super::report::Report;
use super::{clock, guest};
use crate::tables::execute;
use crate::{Error, Result};

/// Instances that a host has at once, which is the default limit.
const INSTANCES: usize = 1_000;

pub(super) fn run(plugin: &Arc<Plugin>, report: &mut Report) -> Result<()> {
    let integer = |value: i64| -> ArrayRef { Arc::new(Int64Array::from(vec![value])) };
    let row = [integer(12), integer(18)];
    let micros = Duration::from_micros;

    // The least that an instance can be asked: a function that is not there.
    let fresh = clock::call(|| match bind(plugin, "none", &[]) {
        Err(Error::Sandbox(SandboxError::Guest { .. })) => Ok(()),
        _ => Err(Error::Unexpected("a function that does not exist was found".to_owned())),
    })?;
    report.time("fresh store and instance, a first call, and their end", fresh, Some(micros(25)));
    let bound = clock::call(|| bind(plugin, "gcd", &row))?;
    report.time("fresh store and instance, a function bound, and their end", bound, None);

    let [_, second] = &row;
    for (name, arguments) in [("upper", &[text("word")][..]), ("negate", std::slice::from_ref(second)), ("gcd", &row)] {
        let function = bind(plugin, name, arguments)?;
        let warm = clock::call(|| Ok(function.call(arguments, 1)?))?;
        report.time(&format!("warm call of {name}, one row"), warm, Some(micros(2)));
    }
    live(plugin, &row, report)
}

/// Whether a plugin may read a volume, as is asked when it opens one: what its caller may do, what it was granted, and
/// what it asks for.
pub(super) async fn check(session: &Session, report: &mut Report) -> Result<()> {
    execute(session, "CREATE USER IF NOT EXISTS analyst").await?;
    execute(session, &format!("CREATE VOLUME IF NOT EXISTS {}.checked", guest::SCHEMA)).await?;
    for grantee in ["analyst".to_owned(), format!("PLUGIN {}.functions", guest::SCHEMA)] {
        for privilege in [
            "USE CATALOG ON CATALOG main".to_owned(),
            format!("USE SCHEMA ON SCHEMA {}", guest::SCHEMA),
            format!("READ VOLUME ON VOLUME {}.checked", guest::SCHEMA),
        ] {
            execute(session, &format!("GRANT {privilege} TO {grantee}")).await?;
        }
    }
    let catalog = session.polder().catalog();
    let owner = catalog.access(&catalog.owner().await?).await?;
    let plugin = owner.resolve(&[Kind::Plugin], &format!("{}.functions", guest::SCHEMA).parse()?).await?;
    let volume = owner.resolve(&[Kind::Volume], &format!("{}.checked", guest::SCHEMA).parse()?).await?;
    let asked = Wish { privilege: Privilege::ReadVolume, kind: Kind::Volume, on: Some(volume.name.clone()) };
    let access = catalog.access("analyst").await?.through(&plugin, Asked::from_iter([asked])).await?;
    if !access.may(&volume, Privilege::ReadVolume) || access.may(&volume, Privilege::WriteVolume) {
        return Err(Error::Unexpected("what was granted is not what the plugin may do".to_owned()));
    }
    let time = clock::call(|| Ok(access.may(&volume, Privilege::ReadVolume)))?;
    report.time("check of a right of caller, plugin and request", time, Some(Duration::from_nanos(100)));
    Ok(())
}

fn text(value: &str) -> ArrayRef {
    Arc::new(StringArray::from(vec![value]))
}

/// As many instances at once as there may be, each of which has answered a call.
fn live(plugin: &Arc<Plugin>, row: &[ArrayRef], report: &mut Report) -> Result<()> {
    let (before, start) = (resident(), Instant::now());
    let mut alive = Vec::with_capacity(INSTANCES);
    while alive.len() < INSTANCES {
        let gcd = bind(plugin, "gcd", row)?;
        let answer = gcd.call(row, 1)?;
        if answer.as_primitive::<Int64Type>().value(0) != 6 {
            return Err(Error::Unexpected("an instance among many gave a wrong answer".to_owned()));
        }
        alive.push(gcd);
    }
    let (each, grown) = (start.elapsed() / INSTANCES as u32, resident().zip(before));
    let refused = bind(plugin, "gcd", row);
    let limited = matches!(refused, Err(Error::Sandbox(SandboxError::Limit { limit: "instances", .. })));
    let kib = grown.map(|(after, before)| after.saturating_sub(before) / INSTANCES as u64);
    let figures = json!({
        "live": alive.len(),
        "us_each": each.as_secs_f64() * 1e6,
        "resident_kib_each": kib,
        "one_more_is_refused": limited,
    });
    report.line("live instances", figures, Some((json!(INSTANCES), alive.len() == INSTANCES && limited)));
    Ok(())
}

/// KiB of memory that this process has, where Linux tells.
fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().split(' ').next()?.parse().ok()
}

/// From the start of a process of `polder` to the end of its answer; compiled code is at hand from earlier runs.
pub(super) fn cold(home: &Path, runs: usize, report: &mut Report) -> Result<()> {
    let Some(polder) = beside() else {
        eprintln!(
            "cold processes are left out: there is no polder beside this program (cargo build --release -p polder-cli)"
        );
        return Ok(());
    };
    for (case, source) in [("of a constant", "(VALUES (12, 18)) AS t(a, b)"), ("of a table", "main.bench.sample")] {
        let sql = format!("SELECT main.bench.gcd(a, b) AS answer FROM {source} LIMIT 1");
        let mut shortest = Duration::MAX;
        // One run to warm up.
        for _ in 0..=runs.max(5) {
            let mut command = Command::new(&polder);
            command.arg("--home").arg(home).args(["sql", "-c", &sql]).stdin(Stdio::null());
            let start = Instant::now();
            let output = command.output().map_err(Error::at(&polder))?;
            shortest = shortest.min(start.elapsed());
            if !output.status.success() || !String::from_utf8_lossy(&output.stdout).contains("answer") {
                return Err(Error::Unexpected(String::from_utf8_lossy(&output.stderr).into_owned()));
            }
        }
        let case = format!("first row {case} from a cold process");
        report.time(&case, shortest, Some(Duration::from_millis(150)));
    }
    Ok(())
}

/// The `polder` that was built with this program.
fn beside() -> Option<PathBuf> {
    let name = format!("polder{}", std::env::consts::EXE_SUFFIX);
    std::env::current_exe().ok().map(|program| program.with_file_name(name)).filter(|polder| polder.is_file())
}
