//! The border: the exports of the world `polder:plugin/functions`, for every plugin at once. They live here, in
//! the library, and become exports of the component that links it; the functions behind them are found in the
//! registry. Natively there is no border and this module does not exist.

use crate::aggregate::Groups;
use crate::column::RawArray;
use crate::data_type::RawField;
use crate::function::{Argument, Bound, Call, Function, Implementation, Package, Returns, Volatility};
use crate::log::Level;
use crate::table::OpenTable;
use crate::{Column, DataType, Field};
use std::cell::RefCell;
use std::sync::Once;

mod bindings {
    wit_bindgen::generate!({
        path: ["../../wit/host", "../../wit/plugin"],
        world: "polder:plugin/functions",
        generate_all,
    });
}

use bindings::exports::polder::plugin::{description, udf};
use bindings::polder::host::{data, log};

struct Component;

bindings::export!(Component with_types_in bindings);

pub(crate) fn log(level: Level, message: &str) {
    let level = match level {
        Level::Trace => log::Level::Trace,
        Level::Debug => log::Level::Debug,
        Level::Info => log::Level::Info,
        Level::Warn => log::Level::Warn,
        Level::Error => log::Level::Error,
    };
    log::log(level, message, &[]);
}

/// A panic ends the instance without a word; the hook says it first.
fn report_panics() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| std::panic::set_hook(Box::new(|panic| log(Level::Error, &panic.to_string()))));
}

impl description::Guest for Component {
    fn describe() -> description::Plugin {
        report_panics();
        let functions = Function::all();
        let package = functions.iter().map(|function| &function.package).max_by_key(|package| package.primary);
        let text = |part: fn(&Package) -> &'static str| package.map(part).unwrap_or_default();
        description::Plugin {
            // Also an identifier of SQL, which has no hyphens.
            name: text(|package| package.name).replace('-', "_"),
            version: text(|package| package.version).into(),
            summary: text(|package| package.description).into(),
            license: text(|package| package.license).into(),
            authors: text(|package| package.authors).split(':').filter(|a| !a.is_empty()).map(Into::into).collect(),
            homepage: text(|package| package.homepage).into(),
            functions: functions.into_iter().map(describe).collect(),
            capabilities: vec![],
        }
    }
}

fn describe(function: &Function) -> description::Function {
    description::Function {
        name: function.name.into(),
        kind: match function.implementation {
            Implementation::Scalar(_) => description::FunctionKind::Scalar,
            Implementation::Aggregate { .. } => description::FunctionKind::Aggregate,
            Implementation::Table(_) => description::FunctionKind::Table,
        },
        doc: function.doc.into(),
        parameters: function
            .parameters
            .iter()
            .map(|parameter| description::Parameter {
                name: parameter.name.into(),
                type_: (parameter.data_type)().map(|data_type| schema(&[Field::new(parameter.name, data_type)])),
                doc: parameter.doc.into(),
            })
            .collect(),
        variadic: function.variadic,
        returns: match function.returns {
            Returns::Fixed(fields) => Some(schema(&fields())),
            Returns::Bound(_) => None,
        },
        volatility: match function.volatility {
            Volatility::Immutable => description::Volatility::Immutable,
            Volatility::Stable => description::Volatility::Stable,
            Volatility::Volatile => description::Volatility::Volatile,
        },
        examples: function
            .examples
            .iter()
            .map(|(sql, result)| description::Example { sql: (*sql).into(), result: (*result).into() })
            .collect(),
    }
}

impl udf::Guest for Component {
    type Scalar = Bound;
    type Aggregate = RefCell<Aggregation>;
    type TableFunction = Table;
}

impl udf::GuestScalar for Bound {
    fn bind(name: String, arguments: Vec<udf::Argument>) -> Result<udf::Scalar, udf::Error> {
        Ok(udf::Scalar::new(bind(&name, arguments)?))
    }

    fn returns(&self) -> data::Schema {
        schema(Bound::returns(self))
    }

