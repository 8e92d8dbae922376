//! Files in volumes: `read_files('…')` in FROM, and COPY INTO, which loads each file once.

use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::config::{CsvOptions, JsonOptions};
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::csv::CsvFormat;
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use datafusion::datasource::file_format::json::JsonFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::LogicalPlanBuilder;
use glob::{MatchOptions, Pattern};
use polder_catalog::{FileVersion, FullName, Kind, Privilege};
use polder_storage::{File, Location, Mode, Volume};

use crate::answer::count;
use crate::dml::{self, Target};
use crate::run::Run;
use crate::scope::Files;
use crate::sql::CopyInto;
use crate::{Answer, Error, Result, lineage};

/// Where the files of a volume begin, in paths.
const VOLUMES: &str = "/Volumes/";

/// `*` and `?` stay within one folder.
const GLOB: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// The files that a path names, and the volume that they are in.
struct Found {
    volume: Volume,
    files: Vec<File>,
}

/// Find files by path, if the principal may read them: `/Volumes/catalog/schema/volume/…` with READ VOLUME,
/// any other path or URL with READ FILES on the metastore. The last part may hold `*` and `?`.
async fn find(run: &Run<'_>, path: &str) -> Result<Found> {
    let (volume, inside) = match path.strip_prefix(VOLUMES) {
        Some(rest) => {
            let mut parts = rest.splitn(4, '/');
            let (Some(catalog), Some(schema), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
                return Err(Error::Invalid(format!(
                    "'{path}' does not name a volume; write {VOLUMES}catalog/schema/volume/path"
                )));
            };
            let name = FullName::new([catalog, schema, name])?;
            let securable = run.access.resolve(&[Kind::Volume], &name).await?;
            run.access.require(&securable, Privilege::ReadVolume).await?;
            let location = securable.as_volume().map(|volume| volume.location.clone()).unwrap_or_default();
            let volume = Volume::open(&run.polder().location(&location)?, run.polder().stores())?;
            (volume, parts.next().unwrap_or_default().to_owned())
        }
        None => {
            let metastore = run.access.resolve(&[Kind::Metastore], &FullName::metastore()).await?;
            run.access.require(&metastore, Privilege::ReadFiles).await?;
            let (folder, file) = path.rsplit_once('/').map_or((".", path), |(folder, file)| (folder, file));
            let folder = if folder.is_empty() { "/" } else { folder };
            (Volume::open(&run.polder().location(folder)?, run.polder().stores())?, file.to_owned())
        }
    };
    let mut files = if inside.contains(['*', '?']) {
        let pattern = Pattern::new(&inside).map_err(|error| Error::Invalid(format!("'{path}': {error}")))?;
        let folder =
            inside.split(['*', '?']).next().and_then(|fixed| fixed.rsplit_once('/')).map_or("", |(folder, _)| folder);
        let all = volume.list(folder).await?;
        all.into_iter().filter(|file| pattern.matches_with(&file.path, GLOB)).collect()
    } else {
        volume.find(&inside).await?
    };
    files.retain(|file| !file.path.split('/').any(|part| part.starts_with(['.', '_'])));
    if files.is_empty() {
        return Err(Error::Invalid(format!("there are no files at '{path}'")));
    }
    Ok(Found { volume, files })
}

/// A whole file of at most `limit` bytes, under the same rights.
pub(crate) async fn read(run: &Run<'_>, path: &str, limit: u64) -> Result<Vec<u8>> {
    let Found { volume, files } = find(run, path).await?;
    let [file] = files.as_slice() else {
        return Err(Error::Invalid(format!("'{path}' is {} files; name one", files.len())));
    };
    if file.size > limit {
        return Err(Error::Invalid(format!("'{path}' has {} bytes; at most {limit} are read", file.size)));
    }
    Ok(volume.read(&file.path).await?)
}

/// The files as a table.
pub(crate) async fn provider(run: &Run<'_>, files: &Files) -> Result<Arc<dyn TableProvider>> {
    let found = find(run, &files.path).await?;
    table(run, &found.volume, &found.files, &files.options).await
}

async fn table(
    run: &Run<'_>,
    volume: &Volume,
    files: &[File],
    options: &[(String, String)],
) -> Result<Arc<dyn TableProvider>> {
    let format = format(&files[0].path, options)?;
    register(run, volume.location())?;
    let urls =
        files.iter().map(|file| Ok(ListingTableUrl::try_new(volume.url(file)?, None)?)).collect::<Result<Vec<_>>>()?;
    let listing = ListingOptions::new(format).with_file_extension("");
    let config = ListingTableConfig::new_with_multi_paths(urls).with_listing_options(listing);
    let config = config.infer_schema(&run.engine).await?;
    Ok(Arc::new(ListingTable::try_new(config)?))
}

/// Make the engine know the store of a location.
fn register(run: &Run<'_>, location: &Location) -> Result<()> {
    if location.local().is_none() {
        let (store, _) = run.polder().stores().open(location)?;
        run.engine.runtime_env().register_object_store(location.url(), store);
    }
    Ok(())
}

