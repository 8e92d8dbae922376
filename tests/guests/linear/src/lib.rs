//! A linear model: an intercept and a coefficient for each column.

use std::collections::BTreeMap;

use polder_sdk::model;
use polder_sdk::prelude::*;
use serde::Deserialize;

polder_sdk::wants! {
    model: "READ VOLUME" on "VOLUME", "reads the coefficients of the model that you name";
}

/// The file `model.json`.
#[derive(Deserialize)]
struct Linear {
    intercept: f64,
    coefficients: BTreeMap<String, f64>,
}

/// The sum of the intercept and of each column times its coefficient; null where a column is.
#[scorer]
impl Linear {
    fn load(input: &[Field]) -> Result<Self> {
        let linear: Self = serde_json::from_slice(&model::read("model.json")?)?;
        let missing = linear.coefficients.keys().find(|name| input.iter().all(|field| *field.name != ***name));
        match missing {
            Some(name) => Err(Error::new(format!("the model needs a column `{name}`"))),
            None => Ok(linear),
        }
    }

    fn returns(&self) -> Vec<Field> {
        vec![Field::new("prediction", DataType::Float64)]
    }

    fn score(&self, batch: Batch) -> Result<Float64Column> {
        let mut scores = vec![Some(self.intercept); batch.rows()];
        for (name, coefficient) in &self.coefficients {
            let values = batch.numbers(name)?;
            for (score, value) in scores.iter_mut().zip(values.iter()) {
                *score = score.zip(value).map(|(score, value)| score + coefficient * value);
            }
        }
        Ok(scores.into_iter().collect())
    }
}
