//! `polder-conformance FILE.wasm`: checks a component against the contract, and says what passes.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use polder_conformance::{Offers, Sample, check, rules};

/// Checks a component against Polder's plugin contract.
///
/// The exit code is 0 when nothing fails, 1 when something does, 2 when the component could not be checked.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// The component.
    #[arg(required_unless_present = "rules")]
    file: Option<PathBuf>,
    /// A sample among its functions: initials, longest, words, load_lines. May be repeated.
    #[arg(long = "sample", value_name = "NAME")]
    samples: Vec<Sample>,
    /// A folder with the files of a model that its scorers load.
    #[arg(long, value_name = "DIR")]
    model: Option<PathBuf>,
    /// Report as JSON.
    #[arg(long)]
    json: bool,
    /// Show what is checked, and nothing else.
    #[arg(long)]
    rules: bool,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> Result<bool, Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    let Some(file) = args.file.as_deref().filter(|_| !args.rules) else {
        for rule in rules() {
            writeln!(out, "{:<22}  {}", rule.name, rule.rule)?;
        }
        return Ok(true);
    };
    let component = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let report = check(&component, &Offers { samples: args.samples.clone(), model: args.model.clone() })?;
    match args.json {
        true => writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?,
        false => writeln!(out, "{report}")?,
    }
    Ok(report.passed())
}
