//! Why a function could not answer. Like `anyhow::Error` it is made from anything that can be displayed,
//! so that `?` works on every error type; for that it does not implement `Display` itself.

use std::fmt::{self, Debug, Display};

/// A message for the user of the function, and the row that it is about.
pub struct Error {
    message: String,
    row: Option<u32>,
}

/// A result whose error is [`Error`] unless told otherwise.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error that says `message`.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), row: None }
    }

    /// Blames `row`, counted from 0 within the batch. A row that was blamed earlier stays to blame.
    #[must_use]
    pub fn at(mut self, row: usize) -> Self {
        self.row = self.row.or(u32::try_from(row).ok());
        self
    }

    /// What went wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The row to blame, counted from 0 within the batch.
    pub fn row(&self) -> Option<u32> {
        self.row
    }
}

impl<E: Display> From<E> for Error {
    fn from(error: E) -> Self {
        Self::new(error.to_string())
    }
}

impl Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            Some(row) => write!(f, "{} (row {row})", self.message),
            None => f.write_str(&self.message),
        }
    }
}
