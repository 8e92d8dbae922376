//! Structs: what `#[derive(Row)]` stands on.

use super::ReadRow;
use crate::{Column, DataType, Field};

/// A Rust struct whose fields are the columns of a struct, a table or an aggregate's state.
#[doc(hidden)]
pub trait Record {
    /// The fields in order.
    fn fields() -> Vec<Field>;

    fn data_type() -> DataType {
        DataType::Struct(Self::fields().into())
    }
}

/// The readers of the fields, and the struct's column.
pub struct RecordReader<'c, R: ReadRow<'c>> {
    column: &'c Column,
    fields: R::Readers,
}

impl<'c, R: ReadRow<'c>> RecordReader<'c, R> {
    pub fn new(column: &'c Column) -> Self {
        Self { column, fields: R::readers(column.children()) }
    }

    #[inline]
    pub fn blocks<'r>(&'r self, index: usize) -> R::Blocks<'r>
    where
        'c: 'r,
    {
        R::blocks(&self.fields, index)
    }

    /// A struct is there when all its fields are that cannot be null.
    pub fn valid(&self, index: usize) -> u64 {
        self.column.validity(index) & R::valid(self.column.children(), &self.fields, index)
    }
}
