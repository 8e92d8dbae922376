//! Rows of several columns with names: what transforms, scorers, queries and writers deal in.

use crate::buffer::BLOCK;
use crate::columns::{ColumnOf, Kind, Whole};
use crate::value::{Read, Record, Value, Write, Writer, gather, join, repeat};
use crate::{Column, DataType, Error, Field};
use std::rc::Rc;

/// Rows of named columns. Clones share their buffers.
#[derive(Clone, Debug)]
pub struct Batch {
    fields: Rc<[Field]>,
    rows: usize,
    columns: Vec<Column>,
}

impl Batch {
    /// A batch of these columns.
    ///
    /// # Errors
    /// When there is not one column for each field, of its type and as long as the others.
    pub fn new(fields: impl Into<Rc<[Field]>>, columns: Vec<Column>) -> Result<Self, Error> {
        let fields = fields.into();
        let rows = columns.first().map_or(0, Column::len);
        if fields.len() != columns.len() {
            return Err(Error::new(format!("{} columns for {} fields", columns.len(), fields.len())));
        }
        for (field, column) in fields.iter().zip(&columns) {
            check(field, column, rows)?;
        }
        Ok(Self::of(fields, rows, columns))
    }

    /// A batch of columns that are known to fit.
    pub(crate) fn of(fields: Rc<[Field]>, rows: usize, columns: Vec<Column>) -> Self {
        let columns = columns.into_iter().map(|column| if column.is_constant() { repeat(&column) } else { column });
        Self { fields, rows, columns: columns.collect() }
    }

    /// A batch of columns by name.
    ///
    /// # Errors
    /// When they are not all of one length.
    pub fn from_columns<N: Into<Rc<str>>, C: Into<Column>>(
        columns: impl IntoIterator<Item = (N, C)>,
    ) -> Result<Self, Error> {
        let columns = columns.into_iter().map(|(name, column)| (name, column.into()));
        let (fields, columns): (Vec<_>, Vec<_>) =
            columns.map(|(name, column)| (Field::new(name, column.data_type().clone()), column)).unzip();
        Self::new(fields, columns)
    }

    /// A batch of rows, whose fields are the columns.
    pub fn from_rows<T: Record + Write>(rows: impl IntoIterator<Item = T>) -> Self {
        let rows = rows.into_iter();
        let mut writer = T::Writer::new(&T::data_type(), rows.size_hint().0);
        rows.for_each(|row| row.write(&mut writer));
        let column = writer.finish();
        Self::of(T::fields().into(), column.len(), column.into_children())
    }

    /// The rows of several batches, one after the other; none when there is no batch.
    ///
    /// # Errors
    /// When their columns differ.
    pub fn concat(batches: &[Self]) -> Result<Option<Self>, Error> {
        let [first, ..] = batches else { return Ok(None) };
        batches.iter().try_for_each(|batch| batch.expect(&first.fields))?;
        let columns = (0..first.columns.len()).map(|index| join(batches.iter().map(|batch| &batch.columns[index])));
        let rows = batches.iter().map(Self::rows).sum();
        Ok(Some(Self { fields: first.fields.clone(), rows, columns: columns.collect() }))
    }

    /// The rows as structs, whose fields are found among the columns by their names.
    ///
    /// # Errors
    /// When a column is missing or of another type, or holds a null for a field that is no `Option`.
    pub fn to_rows<T: Record + for<'c> Read<'c>>(&self) -> Result<Vec<T>, Error> {
        let wanted = T::fields();
        let mut columns = Vec::with_capacity(wanted.len());
        for field in &wanted {
            let column = self.column(&field.name)?;
            check(field, column, self.rows)?;
            columns.push(column.clone());
        }
        let column = Column::new(T::data_type(), self.rows, Default::default(), vec![], columns);
        let reader = T::reader(&column);
        let rows = (0..self.rows).map(|row| {
            let (index, bit) = (row / BLOCK, row % BLOCK);
            if T::valid(&column, &reader, index) >> bit & 1 == 0 {
                return Err(null_among(&wanted, column.children(), row));
            }
            Ok(T::get(T::block(&reader, index), bit))
        });
        rows.collect()
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Names and types of the columns.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub fn into_columns(self) -> Vec<Column> {
        self.columns
    }

    /// The column of this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn column(&self, name: &str) -> Result<&Column, Error> {
        let position = self.fields.iter().position(|field| &*field.name == name);
        position
            .map(|position| &self.columns[position])
            .ok_or_else(|| Error::new(format!("there is no column `{name}`")))
    }

    /// The column of this name as one of `T`, such as `f64` or `str`.
    ///
    /// # Errors
    /// When there is none, or it is of another type.
    pub fn typed<T: Kind + ?Sized>(&self, name: &str) -> Result<ColumnOf<T>, Error> {
        let column = self.column(name)?;
        check(&Field::new(name, T::data_type()), column, self.rows)?;
        Ok(ColumnOf::from_column(column.clone()))
    }

