//! One task for each thing that can be asked of the host.

use std::io::Write;

use polder_sdk::prelude::*;
use polder_sdk::query::{BatchWriter, Mode, Once, Parameter};
use polder_sdk::storage::Volume;
use polder_sdk::{Json, catalog, clock, json, query, random, state};
use serde::Serialize;

#[task]
fn read_file(volume: &str, path: &str) -> Result<Json> {
    Ok(json!({ "text": Volume::open(volume)?.read_to_string(path)? }))
}

#[task]
fn write_file(volume: &str, path: &str, text: &str) -> Result<Json> {
    let mut upload = Volume::open(volume)?.create(path)?;
    upload.write_all(text.as_bytes())?;
    Ok(json!({ "size": upload.commit()?.size }))
}

/// Begins a file and thinks better of it.
#[task]
fn abandon_file(volume: &str, path: &str) -> Result<()> {
    let mut upload = Volume::open(volume)?.create(path)?;
    upload.write_all(b"never to be seen")?;
    Ok(upload.flush()?)
}

#[task]
fn list_files(volume: &str, prefix: Option<&str>) -> Result<Json> {
    let volume = Volume::open(volume)?;
    let paths: Result<Vec<_>, HostError> =
        volume.list(prefix.unwrap_or_default()).map(|entry| Ok(entry?.path)).collect();
    Ok(json!({ "paths": paths? }))
}

#[task]
fn stat_file(volume: &str, path: &str) -> Result<Json> {
    let entry = Volume::open(volume)?.stat(path)?;
    Ok(json!({ "path": entry.path, "size": entry.size, "modified": entry.modified.to_string() }))
}

#[task]
fn delete_file(volume: &str, path: &str) -> Result<()> {
    Ok(Volume::open(volume)?.delete(path)?)
}

/// The first rows of a statement.
#[task]
fn ask(
    sql: &str,
    /// The values of `$1`, `$2` ….
    parameters: Option<Vec<Json>>,
) -> Result<Json> {
    let values: Vec<Box<dyn Parameter>> = parameters.unwrap_or_default().iter().map(parameter).collect();
    let values: Vec<&dyn Parameter> = values.iter().map(|value| &**value).collect();
    let mut rows = query::run(sql, &values)?;
    let columns: Vec<String> = rows.fields().iter().map(|field| field.name.to_string()).collect();
    let first = rows.next().transpose()?;
    Ok(json!({ "columns": columns, "rows": first.map(|batch| batch.slice(0, 100).to_json()).unwrap_or_default() }))
}

fn parameter(value: &Json) -> Box<dyn Parameter> {
    match value {
        Json::Null => Box::new(None::<String>),
        Json::Bool(value) => Box::new(*value),
        Json::Number(value) => match value.as_i64() {
            Some(value) => Box::new(value),
            None => Box::new(value.as_f64()),
        },
        Json::String(value) => Box::new(value.clone()),
        other => Box::new(other.to_string()),
    }
}

/// How many rows and batches a statement has.
#[task]
fn count_rows(sql: &str) -> Result<Json> {
    let (mut rows, mut batches) = (0, 0);
    for batch in query::run(sql, &[])? {
        rows += batch?.rows();
        batches += 1;
    }
    Ok(json!({ "rows": rows, "batches": batches }))
}

/// Adds the numbers from 0 to `n` to a table with a column `n`.
#[task]
fn append(table: &str, n: i64, application: Option<String>, version: Option<i64>) -> Result<Json> {
    write(table, n, Mode::Append, application.map(|application| Once::new(application, version.unwrap_or(0))))
}

/// Replaces the rows of a table with a column `n`.
#[task]
fn overwrite(table: &str, n: i64) -> Result<Json> {
    write(table, n, Mode::Overwrite, None)
}

/// Merges into a table with a column `n`.
#[task]
fn merge(table: &str, n: i64, keys: Vec<String>) -> Result<Json> {
    write(table, n, Mode::Merge(keys), None)
}

fn write(table: &str, n: i64, mode: Mode, once: Option<Once>) -> Result<Json> {
    let mut writer = BatchWriter::open(table, vec![Field::new("n", DataType::Int64)], mode, once)?;
    for first in (0..n).step_by(8_192) {
        let numbers: Int64Column = (first..n.min(first + 8_192)).collect();
        writer.push(Batch::from_columns([("n", numbers)])?)?;
    }
    Ok(json!({ "version": writer.commit()? }))
}

#[derive(Serialize)]
struct Found {
    name: String,
    comment: Option<String>,
    tags: Vec<(String, String)>,
    columns: Vec<String>,
    version: Option<u64>,
}

#[task]
fn look_up(table: &str) -> Result<Found> {
    let catalog::Table { name, comment, tags, columns, version } = catalog::table(table)?;
    let columns = columns.iter().map(|field| format!("{} {}", field.name, field.data_type.format())).collect();
    Ok(Found { name, comment, tags, columns, version })
}

/// The schemas of a catalog; or the tables and functions of a schema.
#[task]
fn look_around(catalog: Option<&str>, schema: Option<&str>) -> Result<Json> {
    let schemas = catalog.map(catalog::schemas).transpose()?;
    let tables = schema.map(catalog::tables).transpose()?;
    let functions = schema.map(catalog::functions).transpose()?;
    let functions = functions.map(|all| all.into_iter().map(|function| function.signature).collect::<Vec<_>>());
    Ok(json!({ "schemas": schemas, "tables": tables, "functions": functions }))
}

#[task]
fn comment_on(table: &str, text: &str) -> Result<()> {
    Ok(catalog::set_comment(table, text)?)
}

/// Sets a tag, or takes it off when there is no value.
#[task]
fn tag(table: &str, key: &str, value: Option<&str>) -> Result<()> {
    Ok(value.map_or_else(|| catalog::unset_tag(table, key), |value| catalog::set_tag(table, key, value))?)
}

/// Keeps a value, or forgets it when there is none.
#[task]
fn remember(key: &str, value: Option<&str>) -> Result<()> {
    Ok(value.map_or_else(|| state::delete(key), |value| state::set(key, value))?)
}

#[task]
fn recall(key: &str) -> Result<Json> {
    Ok(json!({ "value": state::text(key)? }))
}

#[task]
fn recall_keys(prefix: &str) -> Result<Json> {
    Ok(json!({ "keys": state::keys(prefix).collect::<Result<Vec<_>, _>>()? }))
}

#[task]
fn now() -> Json {
    json!({ "now": clock::now().to_string() })
}

/// Throws `n` dice.
#[task]
fn dice(n: usize) -> Json {
    json!({ "dice": (0..n).map(|_| random::u64() % 6 + 1).collect::<Vec<_>>() })
}
