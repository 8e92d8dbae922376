//! What can go wrong below SQL.

use deltalake::DeltaTableError;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("'{location}' is not a location: {reason}")]
    Location { location: String, reason: String },
    #[error("there is no Delta table at '{0}'")]
    NotATable(String),
    #[error(
        "there is a Delta table at '{0}' already: CREATE TABLE … LOCATION without columns and query takes it as it is"
    )]
    Exists(String),
    #[error("the table has no version {requested}; its versions are 0 to {latest}")]
    NoSuchVersion { requested: u64, latest: u64 },
    #[error("the table did not exist yet at {requested}; its first version is of {first}")]
    TooEarly { requested: chrono::DateTime<chrono::Utc>, first: chrono::DateTime<chrono::Utc> },
    #[error("'{path}' is not a path inside a volume: {reason}")]
    Path { path: String, reason: &'static str },
    #[error("there is no file '{0}'")]
    NoSuchFile(String),
    #[error("some rows are not as the table demands ({demands}); nothing was changed{}", preview(.rows))]
    Violation { demands: String, rows: String },
    #[error("{0}")]
    Unsupported(String),
    #[error("{}", tidy(.0))]
    Delta(#[from] DeltaTableError),
    #[error(transparent)]
    Store(#[from] object_store::Error),
    #[error(transparent)]
    Plan(#[from] datafusion::error::DataFusionError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

fn preview(rows: &str) -> String {
    if rows.is_empty() { String::new() } else { format!(". Among them:\n{rows}") }
}

impl Error {
    /// The same, but telling what a table demands of its rows where some did not comply: delta-rs only shows
    /// those rows. Both texts are the libraries'; another wording only costs the explanation.
    pub(crate) fn explained(error: DeltaTableError, demands: impl FnOnce() -> String) -> Self {
        let text = error.to_string();
        match text.split_once("Preview of invalid data:") {
            // In the course of a replacement they have a column of the library's own.
            Some((_, rows)) if rows.contains("__delta_rs") => {
                Self::Violation { demands: demands(), rows: String::new() }
            }
            Some((_, rows)) => Self::Violation { demands: demands(), rows: rows.trim().to_owned() },
            None if text.contains("declared as non-nullable but contains null") => {
                Self::Violation { demands: demands(), rows: String::new() }
            }
            None => error.into(),
        }
    }
}

/// delta-rs wraps errors of the engine in several layers that each repeat the one below; the innermost says it.
fn tidy(error: &DeltaTableError) -> String {
    let mut text = error.to_string();
    for layer in ["Generic DeltaTable error: ", "Generic error: ", "External error: ", "Arrow error: "] {
        while let Some(rest) = text.strip_prefix(layer) {
            text = rest.to_owned();
        }
    }
    text
}
