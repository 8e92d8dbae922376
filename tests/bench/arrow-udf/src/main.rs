//! Answers "gcd N" on stdin with one line of JSON: nanoseconds of the shortest of N calls over 1,024 rows, and the
//! sum of the results. The only argument is the guest.

use std::hint::black_box;
use std::io::{BufRead as _, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use arrow_array::{Array as _, Int32Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use arrow_udf_runtime::wasm::Runtime;

fn main() -> Result<()> {
    let guest = std::env::args().nth(1).context("which guest?")?;
    let runtime = Runtime::new(&std::fs::read(guest)?)?;
    let gcd = runtime.find_function("gcd", vec![DataType::Int32, DataType::Int32], DataType::Int32)?;
    let field = |name| Field::new(name, DataType::Int32, true);
    let input = RecordBatch::try_new(
        Arc::new(Schema::new(vec![field("a"), field("b")])),
        vec![
            Arc::new(Int32Array::from_iter_values(0..1024)),
            Arc::new(Int32Array::from_iter_values((0..2048).step_by(2))),
        ],
    )?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let calls: u32 = line.strip_prefix("gcd ").context("only gcd is known")?.parse()?;
        let mut shortest = Duration::MAX;
        let mut answer = 0;
        for _ in 0..calls {
            let start = Instant::now();
            let output = black_box(runtime.call(&gcd, &input)?);
            shortest = shortest.min(start.elapsed());
            let column = output.column(0).as_any().downcast_ref::<Int32Array>().context("not of the declared type")?;
            answer = column.iter().flatten().map(i64::from).sum();
        }
        println!("{{\"nanoseconds\":{},\"answer\":{answer}}}", shortest.as_nanos());
        std::io::stdout().flush()?;
    }
    Ok(())
}
