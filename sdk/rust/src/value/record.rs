//! Structs: what `#[derive(Row)]` stands on.

use super::{ReadRow, Write, Writer};
use crate::buffer::Validity;
use crate::{Column, DataType, Field};

/// A Rust struct whose fields are the fields of a SQL struct, the columns of a table or those of a state.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no columns",
    label = "is not a row",
    note = "a row is a struct with #[derive(Row)]"
)]
pub trait Record: Sized {
    /// The values of the fields as a list of pairs that ends in `()`.
    type Values: WriteRow;

    /// The fields in order.
    fn fields() -> Vec<Field>;

    fn into_values(self) -> Self::Values;
}

/// Writers of several values of a row at once: a list of pairs that ends in `()`.
pub trait WriteRow: Sized {
    type Writers;

    /// The writers of as many columns as there are values.
    fn writers(fields: &[Field], rows: usize) -> Self::Writers;

    fn write(self, writers: &mut Self::Writers);

    fn push_null(writers: &mut Self::Writers);

    /// Appends the columns.
    fn finish(writers: Self::Writers, columns: &mut Vec<Column>);
}

impl WriteRow for () {
    type Writers = ();

    fn writers(_: &[Field], _: usize) {}

    fn write(self, (): &mut ()) {}

    fn push_null((): &mut ()) {}

    fn finish((): (), _: &mut Vec<Column>) {}
}

impl<A: Write, B: WriteRow> WriteRow for (A, B) {
    type Writers = (A::Writer, B::Writers);

    fn writers(fields: &[Field], rows: usize) -> Self::Writers {
        (A::Writer::new(&fields[0].data_type, rows), B::writers(&fields[1..], rows))
    }

    #[inline]
    fn write(self, (first, rest): &mut Self::Writers) {
        self.0.write(first);
        self.1.write(rest);
    }

    fn push_null((first, rest): &mut Self::Writers) {
        first.push_null();
        B::push_null(rest);
    }

    fn finish((first, rest): Self::Writers, columns: &mut Vec<Column>) {
        columns.push(first.finish());
        B::finish(rest, columns);
    }
}

/// The readers of the fields.
pub struct RecordReader<'c, R: ReadRow<'c>> {
    fields: R::Readers,
}

impl<'c, R: ReadRow<'c>> RecordReader<'c, R> {
    pub fn new(column: &'c Column) -> Self {
        Self { fields: R::readers(column.children()) }
    }

    #[inline]
    pub fn blocks<'r>(&'r self, index: usize) -> R::Blocks<'r>
    where
        'c: 'r,
    {
        R::blocks(&self.fields, index)
    }

    /// A struct is there when all its fields are that cannot be null.
    pub fn valid(&self, column: &'c Column, index: usize) -> u64 {
        column.validity(index) & R::valid(column.children(), &self.fields, index)
    }
}

/// The writers of the fields.
pub struct RecordWriter<R: WriteRow> {
    data_type: DataType,
    fields: R::Writers,
    validity: Validity,
}

impl<R: WriteRow> RecordWriter<R> {
    #[inline]
    pub fn push(&mut self, values: R) {
        values.write(&mut self.fields);
        self.validity.push(true);
    }
}

impl<R: WriteRow> Writer for RecordWriter<R> {
    fn new(data_type: &DataType, rows: usize) -> Self {
        let fields = R::writers(data_type.children(), rows);
        Self { data_type: data_type.clone(), fields, validity: Validity::default() }
    }

    fn push_null(&mut self) {
        R::push_null(&mut self.fields);
        self.validity.push(false);
    }

    fn finish(self) -> Column {
        let mut columns = Vec::new();
        R::finish(self.fields, &mut columns);
        Column::new(self.data_type, self.validity.len(), self.validity.finish(), vec![], columns)
    }
}
