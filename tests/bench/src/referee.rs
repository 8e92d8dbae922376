//! Answers that do not come from DataFusion, so that an error of DataFusion's is not taken for the truth.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Map, Value};

use crate::queries::Query;
use crate::rows::{self, Row};
use crate::{Error, Result, python};

/// The answer that the standard publishes for scale 1; its amounts are rounded, some by a few cents.
pub(crate) fn published(query: &Query) -> Option<Vec<Row>> {
    // The published answer to query 11 has its keys cut off after four digits.
    if query.number == 11 {
        return None;
    }
    let number = i32::try_from(query.number).ok()?;
    tpchgen::q_and_a::answers_sf1::answer(number).map(rows::from_bars)
}

/// What DuckDB answers over the Parquet files in `files`, by the number of the query. None where there is no Python
/// or no package index, which a line on stderr tells.
pub(crate) fn duckdb(folder: &Path, files: &Path, queries: &[&Query]) -> Result<Option<HashMap<u32, Vec<Row>>>> {
    let Some(python) = python::with(folder, &["duckdb"]) else { return Ok(None) };
    let texts: Map<String, Value> = queries.iter().map(|query| (query.number.to_string(), query.sql.into())).collect();
    eprintln!("asking DuckDB");
    let mut child = Command::new(&python)
        .args(["-c", include_str!("referee.py")])
        .arg(files)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(Error::at(&python))?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(Value::from(texts).to_string().as_bytes()).map_err(Error::at(&python))?;
    }
    let output = child.wait_with_output().map_err(Error::at(&python))?;
    if !output.status.success() {
        return Err(Error::Unexpected(format!("DuckDB failed with {}", output.status)));
    }
    let mut answers = HashMap::new();
    for line in output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let answer: Value = serde_json::from_slice(line)?;
        let number = answer["query"].as_u64().and_then(|number| u32::try_from(number).ok());
        let number = number.ok_or_else(|| Error::Unexpected(format!("DuckDB answered {answer}")))?;
        answers.insert(number, rows::from_json(&answer["rows"])?);
    }
    Ok(Some(answers))
}
