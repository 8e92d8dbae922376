//! Polder's SDK for Rust: a plain function is a SQL function.

mod aggregate;
mod buffer;
mod column;
#[cfg(target_family = "wasm")]
mod component;
mod data_type;
mod decimal;
mod error;
mod function;
pub mod log;
mod prepare;
mod scalar;
mod table;
mod temporal;
mod value;

pub use column::Column;
pub use data_type::{DataType, Field};
pub use decimal::Decimal;
pub use error::{Error, Result};
pub use function::Argument;

pub use temporal::{Date, LocalTimestamp, Timestamp};

/// All that a plugin needs.
pub mod prelude {
    pub use crate::{Argument, Column, DataType, Date, Decimal, Error, Field, LocalTimestamp, Result, Timestamp, log};
    pub use polder_sdk_macros::{Row, aggregate, scalar, table};
}

/// What the macros expand to; no part of the interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::__package as package;
    pub use crate::aggregate::{Aggregation, Done, State, evaluate, groups, update};
    pub use crate::function::{Call, Function, Implementation, Package, Parameter, Returns, Volatility};
    pub use crate::prepare::{Prepared, made_from};
    pub use crate::scalar::{Output, map, output_type};
    pub use crate::table::{Pages, TableRow, pages};
    pub use crate::value::{
        Item, Read, ReadRow, Record, RecordReader, RecordWriter, Typed, Write, WriteRow,
    };
    pub use crate::{Column, DataType, Error, Field};
    pub use inventory;
}
