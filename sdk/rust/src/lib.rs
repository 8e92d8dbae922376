//! Polder's SDK for Rust: a plain function is a SQL function. The README is its guide.
//!
//! From the inside out: `value` reads Rust values from columns and writes them to others; `scalar`, `aggregate` and `table`
//! loop over the rows of a call, `batch` holds whole ones for `transform` and `scorer`, `task` reads JSON; `function` is the
//! registry in which the macros enter what they are put on; `component` is the border of the sandbox. `storage`, `query`
//! and the other modules that can be seen from outside call the host across it. Buffers are Arrow's, but the arrow crate is not used: with it a component would be fifty
//! times as large.

#[cfg(test)]
extern crate self as polder_sdk;

mod aggregate;
#[cfg(all(feature = "allocator", target_family = "wasm"))]
mod allocator;
mod batch;
mod border;
mod buffer;
pub mod catalog;
pub mod clock;
mod column;
mod columns;
#[cfg(target_family = "wasm")]
mod component;
mod data_type;
mod decimal;
mod error;
mod function;
mod host_error;
pub mod http;
#[cfg(feature = "task")]
mod json;
pub mod log;
#[cfg(any(test, target_family = "wasm"))]
mod math;
pub mod metrics;
pub mod model;
#[cfg(not(target_family = "wasm"))]
mod native;
mod pages;
mod prepare;
pub mod query;
pub mod random;
mod scalar;
mod scorer;
pub mod secrets;
pub mod state;
pub mod storage;
mod table;
#[cfg(feature = "task")]
mod task;
mod temporal;
#[cfg(test)]
mod tests;
mod transform;
mod value;
mod wants;

#[cfg(target_family = "wasm")]
use component::bindings::polder::host;
#[cfg(not(target_family = "wasm"))]
use native as host;

pub use batch::Batch;
pub use column::Column;
pub use columns::{
    BinaryColumn, BooleanColumn, ColumnOf, Float32Column, Float64Column, Int8Column, Int16Column, Int32Column,
    Int64Column, UInt8Column, UInt16Column, UInt32Column, UInt64Column, Utf8Column,
};
pub use data_type::{DataType, Field};
pub use decimal::Decimal;
pub use error::{Error, Result};
pub use function::Argument;
pub use host_error::HostError;
pub use polder_sdk_macros::Row;
#[cfg(feature = "scorer")]
pub use polder_sdk_macros::scorer;
#[cfg(feature = "task")]
pub use polder_sdk_macros::task;
#[cfg(feature = "transform")]
pub use polder_sdk_macros::transform;
#[cfg(feature = "functions")]
pub use polder_sdk_macros::{aggregate, scalar, table};
pub use temporal::{Date, LocalTimestamp, Timestamp};
pub use value::{Record as Row, Value};

/// JSON, as tasks take and give it.
#[cfg(feature = "task")]
pub use serde_json::{Value as Json, json};

/// All that a plugin needs.
pub mod prelude {
    pub use crate::{
        Argument, Batch, BinaryColumn, BooleanColumn, Column, ColumnOf, DataType, Date, Decimal, Error, Field,
        Float32Column, Float64Column, HostError, Int8Column, Int16Column, Int32Column, Int64Column, LocalTimestamp,
        Result, Row, Timestamp, UInt8Column, UInt16Column, UInt32Column, UInt64Column, Utf8Column, Value, log,
    };
    #[cfg(feature = "scorer")]
    pub use polder_sdk_macros::scorer;
    #[cfg(feature = "task")]
    pub use polder_sdk_macros::task;
    #[cfg(feature = "transform")]
    pub use polder_sdk_macros::transform;
    #[cfg(feature = "functions")]
    pub use polder_sdk_macros::{aggregate, scalar, table};
}

/// What the macros expand to; no part of the interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::__package as package;
    pub use crate::aggregate::{Aggregation, Complete, Done, State, evaluate, groups, merge, update};
    pub use crate::batch::{Batch, Batches};
    pub use crate::columns::{Whole, whole, whole_type};
    pub use crate::function::{Call, Example, Function, Implementation, Package, Parameter, Returns, Volatility};
    pub use crate::prepare::{Prepared, made_from};
    pub use crate::scalar::{Output, bound_type, map, output_type};
    pub use crate::scorer::{Scorer, Scores, score};
    pub use crate::table::{OpenTable, Pages, TableRow, pages};
    #[cfg(feature = "task")]
    pub use crate::task::{Inputs, outputs};
    pub use crate::transform::{Options, Ready, Transform};
    pub use crate::value::{
        Item, Read, ReadRow, Record, RecordReader, RecordWriter, Rest, Typed, Write, WriteRow, parameter_type,
    };
    pub use crate::wants::{Want, Wants};
    pub use crate::{Argument, Column, DataType, Error, Field};
    pub use inventory;
}
