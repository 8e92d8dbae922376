//! Why the host did not do what it was asked to.

use crate::host::errors;
use std::fmt;

/// The answer of the host when it refuses, or fails. Its text is for whoever runs the plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostError {
    /// A right is missing; the text is what was refused and the statement that would allow it.
    Denied(String),
    /// There is no such thing, or it may not be known of.
    NotFound(String),
    /// The request itself is wrong.
    Invalid(String),
    /// A limit was reached.
    Limit(String),
    /// The store, table or peer failed.
    Failed(String),
}

impl HostError {
    /// What went wrong.
    pub fn message(&self) -> &str {
        let (Self::Denied(text) | Self::NotFound(text) | Self::Invalid(text) | Self::Limit(text) | Self::Failed(text)) =
            self;
        text
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for HostError {}

impl From<errors::Error> for HostError {
    fn from(error: errors::Error) -> Self {
        match error {
            errors::Error::Denied(text) => Self::Denied(text),
            errors::Error::NotFound(text) => Self::NotFound(text),
            errors::Error::Invalid(text) => Self::Invalid(text),
            errors::Error::Limit(text) => Self::Limit(text),
            errors::Error::Failed(text) => Self::Failed(text),
        }
    }
}

impl From<HostError> for std::io::Error {
    fn from(error: HostError) -> Self {
        use std::io::ErrorKind;
        let kind = match error {
            HostError::Denied(_) => ErrorKind::PermissionDenied,
            HostError::NotFound(_) => ErrorKind::NotFound,
            HostError::Invalid(_) => ErrorKind::InvalidInput,
            HostError::Limit(_) | HostError::Failed(_) => ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}
