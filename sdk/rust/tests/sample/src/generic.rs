//! Functions on whole columns, and on values of any type.

use polder_sdk::prelude::*;

/// Upper case, ASCII letters only, of all rows at once.
#[scalar(columns)]
fn upper_columns(text: &Utf8Column) -> Result<Utf8Column> {
    text.with_text(text.text().to_ascii_uppercase())
}

#[scalar(columns)]
fn add_columns(a: &Float64Column, b: &Float64Column) -> Float64Column {
    if a.is_constant() || b.is_constant() {
        return a.iter().zip(b.iter()).map(|(a, b)| Some(a? + b?)).collect();
    }
    a.values().iter().zip(b.values()).map(|(a, b)| a + b).collect::<Float64Column>().null_where(a).null_where(b)
}

/// The first value that is not null.
#[scalar(variadic, returns = type_of_first)]
fn first_of(values: Vec<Value<'_>>) -> Option<Value<'_>> {
    values.into_iter().find(|value| !value.is_null())
}

fn type_of_first(arguments: &[Argument]) -> Result<DataType> {
    let first = arguments.first().ok_or("first_of needs an argument")?;
    if arguments.iter().any(|argument| !argument.field.data_type.same_values(&first.field.data_type)) {
        return Err("all arguments have to be of one type".into());
    }
    Ok(first.field.data_type.clone())
}

/// The first column that has no null, or else the last.
#[scalar(columns, variadic, returns = type_of_first)]
fn coalesce_columns(columns: &[Column]) -> Result<Column> {
    let complete = columns.iter().find(|column| (0..column.len()).all(|row| !column.is_null(row)));
    Ok(complete.or(columns.last()).ok_or("no columns")?.clone())
}

#[scalar(variadic)]
fn longest_of<'a>(first: &'a str, others: Vec<Option<&'a str>>) -> &'a str {
    others.into_iter().flatten().fold(first, |longest, other| if other.len() > longest.len() { other } else { longest })
}
