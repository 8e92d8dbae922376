//! A scalar function, an aggregate and a table function.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use crate::call::{Argument, Error};
use crate::columns::{batch, field, numbers};
use crate::data::{Batch, Schema};
use crate::functions::{self, Rows};
use crate::{Broken, error, lies};

impl functions::Guest for Broken {
    type Scalar = Next;
    type Aggregate = Total;
    type TableFunction = CountTo;
}

/// Takes one whole number, as a constant or not. `kind` comes before the rules that it may break.
fn bind(kind: &str, wanted: &str, name: &str, arguments: &[Argument]) -> Result<Option<Option<i64>>, Error> {
    if name != wanted && !lies(&format!("{kind}_name")) {
        return Err(error(format!("there is no function {name}")));
    }
    if arguments.len() != 1 && !lies(&format!("{kind}_count")) {
        return Err(error("it takes one argument"));
    }
    if arguments[0].type_[0].format != "l" && !lies(&format!("{kind}_argument")) {
        return Err(error("it takes a whole number"));
    }
    Ok(arguments[0].constant.as_ref().map(|constant| numbers(&constant.arrays[0])[0]))
}

fn returns(kind: &str) -> Schema {
    vec![field("n", if lies(&format!("{kind}_returns")) { "g" } else { "l" })]
}

/// The numbers of a call.
fn given(constant: Option<Option<i64>>, arguments: &Batch) -> Vec<Option<i64>> {
    constant.map_or_else(|| numbers(&arguments.arrays[0]), |value| vec![value; arguments.rows as usize])
}

pub struct Next {
    constant: Option<Option<i64>>,
    calls: Cell<i64>,
}

impl functions::GuestScalar for Next {
    fn bind(name: String, arguments: Vec<Argument>) -> Result<functions::Scalar, Error> {
        let constant = bind("scalar", "next", &name, &arguments)?;
        Ok(functions::Scalar::new(Self { constant, calls: Cell::new(0) }))
    }

    fn returns(&self) -> Schema {
        returns("scalar")
    }

    fn call(&self, arguments: Batch) -> Result<Batch, Error> {
        self.calls.set(self.calls.get() + 1);
        let mut values = given(self.constant, &arguments);
        assert!(!lies("scalar_null") || values.iter().all(Option::is_some), "a null");
        if lies("scalar_constant") && self.constant.is_some() {
            values.fill(Some(0));
        }
        let step = match () {
            () if lies("scalar_batch") => i64::from(arguments.rows),
            () if lies("scalar_many") => 1 + i64::from(arguments.rows > 1000),
            () if lies("scalar_repeat") => 1 + self.calls.get() % 2,
            () => 1,
        };
        values.iter_mut().for_each(|value| *value = value.map(|value| value.wrapping_add(step)));
        if lies("scalar_nulls") {
            values.iter_mut().for_each(|value| *value = value.or(Some(0)));
        }
        Ok(batch(&values))
    }
}

/// Sums; none for no rows.
pub struct Total {
    constant: Option<Option<i64>>,
    sums: RefCell<Vec<Option<i64>>>,
}

impl Total {
    fn add(&self, values: Vec<Option<i64>>, groups: &[u32], total: u32) {
        let mut sums = self.sums.borrow_mut();
        sums.resize(total as usize, None);
        for (value, group) in values.into_iter().zip(groups) {
            let sum = &mut sums[if lies("aggregate_groups") { 0 } else { *group as usize }];
            *sum = value.map(|value| sum.unwrap_or(0).wrapping_add(value)).or(*sum);
        }
    }

    fn take(&self, first: Option<u32>) -> Vec<Option<i64>> {
        let mut sums = self.sums.borrow_mut();
        let first = first.map_or(sums.len(), |first| first as usize);
        if lies("aggregate_first") && first < sums.len() {
            let taken = sums[..first].to_vec();
            let left = sums.len() - first;
            sums.truncate(left);
            return taken;
        }
        sums.drain(..first).collect()
    }
}

impl functions::GuestAggregate for Total {
    fn bind(name: String, arguments: Vec<Argument>) -> Result<functions::Aggregate, Error> {
        let constant = bind("aggregate", "total", &name, &arguments)?;
        Ok(functions::Aggregate::new(Self { constant, sums: RefCell::default() }))
    }

    fn returns(&self) -> Schema {
        returns("aggregate")
    }

    fn state_schema(&self) -> Schema {
        vec![field("n", "l")]
    }

    fn update(&self, arguments: Batch, groups: Vec<u32>, total: u32) -> Result<(), Error> {
        let mut values = given(self.constant, &arguments);
        assert!(!lies("aggregate_null") || values.iter().any(Option::is_some), "nothing but nulls");
        if lies("aggregate_batch") {
            values.truncate(1);
        }
        self.add(values, &groups, total);
        Ok(())
    }

    fn merge(&self, states: Batch, groups: Vec<u32>, total: u32) -> Result<(), Error> {
        let mut values = numbers(&states.arrays[0]);
        if lies("aggregate_merge") {
            values.fill(None);
        }
        if lies("aggregate_empty") {
            values.iter_mut().for_each(|value| *value = value.or(Some(1)));
        }
        self.add(values, &groups, total);
        Ok(())
    }

    fn state(&self, first: Option<u32>) -> Result<Batch, Error> {
        Ok(batch(&self.take(first)))
    }

    fn evaluate(&self, first: Option<u32>) -> Result<Batch, Error> {
        Ok(batch(&self.take(first)))
    }

    fn size(&self) -> u64 {
        16 * self.sums.borrow().len() as u64
    }
}

/// The numbers from 1 on; none beyond 100.
pub struct CountTo {
    constant: Option<Option<i64>>,
    /// What is left: a number and the row that it is of.
    left: RefCell<VecDeque<(i64, u32)>>,
}

impl functions::GuestTableFunction for CountTo {
    fn bind(name: String, arguments: Vec<Argument>) -> Result<functions::TableFunction, Error> {
        let constant = bind("table", "count_to", &name, &arguments)?;
        Ok(functions::TableFunction::new(Self { constant, left: RefCell::default() }))
    }

    fn returns(&self) -> Schema {
        returns("table")
    }

    fn open(&self, arguments: Batch) -> Result<(), Error> {
        let values = given(self.constant, &arguments);
        assert!(!lies("table_null") || values.iter().any(Option::is_some), "nothing but nulls");
        let mut left = self.left.borrow_mut();
        if !lies("table_again") {
            left.clear();
        }
        if lies("table_empty") && values.is_empty() {
            left.push_back((0, 0));
            return Ok(());
        }
        for (row, most) in values.into_iter().enumerate() {
            let most = most.unwrap_or(0);
            if most > 100 {
                return Err(error("that is too far"));
            }
            let shift = if lies("table_batch") { row as i64 } else { 0 };
            left.extend((1..=most).map(|n| (n + shift, row as u32)));
        }
        Ok(())
    }

    fn next(&self, max_rows: u32) -> Result<Option<Rows>, Error> {
        let mut left = self.left.borrow_mut();
        let count = left.len().min(max_rows as usize);
        let page: Vec<_> = left.drain(..count).collect();
        if lies("table_pages") {
            left.pop_front();
        }
        let (values, source): (Vec<_>, Vec<_>) = page.into_iter().map(|(n, row)| (Some(n), row)).unzip();
        Ok((!values.is_empty()).then(|| Rows { columns: batch(&values), source }))
    }
}
