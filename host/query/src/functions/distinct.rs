//! `f(DISTINCT …)` of a plugin's aggregate beside other aggregates: the rows of a group, each once, are kept until its
//! value is asked for. Alone in a query it never comes here: the planner removes what is double before.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, StructArray};
use arrow::datatypes::{DataType, Field, FieldRef, Fields};
use arrow::row::{RowConverter, SortField};
use datafusion::common::utils::SingleRowListArrayBuilder;
use datafusion::common::{Result, ScalarValue, not_impl_err};
use datafusion::logical_expr::Accumulator;
use datafusion::logical_expr::utils::format_state_name;

use super::groups::Bound;
use super::nth_field;

/// A partial state is the list of the rows.
pub(super) fn state_field(name: &str, arguments: &[FieldRef]) -> FieldRef {
    Arc::new(Field::new(format_state_name(name, "distinct"), DataType::List(item(&columns(arguments))), true))
}

fn columns(arguments: &[FieldRef]) -> Fields {
    arguments.iter().enumerate().map(|(position, field)| nth_field(position, field.data_type())).collect()
}

fn item(columns: &Fields) -> FieldRef {
    Arc::new(Field::new_list_field(DataType::Struct(columns.clone()), true))
}

/// One group.
pub(super) struct Distinct {
    /// No instance yet: there are many groups, and each needs one only for its value.
    bound: Arc<Bound>,
    columns: Fields,
    converter: RowConverter,
    /// In an order that does not depend on how they came, so that neither does a sum of fractions.
    rows: BTreeSet<Box<[u8]>>,
    bytes: usize,
}

impl Distinct {
    pub(super) fn new(bound: Arc<Bound>, arguments: &[FieldRef]) -> Result<Self> {
        let columns = columns(arguments);
        let order: Vec<_> = columns.iter().map(|column| SortField::new(column.data_type().clone())).collect();
        if !RowConverter::supports_fields(&order) {
            return not_impl_err!("{}(DISTINCT …) of such values: no order is known for them", bound.function.name);
        }
        Ok(Self { bound, columns, converter: RowConverter::new(order)?, rows: BTreeSet::new(), bytes: 0 })
    }

    fn columns_of_rows(&self) -> Result<Vec<ArrayRef>> {
        let parser = self.converter.parser();
        Ok(self.converter.convert_rows(self.rows.iter().map(|row| parser.parse(row)))?)
    }
}

impl Accumulator for Distinct {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for row in &self.converter.convert_columns(values)? {
            if !self.rows.contains(row.data()) {
                self.bytes += row.data().len();
                self.rows.insert(row.data().into());
            }
        }
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let [state] = states else { return not_impl_err!("{} states", states.len()) };
        for rows in state.as_list::<i32>().iter().flatten() {
            self.update_batch(rows.as_struct().columns())?;
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let rows = StructArray::try_new(self.columns.clone(), self.columns_of_rows()?, None)?;
        let list = SingleRowListArrayBuilder::new(Arc::new(rows)).with_field(&item(&self.columns));
        Ok(vec![list.build_list_scalar()])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let columns = self.columns_of_rows()?;
        let mut group = self.bound.groups()?;
        group.update(&columns, &vec![0; self.rows.len()], 1)?;
        ScalarValue::try_from_array(&group.take_value(None)?, 0)
    }

    fn size(&self) -> usize {
        const NODE: usize = 2 * size_of::<Box<[u8]>>();
        self.bytes + self.rows.len() * NODE
    }
}

impl std::fmt::Debug for Distinct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Distinct").field("bound", &self.bound).field("rows", &self.rows.len()).finish()
    }
}
