//! The samples that every SDK has, as the kit's README says what they do.

use std::io::BufRead;

use polder_sdk::prelude::*;
use polder_sdk::query::{Mode, Writer};
use polder_sdk::storage::Volume;
use serde::Serialize;

polder_sdk::wants! {
    storage: "READ VOLUME" on "VOLUME", "reads the file that you name";
    query: "MODIFY" on "TABLE", "writes its lines to the table that you choose";
}

/// A person's initials: the first letter of each word, in upper case.
///
/// ```sql
/// {schema}.initials('ada lovelace')
/// -- AL
/// ```
#[scalar]
fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
}

/// The longest text of a group; of several, the first.
#[aggregate]
#[derive(Default)]
struct Longest {
    text: Option<String>,
}

#[aggregate]
impl Longest {
    fn update(&mut self, text: &str) {
        if self.text.as_ref().is_none_or(|longest| longest.len() < text.len()) {
            self.text = Some(text.to_owned());
        }
    }

    fn merge(&mut self, other: Self) {
        if let Some(text) = other.text {
            self.update(&text);
        }
    }

    fn evaluate(&self) -> Option<String> {
        self.text.clone()
    }
}

/// A word of a text and where it stands, counted from 1.
#[derive(Row)]
struct Word<'a> {
    word: &'a str,
    position: i64,
}

/// The words of a text, one row each.
#[table]
fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    text.split_whitespace().zip(1..).map(|(word, position)| Word { word, position })
}

#[derive(Row)]
struct Line {
    line: i64,
    text: String,
}

#[derive(Serialize)]
struct Loaded {
    rows: i64,
}

/// Loads the lines of a text file into a table with the columns `line`, counted from 1, and `text`.
#[task]
fn load_lines(volume: &str, path: &str, target: &str) -> Result<Loaded> {
    let volume = Volume::open(volume)?;
    let lines = volume.reader(path)?.lines();
    let mut writer = Writer::open(target, Mode::Append, None)?;
    let mut rows = 0;
    for text in lines {
        rows += 1;
        writer.push([Line { line: rows, text: text? }])?;
    }
    writer.commit()?;
    Ok(Loaded { rows })
}
