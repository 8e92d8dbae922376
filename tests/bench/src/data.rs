//! TPC-H's data as Parquet files: a folder a table, made once for a scale and kept.

use std::fs::{self, File};
use std::path::Path;
use std::time::Instant;

use arrow::array::RecordBatchReader;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use tpchgen::generators::{
    CustomerGenerator, LineItemGenerator, NationGenerator, OrderGenerator, PartGenerator, PartSuppGenerator,
    RegionGenerator, SupplierGenerator,
};
use tpchgen_arrow::{
    CustomerArrow, LineItemArrow, NationArrow, OrderArrow, PartArrow, PartSuppArrow, RegionArrow, SupplierArrow,
};

use crate::{Error, Result};

/// The tables, and in how many files each comes.
pub(crate) const TABLES: [(&str, i32); 8] = [
    ("region", 1),
    ("nation", 1),
    ("supplier", 1),
    ("part", 1),
    ("customer", 1),
    ("partsupp", 2),
    ("orders", 4),
    ("lineitem", 8),
];

/// Generate what is not yet in `folder`. A table's folder appears by rename, so it is whole when it is there.
pub(crate) fn generate(folder: &Path, scale: f64) -> Result<()> {
    fs::create_dir_all(folder).map_err(Error::at(folder))?;
    for (table, files) in TABLES {
        let place = folder.join(table);
        if place.exists() {
            continue;
        }
        let start = Instant::now();
        // Beside the folder of tables, for that one holds nothing else.
        let scratch = folder.with_extension(format!("{table}.{}", std::process::id()));
        fs::create_dir_all(&scratch).map_err(Error::at(&scratch))?;
        let mut rows = 0;
        for part in 1..=files {
            let path = scratch.join(format!("{part}.parquet"));
            rows += write(&path, reader(table, scale, part, files)?)?;
        }
        fs::rename(&scratch, &place).map_err(Error::at(&place))?;
        eprintln!("generated {table}: {rows} rows in {:.1} s", start.elapsed().as_secs_f64());
    }
    Ok(())
}

/// The rows of one file of a table.
fn reader(table: &str, scale: f64, part: i32, parts: i32) -> Result<Box<dyn RecordBatchReader>> {
    Ok(match table {
        "region" => Box::new(RegionArrow::new(RegionGenerator::new(scale, part, parts))),
        "nation" => Box::new(NationArrow::new(NationGenerator::new(scale, part, parts))),
        "supplier" => Box::new(SupplierArrow::new(SupplierGenerator::new(scale, part, parts))),
        "part" => Box::new(PartArrow::new(PartGenerator::new(scale, part, parts))),
        "customer" => Box::new(CustomerArrow::new(CustomerGenerator::new(scale, part, parts))),
        "partsupp" => Box::new(PartSuppArrow::new(PartSuppGenerator::new(scale, part, parts))),
        "orders" => Box::new(OrderArrow::new(OrderGenerator::new(scale, part, parts))),
        "lineitem" => Box::new(LineItemArrow::new(LineItemGenerator::new(scale, part, parts))),
        other => return Err(Error::Unexpected(format!("TPC-H has no table '{other}'"))),
    })
}

fn write(path: &Path, batches: Box<dyn RecordBatchReader>) -> Result<usize> {
    let file = File::create(path).map_err(Error::at(path))?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = ArrowWriter::try_new(file, batches.schema(), Some(properties))?;
    let mut rows = 0;
    for batch in batches {
        let batch = batch?;
        rows += batch.num_rows();
        writer.write(&batch)?;
    }
    writer.close()?;
    Ok(rows)
}
