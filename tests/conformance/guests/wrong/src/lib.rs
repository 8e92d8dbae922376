//! The samples, each with a mistake that an author might make: case, ties, an offset, an empty line.

use polder_sdk::prelude::*;
use polder_sdk::query::{Mode, Writer};
use polder_sdk::storage::Volume;
use serde::Serialize;

polder_sdk::wants! {
    storage: "READ VOLUME" on "VOLUME", "reads the file that you name";
    query: "MODIFY" on "TABLE", "writes its lines to the table that you choose";
}

/// The first letters as they are.
#[scalar]
fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).collect()
}

/// Of several that are equally long, the last.
#[aggregate]
#[derive(Default)]
struct Longest {
    text: Option<String>,
}

#[aggregate]
impl Longest {
    fn update(&mut self, text: &str) {
        if self.text.as_ref().is_none_or(|longest| longest.len() <= text.len()) {
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

#[derive(Row)]
struct Word<'a> {
    word: &'a str,
    position: i64,
}

/// Words counted from 0.
#[table]
fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    text.split_whitespace().zip(0..).map(|(word, position)| Word { word, position })
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

/// Leaves out lines without text.
#[task]
fn load_lines(volume: &str, path: &str, target: &str) -> Result<Loaded> {
    let text = Volume::open(volume)?.read_to_string(path)?;
    let lines = text.lines().zip(1..).filter(|(text, _)| !text.is_empty());
    let lines: Vec<_> = lines.map(|(text, line)| Line { line, text: text.to_owned() }).collect();
    let rows = lines.len() as i64;
    let mut writer = Writer::open(target, Mode::Append, None)?;
    writer.push(lines)?;
    writer.commit()?;
    Ok(Loaded { rows })
}
