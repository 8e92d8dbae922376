//! What the files are, by their names and the options: all of one kind.

use std::sync::Arc;

use datafusion::common::config::{CsvOptions, JsonOptions};
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::csv::CsvFormat;
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use datafusion::datasource::file_format::json::JsonFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use polder_storage::File;

use crate::{Error, Result};

const OPTIONS: [&str; 10] =
    ["format", "header", "delimiter", "sep", "quote", "escape", "comment", "nullvalue", "infer_rows", "inferSchema"];

pub(super) struct Format {
    pub(super) format: Arc<dyn FileFormat>,
    /// Whether each file has a footer that tells its columns.
    pub(super) footers: bool,
    /// Whether columns have the types that their values look like, rather than all STRING.
    pub(super) infer: bool,
}

struct Options<'a>(&'a [(String, String)]);

impl<'a> Options<'a> {
    fn new(options: &'a [(String, String)]) -> Result<Self> {
        let known = |name: &str| OPTIONS.iter().any(|option| option.eq_ignore_ascii_case(name));
        match options.iter().find(|(name, _)| !known(name)) {
            None => Ok(Self(options)),
            Some((unknown, _)) => Err(Error::Invalid(format!(
                "there is no option '{unknown}' for files; options are {}",
                OPTIONS.join(", ")
            ))),
        }
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn byte(&self, name: &str) -> Result<Option<u8>> {
        match self.text(name).map(str::as_bytes) {
            None => Ok(None),
            Some([byte]) => Ok(Some(*byte)),
            Some(b"\\t") => Ok(Some(b'\t')),
            Some(_) => Err(Error::Invalid(format!("the option '{name}' takes one character"))),
        }
    }

    fn number(&self, name: &str) -> Result<Option<usize>> {
        let refuse = |_| Error::Invalid(format!("the option '{name}' takes a number"));
        self.text(name).map(|text| text.parse().map_err(refuse)).transpose()
    }

    /// True unless it says otherwise.
    fn flag(&self, name: &str) -> Result<bool> {
        match self.text(name) {
            None => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
            Some(_) => Err(Error::Invalid(format!("the option '{name}' takes true or false"))),
        }
    }
}

/// How to read these files, of which there is at least one.
pub(super) fn of(files: &[File], options: &[(String, String)]) -> Result<Format> {
    let options = Options::new(options)?;
    let given = options.text("format");
    let kind = |file: &File| {
        let (name, compression) = kind(&file.path);
        (given.map_or(name, |given| Some(spelled(given))), compression)
    };
    let (name, compression) = kind(&files[0]);
    if let Some(other) = files.iter().find(|file| kind(file) != (name.clone(), compression)) {
        return Err(Error::Invalid(format!(
            "'{}' is a file of another kind than '{}'; name files of one kind by a pattern such as '*.csv'",
            other.path, files[0].path
        )));
    }
    let infer = options.flag("inferSchema")? || !matches!(name.as_deref(), Some("csv" | "tsv"));
    let footers = name.as_deref() == Some("parquet");
    let format: Arc<dyn FileFormat> = match name.as_deref() {
        Some("parquet") => Arc::new(ParquetFormat::default()),
        Some(name @ ("csv" | "tsv")) => {
            let format = CsvFormat::default().with_options(csv(&options, name == "tsv")?);
            Arc::new(format.with_file_compression_type(compression))
        }
        Some("json") => {
            let mut json = JsonOptions::default();
            json.schema_infer_max_rec = options.number("infer_rows")?.or(json.schema_infer_max_rec);
            Arc::new(JsonFormat::default().with_options(json).with_file_compression_type(compression))
        }
        other => {
            let what = other.map_or("without extension".to_owned(), |name| format!("of format '{name}'"));
            return Err(Error::Unsupported(format!(
                "files {what} cannot be read; give format => 'parquet', 'csv' or 'json'"
            )));
        }
    };
    Ok(Format { format, footers, infer })
}

/// The format that a name ends in, if any, and what it is compressed with.
fn kind(path: &str) -> (Option<String>, FileCompressionType) {
    let (plain, compression) = match path.rsplit_once('.') {
        Some((plain, "gz")) => (plain, FileCompressionType::GZIP),
        Some((plain, "zst")) => (plain, FileCompressionType::ZSTD),
        _ => (path, FileCompressionType::UNCOMPRESSED),
    };
    (plain.rsplit_once('.').map(|(_, extension)| spelled(extension)), compression)
}

/// One name for each format.
fn spelled(format: &str) -> String {
    match format.to_lowercase() {
        lines if lines == "jsonl" || lines == "ndjson" => "json".to_owned(),
        other => other,
    }
}

fn csv(options: &Options<'_>, tabs: bool) -> Result<CsvOptions> {
    let tab = tabs.then_some(b'\t');
    let mut csv = CsvOptions::default()
        .with_has_header(options.text("header").is_none_or(|text| text.eq_ignore_ascii_case("true")))
        .with_delimiter(options.byte("delimiter")?.or(options.byte("sep")?).or(tab).unwrap_or(b','));
    csv.quote = options.byte("quote")?.unwrap_or(b'"');
    csv.escape = options.byte("escape")?;
    csv.comment = options.byte("comment")?;
    csv.null_regex = options.text("nullvalue").map(|text| format!("^({})?$", regex_escape(text)));
    csv.schema_infer_max_rec = options.number("infer_rows")?.or(csv.schema_infer_max_rec);
    Ok(csv)
}

/// A text that matches itself alone.
fn regex_escape(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_alphanumeric() { vec![c] } else { vec!['\\', c] }).collect()
}
