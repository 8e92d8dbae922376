//! Polder's SDK for Rust: a plain function is a SQL function. The README is its guide.
//!
//! From the inside out: `value` reads Rust values from columns and writes them to others; `scalar`, `aggregate` and `table`
//! loop over the rows of a call; `function` is the registry in which the macros enter what they are put on; `component`
//! is the border of the sandbox. Buffers are Arrow's, but the arrow crate is not used: with it a component would be fifty
//! times as large.

#[cfg(test)]
extern crate self as polder_sdk;

mod aggregate;
mod buffer;
mod column;
mod columns;
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
#[cfg(test)]
mod tests;
mod value;

pub use column::Column;
pub use columns::{
    BinaryColumn, BooleanColumn, ColumnOf, Float32Column, Float64Column, Int8Column, Int16Column, Int32Column,
    Int64Column, UInt8Column, UInt16Column, UInt32Column, UInt64Column, Utf8Column,
};
pub use data_type::{DataType, Field};
pub use decimal::Decimal;
pub use error::{Error, Result};
pub use function::Argument;

pub use polder_sdk_macros::{Row, aggregate, scalar, table};
pub use temporal::{Date, LocalTimestamp, Timestamp};
pub use value::Value;

/// All that a plugin needs.
pub mod prelude {
    pub use crate::{
        Argument, BinaryColumn, BooleanColumn, Column, ColumnOf, DataType, Date, Decimal, Error, Field, Float32Column,
        Float64Column, Int8Column, Int16Column, Int32Column, Int64Column, LocalTimestamp, Result, Timestamp,
        UInt8Column, UInt16Column, UInt32Column, UInt64Column, Utf8Column, Value, log,
    };
    pub use polder_sdk_macros::{Row, aggregate, scalar, table};
}

/// What the macros expand to; no part of the interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::__package as package;
    pub use crate::aggregate::{Aggregation, Complete, Done, State, evaluate, groups, update};
    pub use crate::columns::{Whole, whole, whole_type};
    pub use crate::function::{Call, Example, Function, Implementation, Package, Parameter, Returns, Volatility};
    pub use crate::prepare::{Prepared, made_from};
    pub use crate::scalar::{Output, bound_type, map, output_type};
    pub use crate::table::{OpenTable, Pages, TableRow, pages};
    pub use crate::value::{
        Item, Read, ReadRow, Record, RecordReader, RecordWriter, Rest, Typed, Write, WriteRow, parameter_type,
    };
    pub use crate::{Argument, Column, DataType, Error, Field};
    pub use inventory;
}
