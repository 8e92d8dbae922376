//! SQL as the caller, and commits to tables.

use crate::batch::{Batch, single};
use crate::border::{fields, schema};
use crate::host::query;
use crate::value::{Read, Record, Write};
use crate::{Column, Field, HostError};
use std::rc::Rc;

/// Rows that [`Writer`] sends at once.
const BATCH: usize = 8_192;

/// A value that stands for `$1`, `$2` … in a statement: whatever can be a value of SQL.
pub trait Parameter {
    #[doc(hidden)]
    fn column(&self) -> Column;
}

impl<T: Write + Clone> Parameter for T {
    fn column(&self) -> Column {
        single(self.clone())
    }
}

/// Runs a statement. One without rows, such as INSERT, has been carried out then.
///
/// ```no_run
/// # fn f(day: &str) -> polder_sdk::Result<()> {
/// polder_sdk::query::run("DELETE FROM main.nyc.flights WHERE day = $1 AND delay < $2", &[&day, &0i64])?;
/// # Ok(()) }
/// ```
pub fn run(statement: &str, parameters: &[&dyn Parameter]) -> Result<Rows, HostError> {
    let columns: Vec<Column> = parameters.iter().map(|parameter| parameter.column()).collect();
    let named =
        columns.iter().zip(1..).map(|(column, number)| Field::new(format!("{number}"), column.data_type().clone()));
    let named: Rc<[Field]> = named.collect();
    let types = schema(&named);
    let rows = query::run(statement, &types, &Batch::of(named, 1, columns).lower())?;
    let fields = fields(rows.schema()).map_err(|error| HostError::Failed(error.message().into()))?;
    Ok(Rows { rows, fields: fields.into() })
}

/// The rows of a statement, a batch at a time.
pub struct Rows {
    rows: query::Rows,
    fields: Rc<[Field]>,
}

impl Rows {
    /// The columns.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The rows as structs, whose fields are found among the columns by their names.
    pub fn rows<T: Record + for<'c> Read<'c>>(self) -> impl Iterator<Item = Result<T, HostError>> {
        self.flat_map(|batch| {
            let rows =
                batch.and_then(|batch| batch.to_rows().map_err(|error| HostError::Invalid(error.message().into())));
            let (rows, error) = match rows {
                Ok(rows) => (rows, None),
                Err(error) => (vec![], Some(Err(error))),
            };
            rows.into_iter().map(Ok).chain(error)
        })
    }
}

impl Iterator for Rows {
    type Item = Result<Batch, HostError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.rows.next().map_err(HostError::from).transpose()?;
        let lifted =
            |batch| Batch::lift(&self.fields, batch).map_err(|error| HostError::Failed(error.message().into()));
        Some(batch.and_then(lifted))
    }
}

/// How the rows of a writer meet those of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    Append,
    /// They replace all rows.
    Overwrite,
    /// They replace the rows with equal values in these columns, and are added where there are none.
    Merge(Vec<String>),
}

impl Mode {
    /// [`Mode::Merge`] by these columns.
    pub fn merge<K: Into<String>>(keys: impl IntoIterator<Item = K>) -> Self {
        Self::Merge(keys.into_iter().map(Into::into).collect())
    }
}

/// Makes a commit happen once: a second one with the same pair writes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// Who writes, in Delta's words (`appId`).
    pub application: String,
    /// Grows with each commit of the application.
    pub version: i64,
}

impl Once {
    pub fn new(application: impl Into<String>, version: i64) -> Self {
        Self { application: application.into(), version }
    }
}

/// Batches that become one commit to a table, all or nothing.
pub struct BatchWriter {
    writer: query::Writer,
    fields: Rc<[Field]>,
}

impl BatchWriter {
    /// Begins a commit of rows with these columns.
    pub fn open(
        table: &str,
        fields: impl Into<Rc<[Field]>>,
        mode: Mode,
        once: Option<Once>,
    ) -> Result<Self, HostError> {
        let fields = fields.into();
        let mode = match mode {
            Mode::Append => query::Mode::Append,
            Mode::Overwrite => query::Mode::Overwrite,
            Mode::Merge(keys) => query::Mode::Merge(keys),
        };
        let once = once.map(|Once { application, version }| query::Once { application, version });
        let writer = query::Writer::open(table, &schema(&fields), &mode, once.as_ref())?;
        Ok(Self { writer, fields })
    }

