//! Whole statements over the Delta table `numbers`: Polder's, and those of DataFusion alone with native functions.

use datafusion::prelude::SessionContext;
use polder_query::Session;

use super::report::Report;
use super::{clock, guest, native};
use crate::Result;
use crate::engines::{datafusion_rows, polder_rows};
use crate::rows::from_batches;
use crate::tables::execute;

/// What is measured, its statement in which `{}` is what the names of functions begin with, and the highest ratio.
const CASES: [(&str, &str, Option<f64>); 8] = [
    ("add", "SELECT sum({}add(a, b)) FROM numbers", Some(1.5)),
    ("gcd", "SELECT sum({}gcd(a, b)) FROM numbers", Some(1.3)),
    ("black_scholes", "SELECT sum({}black_scholes(spot, strike, years, rate, volatility)) FROM numbers", Some(1.3)),
    (
        "black_scholes_libm",
        "SELECT sum({}black_scholes_libm(spot, strike, years, rate, volatility)) FROM numbers",
        Some(1.3),
    ),
    ("upper", "SELECT min({}upper(word)), max({}upper(word)) FROM numbers", None),
    ("upper_columns", "SELECT min({}upper_columns(word)), max({}upper_columns(word)) FROM numbers", None),
    (
        "mean of all rows",
        "SELECT sum(mean) FROM (SELECT k % 1 AS one, {}mean(spot) AS mean FROM numbers GROUP BY one)",
        None,
    ),
    (
        "mean of 1,000,000 groups",
        "SELECT count(*), sum(mean) FROM (SELECT k, {}mean(spot) AS mean FROM numbers GROUP BY k)",
        Some(2.0),
    ),
];

/// `f(x)` where Polder finds the guest's functions.
pub(super) fn polder(statement: &str) -> String {
    statement.replace("{}", &format!("{}.", guest::SCHEMA))
}

fn native(statement: &str) -> String {
    statement.replace("{}", native::PREFIX)
}

pub(super) async fn run(session: &Session, context: &SessionContext, runs: usize, report: &mut Report) -> Result<()> {
    for (name, statement, at_most) in CASES {
        let case = format!("statement with {name}");
        let (ours, theirs) = (polder(statement), native(statement));
        let (times, ours, theirs) = clock::statements(
            runs,
            async || polder_rows(session, &ours).await,
            async || datafusion_rows(context, &theirs).await,
        )
        .await?;
        report.check(&case, "DataFusion", &from_batches(&ours)?, &from_batches(&theirs)?);
        report.ratio(&case, "DataFusion with a native function", times, at_most);
    }
    Ok(())
}

/// One partition against two, of Polder and, for what the machine can do at all, of DataFusion.
pub(super) async fn partitions(
    session: &Session,
    context: &SessionContext,
    runs: usize,
    report: &mut Report,
) -> Result<()> {
    let statement = "SELECT sum({}gcd(a, b)) FROM numbers";
    let (ours, theirs) = (polder(statement), native(statement));
    let case = "two partitions against one";
    let (times, two, one) = clock::statements(
        runs,
        async || {
            execute(session, "SET datafusion.execution.target_partitions = 2").await?;
            polder_rows(session, &ours).await
        },
        async || {
            execute(session, "SET datafusion.execution.target_partitions = 1").await?;
            polder_rows(session, &ours).await
        },
    )
    .await?;
    report.check(case, "one partition", &from_batches(&two)?, &from_batches(&one)?);
    report.ratio(case, "one partition", times, Some(1.0 / 1.8));

    let partitions = async |count: usize| {
        let state = context.state_ref();
        state.write().config_mut().options_mut().execution.target_partitions = count;
        datafusion_rows(context, &theirs).await
    };
    let (times, ..) = clock::statements(runs, async || partitions(2).await, async || partitions(1).await).await?;
    report.ratio("two partitions against one, DataFusion alone", "one partition", times, None);

    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    execute(session, &format!("SET datafusion.execution.target_partitions = {cores}")).await?;
    context.state_ref().write().config_mut().options_mut().execution.target_partitions = cores;
    Ok(())
}
