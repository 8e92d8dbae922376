//! A plugin's scalar function in expressions.

use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{DataFusionError, Result, ScalarValue, internal_err};
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use polder_sandbox::Scalar;

use super::{Function, arguments, table};

/// The function for a plan.
pub(crate) fn udf(function: Function) -> Arc<ScalarUDF> {
    let signature = Signature::user_defined(function.volatility());
    Arc::new(ScalarUDF::from(PluginScalar { function, signature, bindings: Bindings::default() }))
}

#[derive(Debug)]
struct PluginScalar {
    function: Function,
    signature: Signature,
    bindings: Bindings,
}

impl PartialEq for PluginScalar {
    fn eq(&self, other: &Self) -> bool {
        self.function == other.function
    }
}

impl Eq for PluginScalar {}

impl std::hash::Hash for PluginScalar {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.function.hash(state);
    }
}

/// What a binding is for: the types of all arguments and the values of the constant ones.
type Key = Vec<(DataType, Option<ScalarValue>)>;

/// A binding, or why there is none; or why the call that it was made for, which has constants only, has no value.
/// The planner tries such calls again and again, and each time would run and log anew.
type Outcome = Result<Arc<Binding>, Arc<DataFusionError>>;

/// The bindings of one statement, the last used first. More than a few come only from constants that
/// change by batch, so old ones are dropped.
#[derive(Debug, Default)]
struct Bindings(Mutex<Vec<(Key, Outcome)>>);

const KEPT: usize = 16;

impl Bindings {
    fn get(&self, key: &Key) -> Option<Outcome> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = known.iter().position(|(other, _)| other == key)?;
        known[..=at].rotate_right(1);
        Some(known[0].1.clone())
    }

    fn put(&self, key: Key, outcome: Outcome) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(other, _)| *other != key);
        known.insert(0, (key, outcome));
        known.truncate(KEPT);
    }
}

/// A table function stands in an expression as a function that returns an array of its rows.
#[derive(Debug)]
enum Binding {
    Scalar(Box<Scalar>),
    Rows(table::Rows),
}

impl Binding {
    fn returns(&self) -> FieldRef {
        match self {
            Self::Scalar(scalar) => Arc::clone(scalar.returns()),
            Self::Rows(rows) => rows.returns(),
        }
    }

    fn call(&self, columns: &[ArrayRef], rows: usize) -> Result<ArrayRef, polder_sandbox::Error> {
        match self {
            Self::Scalar(scalar) => scalar.call(columns, rows),
            Self::Rows(table) => table.call(columns, rows),
        }
    }
}

impl PluginScalar {
    /// What a call is bound for. `decided` is whether what is no constant now will not become one.
    fn settle(
        &self,
        fields: &[FieldRef],
        constants: Vec<Option<ScalarValue>>,
        decided: bool,
    ) -> Result<(Vec<FieldRef>, Key)> {
        let fields = self.function.settle(fields, &constants, decided)?;
        let key = fields.iter().map(|field| field.data_type().clone()).zip(constants).collect();
        Ok((fields, key))
    }

    fn bind(&self, fields: &[FieldRef], key: &Key) -> Result<Arc<Binding>> {
        let outcome = self.bindings.get(key).unwrap_or_else(|| {
            let outcome = self.bind_anew(fields, key).map(Arc::new).map_err(Arc::new);
            self.bindings.put(key.clone(), outcome.clone());
            outcome
        });
        outcome.map_err(DataFusionError::Shared)
    }

    fn bind_anew(&self, fields: &[FieldRef], key: &Key) -> Result<Binding> {
        let constants: Vec<_> = key.iter().map(|(_, constant)| constant.clone()).collect();
        let arguments = arguments(fields, &constants)?;
        let Function { plugin, description, terms, .. } = &self.function;
        let failed = |error| self.function.failed(error);
        Ok(match description.kind {
            polder_sandbox::FunctionKind::Table => Binding::Rows(table::Rows::new(
                plugin.bind_table(&description.name, &arguments, terms).map_err(failed)?,
            )),
            _ => Binding::Scalar(Box::new(plugin.bind_scalar(&description.name, &arguments, terms).map_err(failed)?)),
        })
    }
}

impl ScalarUDFImpl for PluginScalar {
    fn name(&self) -> &str {
        &self.function.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        self.function.coerce(given)
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("plugin functions tell their type by return_field_from_args")
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        let constants = args.scalar_arguments.iter().map(|constant| constant.cloned()).collect();
        let (fields, key) = self.settle(args.arg_fields, constants, false)?;
        let returns = self.bind(&fields, &key)?.returns();
        Ok(Arc::new(returns.as_ref().clone().with_name(&self.function.name)))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        // Without columns one row is enough for every row of the batch, unless each row is to differ.
        let constant = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)))
            && self.signature.volatility != Volatility::Volatile;
        let rows = if constant { 1 } else { args.number_rows };
        let mut columns = Vec::with_capacity(args.args.len());
        let mut constants = Vec::with_capacity(args.args.len());
        for arg in args.args {
            match arg {
                ColumnarValue::Array(column) => {
                    columns.push(column);
                    constants.push(None);
                }
                ColumnarValue::Scalar(value) => constants.push(Some(value)),
            }
        }
        let (fields, key) = self.settle(&args.arg_fields, constants, true)?;
        let result = self.bind(&fields, &key)?.call(&columns, rows).map_err(|error| self.function.failed(error));
        if !constant {
            return result.map(ColumnarValue::Array);
        }
        match result {
            Ok(result) => Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&result, 0)?)),
            Err(error) => {
                let error = Arc::new(error);
                self.bindings.put(key, Err(Arc::clone(&error)));
                Err(DataFusionError::Shared(error))
            }
        }
    }

    /// Whether the arguments are what the function takes, once all that can be constant is.
    fn simplify(&self, args: Vec<Expr>, info: &SimplifyContext) -> Result<ExprSimplifyResult> {
        self.function.check(&args, info)?;
        Ok(ExprSimplifyResult::Original(args))
    }
}
