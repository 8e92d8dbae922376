//! The two that are compared: Polder, and DataFusion alone on the same Delta tables.

use arrow::array::RecordBatch;
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;
use polder_query::{Answer, Session};

use crate::{Error, Result, tables};

/// Run one query and take all its rows.
pub(crate) async fn polder_rows(session: &Session, sql: &str) -> Result<Vec<RecordBatch>> {
    match session.run(sql).await? {
        Answer::Rows(rows) => Ok(rows.try_collect().await?),
        Answer::Done(text, _) => Err(Error::Unexpected(format!("'{sql}' answered '{text}' where rows were expected"))),
    }
}

/// DataFusion as it comes, with the tables of a Polder session as delta-rs shows them. Unlike Polder it looks
/// nothing up for a query: no names, no rights, and no newer versions of tables, which it opened once, here.
pub(crate) async fn datafusion(session: &Session, tables: &[&str]) -> Result<SessionContext> {
    let context = SessionContext::new();
    for table in tables {
        let delta = deltalake::open_table(tables::location(session, table).await?).await?;
        delta.update_datafusion_session(&context.state())?;
        context.register_table(*table, delta.table_provider().await?)?;
    }
    Ok(context)
}

/// Run one query and take all its rows.
pub(crate) async fn datafusion_rows(context: &SessionContext, sql: &str) -> Result<Vec<RecordBatch>> {
    Ok(context.sql(sql).await?.collect().await?)
}
