//! What is read of text and values that come from outside, one step at a time, for the fuzz targets in `tests/fuzz`. This is
//! no interface: it changes with what is behind it.

use arrow::array::RecordBatch;
use polder_catalog::FullName;
use polder_sandbox::Limits;

use crate::sql::Statement;
use crate::{Result, limits, reach, sql, statements};

/// A statement, as it is read.
pub fn statement(text: &str) -> Result<String> {
    sql::parse(text).map(|statement| format!("{statement:?}"))
}

/// A query with the columns of a single row for `$1`, `$2` …, as text; none if it is another statement.
pub fn query(text: &str, parameters: &RecordBatch) -> Result<Option<String>> {
    let values = parameters.columns().iter().map(reach::literal).collect::<Result<Vec<_>>>()?;
    match sql::parse_with(text, &values)? {
        Statement::Query(query) => Ok(Some(sql::text_of(&query))),
        _ => Ok(None),
    }
}

/// The outputs of a task as a row.
pub fn outputs(outputs: Vec<(String, String)>) -> Result<RecordBatch> {
    statements::call::row(&FullName::metastore(), outputs)
}

/// The limits in the text of a `limits.toml`.
pub fn operator(text: &str) -> Result<Limits, String> {
    limits::read(text, Limits::default())
}
