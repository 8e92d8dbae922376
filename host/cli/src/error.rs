//! What a command can fail with. The floors below say what was wrong; here is what only the command line adds.

use std::fmt::Display;
use std::io;
use std::path::Path;

use arrow::error::ArrowError;

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Query(#[from] polder_query::Error),
    #[error(transparent)]
    Catalog(#[from] polder_catalog::Error),
    #[error(transparent)]
    Market(#[from] polder_market::Error),
    #[error(transparent)]
    Sandbox(#[from] polder_sandbox::Error),
    #[error(transparent)]
    Toolchain(#[from] polder_toolchain::Error),

    /// A statement of a script failed; `place` says which.
    #[error("{place}: {error}")]
    Statement { place: String, error: Box<Error> },

    #[error("{path}: {error}")]
    File { path: String, error: io::Error },

    #[error("cannot write the result: {0}")]
    Output(#[from] io::Error),

    #[error("cannot read from the terminal: {0}")]
    Terminal(#[from] rustyline::error::ReadlineError),

    #[error("cannot start a thread: {0}")]
    Thread(io::Error),

    #[error("{0}")]
    Invalid(String),

    /// It was said already; only the exit code is left.
    #[error("failed")]
    Told,
}

impl Error {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |error| Self::File { path, error }
    }

    pub(crate) fn invalid(text: impl Display) -> Self {
        Self::Invalid(text.to_string())
    }

    /// Whether whoever read our output went away: no error, as with `polder … | head`.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        match self {
            Self::Output(error) => error.kind() == io::ErrorKind::BrokenPipe,
            Self::Statement { error, .. } => error.is_closed_pipe(),
            _ => false,
        }
    }
}

impl From<&str> for Error {
    fn from(text: &str) -> Self {
        Self::Invalid(text.to_owned())
    }
}

impl From<ArrowError> for Error {
    fn from(error: ArrowError) -> Self {
        match error {
            ArrowError::IoError(_, error) => Self::Output(error),
            error => Self::Query(error.into()),
        }
    }
}
