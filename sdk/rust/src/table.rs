//! Table functions: from one row to an iterator of rows, which is asked for no more than a page at a time.

use crate::buffer::BLOCK;
use crate::function::{Bound, Call, Implementation};
use crate::value::{ReadRow, Record, WriteRow};
use crate::{Column, Error};
use self_cell::self_cell;

/// Rows for which a page has room before it has to grow.
const FIRST_ROOM: usize = 1_024;

/// Rows of output, page by page.
pub trait Pages {
    /// At most `max_rows` rows; none at the end.
    fn next(&mut self, max_rows: usize) -> Result<Option<Page>, Error>;
}

/// Columns of output, and for each row of them the row of the arguments that it comes from.
pub struct Page {
    pub columns: Vec<Column>,
    pub source: Vec<u32>,
}

/// What an iterator of a table function yields: a row, or a result of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row of a table",
    label = "is not a row",
    note = "a table function yields a struct with #[derive(Row)], or a `Result` of one"
)]
pub trait TableRow {
    type Row: Record;

    fn row(self) -> Result<Self::Row, Error>;
}

impl<T: Record> TableRow for T {
    type Row = T;

    fn row(self) -> Result<T, Error> {
        Ok(self)
    }
}

impl<T: Record, E: Into<Error>> TableRow for Result<T, E> {
    type Row = T;

    fn row(self) -> Result<T, Error> {
        self.map_err(Into::into)
    }
}

type Values<T> = <<T as TableRow>::Row as Record>::Values;

/// Calls a function for one row after the other, when the output of the earlier ones is used up.
struct Rows<'c, A: ReadRow<'c>, I: IntoIterator, F> {
    call: &'c Call,
    readers: A::Readers,
    function: F,
    /// The row of the arguments that comes next.
    row: usize,
    current: Option<I::IntoIter>,
}

/// The pages of a call of `function` for every row whose arguments are all there.
pub fn pages<'c, A, I, F>(call: &'c Call, function: F) -> Box<dyn Pages + 'c>
where
    A: ReadRow<'c>,
    I: IntoIterator<Item: TableRow> + 'c,
    F: FnMut(A) -> Result<I, Error> + 'c,
{
    let readers = A::readers(&call.columns);
    Box::new(Rows::<'c, A, I, F> { call, readers, function, row: 0, current: None })
}

impl<'c, A, I, F> Rows<'c, A, I, F>
where
    A: ReadRow<'c>,
    I: IntoIterator,
    F: FnMut(A) -> Result<I, Error>,
{
    /// Begins with the next row whose arguments are all there; false when there is none.
    fn advance(&mut self) -> Result<bool, Error> {
        while self.row < self.call.rows {
            let (index, bit) = (self.row / BLOCK, self.row % BLOCK);
            self.row += 1;
            if A::valid(&self.call.columns, &self.readers, index) >> bit & 1 == 1 {
                let arguments = A::get(A::blocks(&self.readers, index), bit);
                self.current = Some((self.function)(arguments).map_err(|error| error.at(self.row - 1))?.into_iter());
                return Ok(true);
            }
        }
        self.current = None;
        Ok(false)
    }
}

impl<'c, A, I, F> Pages for Rows<'c, A, I, F>
where
    A: ReadRow<'c>,
    I: IntoIterator<Item: TableRow>,
    F: FnMut(A) -> Result<I, Error>,
{
    fn next(&mut self, max_rows: usize) -> Result<Option<Page>, Error> {
        let mut writers = <Values<I::Item>>::writers(&self.call.returns, max_rows.min(FIRST_ROOM));
        let mut source = Vec::new();
        while source.len() < max_rows {
            match self.current.as_mut().and_then(Iterator::next) {
                Some(row) => {
                    let row = row.row().map_err(|error| error.at(self.row - 1))?;
                    row.into_values().write(&mut writers);
                    source.push((self.row - 1) as u32);
                }
                None if self.advance()? => {}
                None => break,
            }
        }
        if source.is_empty() {
            return Ok(None);
        }
        let mut columns = Vec::new();
        <Values<I::Item>>::finish(writers, &mut columns);
        Ok(Some(Page { columns, source }))
    }
}

self_cell! {
    /// A call and the pages that borrow from it.
    pub struct OpenTable {
        owner: Call,
        #[not_covariant]
        dependent: PagesOf,
    }
}

type PagesOf<'c> = Box<dyn Pages + 'c>;

impl OpenTable {
    /// Begins with a call of a table function.
    pub fn open(bound: &Bound, call: Call) -> Result<Self, Error> {
        let Implementation::Table(pages) = bound.function.implementation else {
            return Err(Error::new(format!("`{}` is no table function", bound.function.name)));
        };
        Ok(Self::new(call, |call| pages(call)))
    }

    /// At most `max_rows` more rows; none at the end.
    pub fn next(&mut self, max_rows: usize) -> Result<Option<Page>, Error> {
        self.with_dependent_mut(|_, pages| pages.next(max_rows))
    }
}
