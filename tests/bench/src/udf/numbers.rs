//! The rows that functions are called with: always the same ones, as batches, as Parquet files, and as Delta tables.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use polder_query::Session;

use super::guest::quoted;
use crate::tables::execute;
use crate::{Error, Result};

/// Rows of a file.
const FILE_ROWS: u64 = 1_000_000;
/// Values of the column `k`.
const GROUPS: u64 = 1_000_000;
/// Rows of a batch that is written.
const BATCH: u64 = 100_000;

/// Rows `first` to `end`.
pub(super) fn batch(first: u64, end: u64) -> Result<RecordBatch> {
    let integers = |salt: u64, below: u64| -> ArrayRef {
        Arc::new(Int64Array::from_iter_values((first..end).map(|row| random(row, salt, below) as i64)))
    };
    let floats = |salt: u64, below: u64, value: fn(f64) -> f64| -> ArrayRef {
        Arc::new(Float64Array::from_iter_values((first..end).map(|row| value(random(row, salt, below) as f64))))
    };
    let words = (first..end).map(|row| format!("word number {}", random(row, 4, 100_000)));
    Ok(RecordBatch::try_from_iter([
        ("a", integers(1, 1_000_000_000)),
        ("b", integers(2, 1_000_000_000)),
        ("k", integers(3, GROUPS)),
        ("word", Arc::new(StringArray::from_iter_values(words))),
        ("spot", floats(5, 10_000, |cents| 50.0 + cents / 100.0)),
        ("strike", floats(6, 10_000, |cents| 50.0 + cents / 100.0)),
        ("years", floats(7, 120, |months| (months + 1.0) / 12.0)),
        ("rate", floats(8, 50, |per_mille| per_mille / 1000.0)),
        ("volatility", floats(9, 40, |percent| 0.1 + percent / 100.0)),
    ])?)
}

/// A number below `below` for a row and a column (the finaliser of SplitMix64).
fn random(row: u64, salt: u64, below: u64) -> u64 {
    let mut bits = row.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(salt.wrapping_mul(0xD1B5_4A32_D192_ED03));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (bits ^ (bits >> 31)) % below
}

/// Writes the files that are not yet in `folder`: `1.parquet` and so on.
pub(super) fn generate(folder: &Path, rows: u64) -> Result<()> {
    fs::create_dir_all(folder).map_err(Error::at(folder))?;
    for (number, first) in (0..rows).step_by(FILE_ROWS as usize).enumerate() {
        let path = folder.join(format!("{}.parquet", number + 1));
        if path.exists() {
            continue;
        }
        // Beside the folder of files, for that one holds nothing else.
        let scratch = folder.with_extension(format!("{}.part", std::process::id()));
        let file = File::create(&scratch).map_err(Error::at(&scratch))?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let mut writer = ArrowWriter::try_new(file, batch(0, 0)?.schema(), Some(properties))?;
        let end = rows.min(first + FILE_ROWS);
        for first in (first..end).step_by(BATCH as usize) {
            writer.write(&batch(first, end.min(first + BATCH))?)?;
        }
        writer.close()?;
        fs::rename(&scratch, &path).map_err(Error::at(&path))?;
        eprintln!("generated {}", path.display());
    }
    Ok(())
}

/// Loads the Delta tables `numbers`, of all files, and `sample`, of the first two, unless they are there.
pub(super) async fn load(session: &Session, folder: &Path) -> Result<()> {
    execute(session, &format!("CREATE VOLUME IF NOT EXISTS files LOCATION {}", quoted(folder))).await?;
    let read = |file: &str| format!("SELECT * FROM read_files('/Volumes/main/bench/files/{file}.parquet')");
    for (table, query) in [("numbers", read("*")), ("sample", format!("{} UNION ALL {}", read("1"), read("2")))] {
        let start = Instant::now();
        let rows = execute(session, &format!("CREATE TABLE IF NOT EXISTS {table} AS {query}")).await?;
        if let Some(rows) = rows {
            eprintln!("loaded {table}: {rows} rows in {:.1} s", start.elapsed().as_secs_f64());
        }
    }
    Ok(())
}
