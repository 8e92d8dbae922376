//! Rows as a drawing for people, as wide as the terminal at most.
//!
//! Where the columns of a row do not fit side by side, or the user says so, each row is a block with a line
//! for each column (`expanded`).

use std::io::Write;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use comfy_table::{Cell, CellAlignment, ContentArrangement};

use super::{Sink, cells};
use crate::{Result, terminal};

/// What borders and lines are drawn with, in the order that comfy-table lays down.
const LINES: &str = "││──├─┼┤│    ┬┴╭╮╰╯";

/// Characters that a column needs to be readable beside others.
const READABLE: usize = 8;

/// How tables are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    /// Columns of the terminal; none: as wide as need be.
    pub(crate) width: Option<u16>,
    /// Rows that are shown; none: all.
    pub(crate) limit: Option<usize>,
    /// A block for each row.
    pub(crate) expanded: bool,
}

pub(super) struct Table<W> {
    to: W,
    schema: SchemaRef,
    look: Look,
    shown: Vec<RecordBatch>,
    rows: usize,
    hidden: usize,
}

impl<W: Write> Table<W> {
    pub(super) fn new(to: W, schema: &SchemaRef, look: Look) -> Self {
        Self { to, schema: Arc::clone(schema), look, shown: Vec::new(), rows: 0, hidden: 0 }
    }
}

impl<W: Write> Sink for Table<W> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<()> {
        let room = self.look.limit.map_or(batch.num_rows(), |limit| limit.saturating_sub(self.rows));
        let taken = room.min(batch.num_rows());
        if taken > 0 {
            self.shown.push(batch.slice(0, taken));
            self.rows += taken;
        }
        self.hidden += batch.num_rows() - taken;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        let rows = texts(&self.shown)?;
        let table = if self.look.expanded { None } else { side_by_side(&self.schema, &rows, self.look.width) };
        match table {
            Some(table) => writeln!(self.to, "{table}")?,
            None => blocks(&mut self.to, &self.schema, &rows)?,
        }
        if self.hidden > 0 {
            writeln!(self.to, "… and {} more rows", self.hidden)?;
        }
        Ok(())
    }
}

/// The text of every cell, row by row.
fn texts(batches: &[RecordBatch]) -> Result<Vec<Vec<String>>> {
    let mut rows = Vec::new();
    for batch in batches {
        let columns =
            batch.columns().iter().map(|array| cells::formatter(array, "NULL")).collect::<Result<Vec<_>>>()?;
        rows.extend((0..batch.num_rows()).map(|row| {
            columns.iter().map(|column| terminal::plain(&column.value(row).to_string()).into_owned()).collect()
        }));
    }
    Ok(rows)
}

/// A drawing with a line for each row; none where it would not be readable within `width`.
fn side_by_side(schema: &Schema, rows: &[Vec<String>], width: Option<u16>) -> Option<comfy_table::Table> {
    let mut table = comfy_table::Table::new();
    table.load_preset(LINES);
    table.set_header(schema.fields().iter().map(|field| Cell::new(terminal::plain(field.name()))));
    table.add_rows(rows);
    for (column, field) in table.column_iter_mut().zip(schema.fields()) {
        if cells::is_number(field.data_type()) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    if let Some(width) = width {
        let columns = schema.fields().len();
        let wanted: usize = table.column_max_content_widths().iter().map(|width| usize::from(*width) + 3).sum();
        if wanted >= usize::from(width) && columns * (READABLE + 3) >= usize::from(width) {
            return None;
        }
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    Some(table)
}

/// A block for each row, with a line for each column.
fn blocks(to: &mut impl Write, schema: &Schema, rows: &[Vec<String>]) -> Result<()> {
    let names: Vec<_> = schema.fields().iter().map(|field| terminal::plain(field.name())).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    for (number, row) in (1..).zip(rows) {
        writeln!(to, "── row {number} ──")?;
        for (name, value) in names.iter().zip(row) {
            for (position, line) in value.split('\n').enumerate() {
                let name = if position == 0 { name } else { "" };
                writeln!(to, "{name:width$} │ {line}")?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, Int32Array, StringArray};

    use super::*;

    fn draw(look: Look) -> String {
        let names: ArrayRef = Arc::new(StringArray::from(vec![Some("a long text to wrap"), None, Some("\u{1b}[31m")]));
        let numbers: ArrayRef = Arc::new(Int32Array::from(vec![1, 22, 333]));
        let batch = RecordBatch::try_from_iter_with_nullable([("name", names, true), ("n", numbers, true)]).unwrap();
        let mut out = Vec::new();
        let mut table = Box::new(Table::new(&mut out, &batch.schema(), look));
        table.batch(&batch).unwrap();
        table.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_on_the_right() {
        let expected = "\
╭─────────────────────┬─────╮
│ name                │   n │
├─────────────────────┼─────┤
│ a long text to wrap │   1 │
│ NULL                │  22 │
│ \\u{1b}[31m          │ 333 │
╰─────────────────────┴─────╯
";
        assert_eq!(draw(Look::default()), expected);
    }

    #[test]
    fn what_is_too_wide_wraps_and_then_stands_in_blocks() {
        let narrow = draw(Look { width: Some(24), ..Look::default() });
        assert!(narrow.lines().all(|line| line.chars().count() <= 24), "{narrow}");
        assert!(narrow.contains("│ a long text"), "{narrow}");
        let blocks = draw(Look { width: Some(12), ..Look::default() });
        assert!(blocks.starts_with("── row 1 ──\nname │ a long text to wrap\nn    │ 1\n── row 2 ──\n"), "{blocks}");
        assert_eq!(blocks, draw(Look { expanded: true, ..Look::default() }));
    }

    #[test]
    fn more_rows_than_are_shown_are_counted() {
        let text = draw(Look { limit: Some(1), ..Look::default() });
        assert!(text.ends_with("╯\n… and 2 more rows\n") && !text.contains("333"), "{text}");
    }
}
