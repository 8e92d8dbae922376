//! Transforms: batches in, batches out, with state in between.

use crate::batch::Batch;
use crate::value::{Read, Value};
use crate::{Column, Error, Field};
use std::collections::VecDeque;

/// A struct with `#[transform]` on its `impl`, bound to an input.
pub trait Transform {
    fn push(&mut self, batch: Batch) -> Result<Vec<Batch>, Error>;

    /// What is left when no more comes.
    fn finish(&mut self) -> Result<Vec<Batch>, Error>;
}

/// The options of a call: each a constant, which is a column of a single row.
pub struct Options(Vec<(String, Column)>);

impl Options {
    /// The options, all of which are among those that the transform knows.
    pub fn new(options: Vec<(String, Column)>) -> Self {
        Self(options)
    }

    /// Fails when there is an option that is none of `known`.
    pub fn only(&self, known: &[&str]) -> Result<(), Error> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => Err(Error::new(format!("there is no option `{name}`; there are: {}", known.join(", ")))),
            None => Ok(()),
        }
    }

    /// An option that a call may leave out, or set to null.
    pub fn optional<'c, T: Read<'c>>(&'c self, name: &str) -> Result<Option<T>, Error> {
        let Some((_, column)) = self.0.iter().find(|(given, _)| given == name) else { return Ok(None) };
        let value = Value::of(column, 0).get();
        value.map_err(|error| Error::new(format!("option `{name}`: {}", error.message())))
    }

    /// An option that a call must give.
    pub fn required<'c, T: Read<'c>>(&'c self, name: &str) -> Result<T, Error> {
        self.optional(name)?.ok_or_else(|| Error::new(format!("option `{name}` is missing")))
    }
}

/// Batches that are ready, given out in pieces.
#[derive(Default)]
pub struct Ready {
    batches: VecDeque<Batch>,
    /// Rows of the first batch that have been given out.
    given: usize,
}

impl Ready {
    /// Takes batches of the columns that were said to come.
    pub fn add(&mut self, batches: Vec<Batch>, fields: &[Field]) -> Result<(), Error> {
        for batch in batches {
            batch.expect(fields)?;
            if !batch.is_empty() {
                self.batches.push_back(batch);
            }
        }
        Ok(())
    }

    /// At most `most` rows; none when there are none.
    pub fn next(&mut self, most: usize) -> Option<Batch> {
        let first = self.batches.front()?;
        let piece = first.slice(self.given, most.max(1));
        self.given += piece.rows();
        if self.given >= first.rows() {
            self.batches.pop_front();
            self.given = 0;
        }
        Some(piece)
    }
}