    /// Adds rows.
    pub fn push(&mut self, batch: Batch) -> Result<(), HostError> {
        batch.expect(&self.fields).map_err(|error| HostError::Invalid(error.message().into()))?;
        Ok(self.writer.push(&batch.lower())?)
    }

    /// The table's version with these rows, or that of now if they had been written before.
    pub fn commit(self) -> Result<u64, HostError> {
        Ok(query::Writer::commit(self.writer)?)
    }
}

/// Rows that become one commit to a table, all or nothing: dropped without [`Writer::commit`], they never were.
pub struct Writer<T> {
    writer: BatchWriter,
    waiting: Waiting<T>,
}

impl<T: Record + Write> Writer<T> {
    /// Begins a commit to a table, whose columns the fields of `T` are.
    pub fn open(table: &str, mode: Mode, once: Option<Once>) -> Result<Self, HostError> {
        Ok(Self { writer: BatchWriter::open(table, T::fields(), mode, once)?, waiting: Waiting(Vec::new()) })
    }

    /// Adds rows.
    pub fn push(&mut self, rows: impl IntoIterator<Item = T>) -> Result<(), HostError> {
        self.waiting.push(rows, |batch| self.writer.push(batch))
    }

    /// The table's version with these rows, or that of now if they had been written before.
    pub fn commit(mut self) -> Result<u64, HostError> {
        if let Some(batch) = self.waiting.rest() {
            self.writer.push(batch)?;
        }
        self.writer.commit()
    }
}

/// Rows that are not enough for a batch yet.
struct Waiting<T>(Vec<T>);

impl<T: Record + Write> Waiting<T> {
    /// Adds rows; batches that are full are sent.
    fn push<E>(
        &mut self,
        rows: impl IntoIterator<Item = T>,
        mut send: impl FnMut(Batch) -> Result<(), E>,
    ) -> Result<(), E> {
        for row in rows {
            self.0.push(row);
            if self.0.len() >= BATCH {
                send(Batch::from_rows(self.0.drain(..)))?;
            }
        }
        Ok(())
    }

    fn rest(&mut self) -> Option<Batch> {
        (!self.0.is_empty()).then(|| Batch::from_rows(self.0.drain(..)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(crate::Row, Clone, Debug, PartialEq)]
    struct Flight {
        number: i64,
        carrier: Option<String>,
    }

    fn flights(count: i64) -> impl Iterator<Item = Flight> {
        (0..count).map(|number| Flight { number, carrier: (number % 3 > 0).then(|| format!("c{number}")) })
    }

    #[test]
    fn rows_wait_for_a_full_batch() {
        let (mut waiting, mut sent) = (Waiting(Vec::new()), Vec::new());
        let mut send = |batch| -> Result<(), HostError> {
            sent.push(batch);
            Ok(())
        };
        waiting.push(flights(5), &mut send).unwrap();
        waiting.push(flights(20_000), &mut send).unwrap();
        assert_eq!(sent.iter().map(Batch::rows).collect::<Vec<_>>(), [BATCH, BATCH]);
        let rest = waiting.rest().unwrap();
        assert_eq!(rest.rows(), 20_005 - 2 * BATCH);
        assert!(waiting.rest().is_none());
        let rows = sent.iter().chain([&rest]).flat_map(|batch| batch.to_rows::<Flight>().unwrap());
        assert!(rows.eq(flights(5).chain(flights(20_000))));
    }

    #[test]
    fn parameters_are_values() {
        let parameters: [&dyn Parameter; 4] = [&"x", &5i64, &None::<f64>, &"y".to_owned()];
        let formats = parameters.map(|parameter| parameter.column().data_type().format());
        assert_eq!(formats, ["u", "l", "g", "u"]);
        assert!(parameters[2].column().is_null(0));
    }

    #[test]
    fn outside_the_sandbox_there_is_no_host() {
        let error = run("SELECT 1", &[]).err().unwrap();
        assert_eq!(error.message(), "this works inside Polder only");
        assert!(Writer::<Flight>::open("t", Mode::merge(["number"]), Some(Once::new("a", 1))).is_err());
    }
}