fn format(path: &str, options: &[(String, String)]) -> Result<Arc<dyn FileFormat>> {
    let option =
        |name: &str| options.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
    let known = ["format", "header", "delimiter", "sep", "quote", "escape", "comment", "nullvalue", "infer_rows"];
    if let Some((unknown, _)) = options.iter().find(|(key, _)| !known.contains(&key.to_lowercase().as_str())) {
        return Err(Error::Invalid(format!(
            "there is no option '{unknown}' for files; options are {}",
            known.join(", ")
        )));
    }
    let (plain, compression) = match path.rsplit_once('.') {
        Some((plain, "gz")) => (plain, FileCompressionType::GZIP),
        Some((plain, "zst")) => (plain, FileCompressionType::ZSTD),
        _ => (path, FileCompressionType::UNCOMPRESSED),
    };
    let extension = plain.rsplit_once('.').map(|(_, extension)| extension.to_lowercase());
    let byte = |name: &str| match option(name).map(str::as_bytes) {
        None => Ok(None),
        Some([byte]) => Ok(Some(*byte)),
        Some(b"\\t") => Ok(Some(b'\t')),
        Some(_) => Err(Error::Invalid(format!("the option '{name}' takes one character"))),
    };
    let number = |name: &str| {
        option(name)
            .map(|text| text.parse().map_err(|_| Error::Invalid(format!("the option '{name}' takes a number"))))
            .transpose()
    };
    Ok(match option("format").or(extension.as_deref()) {
        Some("parquet") => Arc::new(ParquetFormat::default()),
        Some(name @ ("csv" | "tsv")) => {
            let tab = (name == "tsv").then_some(b'\t');
            let header = option("header").is_none_or(|text| text.eq_ignore_ascii_case("true"));
            let mut csv = CsvOptions::default()
                .with_has_header(header)
                .with_delimiter(byte("delimiter")?.or(byte("sep")?).or(tab).unwrap_or(b','));
            csv.quote = byte("quote")?.unwrap_or(b'"');
            csv.escape = byte("escape")?;
            csv.comment = byte("comment")?;
            csv.null_regex = option("nullvalue").map(|text| format!("^({})?$", regex_escape(text)));
            if let Some(rows) = number("infer_rows")? {
                csv.schema_infer_max_rec = Some(rows);
            }
            Arc::new(CsvFormat::default().with_options(csv).with_file_compression_type(compression))
        }
        Some("json" | "jsonl" | "ndjson") => {
            let mut json = JsonOptions::default();
            if let Some(rows) = number("infer_rows")? {
                json.schema_infer_max_rec = Some(rows);
            }
            Arc::new(JsonFormat::default().with_options(json).with_file_compression_type(compression))
        }
        other => {
            let what = other.map_or("without extension".to_owned(), |name| format!("of format '{name}'"));
            return Err(Error::Unsupported(format!(
                "files {what} cannot be read; give format => 'parquet', 'csv' or 'json'"
            )));
        }
    })
}

/// A text that matches itself alone.
fn regex_escape(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_alphanumeric() { vec![c] } else { vec!['\\', c] }).collect()
}

/// `COPY INTO table FROM 'path'`: append the files that were not loaded before, each once.
pub(crate) async fn copy_into(run: &Run<'_>, copy: CopyInto) -> Result<Answer> {
    let target = Target::open(run, &copy.table).await?;
    let found = find(run, &copy.from).await?;
    let mut load = run.access.begin_load(&target.securable).await?;
    for interrupted in load.interrupted().to_vec() {
        let committed = target.table.has_statement(&interrupted.to_string()).await?;
        load.settle(interrupted, committed).await?;
    }
    let mut versions = Vec::new();
    for file in &found.files {
        versions.push(FileVersion {
            path: found.volume.url(file)?.to_string(),
            etag: Some(file.tag.clone()),
            size: file.size,
            modified: file.modified.timestamp_millis(),
        });
    }
    let claim = load.claim(&versions, copy.force).await?;
    let changed = match claim.changed.len() {
        0 => String::new(),
        n => format!(
            "; {n} changed since they were loaded and were left out (COPY_OPTIONS ('force' = 'true') loads them again)"
        ),
    };
    if claim.fresh.is_empty() {
        load.abandon().await?;
        let text = format!("Nothing to load: all {} files were loaded before{changed}.", found.files.len());
        return Ok(Answer::Done(text, Some(0)));
    }
    let fresh: Vec<File> = found
        .files
        .iter()
        .zip(&versions)
        .filter(|(_, version)| claim.fresh.contains(version))
        .map(|(file, _)| file.clone())
        .collect();
    // The load's id stands in the commit, so that an interrupted load can be told from one that succeeded.
    let stamp = polder_storage::Stamp { statement: load.id().to_string(), ..run.stamp() };
    let written = async {
        let files = table(run, &found.volume, &fresh, &copy.options).await?;
        let plan = LogicalPlanBuilder::scan("files", provider_as_source(files), None)?.build()?;
        let table = if copy.evolve { dml::widen(run, &target, &plan).await? } else { target.table.clone() };
        let plan = dml::by_name(plan, &table, &target.securable.name)?;
        Ok::<_, Error>(table.write(plan, Mode::Append, &run.engine, &stamp).await?)
    }
    .await;
    let (table, rows) = match written {
        Ok(written) => written,
        Err(error) => {
            load.abandon().await?;
            return Err(error);
        }
    };
    load.finish().await?;
    lineage::record_files(run, &target.securable, table.version(), claim.fresh.iter().map(|file| file.path.clone()))
        .await?;
    let text = format!("Loaded {} from {} files into {}{changed}.", count(rows), fresh.len(), target.securable.name);
    Ok(Answer::Done(text, Some(rows)))
}
