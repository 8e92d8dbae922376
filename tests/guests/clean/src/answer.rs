//! Every row gets what a server says.

use polder_sdk::http;
use polder_sdk::prelude::*;

struct Answer {
    url: String,
}

/// Asks for what is at a URL, once for each batch, and puts the answer into the column `answer`.
#[transform]
impl Answer {
    fn bind(input: &[Field], url: String) -> Result<(Self, Vec<Field>)> {
        let answer = Field::new("answer", DataType::Utf8);
        Ok((Self { url }, input.iter().cloned().chain([answer]).collect()))
    }

    fn push(&mut self, batch: Batch) -> Result<Batch> {
        let answer = http::get(&self.url)?.ok()?.text()?;
        let answers: Utf8Column = (0..batch.rows()).map(|_| answer.as_str()).collect();
        batch.with_column("answer", answers)
    }
}
