//! Rows whose key was there before are dropped.

use std::collections::HashSet;

use polder_sdk::prelude::*;

struct Dedupe {
    key: usize,
    seen: HashSet<String>,
}

/// Keeps the first row of each key.
#[transform]
impl Dedupe {
    fn bind(
        input: &[Field],
        /// The column that tells rows apart: text or BIGINT.
        key: &str,
    ) -> Result<(Self, Vec<Field>)> {
        let position = input.iter().position(|field| &*field.name == key);
        let key = position.ok_or_else(|| format!("there is no column `{key}`"))?;
        let data_type = &input[key].data_type;
        if !matches!(data_type, DataType::Utf8 | DataType::Int64) {
            return Err(Error::new(format!("a key is text or BIGINT, not of Arrow format `{}`", data_type.format())));
        }
        Ok((Self { key, seen: HashSet::new() }, input.to_vec()))
    }

    fn push(&mut self, batch: Batch) -> Result<Batch> {
        let column = &batch.columns()[self.key];
        let mut keep = Vec::with_capacity(batch.rows());
        for row in 0..batch.rows() {
            let value = Value::of(column, row);
            let key = match value.data_type() {
                DataType::Utf8 => value.get::<String>()?,
                _ => value.get::<i64>()?.map(|key| key.to_string()),
            };
            // Nulls are not equal to each other.
            keep.push(key.is_none_or(|key| self.seen.insert(key)));
        }
        Ok(batch.filter(&keep))
    }
}
