//! Every limit on what a component may cost or hand back, in one place.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::FunctionKind;

/// Limits with defaults for one host. A guest that reaches one gets an error that names it
/// ([`Error::Limit`](crate::Error::Limit)); none of them can take the host down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of linear memory of one instance, all its memories together. At most 4 GiB. Default: 512 MiB.
    pub memory: usize,
    /// Elements of one table of functions. Default: 100,000.
    pub table_elements: usize,
    /// Core modules instantiated in one instance (language runtimes link dozens). Default: 64.
    pub modules: u32,
    /// Instances alive at once in this host, of all plugins. Each reserves address space, not memory. Default: 1,000.
    pub instances: u32,
    /// Time that a statement waits for an instance when all are in use. Default: 10 s.
    pub instance_wait: Duration,
    /// Instances that one bound function keeps for its next calls. Default: 64.
    pub idle_instances: usize,
    /// Time that one call may take, in the guest and in what the guest calls; noticed within an epoch tick of 10 ms.
    /// Default: 60 s.
    pub call_time: Duration,
    /// The same for a run of a task. Default: 1 h.
    pub task_time: Duration,
    /// Bytes of stack that a guest may use, on the stack of the calling thread. Default: 512 KiB.
    pub stack: usize,
    /// Bytes that a guest may hand to the host in one call (results, log lines). Default: 256 MiB.
    pub result_bytes: usize,
    /// Rows of one batch that a table function may answer, whatever was asked. Default: 1,048,576.
    pub rows: usize,
    /// Rows that one call of a table function may give when all of them are collected. Default: 16,777,216.
    pub table_rows: usize,
    /// Bytes of those rows, as Arrow holds them. Default: 1 GiB.
    pub table_bytes: usize,

    /// Bytes of a component. Default: 64 MiB.
    pub component_bytes: usize,
    /// Time that a caller waits for a component to be compiled. Default: 120 s.
    pub compile_time: Duration,
    /// Components compiled at once; others wait, within their compile time. Default: 2.
    pub compilers: usize,
    /// Components and modules within a component. Default: 1,000.
    pub nested_parts: usize,
    /// Functions in a component, all modules together. Default: 500,000.
    pub code_functions: usize,
    /// Bytes of one function's body. Default: 4 MiB.
    pub code_function_bytes: usize,
    /// Components kept loaded in memory. Default: 256.
    pub loaded: usize,
    /// Bytes of compiled code kept on disk; the longest unused goes first. Default: 4 GiB.
    pub cache_bytes: u64,

    /// Bytes of a name: of a plugin, function, parameter or field. Default: 128.
    pub name_bytes: usize,
    /// Bytes of one text in a description, such as a function's documentation. Default: 64 KiB.
    pub text_bytes: usize,
    /// Functions that a plugin may describe. Default: 1,000.
    pub functions: usize,
    /// Parameters of a function, and arguments of a call. Default: 256.
    pub parameters: usize,
    /// Fields of one schema, children included. Default: 1,000.
    pub fields: usize,
    /// How deep types nest. Default: 16.
    pub type_depth: usize,

    /// Things that an instance may hold open at once: volumes, uploads, rows, writers. Default: 256.
    pub handles: usize,
    /// Bytes that one read of a file gives at most, whatever was asked. Default: 16 MiB.
    pub read_bytes: usize,
    /// Bytes that an instance may write to volumes in its life. Default: 16 GiB.
    pub write_bytes: u64,
    /// Bytes of all files of the model that a scorer is loaded with. Default: 1 GiB.
    pub model_bytes: u64,
    /// Bytes of a SQL statement of a guest. Default: 1 MiB.
    pub statement_bytes: usize,
    /// Bytes of all keys and values that a plugin keeps between runs. Default: 64 MiB.
    pub state_bytes: usize,
    /// Names of metrics of one run; others are dropped. Default: 1,000.
    pub metrics: usize,

    /// Requests over HTTP that an instance may send in its life. Default: 10,000.
    pub http_requests: u64,
    /// Requests that it may have open at once, until their responses are read or dropped. Default: 32.
    pub http_connections: usize,
    /// Bytes of the bodies of all its requests. Default: 1 GiB.
    pub http_request_bytes: u64,
    /// Bytes of the bodies of all responses. Default: 4 GiB.
    pub http_response_bytes: u64,
    /// Time until a response begins, with the sending of the request. Default: 60 s.
    pub http_time: Duration,

    /// Bytes of log that an instance may write in its life; later lines are dropped. Default: 1 MiB.
    pub log_bytes: usize,
    /// Lines of log in one second; others in it are dropped. Default: 1,000.
    pub log_rate: u32,
    /// Bytes of one log line; the rest is cut. Default: 8 KiB.
    pub log_line_bytes: usize,

    /// Who made which limit tighter than the host's; see [`Limits::tightened`].
    pub owners: BTreeMap<&'static str, String>,
}

impl Limits {
    /// The limit on the time of one call of a function of that kind: its name and value.
    pub fn time(&self, kind: FunctionKind) -> (&'static str, Duration) {
        match kind {
            FunctionKind::Task => ("task_time", self.task_time),
            _ => ("call_time", self.call_time),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 512 << 20,
            table_elements: 100_000,
            modules: 64,
            instances: 1_000,
            instance_wait: Duration::from_secs(10),
            idle_instances: 64,
            call_time: Duration::from_secs(60),
            task_time: Duration::from_secs(3600),
            stack: 512 << 10,
            result_bytes: 256 << 20,
            rows: 1 << 20,
            table_rows: 16 << 20,
            table_bytes: 1 << 30,
            component_bytes: 64 << 20,
            compile_time: Duration::from_secs(120),
            compilers: 2,
            nested_parts: 1_000,
            code_functions: 500_000,
            code_function_bytes: 4 << 20,
            loaded: 256,
            cache_bytes: 4 << 30,
            name_bytes: 128,
            text_bytes: 64 << 10,
            functions: 1_000,
            parameters: 256,
            fields: 1_000,
            type_depth: 16,
            handles: 256,
            read_bytes: 16 << 20,
            write_bytes: 16 << 30,
            model_bytes: 1 << 30,
            statement_bytes: 1 << 20,
            state_bytes: 64 << 20,
            metrics: 1_000,
            http_requests: 10_000,
            http_connections: 32,
            http_request_bytes: 1 << 30,
            http_response_bytes: 4 << 30,
            http_time: Duration::from_secs(60),
            log_bytes: 1 << 20,
            log_rate: 1_000,
            log_line_bytes: 8 << 10,
            owners: BTreeMap::new(),
        }
    }
}
