//! Table functions: rows that borrow, endless iterators, errors, bound arguments.

use polder_sdk::prelude::*;

#[derive(Row)]
struct Token<'a> {
    token: &'a str,
    position: i32,
}

/// The words of a text.
#[table]
fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    text.split_whitespace().zip(1..).map(|(token, position)| Token { token, position })
}

#[derive(Row)]
struct Number {
    number: i64,
}

/// All numbers from `first` on; the caller stops when it has enough.
#[table]
fn numbers(first: i64) -> impl Iterator<Item = Number> {
    (first..).map(|number| Number { number })
}

#[derive(Row)]
struct Part {
    kind: &'static str,
    key: String,
    value: Option<f64>,
}

/// The pairs of `a=1;b=2`.
#[table]
fn pairs(text: &str) -> Result<Vec<Part>, String> {
    let pair = |pair: &str| {
        let (key, value) = pair.split_once('=').ok_or_else(|| format!("`{pair}` has no `=`"))?;
        let value = value.parse().ok();
        Ok(Part { kind: if value.is_some() { "number" } else { "word" }, key: key.to_owned(), value })
    };
    text.split(';').filter(|pair| !pair.is_empty()).map(pair).collect()
}

fn separator(text: &str) -> Result<char, String> {
    let mut letters = text.chars();
    letters.next().filter(|_| letters.next().is_none()).ok_or_else(|| format!("`{text}` is not one character"))
}

#[table]
fn parts<'a>(text: &'a str, #[bind(separator)] separator: &'a char) -> impl Iterator<Item = Result<Token<'a>, String>> {
    text.split(*separator).zip(1..).map(|(token, position)| {
        if token == "stop" { Err("stopped".to_owned()) } else { Ok(Token { token, position }) }
    })
}
