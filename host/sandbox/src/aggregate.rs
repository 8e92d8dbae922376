//! Functions from groups of rows to one value a group.

use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{FieldRef, Fields};
use wasmtime::component::ResourceAny;

use crate::bind::{Binding, Pool, accept, wire};
use crate::bindings::data::BatchResult;
use crate::format::{parse, parse_one};
use crate::instance::Instance;
use crate::lift::lift;
use crate::lower::{Lowered, lower};
use crate::plain::conform;
use crate::plugin::Plugin;
use crate::{Argument, Error, Result, Terms};

/// An aggregate function bound to the types of its arguments.
#[derive(Clone)]
pub struct Aggregate(Arc<Shared>);

struct Shared {
    binding: Binding,
    returns: FieldRef,
    state: Fields,
    idle: Pool<Instance>,
}

impl Aggregate {
    pub(crate) fn bind(plugin: &Arc<Plugin>, name: &str, arguments: &[Argument], terms: Terms) -> Result<Self> {
        let binding = Binding::new(plugin, name, arguments, terms)?;
        let limits = binding.limits();
        let mut instance = binding.instance()?;
        let function = begin(&binding, &mut instance)?;
        let (returns, state) = instance.call(|store, guest| {
            let aggregate = guest.aggregate();
            let returns = aggregate.call_returns(&mut *store, function)?;
            let state = aggregate.call_state_schema(&mut *store, function)?;
            function.resource_drop(store)?;
            Ok((returns, state))
        })?;
        let returns = parse_one(&wire(returns), limits).map_err(|why| instance.broke_contract(why))?;
        let state = parse(&wire(state), limits).map_err(|why| instance.broke_contract(why))?;
        let idle = Pool::new(limits.idle_instances);
        idle.put(instance);
        Ok(Self(Arc::new(Shared { binding, returns, state: state.into(), idle })))
    }

    /// The type of the results. Its name means nothing.
    pub fn returns(&self) -> &FieldRef {
        &self.0.returns
    }

    /// The columns of a partial state.
    pub fn state_fields(&self) -> &Fields {
        &self.0.state
    }

    /// An accumulator without any group, in an instance of its own.
    pub fn accumulator(&self) -> Result<Accumulator> {
        let mut instance = self.0.idle.take().map_or_else(|| self.0.binding.instance(), Ok)?;
        let function = begin(&self.0.binding, &mut instance)?;
        Ok(Accumulator { shared: Arc::clone(&self.0), guest: Some((instance, function)), groups: 0, size: 0 })
    }
}

fn begin(binding: &Binding, instance: &mut Instance) -> Result<ResourceAny> {
    let function = instance
        .call(|store, guest| binding.lend(|arguments| guest.aggregate().call_bind(store, &binding.name, arguments)))?;
    accept(instance, function)
}

/// The states of groups, numbered from 0. After an error of any method it is of no more use.
pub struct Accumulator {
    shared: Arc<Shared>,
    /// None once it has failed.
    guest: Option<(Instance, ResourceAny)>,
    /// Groups that the guest holds.
    groups: usize,
    size: usize,
}

impl Accumulator {
    /// Adds rows: row `i` of `columns` belongs to group `groups[i]`, and there are `total` groups, as many as before
    /// or more. New groups begin in the function's initial state, also if no row belongs to them.
    pub fn update(&mut self, columns: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        let lowered = self.shared.binding.lower(columns, groups.len())?;
        self.add(&lowered, groups, total, false)
    }

    /// Adds states, as [`state`](Self::state) gave them, perhaps from another accumulator.
    pub fn merge(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        let fields = &self.shared.state;
        if states.len() != fields.len() || states.iter().any(|column| column.len() != groups.len()) {
            return Err(self.misused(format!("{} state columns of {} rows", states.len(), groups.len())));
        }
        let states = std::iter::zip(states, fields)
            .map(|(column, field)| conform(column, field.data_type()))
            .collect::<Result<Vec<_>>>()?;
        let lowered = lower(&states, groups.len())?;
        self.add(&lowered, groups, total, true)
    }

