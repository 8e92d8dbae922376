//! The table function: the numbers below n, for each row.

use std::cell::RefCell;

use crate::call::{Argument, Error};
use crate::columns::{field, int64_array, int64s, is_valid};
use crate::data::{Batch, Schema};
use crate::udf::{self, Rows};
use crate::{log_panics, refuse};

pub struct Series {
    name: String,
    left: RefCell<Vec<(u32, i64, i64)>>,
}

impl udf::GuestTableFunction for Series {
    fn bind(name: String, _: Vec<Argument>) -> Result<udf::TableFunction, Error> {
        log_panics();
        match name.as_str() {
            "series" | "too_many" | "no_rows" | "backwards" | "beyond" | "sourceless" => {
                Ok(udf::TableFunction::new(Self { name, left: RefCell::default() }))
            }
            _ => Err(refuse(format!("there is no table function `{name}`"))),
        }
    }

    fn returns(&self) -> Schema {
        [field("i", "l"), field("n", "l")].concat()
    }

    fn open(&self, batch: Batch) -> Result<(), Error> {
        let array = &batch.arrays[0];
        let counts = int64s(array).into_iter().enumerate().filter(|(row, _)| is_valid(array, *row));
        let mut left = Vec::new();
        for (row, n) in counts {
            if n < 0 {
                return Err(Error { message: "n is negative".into(), row: Some(row as u32) });
            }
            left.extend((0..n).map(|i| (row as u32, i, n)));
        }
        left.reverse();
        *self.left.borrow_mut() = left;
        Ok(())
    }

    fn next(&self, max_rows: u32) -> Result<Option<Rows>, Error> {
        let mut left = self.left.borrow_mut();
        let max = if self.name == "too_many" { max_rows as usize + 1 } else { max_rows as usize };
        let rest = left.len().saturating_sub(max);
        let mut rows = left.split_off(rest);
        rows.reverse();
        match self.name.as_str() {
            "no_rows" => rows.clear(),
            "backwards" => rows.reverse(),
            "beyond" => rows.iter_mut().for_each(|(row, ..)| *row += 1_000),
            _ if rows.is_empty() => return Ok(None),
            _ => {}
        }
        let arrays = vec![int64_array(rows.iter().map(|row| row.1)), int64_array(rows.iter().map(|row| row.2))];
        let source = if self.name == "sourceless" { vec![] } else { rows.iter().map(|row| row.0).collect() };
        Ok(Some(Rows { columns: Batch { rows: rows.len() as u32, arrays }, source }))
    }
}
