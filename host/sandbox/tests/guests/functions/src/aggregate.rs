//! The aggregate function: a sum, whose state is the sum and how many values it has.

use std::cell::RefCell;

use crate::call::{Argument, Error};
use crate::columns::{field, int64_array, int64s, is_valid};
use crate::data::{Array, Batch, Schema};
use crate::udf;
use crate::{log_panics, refuse};

pub struct Sum {
    lie: bool,
    groups: RefCell<Vec<(i64, i64)>>,
}

impl udf::GuestAggregate for Sum {
    fn bind(name: String, _: Vec<Argument>) -> Result<udf::Aggregate, Error> {
        log_panics();
        match name.as_str() {
            "sum" | "lie" => Ok(udf::Aggregate::new(Self { lie: name == "lie", groups: RefCell::default() })),
            _ => Err(refuse(format!("there is no aggregate `{name}`"))),
        }
    }

    fn returns(&self) -> Schema {
        field("sum", "l")
    }

    fn state_schema(&self) -> Schema {
        [field("sum", "l"), field("count", "l")].concat()
    }

    fn update(&self, batch: Batch, groups: Vec<u32>, total: u32) -> Result<(), Error> {
        let array = &batch.arrays[0];
        let mut sums = self.groups.borrow_mut();
        sums.resize(total as usize, (0, 0));
        for (row, value) in int64s(array).into_iter().enumerate().filter(|(row, _)| is_valid(array, *row)) {
            if value == i64::MIN {
                return Err(Error { message: "too small".into(), row: Some(row as u32) });
            }
            let (sum, count) = &mut sums[groups[row] as usize];
            *sum += value;
            *count += 1;
        }
        Ok(())
    }

    fn merge(&self, batch: Batch, groups: Vec<u32>, total: u32) -> Result<(), Error> {
        let mut sums = self.groups.borrow_mut();
        sums.resize(total as usize, (0, 0));
        let (partial, counts) = (int64s(&batch.arrays[0]), int64s(&batch.arrays[1]));
        for (row, group) in groups.into_iter().enumerate() {
            let (sum, count) = &mut sums[group as usize];
            *sum += partial[row];
            *count += counts[row];
        }
        Ok(())
    }

    fn state(&self, first: Option<u32>) -> Result<Batch, Error> {
        let groups = self.take(first);
        let arrays =
            vec![int64_array(groups.iter().map(|(sum, _)| *sum)), int64_array(groups.iter().map(|(_, count)| *count))];
        Ok(Batch { rows: groups.len() as u32, arrays })
    }

    fn evaluate(&self, first: Option<u32>) -> Result<Batch, Error> {
        let mut groups = self.take(first);
        if self.lie {
            groups.push((0, 1));
        }
        let rows = groups.len();
        let mut array: Array = int64_array(groups.iter().map(|(sum, _)| *sum));
        array.null_count = groups.iter().filter(|(_, count)| *count == 0).count() as u32;
        if array.null_count > 0 {
            array.validity = vec![0; rows.div_ceil(8)];
            let valid = groups.iter().enumerate().filter(|(_, (_, count))| *count > 0);
            valid.for_each(|(row, _)| array.validity[row / 8] |= 1 << (row % 8));
        }
        Ok(Batch { rows: rows as u32, arrays: vec![array] })
    }

    fn size(&self) -> u64 {
        if self.lie { u64::MAX } else { 16 * self.groups.borrow().len() as u64 }
    }
}

impl Sum {
    fn take(&self, first: Option<u32>) -> Vec<(i64, i64)> {
        let mut groups = self.groups.borrow_mut();
        let first = first.map_or(groups.len(), |first| first as usize);
        groups.drain(..first).collect()
    }
}