    /// The states of the `first` groups, or of all, a row each. Those groups are forgotten and later ones move down.
    pub fn state(&mut self, first: Option<usize>) -> Result<Vec<ArrayRef>> {
        let fields = Arc::clone(&self.shared);
        self.take(first, &fields.state, true)
    }

    /// The values of the `first` groups, or of all. Those groups are forgotten and later ones move down.
    pub fn evaluate(&mut self, first: Option<usize>) -> Result<ArrayRef> {
        let fields = Arc::clone(&self.shared);
        let mut columns = self.take(first, std::slice::from_ref(&fields.returns), false)?;
        Ok(columns.remove(0))
    }

    /// Bytes that the states take, as the function reckons, but no more than its instance has.
    pub fn size(&self) -> usize {
        self.size
    }

    fn add(&mut self, lowered: &Lowered, groups: &[usize], total: usize, merge: bool) -> Result<()> {
        let beyond = || self.misused(format!("{total} groups after {}, or rows of a group beyond", self.groups));
        let total_groups = u32::try_from(total).map_err(|_| beyond())?;
        if total < self.groups || groups.iter().any(|group| *group >= total) {
            return Err(beyond());
        }
        let groups: Vec<u32> = groups.iter().map(|group| *group as u32).collect();
        self.run(|instance, function| {
            let result = instance.call(|store, guest| {
                let aggregate = guest.aggregate();
                lowered.lend(|batch| match merge {
                    false => aggregate.call_update(store, function, batch, &groups, total_groups),
                    true => aggregate.call_merge(store, function, batch, &groups, total_groups),
                })
            })?;
            accept(instance, result)
        })?;
        self.groups = total;
        Ok(())
    }

    fn take(&mut self, first: Option<usize>, fields: &[FieldRef], state: bool) -> Result<Vec<ArrayRef>> {
        let rows = first.unwrap_or(self.groups);
        if rows > self.groups {
            return Err(self.misused(format!("{rows} groups asked for where there are {}", self.groups)));
        }
        let first = first.map(|first| first as u32);
        let columns = self.run(|instance, function| {
            let batch = instance.call(|store, guest| {
                let aggregate = guest.aggregate();
                match state {
                    true => aggregate.call_state(store, function, first),
                    false => aggregate.call_evaluate(store, function, first),
                }
            })?;
            let batch: BatchResult = accept(instance, batch)?;
            lift(fields, batch, rows, instance.most_values()).map_err(|why| instance.broke_contract(why))
        })?;
        self.groups -= rows;
        Ok(columns)
    }

    /// Runs `f` on the guest, which is dropped if it fails, and asks for the size afterwards.
    fn run<R>(&mut self, f: impl FnOnce(&mut Instance, ResourceAny) -> Result<R>) -> Result<R> {
        let (mut instance, function) = self.guest.take().ok_or_else(|| self.misused("it has failed before".into()))?;
        let result = f(&mut instance, function)?;
        let size = instance.call(|store, guest| guest.aggregate().call_size(store, function))?;
        self.size = usize::try_from(size).unwrap_or(usize::MAX).min(instance.memory());
        self.guest = Some((instance, function));
        Ok(result)
    }

    fn misused(&self, detail: String) -> Error {
        Error::Arguments { what: self.shared.binding.what.to_string(), detail }
    }
}

impl Drop for Accumulator {
    fn drop(&mut self) {
        if let Some((mut instance, function)) = self.guest.take()
            && instance.is_healthy()
            && instance.call(|store, _| function.resource_drop(store)).is_ok()
        {
            self.shared.idle.put(instance);
        }
    }
}

impl std::fmt::Debug for Aggregate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Aggregate").field("what", &self.0.binding.what).field("returns", &self.0.returns).finish()
    }
}

impl std::fmt::Debug for Accumulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Accumulator").field("what", &self.shared.binding.what).field("groups", &self.groups).finish()
    }
}
