//! Conditions and values for delta-rs, which takes expressions over the table alone.
//!
//! Subqueries are answered before. Their answers enter the expression as functions and not as literals,
//! because delta-rs writes conditions into the table's history, where all its readers would see them.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::compute::{cast, concat};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, ScalarValue, plan_err};
use datafusion::logical_expr::expr::InSubquery;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::type_coercion::binary::comparison_coercion;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Subquery, Volatility,
    cast as cast_expr, lit, not,
};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::{Column as PhysicalColumn, InListExpr};
use datafusion::physical_plan::collect;
use uuid::Uuid;

use crate::run::Run;
use crate::{Error, Result};

/// The same expression over the columns of one table, without qualifiers, subqueries, and functions of
/// nothing such as `now()`.
pub(crate) async fn plain(run: &Run<'_>, table: &SchemaRef, expr: Expr) -> Result<Expr> {
    let mut expr = expr;
    // One by one, innermost last: each pass replaces the first that it finds.
    loop {
        let mut found = None;
        expr.apply(|node| {
            Ok(match node {
                Expr::ScalarSubquery(_) | Expr::InSubquery(_) | Expr::Exists(_) => {
                    found = Some(node.clone());
                    TreeNodeRecursion::Stop
                }
                _ => TreeNodeRecursion::Continue,
            })
        })?;
        let Some(subquery) = found else { break };
        let answer = answer(run, table, &subquery).await?;
        expr = expr
            .transform_down(|node| {
                Ok(if node == subquery { Transformed::yes(answer.clone()) } else { Transformed::no(node) })
            })?
            .data;
    }
    let unqualified = expr.transform(|node| Ok(Transformed::yes(unqualified(node))))?.data;
    let schema = DFSchema::try_from(table.as_ref().clone())?;
    let context = SimplifyContext::builder()
        .with_schema(Arc::new(schema.clone()))
        .with_config_options(Arc::clone(run.engine.config_options()))
        .with_query_execution_start_time(run.engine.execution_props().query_execution_start_time)
        .build();
    let simplifier = ExprSimplifier::new(context);
    Ok(simplifier.simplify(simplifier.coerce(unqualified, &schema)?)?)
}

fn unqualified(node: Expr) -> Expr {
    match node {
        Expr::Column(Column { name, relation: Some(_), .. }) => Expr::Column(Column::from_name(name)),
        node => node,
    }
}

/// Run a subquery that does not look at the table, and give an expression for its result.
async fn answer(run: &Run<'_>, table: &SchemaRef, subquery: &Expr) -> Result<Expr> {
    match subquery {
        Expr::ScalarSubquery(query) => {
            let values = first_column(run, query).await?;
            if values.len() > 1 {
                return Err(Error::Invalid(format!("a subquery used as a value returned {} rows", values.len())));
            }
            let value = match values.len() {
                0 => ScalarValue::try_from(values.data_type())?,
                _ => ScalarValue::try_from_array(&values, 0)?,
            };
            // A column, because a function of nothing would be folded into the literal that it must not be.
            let column = Expr::Column(Column::from_name(table.field(0).name()));
            Ok(Answer::function(Signature::any(1, Volatility::Immutable), Is::Value(value)).call(vec![column]))
        }
        Expr::InSubquery(InSubquery { expr, subquery, negated }) => {
            let values = first_column(run, subquery).await?;
            let expr = expr.as_ref().clone().transform(|node| Ok(Transformed::yes(unqualified(node))))?.data;
            let data_type = expr.get_type(&DFSchema::try_from(table.as_ref().clone())?)?;
            let Some(common) = comparison_coercion(&data_type, values.data_type()) else {
                let message = format!("{data_type} cannot be compared with {} of the subquery", values.data_type());
                return Err(Error::Invalid(message));
            };
            let schema = Schema::new(vec![Field::new("value", common.clone(), true)]);
            let value: Arc<dyn PhysicalExpr> = Arc::new(PhysicalColumn::new("value", 0));
            let among = InListExpr::try_new_from_array(value, cast(&values, &common)?, false, &schema)?;
            let signature = Signature::exact(vec![common.clone()], Volatility::Immutable);
            let function = Answer::function(signature, Is::Among(Arc::new(among), Arc::new(schema)));
            let call = function.call(vec![cast_expr(expr, common)]);
            Ok(if *negated { not(call) } else { call })
        }
        Expr::Exists(exists) => {
            let some = !first_column(run, &exists.subquery).await?.is_empty();
            Ok(lit(some != exists.negated))
        }
        other => Err(Error::Unsupported(format!("'{other}' in a change of rows"))),
    }
}

async fn first_column(run: &Run<'_>, query: &Subquery) -> Result<ArrayRef> {
    if !query.outer_ref_columns.is_empty() {
        return Err(Error::Unsupported(
            "a subquery that refers to the changed table: write it as MERGE INTO … USING (query) ON …".to_owned(),
        ));
    }
    let plan = run.engine.create_physical_plan(&run.engine.optimize(&query.subquery)?).await?;
    let empty = arrow::array::new_empty_array(plan.schema().field(0).data_type());
    let batches = collect(plan, run.engine.task_ctx()).await?;
    let columns: Vec<_> = batches.iter().map(|batch| batch.column(0).as_ref()).collect();
    Ok(if columns.is_empty() { empty } else { concat(&columns)? })
}

/// A function that knows what a subquery answered.
#[derive(Debug)]
struct Answer {
    id: Uuid,
    signature: Signature,
    is: Is,
}

#[derive(Debug)]
enum Is {
    /// The value, whatever the argument.
    Value(ScalarValue),
    /// Whether the argument is among the values.
    Among(Arc<dyn PhysicalExpr>, SchemaRef),
}

impl Answer {
    fn function(signature: Signature, is: Is) -> ScalarUDF {
        ScalarUDF::from(Self { id: Uuid::now_v7(), signature, is })
    }
}

impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Answer {}

impl Hash for Answer {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl ScalarUDFImpl for Answer {
    fn name(&self) -> &str {
        match self.is {
            Is::Value(_) => "subquery",
            Is::Among(..) => "in_subquery",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> datafusion::common::Result<DataType> {
        Ok(match &self.is {
            Is::Value(value) => value.data_type(),
            Is::Among(..) => DataType::Boolean,
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> datafusion::common::Result<ColumnarValue> {
        match &self.is {
            Is::Value(value) => Ok(ColumnarValue::Scalar(value.clone())),
            Is::Among(among, schema) => {
                let [argument] = args.args.as_slice() else { return plan_err!("in_subquery takes one argument") };
                let column = argument.to_array(args.number_rows)?;
                let options = RecordBatchOptions::new().with_row_count(Some(args.number_rows));
                among.evaluate(&RecordBatch::try_new_with_options(Arc::clone(schema), vec![column], &options)?)
            }
        }
    }
}
