//! The kinds of securables, and which of them share names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;

/// What a securable is. `Display` is SQL's word for it, in upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Metastore,
    Catalog,
    Schema,
    Table,
    View,
    Volume,
    Function,
    Plugin,
    Connection,
    Publisher,
}

impl Kind {
    pub const ALL: [Self; 10] = [
        Self::Metastore,
        Self::Catalog,
        Self::Schema,
        Self::Table,
        Self::View,
        Self::Volume,
        Self::Function,
        Self::Plugin,
        Self::Connection,
        Self::Publisher,
    ];

    /// What FROM may name.
    pub const RELATIONS: [Self; 2] = [Self::Table, Self::View];

    /// How many parts the full name of such a securable has.
    pub const fn depth(self) -> usize {
        match self {
            Self::Metastore => 0,
            Self::Catalog | Self::Connection | Self::Publisher => 1,
            Self::Schema => 2,
            Self::Table | Self::View | Self::Volume | Self::Function | Self::Plugin => 3,
        }
    }

    /// Whether securables may live in it.
    pub const fn is_container(self) -> bool {
        matches!(self, Self::Metastore | Self::Catalog | Self::Schema)
    }

    /// Whether it lives beside the catalogs, so that no catalog's name is in its own.
    pub(crate) const fn is_apart(self) -> bool {
        matches!(self, Self::Connection | Self::Publisher)
    }

    /// The word in the database, in lower case.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Metastore => "metastore",
            Self::Catalog => "catalog",
            Self::Schema => "schema",
            Self::Table => "table",
            Self::View => "view",
            Self::Volume => "volume",
            Self::Function => "function",
            Self::Plugin => "plugin",
            Self::Connection => "connection",
            Self::Publisher => "publisher",
        }
    }

    /// Within one container and namespace a name is unique. Tables and views share one.
    pub(crate) const fn namespace(self) -> &'static str {
        match self {
            Self::Table | Self::View => "relation",
            other => other.word(),
        }
    }

    /// Where it lives.
    pub(crate) const fn parent(self) -> Self {
        match self {
            Self::Metastore | Self::Catalog | Self::Connection | Self::Publisher => Self::Metastore,
            Self::Schema => Self::Catalog,
            _ => Self::Schema,
        }
    }

    /// The word within an audit action, as in `createTable`.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Metastore => "Metastore",
            Self::Catalog => "Catalog",
            Self::Schema => "Schema",
            Self::Table => "Table",
            Self::View => "View",
            Self::Volume => "Volume",
            Self::Function => "Function",
            Self::Plugin => "Plugin",
            Self::Connection => "Connection",
            Self::Publisher => "Publisher",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.word().to_uppercase())
    }
}

impl FromStr for Kind {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self, Error> {
        let lower = word.to_lowercase();
        Self::ALL.into_iter().find(|kind| kind.word() == lower).ok_or_else(|| Error::UnknownKind(word.into()))
    }
}
