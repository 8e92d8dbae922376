//! One call with a batch of 8,192 rows: into the sandbox with all its limits and checks, and of the native function
//! as DataFusion calls it.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{Field, FieldRef};
use datafusion::common::config::ConfigOptions;
use datafusion::logical_expr::{ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF};
use polder_sandbox::{Argument, Interrupt, Plugin, Scalar};

use super::report::Report;
use super::{clock, native, numbers};
use crate::rows::from_batches;
use crate::{Error, Result};

/// Rows of a batch, as DataFusion cuts them.
pub(super) const ROWS: usize = 8192;

/// The guest's function, the native one, the arguments, and how many times as long the guest's may take.
const CASES: [(&str, &str, &[&str], f64); 7] = [
    ("add", "add", &["a", "b"], 4.0),
    ("add_columns", "add", &["a", "b"], 4.0),
    ("upper", "upper", &["word"], 2.0),
    ("upper_columns", "upper_columns", &["word"], 2.0),
    ("gcd", "gcd", &["a", "b"], 1.6),
    ("black_scholes", "black_scholes", &OPTION, 2.0),
    ("black_scholes_libm", "black_scholes_libm", &OPTION, 2.0),
];

const OPTION: [&str; 5] = ["spot", "strike", "years", "rate", "volatility"];

pub(super) fn run(plugin: &Arc<Plugin>, report: &mut Report) -> Result<()> {
    let batch = numbers::batch(0, ROWS as u64)?;
    let natives = native::scalars();
    for (name, twin, arguments, at_most) in CASES {
        let columns: Vec<ArrayRef> = arguments.iter().map(|name| column(&batch, name)).collect::<Result<_>>()?;
        let guest = bind(plugin, name, &columns)?;
        let twin = native::PREFIX.to_owned() + twin;
        let twin = natives.iter().find(|function| function.name() == twin);
        let twin = Native::new(twin.ok_or_else(|| Error::Unexpected(format!("{name} has no twin")))?, &columns)?;

        let case = format!("call of {name}, {ROWS} rows");
        let answers = [guest.call(&columns, ROWS)?, twin.call(&columns)?];
        let [ours, theirs] = answers.map(|column| RecordBatch::try_from_iter([("result", column)]));
        report.check(&case, "the native function", &from_batches(&[ours?])?, &from_batches(&[theirs?])?);
        let ours = || Ok(guest.call(&columns, ROWS)?);
        let theirs = || twin.call(&columns);
        report.ratio(&case, "native function", clock::calls(ours, theirs)?, Some(at_most));
    }
    Ok(())
}

pub(super) fn column(batch: &RecordBatch, name: &str) -> Result<ArrayRef> {
    batch.column_by_name(name).cloned().ok_or_else(|| Error::Unexpected(format!("there is no column {name}")))
}

/// A function of the guest, for columns of the types of these.
pub(super) fn bind(plugin: &Arc<Plugin>, name: &str, columns: &[ArrayRef]) -> Result<Scalar> {
    let arguments: Vec<Argument> =
        fields(columns).into_iter().map(|field| Argument { field, constant: None }).collect();
    Ok(plugin.bind_scalar(name, &arguments, &Interrupt::new())?)
}

fn fields(columns: &[ArrayRef]) -> Vec<FieldRef> {
    columns.iter().map(|column| Arc::new(Field::new("column", column.data_type().clone(), true))).collect()
}

/// A native function with what DataFusion gives it besides the columns.
struct Native<'f> {
    function: &'f ScalarUDF,
    fields: Vec<FieldRef>,
    returns: FieldRef,
    options: Arc<ConfigOptions>,
}

impl<'f> Native<'f> {
    fn new(function: &'f ScalarUDF, columns: &[ArrayRef]) -> Result<Self> {
        let fields = fields(columns);
        let scalar_arguments = vec![None; fields.len()];
        let arguments = ReturnFieldArgs { arg_fields: &fields, scalar_arguments: &scalar_arguments };
        let returns = function.return_field_from_args(arguments)?;
        Ok(Self { function, fields, returns, options: Arc::default() })
    }

    fn call(&self, columns: &[ArrayRef]) -> Result<ArrayRef> {
        let arguments = ScalarFunctionArgs {
            args: columns.iter().cloned().map(ColumnarValue::Array).collect(),
            arg_fields: self.fields.clone(),
            number_rows: ROWS,
            return_field: Arc::clone(&self.returns),
            config_options: Arc::clone(&self.options),
        };
        Ok(self.function.invoke_with_args(arguments)?.into_array(ROWS)?)
    }
}
