//! Accumulators over a plugin's aggregate: many groups at once, a single one, and a window frame that slides.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, new_empty_array};
use arrow::compute::{concat, filter};
use arrow::datatypes::DataType;
use datafusion::common::{Result, ScalarValue, internal_err};
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::Function;

/// A function bound for one call of it, whose accumulators share the instances that are idle.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) function: Function,
    pub(super) aggregate: polder_sandbox::Aggregate,
    /// Which arguments are columns; the others are constants that the binding holds.
    pub(super) columns: Vec<usize>,
    /// The types of those columns.
    pub(super) types: Vec<DataType>,
}

impl Bound {
    /// An accumulator without any group yet.
    pub(super) fn groups(self: &Arc<Self>) -> Result<Groups> {
        let inner = self.aggregate.accumulator().map_err(|error| self.function.failed(error))?;
        Ok(Groups { bound: Arc::clone(self), inner })
    }
}

/// All groups of one partition, in one instance.
#[derive(Debug)]
pub(super) struct Groups {
    bound: Arc<Bound>,
    inner: polder_sandbox::Accumulator,
}

impl Groups {
    pub(super) fn update(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        let columns: Vec<ArrayRef> = self.bound.columns.iter().map(|at| Arc::clone(&values[*at])).collect();
        self.inner.update(&columns, groups, total).map_err(|error| self.bound.function.failed(error))
    }

    /// Without any row there is still one group, whose value is that of no rows.
    pub(super) fn exists(&mut self) -> Result<()> {
        let empty: Vec<ArrayRef> = self.bound.types.iter().map(new_empty_array).collect();
        self.inner.update(&empty, &[], 1).map_err(|error| self.bound.function.failed(error))
    }

    fn merge(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.inner.merge(states, groups, total).map_err(|error| self.bound.function.failed(error))
    }

    fn take_state(&mut self, first: Option<usize>) -> Result<Vec<ArrayRef>> {
        self.inner.state(first).map_err(|error| self.bound.function.failed(error))
    }

    pub(super) fn take_value(&mut self, first: Option<usize>) -> Result<ArrayRef> {
        self.inner.evaluate(first).map_err(|error| self.bound.function.failed(error))
    }
}

/// The rows for which an aggregate's FILTER holds.
fn select(
    values: &[ArrayRef],
    groups: Vec<usize>,
    condition: Option<&BooleanArray>,
) -> Result<(Vec<ArrayRef>, Vec<usize>)> {
    let Some(condition) = condition else { return Ok((values.to_vec(), groups)) };
    let values = values.iter().map(|column| filter(column, condition)).collect::<Result<Vec<_>, _>>()?;
    // A condition that is NULL does not hold.
    let groups = groups.into_iter().zip(condition).filter(|(_, holds)| *holds == Some(true)).map(|(group, _)| group);
    Ok((values, groups.collect()))
}

fn first(emit: EmitTo) -> Option<usize> {
    match emit {
        EmitTo::All => None,
        EmitTo::First(count) => Some(count),
    }
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        condition: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        let (values, groups) = select(values, groups.to_vec(), condition)?;
        self.update(&values, &groups, total)
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.merge(states, groups, total)
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        self.take_value(first(emit))
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        self.take_state(first(emit))
    }

    fn convert_to_state(&self, values: &[ArrayRef], condition: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let rows = values.first().map_or(0, |column| column.len());
        let mut fresh = self.bound.groups()?;
        let (values, groups) = select(values, (0..rows).collect(), condition)?;
        fresh.update(&values, &groups, rows)?;
        fresh.take_state(None)
    }

    fn size(&self) -> usize {
        self.inner.size()
    }
}

/// A single group.
#[derive(Debug)]
pub(super) struct One(pub(super) Groups);

/// As many zeros as a batch has rows: all belong to the only group.
fn only_group(columns: &[ArrayRef]) -> Vec<usize> {
    vec![0; columns.first().map_or(0, |column| column.len())]
}

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.0.update(values, &only_group(values), 1)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.0.merge(states, &only_group(states), 1)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        // Evaluating forgets the group, but a growing window frame goes on with it.
        let states = self.keep()?;
        let value = self.0.take_value(None)?;
        self.0.merge(&states, &[0], 1)?;
        ScalarValue::try_from_array(&value, 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.keep()?.iter().map(|column| ScalarValue::try_from_array(column, 0)).collect()
    }

    fn size(&self) -> usize {
        self.0.inner.size()
    }
}

impl One {
    /// The state, which stays in place.
    fn keep(&mut self) -> Result<Vec<ArrayRef>> {
        self.0.exists()?;
        let states = self.0.take_state(None)?;
        self.0.merge(&states, &[0], 1)?;
        Ok(states)
    }
}

/// A frame that loses rows at its start: the rows are kept, and each value is computed from them.
#[derive(Debug)]
pub(super) struct Sliding {
    groups: Groups,
    rows: Vec<ArrayRef>,
}

impl Sliding {
    pub(super) fn new(groups: Groups) -> Self {
        Self { groups, rows: Vec::new() }
    }
}

impl Accumulator for Sliding {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        if self.rows.is_empty() {
            self.rows = values.to_vec();
            return Ok(());
        }
        for (kept, new) in self.rows.iter_mut().zip(values) {
            *kept = concat(&[kept.as_ref(), new.as_ref()])?;
        }
        Ok(())
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let gone = values.first().map_or(0, |column| column.len());
        for kept in &mut self.rows {
            *kept = kept.slice(gone, kept.len() - gone);
        }
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let groups = only_group(&self.rows);
        self.groups.update(&self.rows, &groups, 1)?;
        ScalarValue::try_from_array(&self.groups.take_value(None)?, 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        internal_err!("a sliding window is not merged")
    }

    fn merge_batch(&mut self, _: &[ArrayRef]) -> Result<()> {
        internal_err!("a sliding window is not merged")
    }

    fn size(&self) -> usize {
        self.groups.inner.size() + self.rows.iter().map(|column| column.get_array_memory_size()).sum::<usize>()
    }
}
