//! What a plugin may reach outside the sandbox, as the floors above give it.
//!
//! Each capability is a trait that this crate declares and another implements; a run is given an object for each that
//! it has, and a guest that calls one which is not there is told so. Rights are checked by whoever implements them: the
//! sandbox only carries bytes. All calls block, on the thread that runs the guest, and must end soon after the
//! statement's [`Interrupt`](crate::Interrupt) was triggered.

use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;

use crate::LogSink;

/// Why a capability did not do what it was asked to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A right is missing: what was refused, and the statement that would allow it.
    #[error("{0}")]
    Denied(String),
    /// There is no such thing, or it may not be known of.
    #[error("{0}")]
    NotFound(String),
    /// The request itself is wrong.
    #[error("{0}")]
    Invalid(String),
    /// A limit was reached.
    #[error("{0}")]
    Limit(String),
    /// The store, table or peer failed.
    #[error("{0}")]
    Failed(String),
}

/// What a capability answers.
pub type Granted<T> = Result<T, Refusal>;

/// What one run of a plugin may reach. What is none is not there.
#[derive(Clone, Default)]
pub struct Capabilities {
    /// Who reads the lines that the guest logs, besides the host's own log.
    pub log: Option<Arc<dyn LogSink>>,
    /// `polder:host/storage`
    pub storage: Option<Arc<dyn Storage>>,
    /// `polder:host/query`
    pub query: Option<Arc<dyn Query>>,
    /// `polder:host/catalog`
    pub catalog: Option<Arc<dyn Catalog>>,
    /// `polder:host/state`
    pub state: Option<Arc<dyn Keys>>,
    /// `polder:host/metrics`
    pub metrics: Option<Arc<dyn Metrics>>,
    /// `polder:host/clock`
    pub clock: Option<Arc<dyn Clock>>,
    /// `polder:host/random`: where its bytes come from.
    pub random: Option<Seed>,
    /// `wasi:http` and `polder:host/secrets`
    pub http: Option<Arc<dyn Http>>,
    /// `polder:host/model`
    pub model: Option<Arc<dyn Model>>,
}

/// Where random bytes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seed {
    /// The operating system: never the same twice.
    System,
    /// This number: the same run again.
    Fixed(u64),
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Below its volume.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// When it was last written.
    pub modified: SystemTime,
}

/// Volumes by name.
pub trait Storage: Send + Sync {
    /// A volume, `catalog.schema.volume`.
    fn open(&self, name: &str) -> Granted<Arc<dyn Volume>>;
}

/// Files of one volume. Paths come from the guest as they are.
pub trait Volume: Send + Sync {
    /// Entries below `prefix` after the path `after`, in order, no more than `most`.
    fn list(&self, prefix: &str, after: Option<&str>, most: usize) -> Granted<Vec<Entry>>;
    /// One file.
    fn stat(&self, path: &str) -> Granted<Entry>;
    /// At most `length` bytes from `offset`; fewer only at the end.
    fn read(&self, path: &str, offset: u64, length: usize) -> Granted<Vec<u8>>;
    /// Begins a file.
    fn write(&self, path: &str) -> Granted<Box<dyn Upload>>;
    /// Removes a file.
    fn delete(&self, path: &str) -> Granted<()>;
}

/// A file being written. Dropped before [`commit`](Self::commit), it never existed.
pub trait Upload: Send {
    /// Adds bytes.
    fn write(&mut self, bytes: Vec<u8>) -> Granted<()>;
    /// Lets it be seen.
    fn commit(self: Box<Self>) -> Granted<Entry>;
}

/// SQL.
pub trait Query: Send + Sync {
    /// Runs a statement; the columns of the single row `parameters` are `$1`, `$2` ….
    fn run(&self, statement: &str, parameters: RecordBatch) -> Granted<Box<dyn Rows>>;
    /// Begins a commit to a table.
    fn write(&self, table: &str, schema: SchemaRef, mode: Mode, once: Option<Once>) -> Granted<Box<dyn Writer>>;
}

/// Rows of a statement.
pub trait Rows: Send {
    /// Their columns.
    fn schema(&self) -> SchemaRef;
    /// The next batch; none at the end.
    fn next(&mut self) -> Granted<Option<RecordBatch>>;
}

/// How written rows meet those of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They are added.
    Append,
    /// They replace all.
    Overwrite,
    /// They replace those with equal values in these columns, else are added.
    Merge(Vec<String>),
}

/// Makes a commit happen once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// The application that writes: Delta's `appId`.
    pub application: String,
    /// Grows with each of its commits.
    pub version: i64,
}

