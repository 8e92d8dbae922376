//! A transform and a scorer: both read the column `id` of a table.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use crate::call::Error;
use crate::columns::{batch, field, numbers};
use crate::data::{Batch, Schema};
use crate::scorers;
use crate::transforms::{self, OptionValue};
use crate::{Broken, error, lies, model};

/// Where the column is among the arrays of a batch.
fn find(input: &Schema) -> Result<usize, Error> {
    let found = input.iter().position(|field| field.name == "id" && field.format == "l");
    found.ok_or_else(|| error("there is no column id of whole numbers"))
}

/// Hands on the column.
pub struct Ids {
    place: usize,
    left: RefCell<VecDeque<Option<i64>>>,
    pushed: Cell<i64>,
}

impl transforms::Guest for Broken {
    type Transform = Ids;
}

impl transforms::GuestTransform for Ids {
    fn bind(name: String, input: Schema, options: Vec<OptionValue>) -> Result<transforms::Transform, Error> {
        if name != "ids" && !lies("transform_name") {
            return Err(error(format!("there is no transform {name}")));
        }
        if !options.is_empty() && !lies("transform_option") {
            return Err(error("it has no options"));
        }
        let (place, left, pushed) = (find(&input)?, RefCell::default(), Cell::new(0));
        Ok(transforms::Transform::new(Self { place, left, pushed }))
    }

    fn returns(&self) -> Schema {
        vec![field("id", if lies("transform_returns") { "g" } else { "l" })]
    }

    fn push(&self, input: Batch) -> Result<(), Error> {
        self.pushed.set(self.pushed.get() + 1);
        let step = if lies("transform_batch") { self.pushed.get() } else { 0 };
        self.left.borrow_mut().extend(numbers(&input.arrays[self.place]).iter().map(|id| id.map(|id| id + step)));
        Ok(())
    }

    fn finish(&self) -> Result<(), Error> {
        assert!(!lies("transform_empty") || self.pushed.get() > 0, "nothing was pushed");
        Ok(())
    }

    fn pull(&self, max_rows: u32) -> Result<Option<Batch>, Error> {
        let mut left = self.left.borrow_mut();
        let count = left.len().min(max_rows as usize);
        let page: Vec<_> = left.drain(..count).collect();
        if lies("transform_pages") {
            left.pop_front();
        }
        Ok((!page.is_empty()).then(|| batch(&page)))
    }
}

/// The column times a factor, which is the model.
pub struct Scaled {
    place: usize,
    factor: i64,
}

impl scorers::Guest for Broken {
    type Scorer = Scaled;
}

impl scorers::GuestScorer for Scaled {
    fn load(name: String, input: Schema) -> Result<scorers::Scorer, Error> {
        if name != "scaled" && !lies("scorer_name") {
            return Err(error(format!("there is no scorer {name}")));
        }
        let read = model::read("factor", 0, 100);
        let bytes = if lies("scorer_denied") { read.unwrap() } else { read.map_err(|why| error(format!("{why:?}")))? };
        let factor = String::from_utf8_lossy(&bytes).trim().parse().map_err(|_| error("the factor is no number"))?;
        Ok(scorers::Scorer::new(Self { place: find(&input)?, factor }))
    }

    fn returns(&self) -> Schema {
        vec![field("score", if lies("scorer_returns") { "g" } else { "l" })]
    }

    fn score(&self, input: Batch) -> Result<Batch, Error> {
        let step = if lies("scorer_batch") { i64::from(input.rows) } else { 0 };
        let scores = numbers(&input.arrays[self.place]).into_iter().map(|id| id.map(|id| id * self.factor + step));
        Ok(batch(&scores.collect::<Vec<_>>()))
    }
}
