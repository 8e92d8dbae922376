//! What a benchmark can fail with.

use std::path::{Path, PathBuf};

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{}: {error}", path.display())]
    File { path: PathBuf, error: std::io::Error },
    #[error("query {query} on {engine}: {error}")]
    Query { query: u32, engine: &'static str, error: Box<Error> },
    #[error("'{statement}': {error}")]
    Statement { statement: String, error: polder_query::Error },
    #[error("there is no cache folder; set POLDER_CACHE to one")]
    NoCache,
    #[error("{0}")]
    Unexpected(String),
    #[error(transparent)]
    Polder(#[from] polder_query::Error),
    #[error(transparent)]
    Catalog(#[from] polder_catalog::Error),
    #[error(transparent)]
    Sandbox(#[from] polder_sandbox::Error),
    #[error(transparent)]
    Toolchain(#[from] polder_toolchain::Error),
    #[error(transparent)]
    DataFusion(#[from] datafusion::error::DataFusionError),
    #[error(transparent)]
    Delta(#[from] deltalake::DeltaTableError),
    #[error(transparent)]
    Arrow(#[from] arrow::error::ArrowError),
    #[error(transparent)]
    Parquet(#[from] parquet::errors::ParquetError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

impl Error {
    /// For `map_err`: what went wrong with the file at `path`.
    pub(crate) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::File { path, error }
    }
}