/// Batches that become one commit. Dropped before [`commit`](Self::commit), nothing was written.
pub trait Writer: Send {
    /// Adds a batch, of the schema that the writer was opened with.
    fn push(&mut self, batch: RecordBatch) -> Granted<()>;
    /// Commits, and gives the table's version.
    fn commit(self: Box<Self>) -> Granted<u64>;
}

/// A table or view.
#[derive(Clone, Debug)]
pub struct TableInfo {
    /// Its full name.
    pub name: String,
    /// What is said of it.
    pub comment: Option<String>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
    /// Its columns.
    pub columns: SchemaRef,
    /// The version of a Delta table.
    pub version: Option<u64>,
}

/// A function of a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionInfo {
    /// Its full name.
    pub name: String,
    /// Its kind, in lower case.
    pub kind: String,
    /// How it is called.
    pub signature: String,
    /// What is said of it.
    pub comment: Option<String>,
}

/// What exists.
pub trait Catalog: Send + Sync {
    /// Schemas of a catalog.
    fn schemas(&self, catalog: &str) -> Granted<Vec<String>>;
    /// Tables and views of a schema.
    fn tables(&self, schema: &str) -> Granted<Vec<String>>;
    /// One of them.
    fn table(&self, name: &str) -> Granted<TableInfo>;
    /// Functions of a schema.
    fn functions(&self, schema: &str) -> Granted<Vec<FunctionInfo>>;
    /// Says something of a table.
    fn set_comment(&self, table: &str, comment: &str) -> Granted<()>;
    /// Sets a tag, or removes it.
    fn set_tag(&self, table: &str, key: &str, value: Option<&str>) -> Granted<()>;
}

/// Small durable values.
pub trait Keys: Send + Sync {
    /// The value of a key.
    fn get(&self, key: &str) -> Granted<Option<Vec<u8>>>;
    /// Sets a key, or removes it.
    fn set(&self, key: &str, value: Option<Vec<u8>>) -> Granted<()>;
    /// Keys that begin with `prefix`, after the key `after`, in order, no more than `most`.
    fn keys(&self, prefix: &str, after: Option<&str>, most: usize) -> Granted<Vec<String>>;
}

/// Numbers for whoever watches the run.
pub trait Metrics: Send + Sync {
    /// Adds to a counter.
    fn counter(&self, name: &str, add: u64);
    /// Sets a gauge.
    fn gauge(&self, name: &str, value: f64);
    /// Tells how much is done.
    fn progress(&self, done: u64, total: Option<u64>);
}

/// The time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> SystemTime;
}

/// Requests over HTTP.
pub trait Http: Send + Sync {
    /// Sends a request to an absolute URL; it is done when the head of the response is there.
    fn send(&self, request: http::Request<HttpBody>) -> Sending;
    /// What stands for a secret of a connection in the headers of a request.
    fn placeholder(&self, connection: &str, secret: &str) -> Granted<String>;
}

/// The body of a request or a response.
pub type HttpBody = wasmtime_wasi_http::WasiBody;
/// Why there is no response, in the words of `wasi:http`.
pub type HttpError = wasmtime_wasi_http::Error;
/// A request that is under way.
pub type Sending = Pin<Box<dyn Future<Output = Result<http::Response<HttpBody>, Unanswered>> + Send>>;

/// Why a request has no response: a code for the guest, and words for whoever runs it.
#[derive(Debug)]
pub struct Unanswered {
    /// What the guest is told.
    pub code: HttpError,
    /// What was refused or failed, and the statement that would allow it.
    pub why: String,
}

/// The files of a model.
pub trait Model: Send + Sync {
    /// All of them.
    fn artifacts(&self) -> Granted<Vec<Entry>>;
    /// At most `length` bytes from `offset`; fewer only at the end.
    fn read(&self, path: &str, offset: u64, length: usize) -> Granted<Vec<u8>>;
}

impl std::fmt::Debug for Capabilities {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let given = [
            ("storage", self.storage.is_some()),
            ("query", self.query.is_some()),
            ("catalog", self.catalog.is_some()),
            ("state", self.state.is_some()),
            ("metrics", self.metrics.is_some()),
            ("clock", self.clock.is_some()),
            ("random", self.random.is_some()),
            ("http", self.http.is_some()),
            ("model", self.model.is_some()),
        ];
        f.debug_set().entries(given.iter().filter(|(_, given)| *given).map(|(name, _)| name)).finish()
    }
}
