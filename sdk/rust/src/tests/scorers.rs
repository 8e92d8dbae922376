//! Scorers, as the border calls them.

use super::{column, values};
use crate::function::{Function, Implementation};
use crate::prelude::*;
use crate::scorer::score;

struct Halve {
    column: String,
}

/// Half of a column.
#[scorer]
impl Halve {
    fn load(input: &[Field]) -> Result<Self, &'static str> {
        input.first().map(|field| Self { column: field.name.to_string() }).ok_or("no column")
    }

    fn returns(&self) -> Vec<Field> {
        vec![Field::new("half", DataType::Float64)]
    }

    fn score(&self, batch: Batch) -> Result<Float64Column> {
        let halves = batch.numbers(&self.column)?.iter().map(|number| Some(number? / 2.0)).collect::<Float64Column>();
        Ok(if batch.rows() == 3 { [1.0].into_iter().collect() } else { halves })
    }
}

#[test]
fn rows_have_scores() {
    let Implementation::Scorer(load) = Function::named("halve").unwrap().implementation else { panic!() };
    assert_eq!(load(&[]).err().unwrap().message(), "no column");
    let scorer = load(&[Field::new("x", DataType::Int32)]).unwrap();
    let batch = Batch::from_columns([("x", column([Some(3), None]))]).unwrap();
    let scores = score(&*scorer, &scorer.returns(), batch).unwrap();
    assert_eq!(values::<f64>(&scores[0]), [Some(1.5), None]);

    let batch = Batch::from_columns([("x", column([1, 2, 3]))]).unwrap();
    let error = score(&*scorer, &scorer.returns(), batch).err().unwrap();
    assert_eq!(error.message(), "column `half` has 1 rows, not 3");
    let batch = Batch::from_columns([("x", column(["a"]))]).unwrap();
    assert_eq!(score(&*scorer, &scorer.returns(), batch).err().unwrap().message(), "column `x` holds no numbers");
}
