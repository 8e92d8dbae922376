//! The border: the exports of the world `polder:plugin/functions`, for every plugin at once. They live here, in
//! the library, and become exports of the component that links it; the functions behind them are found in the
//! registry. Natively there is no border and this module does not exist.

use crate::function::{Argument, Bind, Binding, BoundScalar, Function, Kind, Volatility};
use crate::log::Level;
use crate::{Column, DataType, Field, RawArray, RawField};
use std::sync::Once;

wit_bindgen::generate!({
    path: ["../../wit/host", "../../wit/plugin"],
    world: "polder:plugin/functions",
    generate_all,
});

use exports::polder::plugin::{description, udf};
use polder::host::{data, log};

struct Component;

export!(Component);

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
        let text = |part: fn(&crate::function::Package) -> &'static str| package.map(part).unwrap_or_default();
        description::Plugin {
            name: text(|package| package.name).into(),
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
        kind: match function.kind {
            Kind::Scalar => description::FunctionKind::Scalar,
            Kind::Aggregate => description::FunctionKind::Aggregate,
            Kind::Table => description::FunctionKind::Table,
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
        returns: (function.returns)().map(|fields| schema(&fields)),
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
    type Scalar = Scalar;
    type Aggregate = Aggregate;
    type TableFunction = TableFunction;
}

pub struct Scalar {
    binding: Binding,
    bound: BoundScalar,
    name: &'static str,
}

impl udf::GuestScalar for Scalar {
    fn bind(name: String, arguments: Vec<udf::Argument>) -> Result<udf::Scalar, udf::Error> {
        report_panics();
        let (function, binding) = bind(&name, arguments)?;
        let Bind::Scalar(bind) = function.bind;
        let bound = bind(&binding)?;
        Ok(udf::Scalar::new(Self { binding, bound, name: function.name }))
    }

    fn returns(&self) -> data::Schema {
        schema(&[Field::new(self.name, self.bound.returns.clone())])
    }

    fn call(&self, arguments: data::Batch) -> Result<data::Batch, udf::Error> {
        let rows = arguments.rows as usize;
        let column = (self.bound.call)(&inputs(&self.binding, arguments)?)?;
        Ok(batch(rows, [column]))
    }
}

pub struct Aggregate;
impl udf::GuestAggregate for Aggregate {
    fn bind(_: String, _: Vec<udf::Argument>) -> Result<udf::Aggregate, udf::Error> {
        Err(crate::Error::new("no aggregates yet").into())
    }
    fn returns(&self) -> data::Schema { vec![] }
    fn state_schema(&self) -> data::Schema { vec![] }
    fn update(&self, _: data::Batch, _: Vec<u32>, _: u32) -> Result<(), udf::Error> { Ok(()) }
    fn merge(&self, _: data::Batch, _: Vec<u32>, _: u32) -> Result<(), udf::Error> { Ok(()) }
    fn state(&self, _: Option<u32>) -> Result<data::Batch, udf::Error> { Ok(batch(0, [])) }
    fn evaluate(&self, _: Option<u32>) -> Result<data::Batch, udf::Error> { Ok(batch(0, [])) }
    fn size(&self) -> u64 { 0 }
}
pub struct TableFunction;
impl udf::GuestTableFunction for TableFunction {
    fn bind(_: String, _: Vec<udf::Argument>) -> Result<udf::TableFunction, udf::Error> {
        Err(crate::Error::new("no table functions yet").into())
    }
    fn returns(&self) -> data::Schema { vec![] }
    fn open(&self, _: data::Batch) -> Result<(), udf::Error> { Ok(()) }
    fn next(&self, _: u32) -> Result<Option<udf::Rows>, udf::Error> { Ok(None) }
}

fn bind(name: &str, arguments: Vec<udf::Argument>) -> Result<(&'static Function, Binding), crate::Error> {
    let arguments = arguments.into_iter().map(|argument| {
        let field = Field::unflatten(&mut argument.type_.into_iter().map(raw_field))?;
        let constant = argument.constant.map(|batch| column(&field.data_type, &mut arrays(batch)));
        Ok(Argument { field, constant: constant.transpose()?.map(Column::into_constant) })
    });
    Function::bind(name, arguments.collect::<Result<_, crate::Error>>()?)
}

fn inputs(binding: &Binding, batch: data::Batch) -> Result<crate::Inputs, crate::Error> {
    let rows = batch.rows as usize;
    let mut arrays = arrays(batch);
    let types = binding.arguments.iter().filter(|argument| argument.constant.is_none());
    let columns = types.map(|argument| column(&argument.field.data_type, &mut arrays)).collect::<Result<Vec<_>, _>>()?;
    binding.inputs(rows, columns)
}

fn column(data_type: &DataType, arrays: &mut impl Iterator<Item = RawArray>) -> Result<Column, crate::Error> {
    Column::unflatten(data_type, arrays)
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
