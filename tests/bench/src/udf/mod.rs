//! Plugin functions: what a call costs, against the same loops natively, other sandboxes, and Python.

mod arrow_udf;
mod calls;
mod clock;
mod costs;
mod guest;
mod many;
mod native;
mod numbers;
mod peer;
mod python;
mod report;
mod statements;

use clap::ValueEnum;
use polder_query::{Home, Polder};
use serde_json::json;

use self::report::Report;
use crate::engines::datafusion;
use crate::{Result, cache, machine};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Rows of the table of statements.
    #[arg(long, default_value_t = 10_000_000)]
    rows: u64,
    /// How often each engine is measured on each statement, after one run to warm up.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Only these parts, such as calls,costs.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Single calls with batches of 8,192 rows, against native functions.
    Calls,
    /// Instances, single rows, cold processes.
    Costs,
    /// The wasm runtime of arrow-udf.
    ArrowUdf,
    /// Whole statements over a Delta table, against DataFusion with native functions.
    Statements,
    /// Two partitions against one.
    Partitions,
    /// Python functions in DuckDB and DataFusion.
    Python,
    /// 10,000 installed functions.
    Many,
}

/// Run the benchmark; false when an answer was not what the others say.
pub(crate) async fn run(options: Options) -> Result<bool> {
    if cfg!(debug_assertions) {
        eprintln!("warning: this build is not optimised (cargo run --release); its times say nothing");
    }
    let Options { rows, runs, only } = options;
    let wanted = |part| only.is_empty() || only.contains(&part);
    let cache = cache::folder()?;
    let folder = cache.join(format!("udf-{rows}"));
    let files = folder.join("parquet");
    numbers::generate(&files, rows)?;
    let guest = guest::build()?;

    let home = Home::find(Some(folder.join("home")));
    let polder = Polder::open(&home).await?;
    let session = polder.session(None).await?;
    guest::install(&session, &guest).await?;
    numbers::load(&session, &files).await?;
    let plugin = polder.sandbox().load(&guest.bytes)?;
    let context = datafusion(&session, &["numbers", "sample"]).await?;
    native::register(&context);

    println!("{}", json!({"benchmark": "udf", "rows": rows, "runs": runs, "machine": machine::describe()}));
    let mut report = Report::default();
    if wanted(Part::Calls) {
        calls::run(&plugin, &mut report)?;
    }
    if wanted(Part::Costs) {
        costs::run(&plugin, &mut report)?;
        costs::check(&session, &mut report).await?;
        costs::cold(home.path(), runs, &mut report)?;
    }
    if wanted(Part::ArrowUdf) {
        arrow_udf::run(&cache, &plugin, &mut report)?;
    }
    if wanted(Part::Statements) {
        statements::run(&session, &context, runs, &mut report).await?;
    }
    if wanted(Part::Partitions) {
        statements::partitions(&session, &context, runs, &mut report).await?;
    }
    if wanted(Part::Python) {
        python::run(&cache, &files, &session, runs, &mut report).await?;
    }
    if wanted(Part::Many) {
        many::run(&folder, runs, &mut report).await?;
    }
    Ok(report.finish())
}
