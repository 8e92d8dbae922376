//! A plugin's aggregate as the planner sees it: its types, its constants, its value for no rows.

use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{Result, ScalarValue, internal_err, not_impl_err};
use datafusion::logical_expr::function::{AccumulatorArgs, AggregateFunctionSimplification, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Expr, GroupsAccumulator, Signature};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Literal;
use polder_sandbox::Terms;

use super::distinct::{self, Distinct};
use super::groups::{Bound, One, Sliding};
use super::{Function, arguments, constant};

/// The function for a plan.
pub(crate) fn udaf(function: Function) -> Arc<AggregateUDF> {
    Arc::new(AggregateUDF::from(PluginAggregate::new(function, Vec::new())))
}

#[derive(Debug)]
struct PluginAggregate {
    function: Function,
    signature: Signature,
    /// The values of the arguments that are constants, once the planner knows them.
    constants: Vec<Option<ScalarValue>>,
    /// What binding told of the result and state for argument types, so that planning binds once.
    shapes: Mutex<Vec<(Vec<DataType>, Shape)>>,
    /// How it was called last, because the value for no rows is asked for without saying.
    call: Mutex<Option<Call>>,
    /// The last binding.
    bound: Mutex<Option<(Key, Arc<Bound>)>>,
}

/// What a binding is for: the types of all arguments and the values of the constant ones.
type Key = Vec<(DataType, Option<ScalarValue>)>;

#[derive(Clone, Debug)]
struct Call {
    fields: Vec<FieldRef>,
    constants: Vec<Option<ScalarValue>>,
    /// The value for no rows, once it was asked for.
    empty: Option<ScalarValue>,
}

#[derive(Clone, Debug)]
struct Shape {
    returns: FieldRef,
    state: Vec<FieldRef>,
}

impl PartialEq for PluginAggregate {
    fn eq(&self, other: &Self) -> bool {
        self.function == other.function && self.constants == other.constants
    }
}

impl Eq for PluginAggregate {}

impl std::hash::Hash for PluginAggregate {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.function.hash(state);
        self.constants.hash(state);
    }
}

impl PluginAggregate {
    fn new(function: Function, constants: Vec<Option<ScalarValue>>) -> Self {
        let signature = Signature::user_defined(function.volatility());
        Self {
            function,
            signature,
            constants,
            shapes: Mutex::default(),
            call: Mutex::default(),
            bound: Mutex::default(),
        }
    }

    fn bind(&self, fields: &[FieldRef], constants: &[Option<ScalarValue>]) -> Result<polder_sandbox::Aggregate> {
        let Function { plugin, description, terms, .. } = &self.function;
        // What its groups take is the accumulator's to tell: where there is too much of it, the engine spills.
        let terms = Terms { memory: None, ..terms.clone() };
        plugin
            .bind_aggregate(&description.name, &arguments(fields, constants)?, terms)
            .map_err(|error| self.function.failed(error))
    }

