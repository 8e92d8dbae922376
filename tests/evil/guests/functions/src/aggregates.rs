//! Aggregate functions: a sum that is right, and some that lie about their groups.

use std::cell::RefCell;

use crate::call::{Argument, Error};
use crate::columns::{field, int64_array, int64s, one};
use crate::data::{Batch, Schema};
use crate::log_panics;
use crate::udf;

pub const NAMES: &[&str] = &["total", "groups_more", "groups_fewer", "spin_update", "eat_update"];

pub struct Aggregate {
    name: String,
    sums: RefCell<Vec<i64>>,
    hoard: RefCell<Vec<Vec<u8>>>,
}

impl udf::GuestAggregate for Aggregate {
    fn bind(name: String, _: Vec<Argument>) -> Result<udf::Aggregate, Error> {
        log_panics();
        Ok(udf::Aggregate::new(Self { name, sums: RefCell::default(), hoard: RefCell::default() }))
    }

    fn returns(&self) -> Schema {
        vec![field("total", "l")]
    }

    fn state_schema(&self) -> Schema {
        vec![field("total", "l")]
    }

    fn update(&self, batch: Batch, groups: Vec<u32>, total: u32) -> Result<(), Error> {
        while self.name == "spin_update" {
            std::hint::black_box(&groups);
        }
        while self.name == "eat_update" {
            self.hoard.borrow_mut().push(vec![1; 1 << 20]);
        }
        let mut sums = self.sums.borrow_mut();
        sums.resize(total as usize, 0);
        std::iter::zip(int64s(&batch.arrays[0]), groups).for_each(|(value, group)| sums[group as usize] += value);
        Ok(())
    }

    fn merge(&self, batch: Batch, groups: Vec<u32>, total: u32) -> Result<(), Error> {
        self.update(batch, groups, total)
    }

    fn state(&self, first: Option<u32>) -> Result<Batch, Error> {
        Ok(one(int64_array(self.take(first))))
    }

    fn evaluate(&self, first: Option<u32>) -> Result<Batch, Error> {
        let mut sums = self.take(first);
        match self.name.as_str() {
            "groups_more" => sums.push(1),
            "groups_fewer" => drop(sums.pop()),
            _ => {}
        }
        Ok(one(int64_array(sums)))
    }

    fn size(&self) -> u64 {
        if self.name == "total" { 8 * self.sums.borrow().len() as u64 } else { u64::MAX }
    }
}

impl Aggregate {
    fn take(&self, first: Option<u32>) -> Vec<i64> {
        let mut sums = self.sums.borrow_mut();
        let first = first.map_or(sums.len(), |first| first as usize);
        sums.drain(..first).collect()
    }
}