    fn call(&self, arguments: data::Batch) -> Result<data::Batch, udf::Error> {
        let Implementation::Scalar(function) = self.function.implementation else {
            return Err(wrong_kind(self.function, "scalar").into());
        };
        let call = call(self, arguments)?;
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

impl udf::GuestAggregate for RefCell<Aggregation> {
    fn bind(name: String, arguments: Vec<udf::Argument>) -> Result<udf::Aggregate, udf::Error> {
        let bound = bind(&name, arguments)?;
        let Implementation::Aggregate { groups, state, constants } = bound.function.implementation else {
            return Err(wrong_kind(bound.function, "aggregate").into());
        };
        // Says now, rather than after all rows, that an argument ought to be constant.
        bound.constants(0, constants)?;
        Ok(udf::Aggregate::new(RefCell::new(Aggregation { bound, groups: groups(), state: state(), constants })))
    }

    fn returns(&self) -> data::Schema {
        schema(self.borrow().bound.returns())
    }

    fn state_schema(&self) -> data::Schema {
        schema(&self.borrow().state)
    }

    fn update(&self, arguments: data::Batch, groups: Vec<u32>, total_groups: u32) -> Result<(), udf::Error> {
        let mut this = self.borrow_mut();
        let call = call(&this.bound, arguments)?;
        Ok(this.groups.update(&call, &groups, total_groups as usize)?)
    }

    fn merge(&self, states: data::Batch, groups: Vec<u32>, total_groups: u32) -> Result<(), udf::Error> {
        let mut this = self.borrow_mut();
        let states = columns(this.state.iter().map(|field| &field.data_type), states)?;
        Ok(this.groups.merge(states, &groups, total_groups as usize)?)
    }

    fn state(&self, first: Option<u32>) -> Result<data::Batch, udf::Error> {
        let (rows, columns) = self.borrow_mut().groups.state(first.map(|first| first as usize));
        Ok(batch(rows, columns))
    }

    fn evaluate(&self, first: Option<u32>) -> Result<data::Batch, udf::Error> {
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

impl udf::GuestTableFunction for Table {
    fn bind(name: String, arguments: Vec<udf::Argument>) -> Result<udf::TableFunction, udf::Error> {
        let bound = bind(&name, arguments)?;
        Ok(udf::TableFunction::new(Self { bound, open: RefCell::default() }))
    }

    fn returns(&self) -> data::Schema {
        schema(self.bound.returns())
    }

    fn open(&self, arguments: data::Batch) -> Result<(), udf::Error> {
        let call = call(&self.bound, arguments)?;
        *self.open.borrow_mut() = Some(OpenTable::open(&self.bound, call)?);
        Ok(())
    }

    fn next(&self, max_rows: u32) -> Result<Option<udf::Rows>, udf::Error> {
        let mut open = self.open.borrow_mut();
        let page = open.as_mut().map(|open| open.next(max_rows as usize)).transpose()?.flatten();
        if page.is_none() {
            *open = None;
        }
        Ok(page.map(|page| udf::Rows { columns: batch(page.source.len(), page.columns), source: page.source }))
    }
}

fn wrong_kind(function: &Function, kind: &str) -> crate::Error {
    crate::Error::new(format!("`{}` is no {kind} function", function.name))
}

fn bind(name: &str, arguments: Vec<udf::Argument>) -> Result<Bound, crate::Error> {
    report_panics();
    let arguments = arguments.into_iter().map(|argument| {
        let field = Field::unflatten(&mut argument.type_.into_iter().map(raw_field))?;
        let constant = argument.constant.map(|batch| Column::unflatten(&field.data_type, &mut arrays(batch)));
        Ok(Argument { field, constant: constant.transpose()? })
    });
    Function::bind(name, arguments.collect::<Result<_, crate::Error>>()?)
}

fn call(bound: &Bound, batch: data::Batch) -> Result<Call, crate::Error> {
    let rows = batch.rows as usize;
    bound.call(rows, columns(bound.inputs(), batch)?)
}

fn columns<'t>(types: impl Iterator<Item = &'t DataType>, batch: data::Batch) -> Result<Vec<Column>, crate::Error> {
    let mut arrays = arrays(batch);
    types.map(|data_type| Column::unflatten(data_type, &mut arrays)).collect()
}

fn arrays(batch: data::Batch) -> impl Iterator<Item = RawArray> {
    batch.arrays.into_iter().map(|array| RawArray {
        length: array.length,
        null_count: array.null_count,
        validity: array.validity,
        buffers: array.buffers,
    })
}

fn batch(rows: usize, columns: impl IntoIterator<Item = Column>) -> data::Batch {
    let mut raw = Vec::new();
    columns.into_iter().for_each(|column| column.flatten(&mut raw));
    let arrays = raw.into_iter().map(|array| data::Array {
        length: array.length,
        null_count: array.null_count,
        validity: array.validity,
        buffers: array.buffers,
    });
    data::Batch { rows: rows as u32, arrays: arrays.collect() }
}

fn schema(fields: &[Field]) -> data::Schema {
    let mut raw = Vec::new();
    fields.iter().for_each(|field| field.flatten(&mut raw));
    let fields = raw.into_iter().map(|field| data::Field {
        name: field.name,
        format: field.format,
        nullable: field.nullable,
        children: field.children,
        metadata: vec![],
    });
    fields.collect()
}

fn raw_field(field: data::Field) -> RawField {
    RawField { name: field.name, format: field.format, nullable: field.nullable, children: field.children }
}

impl From<crate::Error> for udf::Error {
    fn from(error: crate::Error) -> Self {
        Self { row: error.row(), message: error.message().into() }
    }
}