    /// Result and state types, which depend on the types of the arguments and the constants.
    fn shape(&self, fields: &[FieldRef]) -> Result<Shape> {
        let types: Vec<_> = fields.iter().map(|field| field.data_type().clone()).collect();
        let known = self.shapes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, shape)) = known.iter().find(|(other, _)| *other == types) {
            return Ok(shape.clone());
        }
        drop(known);
        let mut constants = self.constants.clone();
        constants.resize(fields.len(), None);
        let fields = self.function.settle(fields, &constants, false)?;
        let bound = self.bind(&fields, &constants)?;
        let shape =
            Shape { returns: Arc::clone(bound.returns()), state: bound.state_fields().iter().cloned().collect() };
        self.shapes.lock().unwrap_or_else(PoisonError::into_inner).push((types, shape.clone()));
        Ok(shape)
    }

    /// `constants` are told by whoever knows; else they are those that planning found.
    fn remember(&self, fields: &[FieldRef], constants: Option<&[Option<ScalarValue>]>) {
        let mut call = self.call.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = call.as_ref().is_some_and(|call| {
            call.fields.iter().map(|field| field.data_type()).eq(fields.iter().map(|field| field.data_type()))
                && constants.is_none_or(|constants| constants == call.constants)
        });
        if !is_known {
            let mut constants = constants.unwrap_or(&self.constants).to_vec();
            constants.resize(fields.len(), None);
            *call = Some(Call { fields: fields.to_vec(), constants, empty: None });
        }
    }

    /// The value of a group without rows.
    fn of_no_rows(&self, call: &Call) -> Result<ScalarValue> {
        let mut group = self.bound(&call.fields, &call.constants, false)?.groups()?;
        group.exists()?;
        ScalarValue::try_from_array(&group.take_value(None)?, 0)
    }

    /// The binding for a call, which all partitions and groups of it share.
    fn bound(&self, fields: &[FieldRef], constants: &[Option<ScalarValue>], decided: bool) -> Result<Arc<Bound>> {
        let fields = self.function.settle(fields, constants, decided)?;
        let key: Key = fields.iter().map(|field| field.data_type().clone()).zip(constants.iter().cloned()).collect();
        let known = self.bound.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, bound)) = known.filter(|(other, _)| *other == key) {
            return Ok(bound);
        }
        let columns: Vec<usize> = (0..constants.len()).filter(|at| constants[*at].is_none()).collect();
        let types = columns.iter().map(|at| fields[*at].data_type().clone()).collect();
        let aggregate = self.bind(&fields, constants)?;
        let bound = Arc::new(Bound { function: self.function.clone(), aggregate, columns, types });
        *self.bound.lock().unwrap_or_else(PoisonError::into_inner) = Some((key, Arc::clone(&bound)));
        Ok(bound)
    }

    /// The binding for an execution, which knows all constants.
    fn open(&self, args: &AccumulatorArgs) -> Result<Arc<Bound>> {
        let literal = |expr: &Arc<dyn PhysicalExpr>| expr.downcast_ref::<Literal>().map(|found| found.value().clone());
        let constants: Vec<Option<ScalarValue>> = args.exprs.iter().map(literal).collect();
        self.remember(args.expr_fields, Some(&constants));
        self.bound(args.expr_fields, &constants, true)
    }
}

impl AggregateUDFImpl for PluginAggregate {
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
        internal_err!("plugin functions tell their type by return_field")
    }

    fn return_field(&self, fields: &[FieldRef]) -> Result<FieldRef> {
        self.remember(fields, None);
        let described = self.function.description.returns.as_ref().and_then(|schema| schema.fields().first().cloned());
        let returns = match described {
            Some(returns) => returns,
            None => self.shape(fields)?.returns,
        };
        Ok(Arc::new(returns.as_ref().clone().with_name(&self.function.name).with_nullable(true)))
    }

    fn default_value(&self, data_type: &DataType) -> Result<ScalarValue> {
        let call = self.call.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(mut call) = call else { return ScalarValue::try_from(data_type) };
        let value = match call.empty.take() {
            Some(value) => value,
            None => self.of_no_rows(&call)?.cast_to(data_type)?,
        };
        call.empty = Some(value.clone());
        *self.call.lock().unwrap_or_else(PoisonError::into_inner) = Some(call);
        Ok(value)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        if args.is_distinct {
            return Ok(vec![distinct::state_field(args.name, args.input_fields)]);
        }
        let state = self.shape(args.input_fields)?.state;
        Ok(state
            .iter()
            .map(|field| {
                let name = format_state_name(args.name, field.name());
                Arc::new(field.as_ref().clone().with_name(name)) as FieldRef
            })
            .collect())
    }

    /// Binding needs the constants, which only the call has: the call gets a function that knows them.
    fn simplify(&self) -> Option<AggregateFunctionSimplification> {
        if !self.constants.is_empty() {
            return None;
        }
        let function = self.function.clone();
        Some(Box::new(move |mut call, info| {
            function.check(&call.params.args, info)?;
            let constants: Vec<_> = call.params.args.iter().map(constant).collect();
            if constants.iter().any(Option::is_some) {
                call.func = Arc::new(AggregateUDF::from(PluginAggregate::new(function.clone(), constants)));
            }
            Ok(Expr::AggregateFunction(call))
        }))
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let bound = self.open(&args)?;
        Ok(match args.is_distinct {
            true => Box::new(Distinct::new(bound, args.expr_fields)?),
            false => Box::new(One(bound.groups()?)),
        })
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(self.open(&args)?.groups()?))
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        if args.is_distinct {
            return not_impl_err!("{}(DISTINCT …) over a window frame that moves", self.function.name);
        }
        Ok(Box::new(Sliding::new(self.open(&args)?.groups()?)))
    }
}
