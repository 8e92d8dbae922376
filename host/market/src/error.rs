//! What can go wrong on the way to a registry and back.

use crate::Digest;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    #[error("'{text}' names no package: {why}; write oci://registry/namespace/name:1.2.3, or …@sha256:…")]
    Reference { text: String, why: &'static str },

    #[error("{registry} cannot be reached: {why}")]
    Unreachable { registry: String, why: String },

    /// The registry refused, in its own words.
    #[error("{registry} refused to {action}: {why}")]
    Refused { registry: String, action: String, why: String },

    #[error("{registry} wants a name and password: {why}")]
    Unauthorized { registry: String, why: String },

    #[error("{0} does not exist, or is not shown to you")]
    NotFound(String),

    #[error("no version of {package} fits '{wanted}'; there are {}", if found.is_empty() { "none" } else { found })]
    NoVersion { package: String, wanted: String, found: String },

    #[error("{0} exists already; published versions never change: raise the version")]
    Exists(String),

    /// The registry broke the protocol, or wants to deceive.
    #[error("{registry} cannot be trusted: {why}")]
    Deceived { registry: String, why: String },

    #[error("{what} is {found}, not {expected}")]
    Digest { what: String, expected: Digest, found: Digest },

    #[error("{what} is larger than {limit} bytes")]
    TooLarge { what: String, limit: u64 },

    #[error("{what} is no package of Polder: {why}")]
    NotAPackage { what: String, why: String },

    /// A folder or archive that broke the format, or wants to deceive.
    #[error("{path} is no bundle of packages that can be used: {why}")]
    Layout { path: String, why: String },

    #[error("{path} cannot be {action}: {why}")]
    File { path: String, action: &'static str, why: String },

    #[error("{what} is no index of packages: {why}")]
    Index { what: String, why: String },

    #[error(
        "{what} is older than what was seen of it: number {found}, after {seen}; somebody may be hiding what is newer"
    )]
    Older { what: String, found: u64, seen: u64 },

    #[error("this key cannot be used: {why}")]
    Key { why: String },

    #[error("this is no signature that can be read: {why}")]
    Signature { why: String },
}
