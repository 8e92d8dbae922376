//! What can go wrong, said for the person who runs the statement.

use std::fmt;
use std::path::PathBuf;

use arrow::datatypes::DataType;
use arrow::error::ArrowError;

/// Result with this crate's error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Every failure of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are no component at all.
    #[error("not a WebAssembly component: {0}")]
    NotAComponent(String),

    /// A text that should be a digest is none.
    #[error("`{0}` is not a sha256 digest: expected 64 lower-case hexadecimal digits")]
    Digest(String),

    /// The component asks for something that its world does not have.
    #[error(
        "the component imports `{import}`, which this host does not serve to plugins. Remove what needs it, or build \
         for a target without it, such as wasm32-unknown-unknown"
    )]
    Import {
        /// The import's full name.
        import: String,
    },

    /// The component lacks what its world exports.
    #[error(
        "the component does not export `{export}`, so it is no plugin; build it against a world of polder:plugin: \
         functions, transform, scorer or task"
    )]
    Export {
        /// The full name of what is missing.
        export: String,
    },

    /// The component is well formed but cannot be compiled.
    #[error("the component cannot be compiled: {0}")]
    Compile(String),

    /// A limit of [`Limits`](crate::Limits) was reached.
    #[error("{what} reached the limit `{limit}` of {value}, set by {owner}")]
    Limit {
        /// Who reached it.
        what: String,
        /// The limit's name in [`Limits`](crate::Limits).
        limit: &'static str,
        /// The limit's value, with its unit.
        value: String,
        /// Who set it.
        owner: String,
    },

    /// The query that it is part of has no memory left.
    #[error("{what} found no memory: {why}")]
    Memory {
        /// Who needed it.
        what: String,
        /// Who has it.
        why: String,
    },

    /// A setting that makes no limit.
    #[error("the limit `{name}` cannot be set: {why}")]
    Setting {
        /// The name that was given.
        name: String,
        /// What is wrong.
        why: String,
    },

    /// The statement was cancelled.
    #[error("{what} was interrupted")]
    Interrupted {
        /// What ran.
        what: String,
    },

    /// The guest crashed; its instance is gone.
    #[error("{what} crashed: {}", panic.as_ref().unwrap_or(reason))]
    Trap {
        /// What ran.
        what: String,
        /// The trap, in the engine's words.
        reason: String,
        /// The last error that the guest logged in this call, usually its panic message.
        panic: Option<String>,
    },

    /// The function refused: its own error.
    #[error("{what}: {message}{}", Row(*row))]
    Guest {
        /// What ran.
        what: String,
        /// The plugin's message.
        message: String,
        /// The row to blame, from 0 within the batch.
        row: Option<u32>,
    },

    /// The guest handed back something that the contract forbids.
    #[error("{what} broke the plugin contract: {detail}")]
    Contract {
        /// What ran.
        what: String,
        /// What is wrong with the result.
        detail: String,
    },

    /// What a plugin says of itself is not usable.
    #[error("the plugin's description is not valid: {0}")]
    Description(String),

    /// A type that no batch can carry.
    #[error("values of type {0} cannot be passed to a plugin; cast them first")]
    Type(DataType),

    /// The caller's columns are not those that the function was bound with.
    #[error("{what} cannot be called so: {detail}")]
    Arguments {
        /// What was called.
        what: String,
        /// What does not fit.
        detail: String,
    },

    /// Arrow refused to convert an argument.
    #[error("an argument cannot be converted: {0}")]
    Arrow(#[from] ArrowError),

    /// The file of an installed component cannot be read.
    #[error("the component at {}: {source}; install the plugin again", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// The file of an installed component has other bytes than were installed.
    #[error(
        "{} was changed: its digest is not the one that was installed; install the plugin again", path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
    },

    /// The cache of compiled code cannot be used.
    #[error("the cache of compiled plugins at {}: {source}", path.display())]
    Cache {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// The engine itself failed; no guest is to blame.
    #[error("the WebAssembly engine: {0}")]
    Engine(String),
}

struct Row(Option<u32>);

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |row| write!(f, " (row {row} of the batch)"))
    }
}

/// A guest's text made fit to show: at most `max` bytes, and no control characters, which could steer a terminal.
pub(crate) fn clean(text: &str, max: usize) -> String {
    let end = text.floor_char_boundary(max);
    let mut shown: String =
        text[..end].chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect();
    if end < text.len() {
        shown.push('…');
    }
    shown
}
