//! What a component weighs: everything about its bytes that a limit of the host bounds.
//!
//! It is counted while the bytes are read, and kept beside the compiled code: what was compiled under looser limits is
//! refused by tighter ones without its bytes being read again.

use serde::{Deserialize, Serialize};

use crate::tighten::{HOST, bytes};
use crate::{Error, Limits, Result};

/// A component's weight, or that of as much of it as was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Weight {
    /// Bytes of all of it.
    pub(crate) bytes: u64,
    /// Components and modules within, itself included.
    pub(crate) parts: u64,
    /// Functions of all modules.
    pub(crate) functions: u64,
    /// Bytes of the longest function's body.
    pub(crate) function_bytes: u64,
    /// Bytes with which its largest memory begins.
    pub(crate) memory: u64,
    /// Elements with which its largest table begins.
    pub(crate) table_elements: u64,
}

/// A limit's name, what is held against it, its value, and how that is shown.
type Bound = (&'static str, u64, usize, fn(u64) -> String);

impl Weight {
    /// The weight of a component of which nothing but its size is known.
    pub(crate) fn of_size(component: &[u8]) -> Self {
        Self { bytes: component.len() as u64, ..Self::default() }
    }

    /// Refuses what is over a limit, by its name.
    pub(crate) fn within(&self, limits: &Limits) -> Result<()> {
        let count = |n: u64| n.to_string();
        let bounds: [Bound; 6] = [
            ("component_bytes", self.bytes, limits.component_bytes, bytes),
            ("nested_parts", self.parts, limits.nested_parts, count),
            ("code_functions", self.functions, limits.code_functions, count),
            ("code_function_bytes", self.function_bytes, limits.code_function_bytes, bytes),
            ("memory", self.memory, limits.memory, bytes),
            ("table_elements", self.table_elements, limits.table_elements, count),
        ];
        match bounds.into_iter().find(|(_, weight, most, _)| *weight > *most as u64) {
            None => Ok(()),
            Some((limit, _, most, show)) => {
                Err(Error::Limit { what: "the component".into(), limit, value: show(most as u64), owner: HOST.into() })
            }
        }
    }
}
