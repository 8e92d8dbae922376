//! Scorers: a model is loaded once, then rows become scores.

use crate::batch::{Batch, check};
use crate::columns::{ColumnOf, Kind};
use crate::value::repeat;
use crate::{Column, Error, Field};

/// A struct with `#[scorer]` on its `impl`, loaded with a model.
pub trait Scorer {
    fn returns(&self) -> Vec<Field>;

    fn score(&self, batch: Batch) -> Result<Vec<Column>, Error>;
}

/// What `score` returns: a batch, a column where a score is a single one, or a `Result` of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a score",
    label = "is no column",
    note = "return a `Batch`, a `Column` or one of a type such as `Float64Column`, or a `Result` of one of them"
)]
pub trait Scores {
    fn scores(self) -> Result<Vec<Column>, Error>;
}

impl Scores for Batch {
    fn scores(self) -> Result<Vec<Column>, Error> {
        Ok(self.into_columns())
    }
}

impl Scores for Column {
    fn scores(self) -> Result<Vec<Column>, Error> {
        Ok(vec![self])
    }
}

impl<T: Kind + ?Sized> Scores for ColumnOf<T> {
    fn scores(self) -> Result<Vec<Column>, Error> {
        Ok(vec![self.into()])
    }
}

impl<S: Scores, E: Into<Error>> Scores for Result<S, E> {
    fn scores(self) -> Result<Vec<Column>, Error> {
        self.map_err(Into::into)?.scores()
    }
}

/// The scores of a batch, if they are what the scorer said that it returns.
pub fn score(scorer: &dyn Scorer, returns: &[Field], batch: Batch) -> Result<Vec<Column>, Error> {
    let rows = batch.rows();
    let columns = scorer.score(batch)?;
    if columns.len() != returns.len() {
        return Err(Error::new(format!("a score has {} columns, not {} as was said", columns.len(), returns.len())));
    }
    let columns = columns.into_iter().zip(returns).map(|(column, field)| {
        check(field, &column, rows)?;
        Ok(if column.is_constant() { repeat(&column) } else { column })
    });
    columns.collect()
}
