//! SQL, from a script to a statement, and the values that are put into it.

use std::sync::Arc;

use arbitrary::{Result, Unstructured};
use arrow::array::{ArrayRef, BinaryArray, BooleanArray, Int64Array, NullArray, RecordBatch, StringArray};
use arrow::datatypes::{Field, Schema};
use polder_query::fuzzing::{outputs as row, query, statement as parse};
use polder_query::statements;

fn no_parameters() -> RecordBatch {
    RecordBatch::new_empty(Arc::new(Schema::empty()))
}

/// A script is refused, or is cut into pieces of itself, each of which is one statement.
pub fn script(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(script) = statements(&text) else { return };
    let mut rest = &text[..];
    for statement in &script.statements {
        let at = rest.find(statement.as_str()).unwrap_or_else(|| panic!("{statement:?} is not in {rest:?}"));
        rest = &rest[at + statement.len()..];
        let alone = statements(statement).unwrap_or_else(|error| panic!("{statement:?}: {error}"));
        assert_eq!(alone.statements, [statement.as_str()], "of {text:?}");
    }
}

/// A statement is refused or read, the same each time; a query, written out, means the same again.
pub fn statement(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(read) = parse(&text) else { return };
    assert_eq!(parse(&text).expect("as before"), read);
    let Ok(Some(written)) = query(&text, &no_parameters()) else { return };
    let again =
        query(&written, &no_parameters()).unwrap_or_else(|error| panic!("{text:?} became {written:?}: {error}"));
    assert_eq!(again.as_deref(), Some(&*written), "{text:?}");
}

/// A value that stands for `$1` is one literal, whatever is in it: the rest of the statement stays as it was.
pub fn literal(data: &[u8]) {
    let Ok((value, text)) = value(&mut Unstructured::new(data)) else { return };
    let schema = Schema::new(vec![Field::new("1", value.data_type().clone(), true)]);
    let parameters = RecordBatch::try_new(Arc::new(schema), vec![ArrayRef::clone(&value)]).expect("a row of one value");
    let written = query("SELECT $1, 7", &parameters).expect("a value can be written").expect("it is a query");
    if value.data_type().is_null() {
        assert_eq!(written, "SELECT NULL, 7");
    }
    if let Some(text) = text {
        assert_eq!(written, format!("SELECT '{}', 7", text.replace('\'', "''")));
    }
    let again = query(&written, &no_parameters()).unwrap_or_else(|error| panic!("{written:?}: {error}"));
    assert_eq!(again.as_deref(), Some(&*written));
    assert!(written.ends_with(", 7"), "{written}");
}

/// The outputs of a task are refused, or make one row with a column for each name.
pub fn outputs(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let Ok(outputs) = named(&mut input) else { return };
    let mut names: Vec<_> = outputs.iter().map(|(name, _)| name.clone()).collect();
    let Ok(row) = row(outputs) else { return };
    names.sort();
    names.dedup();
    assert_eq!((row.num_rows(), row.num_columns()), (1, names.len()));
    row.columns().iter().for_each(|column| column.to_data().validate_full().expect("a row of outputs is valid"));
}

/// A value, and its text if it is one.
fn value(input: &mut Unstructured<'_>) -> Result<(ArrayRef, Option<String>)> {
    Ok(match input.int_in_range(0..=4)? {
        0 => (Arc::new(NullArray::new(1)), None),
        1 => (Arc::new(BooleanArray::from(vec![input.arbitrary::<bool>()?])), None),
        2 => (Arc::new(Int64Array::from(vec![input.arbitrary::<i64>()?])), None),
        3 => (Arc::new(BinaryArray::from(vec![rest(input)?])), None),
        _ => {
            let text = String::from_utf8_lossy(rest(input)?).into_owned();
            (Arc::new(StringArray::from(vec![text.as_str()])), Some(text))
        }
    })
}

/// All bytes that are left.
fn rest<'a>(input: &mut Unstructured<'a>) -> Result<&'a [u8]> {
    input.bytes(input.len())
}

/// Names, and values that are JSON.
fn named(input: &mut Unstructured<'_>) -> Result<Vec<(String, String)>> {
    let count = input.int_in_range(1..=3)?;
    let output = |input: &mut Unstructured<'_>| {
        let name = input.int_in_range(b'a'..=b'c')?;
        let length = input.int_in_range(0..=40)?;
        let value = String::from_utf8_lossy(input.bytes(length.min(input.len()))?).into_owned();
        Ok((char::from(name).to_string(), value))
    };
    let outputs = (0..count).map(|_| output(input)).collect::<Result<Vec<_>>>()?;
    // The sandbox has seen to that before.
    let json = outputs.iter().all(|(_, value)| serde_json::from_str::<serde::de::IgnoredAny>(value).is_ok());
    if json { Ok(outputs) } else { Err(arbitrary::Error::IncorrectFormat) }
}
