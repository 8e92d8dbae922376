//! TPC-H: Polder and DataFusion answer each query in turn, in one process, on the same Delta tables.
//!
//! Each warms up once; then they take turns, and which of them begins alternates too. The shortest time counts:
//! what else the machine does can only add to it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use datafusion::prelude::SessionContext;
use polder_query::{Home, Polder, Session};
use serde_json::json;

use crate::engines::{datafusion, datafusion_rows, polder_rows};
use crate::queries::{QUERIES, Query};
use crate::rows::{Row, Tolerance, difference, from_batches};
use crate::{Error, Result, cache, data, machine, referee, tables};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Size of the data; 1 is about a gigabyte of text.
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// How often each engine is measured on each query, after one run to warm up.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Only these, such as 1,6.
    #[arg(long, value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..=22))]
    queries: Vec<u32>,
    /// The Polder home in which the tables are; without it, one in the cache folder.
    #[arg(long)]
    home: Option<PathBuf>,
}

/// DataFusion alone computes the same amounts, save for the order in which floats are added.
const SAME_ENGINE: Tolerance = Tolerance { absolute: 1e-9, relative: 1e-9 };
/// DuckDB divides decimals as floats, DataFusion to six digits or more.
const OTHER_ENGINE: Tolerance = Tolerance { absolute: 2e-6, relative: 1e-9 };
/// Published amounts are rounded to cents; the standard allows far more than this.
const PUBLISHED: Tolerance = Tolerance { absolute: 0.05, relative: 0.0 };

/// Run the benchmark; false when an answer was not what the others say.
pub(crate) async fn run(options: Options) -> Result<bool> {
    if cfg!(debug_assertions) {
        eprintln!("warning: this build is not optimised (cargo run --release); its times say nothing");
    }
    let cache = cache::folder()?;
    let folder = cache.join(format!("tpch-{}", options.scale));
    let files = folder.join("parquet");
    data::generate(&files, options.scale)?;

    let home = Home::find(Some(options.home.unwrap_or_else(|| folder.join("home"))));
    let session = Polder::open(&home).await?.session(None).await?;
    let schema = format!("tpch_{}", options.scale).replace('.', "_");
    tables::load(&session, &schema, &files).await?;
    let context = datafusion(&session).await?;

    let wanted = |query: &&Query| options.queries.is_empty() || options.queries.contains(&query.number);
    let queries: Vec<&Query> = QUERIES.iter().filter(wanted).collect();
    let duckdb = referee::duckdb(&cache, &files, &queries)?;
    println!("{}", json!({"benchmark": "tpch", "scale": options.scale, "runs": options.runs, "machine": machine::describe()}));

    let mut sums = Times::default();
    let mut wrong = 0;
    for query in &queries {
        let (times, ours, plain) = measure(query, options.runs, &session, &context).await?;
        let mut others = vec![("datafusion", Some(plain), SAME_ENGINE)];
        others.push(("duckdb", duckdb.as_ref().and_then(|answers: &HashMap<_, _>| answers.get(&query.number).cloned()), OTHER_ENGINE));
        others.push(("published", (options.scale == 1.0).then(|| referee::published(query)).flatten(), PUBLISHED));
        let (agrees, disagrees) = compare(query, &ours, others);
        wrong += usize::from(!disagrees.is_empty());
        sums.polder += times.polder;
        sums.datafusion += times.datafusion;
        println!(
            "{}",
            json!({
                "query": query.number,
                "polder_ms": millis(times.polder),
                "datafusion_ms": millis(times.datafusion),
                "ratio": times.ratio(),
                "rows": ours.len(),
                "agrees_with": agrees,
                "disagrees_with": disagrees,
            })
        );
    }
    println!(
        "{}",
        json!({
            "total": queries.len(),
            "polder_ms": millis(sums.polder),
            "datafusion_ms": millis(sums.datafusion),
            "ratio": sums.ratio(),
            "wrong": wrong,
        })
    );
    Ok(wrong == 0)
}

/// The shortest times of both.
#[derive(Clone, Copy, Default)]
struct Times {
    polder: Duration,
    datafusion: Duration,
}

impl Times {
    fn ratio(&self) -> f64 {
        let ratio = self.polder.as_secs_f64() / self.datafusion.as_secs_f64();
        (ratio * 1000.0).round() / 1000.0
    }
}

/// Time both on one query, and give Polder's rows and DataFusion's.
async fn measure(
    query: &Query,
    runs: usize,
    session: &Session,
    context: &SessionContext,
) -> Result<(Times, Vec<Row>, Vec<Row>)> {
    let (_, ours) = polder(query, session).await?;
    let (_, plain) = plain(query, context).await?;
    let mut best = Times { polder: Duration::MAX, datafusion: Duration::MAX };
    for run in 0..runs.max(1) {
        if run % 2 == 0 {
            best.polder = best.polder.min(polder(query, session).await?.0);
        }
        best.datafusion = best.datafusion.min(self::plain(query, context).await?.0);
        if run % 2 == 1 {
            best.polder = best.polder.min(polder(query, session).await?.0);
        }
    }
    Ok((best, from_batches(&ours)?, from_batches(&plain)?))
}

async fn polder(query: &Query, session: &Session) -> Result<(Duration, Vec<RecordBatch>)> {
    let start = Instant::now();
    let rows = polder_rows(session, query.sql).await;
    let took = start.elapsed();
    let failed = |error| Error::Query { query: query.number, engine: "Polder", error: Box::new(error) };
    Ok((took, rows.map_err(failed)?))
}

async fn plain(query: &Query, context: &SessionContext) -> Result<(Duration, Vec<RecordBatch>)> {
    let start = Instant::now();
    let rows = datafusion_rows(context, query.sql).await;
    let took = start.elapsed();
    let failed = |error| Error::Query { query: query.number, engine: "DataFusion", error: Box::new(error) };
    Ok((took, rows.map_err(failed)?))
}

/// Who gives the same answer as Polder, and who does not; how they differ goes to stderr.
fn compare(
    query: &Query,
    ours: &[Row],
    others: Vec<(&'static str, Option<Vec<Row>>, Tolerance)>,
) -> (Vec<&'static str>, Vec<&'static str>) {
    let (mut agrees, mut disagrees) = (Vec::new(), Vec::new());
    for (name, answer, tolerance) in others {
        let Some(answer) = answer else { continue };
        match difference(ours, &answer, query.ordered, tolerance) {
            None => agrees.push(name),
            Some(difference) => {
                eprintln!("query {}: Polder's answer is not that of {name}: {difference}", query.number);
                disagrees.push(name);
            }
        }
    }
    (agrees, disagrees)
}

/// Milliseconds, to the tenth.
fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10_000.0).round() / 10.0
}
