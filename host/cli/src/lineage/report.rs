//! Lineage as JSON: the records as they are, for programs.

use polder_catalog::{Direction, FullName, Lineage, TableVersion};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Report {
    table: String,
    /// Left out where it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream: Option<Vec<Statement>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    downstream: Option<Vec<Statement>>,
}

#[derive(Serialize)]
struct Statement {
    statement_id: String,
    /// RFC 3339.
    time: Option<String>,
    principal: String,
    /// Null where it is not the asker's to read.
    statement: Option<String>,
    target: Option<Table>,
    sources: Vec<Table>,
    functions: Vec<Function>,
    columns: Vec<Column>,
}

#[derive(Serialize)]
struct Table {
    name: String,
    version: Option<i64>,
}

#[derive(Serialize)]
struct Function {
    name: String,
    component: String,
}

#[derive(Serialize)]
struct Column {
    column: String,
    source: String,
    source_column: String,
}

impl Report {
    pub(super) fn new(table: &FullName, found: &[(Direction, Vec<Lineage>)]) -> Self {
        let of = |wanted: Direction| {
            let records = found.iter().find(|(direction, _)| *direction == wanted);
            records.map(|(_, records)| records.iter().map(statement).collect())
        };
        Self { table: table.to_string(), upstream: of(Direction::Upstream), downstream: of(Direction::Downstream) }
    }
}

fn statement(record: &Lineage) -> Statement {
    let table = |table: &TableVersion| Table { name: table.name.clone(), version: table.version };
    Statement {
        statement_id: record.statement_id.clone(),
        time: chrono::DateTime::from_timestamp_millis(record.at).map(|time| time.to_rfc3339()),
        principal: record.principal.clone(),
        statement: Some(record.statement.clone()).filter(|text| !text.is_empty()),
        target: record.target.as_ref().map(table),
        sources: record.sources.iter().map(table).collect(),
        functions: record
            .functions
            .iter()
            .map(|used| Function { name: used.name.clone(), component: format!("sha256:{}", used.digest) })
            .collect(),
        columns: record
            .columns
            .iter()
            .map(|edge| Column {
                column: edge.target_column.clone(),
                source: edge.source.clone(),
                source_column: edge.source_column.clone(),
            })
            .collect(),
    }
}
