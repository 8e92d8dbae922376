//! Python functions in DuckDB and in DataFusion's package: called for each row, and for whole Arrow columns.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use polder_query::Session;

use super::clock::Pair;
use super::peer::Peer;
use super::report::Report;
use super::statements;
use crate::engines::polder_rows;
use crate::rows::{from_batches, from_json};
use crate::{Result, python};

const PACKAGES: [&str; 4] = ["duckdb", "datafusion", "pyarrow", "numpy"];

/// The function, the statement, and whether it computes enough for whole columns to be compared.
const CASES: [(&str, &str, bool); 4] = [
    ("add", "SELECT sum({}add(a, b)) FROM sample", false),
    ("upper", "SELECT min({}upper(word)), max({}upper(word)) FROM sample", false),
    ("gcd", "SELECT sum({}gcd(a, b)) FROM sample", true),
    ("black_scholes", "SELECT sum({}black_scholes(spot, strike, years, rate, volatility)) FROM sample", true),
];

pub(super) async fn run(
    folder: &Path,
    files: &Path,
    session: &Session,
    runs: usize,
    report: &mut Report,
) -> Result<()> {
    let Some(python) = python::with(folder, &PACKAGES) else { return Ok(()) };
    let mut command = Command::new(python);
    command.args(["-c", include_str!("functions.py")]).arg(files.join("[12].parquet"));
    let mut peer = Peer::start(command)?;
    for (name, statement, computes) in CASES {
        for (kind, at_most) in [("rows", Some(0.1)), ("columns", computes.then_some(1.0))] {
            for engine in ["duckdb", "datafusion"] {
                let case = format!("statement with {name} over 2,000,000 rows");
                let other = format!("{engine}, Python function on {kind}");
                // A function on rows takes many seconds, against which noise is nothing.
                let runs = if kind == "rows" { 1 } else { runs };
                let ours = statements::polder(statement);
                let theirs = format!("{engine} {kind} {}", statement.replace("{}", "my_"));
                let mut best = Pair::NONE;
                for _ in 0..=runs {
                    let start = Instant::now();
                    let answer = polder_rows(session, &ours).await?;
                    best.ours = best.ours.min(start.elapsed());
                    let measured = peer.measure(&theirs)?;
                    best.theirs = best.theirs.min(measured.time());
                    report.check(&case, &other, &from_batches(&answer)?, &from_json(&measured.answer)?);
                }
                report.ratio(&case, &other, best, at_most);
            }
        }
    }
    Ok(())
}
