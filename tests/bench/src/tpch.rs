//! TPC-H: Polder and DataFusion answer each query in turn, in one process, on the same Delta tables.
//!
//! Each warms up once; then they take turns, and which of them begins alternates too. The shortest time counts:
//! what else the machine does can only add to it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use arrow::util::pretty::pretty_format_batches;
use datafusion::prelude::SessionContext;
use polder_query::{Home, Polder, Session};
use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};
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
    /// Do not measure: print the plans of both.
    #[arg(long)]
    explain: bool,
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
    let context = datafusion(&session, &data::TABLES.map(|(table, _)| table)).await?;

    let wanted = |query: &&Query| options.queries.is_empty() || options.queries.contains(&query.number);
    let queries: Vec<&Query> = QUERIES.iter().filter(wanted).collect();
    if options.explain {
        return explain(&queries, &session, &context).await.map(|()| true);
    }
    let duckdb = referee::duckdb(&cache, &files, &queries)?;
    println!(
        "{}",
        json!({"benchmark": "tpch", "scale": options.scale, "runs": options.runs, "machine": machine::describe()})
    );

    let mut sums = Times::default();
    let mut wrong = 0;
    for query in &queries {
        let (times, ours, plain) = measure(query, options.runs, &session, &context).await?;
        let duckdb = duckdb.as_ref().and_then(|answers| answers.get(&query.number).cloned());
        let published = if options.scale == 1.0 { referee::published(query) } else { None };
        let others = [
            ("datafusion", Some(plain), SAME_ENGINE),
            ("duckdb", duckdb, OTHER_ENGINE),
            ("published", published, PUBLISHED),
        ];
        let (agrees, disagrees) = compare(query, &ours, others);
        wrong += usize::from(!disagrees.is_empty());
        sums.polder += times.polder;
        sums.datafusion += times.datafusion;
        let line =
            Line { query: query.number, times, rows: ours.len(), agrees_with: agrees, disagrees_with: disagrees };
        println!("{}", serde_json::to_string(&line)?);
    }
    let line = Total { total: queries.len(), times: sums, wrong };
    println!("{}", serde_json::to_string(&line)?);
    Ok(wrong == 0)
}

/// What is printed for a query.
#[derive(Serialize)]
struct Line {
    query: u32,
    #[serde(flatten)]
    times: Times,
    rows: usize,
    agrees_with: Vec<&'static str>,
    disagrees_with: Vec<&'static str>,
}

/// What is printed in the end: the sums of the times above.
#[derive(Serialize)]
struct Total {
    /// How many queries.
    total: usize,
    #[serde(flatten)]
    times: Times,
    /// How many answers were not what the others say.
    wrong: usize,
}

/// The shortest times of both.
#[derive(Clone, Copy, Default)]
struct Times {
    polder: Duration,
    datafusion: Duration,
}

impl Serialize for Times {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rounded = |number: f64, unit: f64| (number * unit).round() / unit;
        let millis = |time: Duration| rounded(time.as_secs_f64() * 1000.0, 10.0);
        let ratio = self.polder.as_secs_f64() / self.datafusion.as_secs_f64();
        let mut times = serializer.serialize_struct("Times", 3)?;
        times.serialize_field("polder_ms", &millis(self.polder))?;
        times.serialize_field("datafusion_ms", &millis(self.datafusion))?;
        times.serialize_field("ratio", &rounded(ratio, 1000.0))?;
        times.end()
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
    others: [(&'static str, Option<Vec<Row>>, Tolerance); 3],
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

/// Print the physical plans of both for each query.
async fn explain(queries: &[&Query], session: &Session, context: &SessionContext) -> Result<()> {
    for query in queries {
        let sql = format!("EXPLAIN {}", query.sql);
        println!("-- query {}: Polder", query.number);
        println!("{}", pretty_format_batches(&polder_rows(session, &sql).await?)?);
        println!("-- query {}: DataFusion", query.number);
        println!("{}", pretty_format_batches(&datafusion_rows(context, &sql).await?)?);
    }
    Ok(())
}
