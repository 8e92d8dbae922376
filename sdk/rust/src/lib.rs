//! Polder's SDK for Rust: a plain function is a SQL function.

mod buffer;
mod column;
#[cfg(target_family = "wasm")]
mod component;
mod data_type;
mod decimal;
mod error;
mod function;
pub mod log;
mod scalar;
mod temporal;
mod value;

pub use column::Column;
pub use data_type::{DataType, Field};
pub use decimal::Decimal;
pub use error::{Error, Result};
pub use temporal::{Date, LocalTimestamp, Timestamp};

use column::RawArray;
use data_type::RawField;
use function::Inputs;

/// All that a plugin needs.
pub mod prelude {
    pub use crate::{Column, DataType, Date, Decimal, Error, Field, LocalTimestamp, Result, Timestamp, log};
    pub use polder_sdk_macros::scalar;
}

/// What the macros expand to; no part of the interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::__package as package;
    pub use crate::function::{
        Bind, Binding, BoundScalar, Function, Inputs, Kind, Package, Parameter, Volatility,
    };
    pub use crate::scalar::{map, output_type};
    pub use crate::value::{Read, Typed, Write};
    pub use crate::{Column, DataType, Error, Field};
    pub use inventory;
}
