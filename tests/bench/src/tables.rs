//! TPC-H's data as Delta tables of a Polder home, loaded as anybody would: through SQL, from a volume.

use std::path::Path;
use std::time::Instant;

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::DataType;
use polder_query::{Answer, Session};
use url::Url;

use crate::data::TABLES;
use crate::engines::polder_rows;
use crate::{Error, Result};

/// Load the tables that are not there yet from the Parquet files in `files` into the schema `main.<schema>`, which
/// becomes the current one.
pub(crate) async fn load(session: &Session, schema: &str, files: &Path) -> Result<()> {
    let folder = files.display().to_string().replace('\'', "''");
    execute(session, &format!("CREATE SCHEMA IF NOT EXISTS main.{schema}")).await?;
    execute(session, &format!("USE SCHEMA main.{schema}")).await?;
    execute(session, &format!("CREATE VOLUME IF NOT EXISTS files LOCATION '{folder}'")).await?;
    for (table, _) in TABLES {
        let start = Instant::now();
        let path = format!("/Volumes/main/{schema}/files/{table}/*.parquet");
        let rows =
            execute(session, &format!("CREATE TABLE IF NOT EXISTS {table} AS SELECT * FROM read_files('{path}')"))
                .await?;
        if let Some(rows) = rows {
            eprintln!("loaded {table}: {rows} rows in {:.1} s", start.elapsed().as_secs_f64());
        }
    }
    Ok(())
}

/// Where the files of a table are.
pub(crate) async fn location(session: &Session, table: &str) -> Result<Url> {
    let statement = format!("DESCRIBE DETAIL {table}");
    let batches = polder_rows(session, &statement).await?;
    let unexpected = || Error::Unexpected(format!("'{statement}' tells no location"));
    let column = batches.first().and_then(|batch| batch.column_by_name("location")).ok_or_else(unexpected)?;
    let text = cast(column, &DataType::Utf8)?;
    let text = text.as_string::<i32>().iter().flatten().next().ok_or_else(unexpected)?;
    Url::parse(text).map_err(|_| unexpected())
}

/// Run a statement that gives no rows; tells how many it affected.
pub(crate) async fn execute(session: &Session, statement: &str) -> Result<Option<u64>> {
    match session.run(statement).await {
        Ok(Answer::Done(_, affected)) => Ok(affected),
        Ok(Answer::Rows(_)) => Ok(None),
        Err(error) => Err(Error::Statement { statement: statement.to_owned(), error }),
    }
}
