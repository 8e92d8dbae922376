//! Queries: plan, optimise, stream.

use std::sync::Arc;

use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use datafusion::physical_plan::execute_stream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::sql::sqlparser::ast;
use futures::StreamExt;

use crate::run::Run;
use crate::sql::Statement;
use crate::{Answer, Error, Result};

pub(crate) async fn select(run: &Run<'_>, query: Box<ast::Query>) -> Result<Answer> {
    let (plan, _) = run.plan_query(query, 0).await?;
    Ok(Answer::Rows(stream(run, plan).await?))
}

/// `EXPLAIN`: the plan as it would run; `ANALYZE` runs it and shows what it took.
pub(crate) async fn explain(run: &Run<'_>, statement: Statement, analyze: bool, verbose: bool) -> Result<Answer> {
    let Statement::Query(query) = statement else {
        return Err(Error::Unsupported("EXPLAIN is for queries".to_owned()));
    };
    let (plan, _) = run.plan_query(query, 0).await?;
    let plan = LogicalPlanBuilder::from(plan).explain(verbose, analyze)?.build()?;
    Ok(Answer::Rows(stream(run, plan).await?))
}

/// Run a plan. When the statement is interrupted the stream ends with [`Error::Cancelled`].
pub(crate) async fn stream(run: &Run<'_>, plan: LogicalPlan) -> Result<SendableRecordBatchStream> {
    let plan = run.engine.create_physical_plan(&run.engine.optimize(&plan)?).await?;
    let rows = execute_stream(plan, run.engine.task_ctx())?;
    let schema = rows.schema();
    let interrupt = run.interrupt.clone();
    let rows = rows.map(move |batch| {
        if interrupt.is_triggered() {
            Err(datafusion::error::DataFusionError::External(Box::new(Error::Cancelled)))
        } else {
            batch
        }
    });
    Ok(Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&schema), rows)))
}
