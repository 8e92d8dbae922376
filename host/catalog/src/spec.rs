//! What a securable of each kind says beside its name: one serde type a kind, stored as JSON.
//!
//! JSON, because a kind gains fields faster than a database gains columns; whatever is searched
//! (names, parents, owners, locations) is a column instead.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Kind;

/// The part of a securable that only its kind has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Spec {
    Metastore,
    Catalog(Container),
    Schema(Container),
    Table(Table),
    View(View),
    Volume(Volume),
    Function(Function),
    Plugin(Plugin),
    Connection(Connection),
    Publisher(Publisher),
}

/// A catalog or a schema.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Container {
    /// Where managed tables and volumes inside are put; none: where the parent's are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_location: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// URL of its root directory; none for a table of the `system` catalog, which is not stored.
    pub location: Option<String>,
    /// Whether its files are ours to delete.
    pub managed: bool,
    pub format: TableFormat,
}

impl Table {
    /// A Delta table whose files Polder owns.
    pub fn managed(location: impl Into<String>) -> Self {
        Self { location: Some(location.into()), managed: true, format: TableFormat::Delta }
    }

    /// A Delta table whose files someone else owns.
    pub fn external(location: impl Into<String>) -> Self {
        Self { location: Some(location.into()), managed: false, format: TableFormat::Delta }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TableFormat {
    Delta,
    /// Served from the catalog itself.
    System,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The query, as it was written.
    pub sql: String,
    /// The columns that it shows; empty (in views of earlier versions): all of the query's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ViewColumn>,
    /// The session's catalog and schema when it was created: they complete short names in `sql`.
    pub current_catalog: String,
    pub current_schema: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ViewColumn {
    pub name: String,
    /// The column of the query, by its name there; none (in views of earlier versions): the one in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Volume {
    /// URL of its root directory.
    pub location: String,
    /// Whether its files are ours to delete.
    pub managed: bool,
}

/// A function that a plugin exports, pinned to the digest of its component.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// The plugin that it came with.
    pub plugin: Uuid,
    /// sha256 of the component, in hex.
    pub digest: String,
    #[serde(flatten)]
    pub export: Export,
}

/// What a plugin says of a function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Export {
    /// The name by which the component knows it.
    pub export: String,
    #[serde(rename = "function_kind")]
    pub kind: FunctionKind,
    /// For people: `haversine(lat1 DOUBLE, …)`.
    pub signature: String,
    /// For people: the type of the result, or the columns of a table function.
    pub returns: String,
    /// Markdown; the first paragraph is the summary.
    pub doc: String,
    pub volatility: Volatility,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FunctionKind {
    Scalar,
    Aggregate,
    Table,
    Transform,
    Scorer,
    Task,
}

impl FunctionKind {
    /// In lower case.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Aggregate => "aggregate",
            Self::Table => "table",
            Self::Transform => "transform",
            Self::Scorer => "scorer",
            Self::Task => "task",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Volatility {
    Immutable,
    Stable,
    Volatile,
}

/// An installed component.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plugin {
    /// As the component says, by semantic versioning.
    pub version: String,
    /// sha256 of the component, in hex.
    pub digest: String,
    /// Bytes of the component.
    pub size: u64,
    /// All that the component says of itself; the catalog does not look inside.
    pub description: serde_json::Value,
    /// Where it was installed from: a path, a URL.
    pub source: String,
    /// What was known of who made it, when it was installed.
    #[serde(default)]
    pub signature: Signature,
    /// What it was before, the latest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<Former>,
}

/// Who made a component.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Signature {
    /// A file, which nobody signs: whoever named it answers for it.
    #[default]
    File,
    /// A package that nobody signed, and the principal who agreed to that.
    NotSigned { allowed_by: String },
    /// A publisher signed the package, with the key of this fingerprint.
    Verified {
        by: String,
        key: String,
        /// When that was found, in milliseconds since 1970, UTC.
        at: i64,
    },
}

/// A component that a plugin was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    pub version: String,
    pub digest: String,
    pub source: String,
    pub signature: Signature,
}

/// Somebody whose packages are known by their signatures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publisher {
    pub keys: Vec<Key>,
}

/// A key that a publisher signs with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The public key, as SPKI in PEM; the catalog does not look inside.
    pub pem: String,
    /// SHA-256 of it.
    pub fingerprint: String,
    /// The first and the last moment of it, in milliseconds since 1970, UTC; always, where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<i64>,
}

/// What is spoken over a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// Requests of plugins.
    #[default]
    Http,
    /// Packages, by the OCI distribution protocol.
    Oci,
}

impl Protocol {
    /// As SQL has it: `TYPE http`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Oci => "oci",
        }
    }
}

/// Where plugins may send requests over HTTP, or packages come from. Its secrets are kept apart from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Connection {
    #[serde(default)]
    pub protocol: Protocol,
    /// Requests go to this URL and below, and nowhere else.
    pub url: String,
    /// Of packages: where an index of them lies, if there is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub index: String,
    /// What a plugin's request's method may be, in upper case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
    /// What the host puts into each request, by lower-case name; `{{name}}` stands for a secret of the connection.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Who a registry of packages is told to ask; the password is a secret.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub username: String,
    /// Whether the host behind the name may be in a private network, or this very machine.
    #[serde(default)]
    pub private_network: bool,
}

impl Spec {
    /// One of that kind. Told the kind, serde need not keep all of it until it finds the tag.
    pub(crate) fn read(kind: Kind, json: &str) -> serde_json::Result<Self> {
        fn of<'a, T: Deserialize<'a>>(spec: impl FnOnce(T) -> Spec, json: &'a str) -> serde_json::Result<Spec> {
            serde_json::from_str(json).map(spec)
        }
        match kind {
            Kind::Metastore => Ok(Self::Metastore),
            Kind::Catalog => of(Self::Catalog, json),
            Kind::Schema => of(Self::Schema, json),
            Kind::Table => of(Self::Table, json),
            Kind::View => of(Self::View, json),
            Kind::Volume => of(Self::Volume, json),
            Kind::Function => of(Self::Function, json),
            Kind::Plugin => of(Self::Plugin, json),
            Kind::Connection => of(Self::Connection, json),
            Kind::Publisher => of(Self::Publisher, json),
        }
    }

    pub fn kind(&self) -> Kind {
        match self {
            Self::Metastore => Kind::Metastore,
            Self::Catalog(_) => Kind::Catalog,
            Self::Schema(_) => Kind::Schema,
            Self::Table(_) => Kind::Table,
            Self::View(_) => Kind::View,
            Self::Volume(_) => Kind::Volume,
            Self::Function(_) => Kind::Function,
            Self::Plugin(_) => Kind::Plugin,
            Self::Connection(_) => Kind::Connection,
            Self::Publisher(_) => Kind::Publisher,
        }
    }

    /// The location that it holds against all others.
    pub fn location(&self) -> Option<&str> {
        match self {
            Self::Table(table) => table.location.as_deref(),
            Self::Volume(volume) => Some(&volume.location),
            _ => None,
        }
    }

    /// Whether it stays the holder of its location while it can be undropped.
    pub(crate) fn is_managed(&self) -> bool {
        matches!(self, Self::Table(Table { managed: true, .. }) | Self::Volume(Volume { managed: true, .. }))
    }
}