    /// The column of this name, of numbers of any type, decimals too, as one of floating-point numbers.
    ///
    /// # Errors
    /// When there is none, or it holds no numbers.
    pub fn numbers(&self, name: &str) -> Result<ColumnOf<f64>, Error> {
        let column = self.column(name)?;
        let number = |row| Value::of(column, row).number();
        match column.data_type().is_number() {
            true => Ok((0..self.rows).map(number).collect()),
            false => Err(Error::new(format!("column `{name}` holds no numbers"))),
        }
    }

    /// The same rows with one more column.
    ///
    /// # Errors
    /// When it has not as many rows.
    pub fn with_column(mut self, name: impl Into<Rc<str>>, column: impl Into<Column>) -> Result<Self, Error> {
        let column = column.into();
        let field = Field::new(name, column.data_type().clone());
        check(&field, &column, self.rows)?;
        self.columns.push(if column.is_constant() { repeat(&column) } else { column });
        self.fields = self.fields.iter().cloned().chain([field]).collect();
        Ok(self)
    }

    /// The rows for which `keep` is true, from the first on.
    #[must_use]
    pub fn filter(&self, keep: &[bool]) -> Self {
        let rows: Vec<usize> =
            keep.iter().take(self.rows).enumerate().filter(|(_, keep)| **keep).map(|(row, _)| row).collect();
        if rows.len() == self.rows { self.clone() } else { self.take(&rows) }
    }

    /// The rows of these numbers, in that order; a row may come several times.
    ///
    /// # Panics
    /// When there is no row of a number.
    #[must_use]
    pub fn take(&self, rows: &[usize]) -> Self {
        assert!(rows.iter().all(|row| *row < self.rows), "a row beyond the end of the batch");
        self.gathered(rows.iter().copied())
    }

    /// At most `count` rows from number `first` on.
    #[must_use]
    pub fn slice(&self, first: usize, count: usize) -> Self {
        let first = first.min(self.rows);
        let count = count.min(self.rows - first);
        if count == self.rows { self.clone() } else { self.gathered(first..first + count) }
    }

    fn gathered(&self, rows: impl ExactSizeIterator<Item = usize> + Clone) -> Self {
        let columns = self.columns.iter().map(|column| gather(column, rows.clone())).collect();
        Self { fields: self.fields.clone(), rows: rows.len(), columns }
    }

    /// Fails unless the columns are those of `fields`.
    pub(crate) fn expect(&self, fields: &[Field]) -> Result<(), Error> {
        if fields.len() != self.columns.len() {
            return Err(Error::new(format!(
                "a batch has {} columns, not {} as was said",
                self.columns.len(),
                fields.len()
            )));
        }
        fields.iter().zip(&self.columns).try_for_each(|(field, column)| check(field, column, self.rows))
    }
}

/// Fails unless a column has the field's type and as many rows as others have.
pub(crate) fn check(field: &Field, column: &Column, rows: usize) -> Result<(), Error> {
    let Field { name, data_type, .. } = field;
    if column.len() != rows {
        return Err(Error::new(format!("column `{name}` has {} rows, not {rows}", column.len())));
    }
    if !data_type.same_values(column.data_type()) {
        let (wanted, given) = (data_type.format(), column.data_type().format());
        return Err(Error::new(format!("column `{name}` has Arrow format `{given}`, not `{wanted}`")));
    }
    Ok(())
}

/// Which field has no place for the null that it has in `row`.
fn null_among(fields: &[Field], columns: &[Column], row: usize) -> Error {
    let null = |(field, column): &(&Field, &Column)| !field.nullable && column.is_null(row);
    let name = fields.iter().zip(columns).find(null).map_or("", |(field, _)| &*field.name);
    Error::new(format!("column `{name}` holds a null, which its field has no place for")).at(row)
}

impl<T: ?Sized + Kind> From<ColumnOf<T>> for Column {
    fn from(column: ColumnOf<T>) -> Self {
        column.into_column()
    }
}

/// What a function hands on: a batch, an `Option` or a `Vec` of them, nothing, or a `Result` of one of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number of batches",
    label = "is no batch",
    note = "return a `Batch`, an `Option<Batch>`, a `Vec<Batch>` or nothing, or a `Result` of one of them"
)]
pub trait Batches {
    fn batches(self) -> Result<Vec<Batch>, Error>;
}

impl Batches for () {
    fn batches(self) -> Result<Vec<Batch>, Error> {
        Ok(vec![])
    }
}

impl Batches for Batch {
    fn batches(self) -> Result<Vec<Batch>, Error> {
        Ok(vec![self])
    }
}

impl Batches for Option<Batch> {
    fn batches(self) -> Result<Vec<Batch>, Error> {
        Ok(self.into_iter().collect())
    }
}

impl Batches for Vec<Batch> {
    fn batches(self) -> Result<Vec<Batch>, Error> {
        Ok(self)
    }
}

impl<B: Batches, E: Into<Error>> Batches for Result<B, E> {
    fn batches(self) -> Result<Vec<Batch>, Error> {
        self.map_err(Into::into)?.batches()
    }
}

/// The single column of a value that is sent along with a statement.
pub(crate) fn single<T: Write>(value: T) -> Column {
    let data_type = T::data_type();
    debug_assert!(data_type != DataType::Null, "a value of no type");
    let mut writer = T::Writer::new(&data_type, 1);
    value.write(&mut writer);
    writer.finish()
}
