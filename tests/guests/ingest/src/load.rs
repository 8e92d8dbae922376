//! Loads a file into a table in several commits, each of which happens once, wherever an earlier run was cut off.

use std::io::{BufRead, Seek, SeekFrom};

use polder_sdk::log::Level;
use polder_sdk::prelude::*;
use polder_sdk::query::{Mode, Once, Writer};
use polder_sdk::storage::{Reader, Volume};
use polder_sdk::{Json, json, metrics, state};
use serde::{Deserialize, Serialize};

/// A row of the table.
#[derive(Row, Deserialize)]
struct Event {
    id: i64,
    name: Option<String>,
    amount: Option<f64>,
}

/// How far earlier runs came, in bytes.
#[derive(Default, Serialize, Deserialize)]
struct Cursor {
    done: u64,
    /// Where the commit that was begun last ends: it may have happened, or not.
    planned: Option<u64>,
}

/// What a run did.
#[derive(Default, Serialize)]
struct Loaded {
    rows: u64,
    commits: u64,
    /// Of the table after the last commit.
    version: Option<u64>,
    /// Bytes of the file that are in the table.
    bytes: u64,
}

/// Loads what is new in a file, CSV with a header or JSON lines, into a table with the columns `id`, `name`, `amount`.
#[task]
fn ingest(
    /// The volume that holds the file.
    volume: &str,
    /// CSV, unless it ends in `.jsonl`.
    path: &str,
    table: &str,
    /// Rows of one commit.
    rows: Option<usize>,
) -> Result<Loaded> {
    let rows = rows.unwrap_or(10_000).max(1);
    let volume_name = volume;
    let volume = Volume::open(volume_name)?;
    let mut file = volume.reader(path)?;
    let source = Source { application: format!("ingest {volume_name}/{path}"), json: path.ends_with(".jsonl") };
    let mut cursor = source.cursor()?;
    let mut loaded = Loaded { bytes: cursor.done, ..Loaded::default() };
    loop {
        let (events, end) = source.read(&mut file, &cursor, rows)?;
        if end == cursor.done {
            return Ok(loaded);
        }
        cursor.planned = Some(end);
        source.remember(&cursor)?;
        let mut writer = Writer::open(table, Mode::Append, Some(Once::new(&source.application, end as i64)))?;
        let count = events.len() as u64;
        writer.push(events)?;
        loaded.version = Some(writer.commit()?);
        cursor = Cursor { done: end, planned: None };
        source.remember(&cursor)?;

        loaded = Loaded { rows: loaded.rows + count, commits: loaded.commits + 1, bytes: end, ..loaded };
        metrics::counter("rows", count);
        metrics::gauge("bytes", end as f64);
        metrics::progress(end, Some(file.size()));
        log::event(Level::Info, "committed", &[("rows", &count), ("bytes", &end)]);
    }
}

/// A file, as the state and the table know it.
struct Source {
    application: String,
    json: bool,
}

impl Source {
    fn cursor(&self) -> Result<Cursor> {
        let text = state::text(&self.application)?;
        let json = text.map(|text| text.parse::<Json>()).transpose()?;
        Ok(json.map(Cursor::deserialize).transpose()?.unwrap_or_default())
    }

    fn remember(&self, cursor: &Cursor) -> Result<()> {
        Ok(state::set(&self.application, json!(cursor).to_string())?)
    }

    /// The rows after the cursor, to the end that was planned or else so many, and where they end.
    fn read(&self, file: &mut Reader<'_>, cursor: &Cursor, most: usize) -> Result<(Vec<Event>, u64)> {
        file.seek(SeekFrom::Start(cursor.done))?;
        let (mut events, mut line) = (Vec::new(), String::new());
        let more = |position: u64, count: usize| cursor.planned.map_or(count < most, |end| position < end);
        while more(file.position(), events.len()) {
            let start = file.position();
            line.clear();
            if file.read_line(&mut line)? == 0 {
                break;
            }
            let header = start == 0 && !self.json;
            if !header && !line.trim().is_empty() {
                events.push(self.event(line.trim()).map_err(|error| format!("at byte {start}: {}", error.message()))?);
            }
        }
        Ok((events, file.position()))
    }

    fn event(&self, line: &str) -> Result<Event> {
        if self.json {
            return Ok(Event::deserialize(line.parse::<Json>()?)?);
        }
        let mut cells = line.split(',').map(str::trim);
        let mut cell = || cells.next().filter(|cell| !cell.is_empty());
        Ok(Event {
            id: cell().ok_or("a row without an id")?.parse()?,
            name: cell().map(str::to_owned),
            amount: cell().map(str::parse).transpose()?,
        })
    }
}
