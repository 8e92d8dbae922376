//! Every row comes several times, and is numbered.

use polder_sdk::prelude::*;

struct Repeat {
    times: i64,
    name: String,
}

/// Gives each row `times` times, with the number of the copy in a column of its own.
#[transform]
impl Repeat {
    fn bind(
        input: &[Field],
        times: i64,
        /// The name of the column with the number, `copy` unless told.
        name: Option<String>,
    ) -> Result<(Self, Vec<Field>)> {
        if !(0..=1_000_000).contains(&times) {
            return Err(Error::new(format!("a row cannot come {times} times")));
        }
        let name = name.unwrap_or_else(|| "copy".to_owned());
        let number = Field::new(name.as_str(), DataType::Int64);
        Ok((Self { times, name }, input.iter().cloned().chain([number]).collect()))
    }

    fn push(&mut self, batch: Batch) -> Result<Batch> {
        let rows: Vec<usize> = (0..batch.rows()).flat_map(|row| (0..self.times).map(move |_| row)).collect();
        let numbers: Int64Column = (0..batch.rows()).flat_map(|_| 0..self.times).collect();
        batch.take(&rows).with_column(self.name.as_str(), numbers)
    }
}
