//! A plugin's aggregate: vectorised over groups, as a single value, and over sliding window frames.

use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, ArrayRef, BooleanArray, new_empty_array};
use arrow::compute::{concat, filter};
use arrow::datatypes::{DataType, FieldRef};
use datafusion::common::{Result, ScalarValue, internal_err, not_impl_err};
use datafusion::logical_expr::function::{AccumulatorArgs, AggregateFunctionSimplification, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, Expr, GroupsAccumulator, Signature,
};
use datafusion::physical_expr::expressions::Literal;

use super::{Function, arguments};

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
        Self { function, signature, constants, shapes: Mutex::default() }
    }

    fn bind(&self, fields: &[FieldRef], constants: &[Option<ScalarValue>]) -> Result<polder_sandbox::Aggregate> {
        let Function { plugin, description, interrupt, .. } = &self.function;
        plugin
            .bind_aggregate(&description.name, &arguments(fields, constants)?, interrupt)
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
        let bound = self.bind(fields, &constants)?;
        let shape =
            Shape { returns: Arc::clone(bound.returns()), state: bound.state_fields().iter().cloned().collect() };
        self.shapes.lock().unwrap_or_else(PoisonError::into_inner).push((types, shape.clone()));
        Ok(shape)
    }

    /// An accumulator, and which arguments are columns to it.
    fn open(&self, args: &AccumulatorArgs) -> Result<Groups> {
        if args.is_distinct {
            return not_impl_err!(
                "{}(DISTINCT …) beside other aggregates; use a subquery with SELECT DISTINCT",
                self.function.name
            );
        }
        let constants: Vec<Option<ScalarValue>> = args
            .exprs
            .iter()
            .map(|expr| expr.as_ref().downcast_ref::<Literal>().map(|literal| literal.value().clone()))
            .collect();
        let columns: Vec<usize> = (0..constants.len()).filter(|at| constants[*at].is_none()).collect();
        let types = columns.iter().map(|at| args.expr_fields[*at].data_type().clone()).collect();
        let bound = Arc::new(self.bind(args.expr_fields, &constants)?);
        let inner = bound.accumulator().map_err(|error| self.function.failed(error))?;
        Ok(Groups { function: self.function.clone(), bound, inner, columns, types })
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
        let described = self.function.description.returns.as_ref().and_then(|schema| schema.fields().first().cloned());
        let returns = match described {
            Some(returns) => returns,
            None => self.shape(fields)?.returns,
        };
        Ok(Arc::new(returns.as_ref().clone().with_name(&self.function.name).with_nullable(true)))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
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
        Some(Box::new(move |mut call, _| {
            let constants: Vec<_> = call.params.args.iter().map(constant).collect();
            if constants.iter().any(Option::is_some) {
                call.func = Arc::new(AggregateUDF::from(PluginAggregate::new(function.clone(), constants)));
            }
            Ok(Expr::AggregateFunction(call))
        }))
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(One(self.open(&args)?)))
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(self.open(&args)?))
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Sliding { groups: self.open(&args)?, rows: Vec::new() }))
    }
}

fn constant(expr: &Expr) -> Option<ScalarValue> {
    match expr {
        Expr::Literal(value, _) => Some(value.clone()),
        _ => None,
    }
}

/// All groups of one partition, in one instance.
#[derive(Debug)]
struct Groups {
    function: Function,
    bound: Arc<polder_sandbox::Aggregate>,
    inner: polder_sandbox::Accumulator,
    /// Which arguments are columns; the others are constants that the binding holds.
    columns: Vec<usize>,
    /// The types of those columns.
    types: Vec<DataType>,
}

impl Groups {
    /// The same binding without any group yet.
    fn fresh(&self) -> Result<Self> {
        let inner = self.bound.accumulator().map_err(|error| self.function.failed(error))?;
        Ok(Self {
            function: self.function.clone(),
            bound: Arc::clone(&self.bound),
            inner,
            columns: self.columns.clone(),
            types: self.types.clone(),
        })
    }

    fn update(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        let columns: Vec<ArrayRef> = self.columns.iter().map(|at| Arc::clone(&values[*at])).collect();
        self.inner.update(&columns, groups, total).map_err(|error| self.function.failed(error))
    }

    fn merge(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.inner.merge(states, groups, total).map_err(|error| self.function.failed(error))
    }

    fn take_state(&mut self, first: Option<usize>) -> Result<Vec<ArrayRef>> {
        self.inner.state(first).map_err(|error| self.function.failed(error))
    }

    fn take_value(&mut self, first: Option<usize>) -> Result<ArrayRef> {
        self.inner.evaluate(first).map_err(|error| self.function.failed(error))
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
        let mut fresh = self.fresh()?;
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
struct One(Groups);

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
    /// Without any row there is still one group, whose value is that of no rows.
    fn exists(&mut self) -> Result<()> {
        let empty: Vec<ArrayRef> = self.0.types.iter().map(new_empty_array).collect();
        self.0.inner.update(&empty, &[], 1).map_err(|error| self.0.function.failed(error))
    }

    /// The state, which stays in place.
    fn keep(&mut self) -> Result<Vec<ArrayRef>> {
        self.exists()?;
        let states = self.0.take_state(None)?;
        self.0.merge(&states, &[0], 1)?;
        Ok(states)
    }
}

/// A frame that loses rows at its start: the rows are kept, and each value is computed from them.
#[derive(Debug)]
struct Sliding {
    groups: Groups,
    rows: Vec<ArrayRef>,
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
