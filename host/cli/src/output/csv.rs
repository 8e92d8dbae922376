//! Rows as comma-separated values (RFC 4180) with a header, and such text cut into records again.
//!
//! NULL is nothing at all, an empty text is `""`: so the two can be told apart, as in other databases.
//! Nested values are JSON.

use std::io::Write;

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::Schema;
use arrow::util::display::ArrayFormatter;

use super::json::Encoder;
use super::{Sink, cells};
use crate::Result;

pub(super) struct Csv<W>(W);

impl<W: Write> Csv<W> {
    pub(super) fn new(mut to: W, schema: &Schema) -> Result<Self> {
        let mut header = String::new();
        for (position, field) in schema.fields().iter().enumerate() {
            if position > 0 {
                header.push(',');
            }
            quote(field.name(), &mut header);
        }
        writeln!(to, "{header}")?;
        Ok(Self(to))
    }
}

enum Column<'a> {
    Plain(ArrayFormatter<'a>),
    Nested(Encoder<'a>),
}

impl<W: Write> Sink for Csv<W> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<()> {
        let arrays = batch.columns().iter().map(cells::unpacked).collect::<Result<Vec<_>>>()?;
        let columns = arrays
            .iter()
            .map(|array| {
                Ok(match cells::is_nested(array.data_type()) {
                    true => Column::Nested(Encoder::new(array)?),
                    false => Column::Plain(cells::formatter(array, "")?),
                })
            })
            .collect::<Result<Vec<_>>>()?;
        // Those of an untyped NULL are no nulls of the array's own.
        let nulls: Vec<_> = arrays.iter().map(|array| array.logical_nulls()).collect();
        let mut line = String::new();
        let mut json = Vec::new();
        for row in 0..batch.num_rows() {
            line.clear();
            for (position, column) in columns.iter().enumerate() {
                if position > 0 {
                    line.push(',');
                }
                match column {
                    _ if nulls[position].as_ref().is_some_and(|nulls| nulls.is_null(row)) => {}
                    Column::Plain(text) => quote(&text.value(row).to_string(), &mut line),
                    Column::Nested(encoder) => {
                        json.clear();
                        encoder.write(row, &mut json)?;
                        quote(&String::from_utf8_lossy(&json), &mut line);
                    }
                }
            }
            line.push('\n');
            self.0.write_all(line.as_bytes())?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}

/// Appends one cell, in quotes where it needs them.
fn quote(text: &str, line: &mut String) {
    if !text.is_empty() && !text.contains(['"', ',', '\n', '\r']) {
        line.push_str(text);
        return;
    }
    line.push('"');
    for (position, part) in text.split('"').enumerate() {
        if position > 0 {
            line.push_str("\"\"");
        }
        line.push_str(part);
    }
    line.push('"');
}

/// The records of a CSV text; NULL, an empty cell without quotes, is none. The inverse of what is written here.
pub(crate) fn records(text: &str) -> Vec<Vec<Option<String>>> {
    let mut records = Vec::new();
    let mut record = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (cell, after) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let mut cell = String::new();
                let mut quoted = quoted;
                loop {
                    let (part, after) = quoted.split_once('"').unwrap_or((quoted, ""));
                    cell.push_str(part);
                    match after.strip_prefix('"') {
                        Some(more) => {
                            cell.push('"');
                            quoted = more;
                        }
                        None => break (Some(cell), after),
                    }
                }
            }
            None => {
                let end = rest.find([',', '\n']).unwrap_or(rest.len());
                let cell = rest[..end].trim_end_matches('\r');
                ((!cell.is_empty()).then(|| cell.to_owned()), &rest[end..])
            }
        };
        record.push(cell);
        match after.strip_prefix(',') {
            Some("") => {
                record.push(None);
                records.push(std::mem::take(&mut record));
                rest = "";
            }
            Some(more) => rest = more,
            None => {
                records.push(std::mem::take(&mut record));
                rest = after.strip_prefix('\r').unwrap_or(after);
                rest = rest.strip_prefix('\n').unwrap_or(rest);
            }
        }
    }
    records
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, Float64Array, Int32Array, ListArray, StringArray};
    use arrow::datatypes::Int32Type;

    use super::*;

    fn csv(columns: Vec<(&str, ArrayRef)>) -> String {
        let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true))).unwrap();
        let mut out = Vec::new();
        let mut sink = Csv::new(&mut out, &batch.schema()).unwrap();
        sink.batch(&batch).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn null_is_no_empty_text() {
        let texts: ArrayRef = Arc::new(StringArray::from(vec![Some("a"), None, Some(""), Some("x,\"y\"\n")]));
        let numbers: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), Some(0.1), None, Some(1e300)]));
        let text = csv(vec![("t", Arc::clone(&texts)), ("a b", numbers)]);
        assert_eq!(text, "t,a b\na,1.0\n,0.1\n\"\",\n\"x,\"\"y\"\"\n\",1e300\n");
        let cell = |text: &str| Some(text.to_owned());
        assert_eq!(
            records(&text),
            [
                vec![cell("t"), cell("a b")],
                vec![cell("a"), cell("1.0")],
                vec![None, cell("0.1")],
                vec![cell(""), None],
                vec![cell("x,\"y\"\n"), cell("1e300")],
            ]
        );
        assert_eq!(csv(vec![("t", texts)]), "t\na\n\n\"\"\n\"x,\"\"y\"\"\n\"\n");
    }

    #[test]
    fn a_column_of_nothing_but_null_is_empty() {
        let nothing = arrow::array::NullArray::new(2);
        assert_eq!(csv(vec![("n", Arc::new(nothing)), ("i", Arc::new(Int32Array::from(vec![1, 2])))]), "n,i\n,1\n,2\n");
    }

    #[test]
    fn nested_values_are_json() {
        let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None]), None]);
        let text = csv(vec![("l", Arc::new(list)), ("n", Arc::new(Int32Array::from(vec![1, 2])))]);
        assert_eq!(text, "l,n\n\"[1,null]\",1\n,2\n");
    }

    #[test]
    fn records_of_any_text() {
        let rows = |text| records(text).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(records("a\n\nb\n"), [[Some("a".into())], [None], [Some("b".into())]]);
        assert_eq!(rows(""), Vec::<usize>::new());
        assert_eq!(rows(","), [2]);
        assert_eq!(rows(",\n,"), [2, 2]);
        assert_eq!(rows("a,\"open"), [2]);
        assert_eq!(rows("\"a\"x\r\nb"), [1, 1, 1]);
    }
}
