//! Files in volumes, which `read_files('…')` and COPY INTO read.

mod format;

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use glob::{MatchOptions, Pattern};
use polder_catalog::{FullName, Kind, Privilege, Securable};
use polder_storage::{File, Location, Volume};

use crate::mentions::Files;
use crate::run::Run;
use crate::{Error, Result};

/// Where the files of a volume begin, in paths.
const VOLUMES: &str = "/Volumes/";

/// `*` and `?` stay within one folder.
const GLOB: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// Footers of Parquet files that are read at once.
const FOOTERS: usize = 8;

/// The files that a path names, and the volume that they are in.
pub(crate) struct Found {
    pub(crate) volume: Volume,
    pub(crate) files: Vec<File>,
}

/// What governs the files at a path, and the right that reading them takes: READ VOLUME on the volume in
/// `/Volumes/catalog/schema/volume/…`, READ FILES on the metastore for any other path or URL.
pub(crate) async fn governor(run: &Run<'_>, path: &str) -> Result<(Securable, Privilege)> {
    let Some(rest) = path.strip_prefix(VOLUMES) else {
        return Ok((run.access.resolve(&[Kind::Metastore], &FullName::metastore()).await?, Privilege::ReadFiles));
    };
    let mut parts = rest.splitn(4, '/');
    let (Some(catalog), Some(schema), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(Error::Invalid(format!(
            "'{path}' does not name a volume; write {VOLUMES}catalog/schema/volume/path"
        )));
    };
    let name = FullName::new([catalog, schema, name])?;
    Ok((run.access.resolve(&[Kind::Volume], &name).await?, Privilege::ReadVolume))
}

/// Find files by path, if the principal may read them. A path in no volume must not lead to what the catalog
/// governs. The last part may hold `*` and `?`.
pub(crate) async fn find(run: &Run<'_>, path: &str) -> Result<Found> {
    let (governor, right) = governor(run, path).await?;
    run.access.require(&governor, right).await?;
    let (folder, inside) = match governor.as_volume() {
        Some(volume) => (volume.location.as_str(), path[VOLUMES.len()..].splitn(4, '/').nth(3).unwrap_or_default()),
        None => path
            .rsplit_once('/')
            .map_or((".", path), |(folder, file)| (if folder.is_empty() { "/" } else { folder }, file)),
    };
    let by_path = governor.kind == Kind::Metastore;
    let folder = run.polder().location(folder)?;
    if by_path {
        run.access.require_ungoverned(&folder.to_string()).await?;
    }
    let volume = Volume::open(&folder, run.polder().stores())?;
    let mut files = if inside.contains(['*', '?']) {
        let pattern = Pattern::new(inside).map_err(|error| Error::Invalid(format!("'{path}': {error}")))?;
        let folder =
            inside.split(['*', '?']).next().and_then(|fixed| fixed.rsplit_once('/')).map_or("", |(folder, _)| folder);
        let all = volume.list(folder).await?;
        all.into_iter().filter(|file| pattern.matches_with(&file.path, GLOB)).collect()
    } else {
        volume.find(inside).await?
    };
    files.retain(|file| !file.path.split('/').any(|part| part.starts_with(['.', '_'])));
    if files.is_empty() {
        return Err(Error::Invalid(format!("there are no files at '{path}'")));
    }
    if by_path {
        for folder in volume.folders(&files)? {
            run.access.require_ungoverned(&folder).await?;
        }
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

pub(crate) async fn table(
    run: &Run<'_>,
    volume: &Volume,
    files: &[File],
    options: &[(String, String)],
) -> Result<Arc<dyn TableProvider>> {
    let format = format::of(files, options)?;
    register(run, volume.location())?;
    let urls =
        files.iter().map(|file| Ok(ListingTableUrl::try_new(volume.url(file)?, None)?)).collect::<Result<Vec<_>>>()?;
    let listing = ListingOptions::new(format.format).with_file_extension("");
    // The first file says what the columns are. That the others can be read shows here only where it costs little.
    let looked_at = if format.footers { files.len() } else { 1 };
    let looks = urls.iter().zip(files).take(looked_at).map(|(url, file)| columns(run, &listing, url, file).boxed());
    let schemas: Vec<SchemaRef> = stream::iter(looks.collect::<Vec<_>>()).buffered(FOOTERS).try_collect().await?;
    let schema = if format.infer { Arc::clone(&schemas[0]) } else { texts(&schemas[0]) };
    let config = ListingTableConfig::new_with_multi_paths(urls).with_listing_options(listing).with_schema(schema);
    Ok(Arc::new(ListingTable::try_new(config)?))
}

/// The columns of a file, by a look into it; an error names the file.
async fn columns(run: &Run<'_>, listing: &ListingOptions, url: &ListingTableUrl, file: &File) -> Result<SchemaRef> {
    let named = |error| Error::Invalid(format!("'{}' cannot be read: {}", file.path, Error::Engine(error)));
    listing.infer_schema(&run.engine, url).await.map_err(named)
}

/// The same columns, all STRING.
fn texts(schema: &Schema) -> SchemaRef {
    let fields = schema.fields().iter().map(|field| Field::new(field.name(), DataType::Utf8, true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Make the engine know the store of a location.
fn register(run: &Run<'_>, location: &Location) -> Result<()> {
    if location.local().is_none() {
        let (store, _) = run.polder().stores().open(location)?;
        run.engine.runtime_env().register_object_store(location.url(), store);
    }
    Ok(())
}
