//! Table functions: pages, endless iterators, errors in the middle.

use super::{bind, call, column, constant, values, varying};
use crate::prelude::*;
use crate::table::OpenTable;

#[derive(Row)]
struct Word<'a> {
    word: &'a str,
    position: Option<i32>,
}

#[table]
fn words<'a>(
    text: &'a str,
    #[bind(first_letter)] separator: &'a char,
) -> impl Iterator<Item = Result<Word<'a>, String>> {
    text.split(*separator).filter(|word| !word.is_empty()).zip(1..).map(|(word, position)| {
        if word == "bad" { Err("a bad word".to_owned()) } else { Ok(Word { word, position: Some(position) }) }
    })
}

fn first_letter(text: &str) -> Result<char> {
    Ok(text.chars().next().ok_or("no separator")?)
}

#[derive(Row)]
struct Number {
    number: i64,
}

#[table]
fn count_from(first: i64) -> Result<impl Iterator<Item = Number>, &'static str> {
    if first < 0 { Err("below zero") } else { Ok((first..).map(|number| Number { number })) }
}

#[test]
fn pages_hold_no_more_rows_than_asked_for() {
    let texts = column([Some("a b c"), None, Some("  "), Some("d e")]);
    let bound = bind("words", [varying(&texts), constant(&column([" "]))]).unwrap();
    let names: Vec<_> = bound.returns().iter().map(|field| (&*field.name, field.nullable)).collect();
    assert_eq!(names, [("word", false), ("position", true)]);

    let mut open = OpenTable::open(&bound, call(&bound, &[texts])).unwrap();
    let mut pages = Vec::new();
    while let Some(page) = open.next(2).unwrap() {
        let words: Vec<_> = values::<String>(&page.columns[0]).into_iter().flatten().collect();
        let positions: Vec<_> = values::<i32>(&page.columns[1]).into_iter().flatten().collect();
        pages.push((words.join(" "), positions, page.source));
    }
    let expected = [
        ("a b", [1, 2].to_vec(), [0, 0].to_vec()),
        ("c d", [3, 1].to_vec(), [0, 3].to_vec()),
        ("e", [2].to_vec(), [3].to_vec()),
    ];
    assert_eq!(pages, expected.map(|(words, positions, source)| (words.to_owned(), positions, source)));
    assert!(open.next(2).unwrap().is_none());
}

#[test]
fn an_endless_iterator_is_asked_for_a_page_at_a_time() {
    let firsts = column([5i64]);
    let bound = bind("count_from", [varying(&firsts)]).unwrap();
    let mut open = OpenTable::open(&bound, call(&bound, &[firsts])).unwrap();
    for first in [5, 1_005] {
        let page = open.next(1_000).unwrap().unwrap();
        assert_eq!((page.source.len(), values::<i64>(&page.columns[0])[0]), (1_000, Some(first)));
    }
}

#[test]
fn an_error_tells_its_row() {
    let firsts = column([-1i64]);
    let bound = bind("count_from", [varying(&firsts)]).unwrap();
    let error = OpenTable::open(&bound, call(&bound, &[firsts])).unwrap().next(1).err().unwrap();
    assert_eq!((error.row(), error.message()), (Some(0), "below zero"));

    let texts = column(["x", "y bad z"]);
    let bound = bind("words", [varying(&texts), constant(&column([" "]))]).unwrap();
    let mut open = OpenTable::open(&bound, call(&bound, std::slice::from_ref(&texts))).unwrap();
    assert_eq!(open.next(2).unwrap().unwrap().source, [0, 1]);
    assert_eq!(open.next(2).err().unwrap().row(), Some(1));

    let error = bind("words", [varying(&texts), varying(&texts)]).err().unwrap();
    assert_eq!(error.message(), "argument `separator` must be a constant");
}
