//! `polder:plugin/udf`: scalar, aggregate and table functions.

use super::bindings::polder::host::data;
use super::{Component, bindings as host, call, report_panics};
use crate::aggregate::Groups;
use crate::border::{batch, columns, fields, schema};
use crate::function::{Argument, Bound, Call, Function, Implementation};
use crate::table::OpenTable;
use crate::{Error, Field};
use std::cell::RefCell;

mod bindings {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "package polder:sdk-functions; world functions { export polder:plugin/udf@0.1.0; }",
        with: {
            "polder:host/data@0.1.0": super::host::polder::host::data,
            "polder:plugin/call@0.1.0": super::host::polder::plugin::call,
        },
        generate_all,
    });
}

use bindings::exports::polder::plugin::udf::{
    Aggregate, Guest, GuestAggregate, GuestScalar, GuestTableFunction, Rows, Scalar, TableFunction,
};

bindings::export!(Component with_types_in bindings);

impl Guest for Component {
    type Scalar = Bound;
    type Aggregate = RefCell<Aggregation>;
    type TableFunction = Table;
}

impl GuestScalar for Bound {
    fn bind(name: String, arguments: Vec<call::Argument>) -> Result<Scalar, call::Error> {
        Ok(Scalar::new(bind(&name, arguments)?))
    }

    fn returns(&self) -> data::Schema {
        schema(Bound::returns(self))
    }

    fn call(&self, arguments: data::Batch) -> Result<data::Batch, call::Error> {
        let Implementation::Scalar(function) = self.function.implementation else {
            return Err(self.function.wrong_kind("scalar").into());
        };
        let call = called(self, arguments)?;
        Ok(batch(call.rows, [function(&call)?]))
    }
}

/// An aggregate and its groups.
pub(crate) struct Aggregation {
    bound: Bound,
    groups: Box<dyn Groups>,
    state: Vec<Field>,
    constants: &'static [usize],
}

impl GuestAggregate for RefCell<Aggregation> {
    fn bind(name: String, arguments: Vec<call::Argument>) -> Result<Aggregate, call::Error> {
        let bound = bind(&name, arguments)?;
        let Implementation::Aggregate { groups, state, constants } = bound.function.implementation else {
            return Err(bound.function.wrong_kind("aggregate").into());
        };
        // Says now, rather than after all rows, that an argument ought to be constant.
        bound.constants(0, constants)?;
        Ok(Aggregate::new(RefCell::new(Aggregation { bound, groups: groups(), state: state(), constants })))
    }

    fn returns(&self) -> data::Schema {
        schema(self.borrow().bound.returns())
    }

    fn state_schema(&self) -> data::Schema {
        schema(&self.borrow().state)
    }

    fn update(&self, arguments: data::Batch, groups: Vec<u32>, total_groups: u32) -> Result<(), call::Error> {
        let mut this = self.borrow_mut();
        let call = called(&this.bound, arguments)?;
        Ok(this.groups.update(&call, &groups, total_groups as usize)?)
    }

    fn merge(&self, states: data::Batch, groups: Vec<u32>, total_groups: u32) -> Result<(), call::Error> {
        let mut this = self.borrow_mut();
        let states = columns(this.state.iter().map(|field| &field.data_type), states)?;
        Ok(this.groups.merge(states, &groups, total_groups as usize)?)
    }

    fn state(&self, first: Option<u32>) -> Result<data::Batch, call::Error> {
        let (rows, columns) = self.borrow_mut().groups.state(first.map(|first| first as usize));
        Ok(batch(rows, columns))
    }

    fn evaluate(&self, first: Option<u32>) -> Result<data::Batch, call::Error> {
        let mut this = self.borrow_mut();
        let rows = this.groups.take(first.map(|first| first as usize));
        let call = this.bound.constants(rows, this.constants)?;
        Ok(batch(rows, [this.groups.evaluate(&call)?]))
    }

    fn size(&self) -> u64 {
        self.borrow().groups.size() as u64
    }
}

/// A table function and the call whose rows are being asked for.
pub(crate) struct Table {
    bound: Bound,
    open: RefCell<Option<OpenTable>>,
}

impl GuestTableFunction for Table {
    fn bind(name: String, arguments: Vec<call::Argument>) -> Result<TableFunction, call::Error> {
        let bound = bind(&name, arguments)?;
        Ok(TableFunction::new(Self { bound, open: RefCell::default() }))
    }

    fn returns(&self) -> data::Schema {
        schema(self.bound.returns())
    }

    fn open(&self, arguments: data::Batch) -> Result<(), call::Error> {
        let call = called(&self.bound, arguments)?;
        *self.open.borrow_mut() = Some(OpenTable::open(&self.bound, call)?);
        Ok(())
    }

    fn next(&self, max_rows: u32) -> Result<Option<Rows>, call::Error> {
        let mut open = self.open.borrow_mut();
        let page = open.as_mut().map(|open| open.next(max_rows as usize)).transpose()?.flatten();
        if page.is_none() {
            *open = None;
        }
        Ok(page.map(|page| Rows { columns: batch(page.source.len(), page.columns), source: page.source }))
    }
}

fn bind(name: &str, arguments: Vec<call::Argument>) -> Result<Bound, Error> {
    report_panics();
    let arguments = arguments.into_iter().map(|argument| {
        let field = fields(argument.type_)?.pop().ok_or("an argument without a type")?;
        let constant = argument.constant.map(|batch| columns([&field.data_type].into_iter(), batch)).transpose()?;
        Ok(Argument { constant: constant.and_then(|mut columns| columns.pop()), field })
    });
    Function::bind(name, arguments.collect::<Result<_, Error>>()?)
}

fn called(bound: &Bound, batch: data::Batch) -> Result<Call, Error> {
    let rows = batch.rows as usize;
    bound.call(rows, columns(bound.inputs(), batch)?)
}
