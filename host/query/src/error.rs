//! What a statement can fail with, in words for whoever wrote it.

use datafusion::error::DataFusionError;
use datafusion::sql::sqlparser::parser::ParserError;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The text ends in the middle of a string or comment: a shell asks for more.
    #[error("the statement is not complete: {0}")]
    Incomplete(String),
    #[error("syntax error: {0}")]
    Syntax(String),
    #[error("{0}")]
    Unsupported(String),
    /// A request that is well formed and makes no sense here.
    #[error("{0}")]
    Invalid(String),
    #[error("the statement was cancelled")]
    Cancelled,
    #[error(transparent)]
    Catalog(#[from] polder_catalog::Error),
    #[error(transparent)]
    Storage(#[from] polder_storage::Error),
    #[error(transparent)]
    Market(#[from] polder_market::Error),
    #[error(transparent)]
    Sandbox(#[from] polder_sandbox::Error),
    #[error("{}", plain(.0))]
    Engine(DataFusionError),
    /// Who made it is not known, or not trusted here.
    #[error("{what} is not trusted: {why}")]
    Untrusted { what: String, why: String },
    #[error("{path}: {error}")]
    File { path: String, error: std::io::Error },
}

impl From<ParserError> for Error {
    fn from(error: ParserError) -> Self {
        let text = match error {
            ParserError::TokenizerError(text) | ParserError::ParserError(text) => text,
            ParserError::RecursionLimitExceeded => "it nests too deeply".to_owned(),
        };
        Self::Syntax(text)
    }
}

impl From<DataFusionError> for Error {
    fn from(error: DataFusionError) -> Self {
        Self::Engine(error)
    }
}

impl From<arrow::error::ArrowError> for Error {
    fn from(error: arrow::error::ArrowError) -> Self {
        Self::Engine(DataFusionError::from(error))
    }
}

/// The engine's message without the names of its layers.
fn plain(error: &DataFusionError) -> String {
    match error.find_root() {
        DataFusionError::External(inner) => inner.to_string(),
        // Without the advice to change a setting of the engine.
        DataFusionError::SchemaError(inner, _) => {
            let text = inner.to_string();
            text.split_once(" or disable the datafusion").map_or(text.clone(), |(said, _)| format!("{said}."))
        }
        root => {
            let text = root.message().into_owned();
            // A function that refuses its arguments says all that is to be said.
            match text.split_once("coercion failed with: Error during planning: ") {
                Some((_, said)) => {
                    said.split(" No function matches").next().unwrap_or(said).trim_end_matches('.').to_owned()
                }
                None => text,
            }
        }
    }
}
