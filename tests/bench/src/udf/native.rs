//! The same loops as functions of DataFusion, as an author of native ones writes them.

mod mean;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, StringArray};
use arrow::buffer::{Buffer, NullBuffer, ScalarBuffer};
use arrow::compute::binary;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use datafusion::prelude::SessionContext;

#[path = "../../guests/functions/src/loops.rs"]
#[expect(unreachable_pub, reason = "shared with the guest")]
pub(super) mod loops;

/// What the functions' names begin with.
pub(super) const PREFIX: &str = "native_";

pub(super) fn register(context: &SessionContext) {
    scalars().into_iter().for_each(|function| context.register_udf(function));
    context.register_udaf(mean::function());
}

pub(super) fn scalars() -> Vec<ScalarUDF> {
    let (integer, float, text) = (DataType::Int64, DataType::Float64, DataType::Utf8);
    vec![
        scalar("add", &[&integer; 2], &integer, |columns| {
            let [a, b] = [0, 1].map(|at| columns[at].as_primitive::<Int64Type>());
            Ok(Arc::new(binary::<_, _, _, Int64Type>(a, b, loops::add)?))
        }),
        scalar("gcd", &[&integer; 2], &integer, |columns| {
            let [a, b] = [0, 1].map(|at| columns[at].as_primitive::<Int64Type>());
            Ok(Arc::new(binary::<_, _, _, Int64Type>(a, b, loops::gcd)?) as Arc<Int64Array>)
        }),
        scalar("upper", &[&text], &text, |columns| {
            let words = columns[0].as_string::<i32>().iter();
            Ok(Arc::new(words.map(|word| word.map(loops::upper)).collect::<StringArray>()))
        }),
        scalar("upper_columns", &[&text], &text, |columns| {
            let words = columns[0].as_string::<i32>();
            // A whole column in one loop, if it is not a part of a longer one.
            let text = std::str::from_utf8(words.value_data()).unwrap_or_default();
            let bytes = Buffer::from_vec(loops::upper_all(text).into_bytes());
            Ok(Arc::new(StringArray::try_new(words.offsets().clone(), bytes, words.nulls().cloned())?))
        }),
        scalar("black_scholes", &[&float; 5], &float, |columns| prices(columns, loops::black_scholes)),
        scalar("black_scholes_libm", &[&float; 5], &float, |columns| prices(columns, loops::black_scholes_libm)),
    ]
}

fn prices(columns: &[ArrayRef], price: impl Fn(f64, f64, f64, f64, f64) -> f64) -> Result<ArrayRef> {
    let inputs = [0, 1, 2, 3, 4].map(|at| columns[at].as_primitive::<Float64Type>());
    let [spot, strike, years, rate, volatility] = inputs.map(|column| &column.values()[..]);
    let prices: ScalarBuffer<f64> =
        (0..spot.len()).map(|row| price(spot[row], strike[row], years[row], rate[row], volatility[row])).collect();
    let nulls = inputs.iter().fold(None, |nulls, column| NullBuffer::union(nulls.as_ref(), column.nulls()));
    Ok(Arc::new(Float64Array::new(prices, nulls)))
}

type Run = fn(&[ArrayRef]) -> Result<ArrayRef>;

fn scalar(name: &str, takes: &[&DataType], returns: &DataType, run: Run) -> ScalarUDF {
    let takes = takes.iter().map(|&data_type| data_type.clone()).collect();
    let implementation =
        move |arguments: &[ColumnarValue]| Ok(ColumnarValue::Array(run(&ColumnarValue::values_to_arrays(arguments)?)?));
    let name = format!("{PREFIX}{name}");
    create_udf(&name, takes, returns.clone(), Volatility::Immutable, Arc::new(implementation))
}
