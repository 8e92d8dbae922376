//! What exists, as far as the caller and the plugin may both see it.

use crate::border::fields;
use crate::host::catalog;
use crate::{Field, HostError};

/// A table or a view.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its full name.
    pub name: String,
    pub comment: Option<String>,
    /// Keys and values.
    pub tags: Vec<(String, String)>,
    pub columns: Vec<Field>,
    /// None for a view.
    pub version: Option<u64>,
}

/// A function of a plugin, or one in SQL.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its full name.
    pub name: String,
    /// "scalar", "aggregate", "table", "transform", "scorer" or "task".
    pub kind: String,
    /// How it is called.
    pub signature: String,
    pub comment: Option<String>,
}

/// The schemas of a catalog, by full name.
pub fn schemas(catalog: &str) -> Result<Vec<String>, HostError> {
    Ok(catalog::schemas(catalog)?)
}

/// The tables and views of a schema, by full name.
pub fn tables(schema: &str) -> Result<Vec<String>, HostError> {
    Ok(catalog::tables(schema)?)
}

/// One table or view.
pub fn table(name: &str) -> Result<Table, HostError> {
    let catalog::TableInfo { name, comment, tags, columns, version } = catalog::table(name)?;
    let columns = fields(columns).map_err(|error| HostError::Failed(error.message().into()))?;
    Ok(Table { name, comment, tags, columns, version })
}

/// The functions of a schema.
pub fn functions(schema: &str) -> Result<Vec<Function>, HostError> {
    let functions = catalog::functions(schema)?.into_iter();
    let function =
        |catalog::FunctionInfo { name, kind, signature, comment }| Function { name, kind, signature, comment };
    Ok(functions.map(function).collect())
}

/// Comments on a table; needs MANAGE on it, as do tags.
pub fn set_comment(table: &str, comment: &str) -> Result<(), HostError> {
    Ok(catalog::set_comment(table, comment)?)
}

pub fn set_tag(table: &str, key: &str, value: &str) -> Result<(), HostError> {
    Ok(catalog::set_tag(table, key, value)?)
}

pub fn unset_tag(table: &str, key: &str) -> Result<(), HostError> {
    Ok(catalog::unset_tag(table, key)?)
}
