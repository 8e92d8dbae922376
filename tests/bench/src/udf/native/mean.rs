//! The guest's aggregate `mean`, natively.

use std::mem;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array};
use arrow::datatypes::{DataType, Field, FieldRef, Float64Type, Int64Type};
use datafusion::common::{Result, not_impl_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility,
};

pub(super) fn function() -> AggregateUDF {
    AggregateUDF::from(Mean(Signature::exact(vec![DataType::Float64], Volatility::Immutable)))
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Mean(Signature);

impl AggregateUDFImpl for Mean {
    fn name(&self) -> &str {
        "native_mean"
    }

    fn signature(&self) -> &Signature {
        &self.0
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let field = |part: &str, data_type| Arc::new(Field::new(format!("{}[{part}]", args.name), data_type, true));
        Ok(vec![field("count", DataType::Int64), field("sum", DataType::Float64)])
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        not_impl_err!("the benchmark groups")
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(Groups::default()))
    }
}

/// Count and sum of each group.
#[derive(Debug, Default)]
struct Groups(Vec<(i64, f64)>);

impl Groups {
    fn take(&mut self, emit: EmitTo) -> Vec<(i64, f64)> {
        match emit {
            EmitTo::All => mem::take(&mut self.0),
            EmitTo::First(count) => self.0.drain(..count).collect(),
        }
    }
}

fn columns(states: Vec<(i64, f64)>) -> Vec<ArrayRef> {
    let counts = Int64Array::from_iter_values(states.iter().map(|(count, _)| *count));
    let sums = Float64Array::from_iter_values(states.iter().map(|(_, sum)| *sum));
    vec![Arc::new(counts), Arc::new(sums)]
}

// The table has no nulls, and the statement no FILTER.
impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        _: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.0.resize(total, (0, 0.0));
        for (group, value) in groups.iter().zip(values[0].as_primitive::<Float64Type>().values()) {
            let (count, sum) = &mut self.0[*group];
            *count += 1;
            *sum += value;
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.0.resize(total, (0, 0.0));
        let counts = states[0].as_primitive::<Int64Type>().values();
        let sums = states[1].as_primitive::<Float64Type>().values();
        for (group, (more, other)) in groups.iter().zip(counts.iter().zip(sums)) {
            let (count, sum) = &mut self.0[*group];
            *count += more;
            *sum += other;
        }
        Ok(())
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let means = self.take(emit).into_iter().map(|(count, sum)| (count > 0).then(|| sum / count as f64));
        Ok(Arc::new(means.collect::<Float64Array>()))
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(columns(self.take(emit)))
    }

    fn convert_to_state(&self, values: &[ArrayRef], _: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        Ok(columns(values[0].as_primitive::<Float64Type>().values().iter().map(|value| (1, *value)).collect()))
    }

    fn size(&self) -> usize {
        self.0.capacity() * size_of::<(i64, f64)>()
    }
}
