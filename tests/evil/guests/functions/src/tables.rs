//! Table functions that never end, or lie about where their rows come from.

use std::cell::Cell;

use crate::call::{Argument, Error};
use crate::columns::{field, int64_array};
use crate::data::{Batch, Schema};
use crate::log_panics;
use crate::udf::{self, Rows};

pub const NAMES: &[&str] = &["endless", "rows_over", "rows_zero", "source_beyond", "source_missing", "columns_many"];

pub struct Table {
    name: String,
    next: Cell<i64>,
}

impl udf::GuestTableFunction for Table {
    fn bind(name: String, _: Vec<Argument>) -> Result<udf::TableFunction, Error> {
        log_panics();
        Ok(udf::TableFunction::new(Self { name, next: Cell::new(0) }))
    }

    fn returns(&self) -> Schema {
        let columns = if self.name == "columns_many" { 100_000 } else { 1 };
        (0..columns).map(|i| field(&format!("i{i}"), "l")).collect()
    }

    fn open(&self, _: Batch) -> Result<(), Error> {
        Ok(())
    }

    fn next(&self, max_rows: u32) -> Result<Option<Rows>, Error> {
        let (rows, source) = match self.name.as_str() {
            "rows_over" => (max_rows + 1, vec![0; max_rows as usize + 1]),
            "rows_zero" => (0, vec![]),
            "source_beyond" => (1, vec![1_000]),
            "source_missing" => (1, vec![]),
            _ => (max_rows, vec![0; max_rows as usize]),
        };
        let first = self.next.replace(self.next.get() + i64::from(rows));
        let columns = Batch { rows, arrays: vec![int64_array(first..first + i64::from(rows))] };
        Ok(Some(Rows { columns, source }))
    }
}
