//! Benchmarks: programs that print one line of JSON a case, with the ratio to a named alternative that was
//! measured in the same run. Progress goes to stderr. Figures worth keeping stand in RESULTS.md.

mod cache;
mod data;
mod engines;
mod error;
mod machine;
mod python;
mod queries;
mod referee;
mod rows;
mod tables;
mod tpch;
mod udf;

use std::process::ExitCode;

use clap::Parser;

pub(crate) use error::{Error, Result};

#[derive(Parser)]
#[command(about = "Benchmarks of Polder: one line of JSON a case")]
enum Benchmark {
    /// TPC-H's 22 queries over Polder's tables, against plain DataFusion on the same Delta tables.
    Tpch(tpch::Options),
    /// Plugin functions, against the same loops in native code and against what else there is for users' functions.
    Udf(udf::Options),
}

#[tokio::main]
async fn main() -> ExitCode {
    let right = match Benchmark::parse() {
        Benchmark::Tpch(options) => tpch::run(options).await,
        Benchmark::Udf(options) => udf::run(options).await,
    };
    match right {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
