//! `polder:plugin/description`: what the registry holds, in the words of the contract.

use super::bindings::exports::polder::plugin::description::{
    Capability, Example, Function as Described, FunctionKind, Guest, Parameter, Plugin, Volatility as Promise,
};
use super::{Component, report_panics};
use crate::Field;
use crate::border::schema;
use crate::function::{Function, Implementation, Package, Returns, Volatility};
use crate::wants::{Want, Wants};

impl Guest for Component {
    fn describe() -> Plugin {
        report_panics();
        let functions = Function::all();
        let package = functions.iter().map(|function| &function.package).max_by_key(|package| package.primary);
        let text = |part: fn(&Package) -> &'static str| package.map(part).unwrap_or_default();
        Plugin {
            // Also an identifier of SQL, which has no hyphens.
            name: text(|package| package.name).replace('-', "_"),
            version: text(|package| package.version).into(),
            summary: text(|package| package.description).into(),
            license: text(|package| package.license).into(),
            authors: text(|package| package.authors).split(':').filter(|a| !a.is_empty()).map(Into::into).collect(),
            homepage: text(|package| package.homepage).into(),
            functions: functions.into_iter().map(describe).collect(),
            capabilities: Wants::all().map(capability).collect(),
        }
    }
}

fn describe(function: &Function) -> Described {
    Described {
        name: function.name.into(),
        kind: match function.implementation {
            Implementation::Scalar(_) => FunctionKind::Scalar,
            Implementation::Aggregate { .. } => FunctionKind::Aggregate,
            Implementation::Table(_) => FunctionKind::Table,
            Implementation::Transform(_) => FunctionKind::Transform,
            Implementation::Scorer(_) => FunctionKind::Scorer,
            Implementation::Task(_) => FunctionKind::Task,
        },
        doc: function.doc.into(),
        parameters: function
            .parameters
            .iter()
            .map(|parameter| Parameter {
                name: parameter.name.into(),
                type_: (parameter.data_type)().map(|data_type| schema(&[Field::new(parameter.name, data_type)])),
                optional: parameter.optional,
                doc: parameter.doc.into(),
            })
            .collect(),
        variadic: function.variadic,
        returns: match function.returns {
            Returns::Fixed(fields) => Some(schema(&fields())),
            Returns::Bound(_) | Returns::Unknown => None,
        },
        volatility: match function.volatility {
            Volatility::Immutable => Promise::Immutable,
            Volatility::Stable => Promise::Stable,
            Volatility::Volatile => Promise::Volatile,
        },
        examples: function
            .examples
            .iter()
            .map(|(sql, result)| Example { sql: (*sql).into(), result: (*result).into() })
            .collect(),
    }
}

fn capability(want: &Want) -> Capability {
    let (kind, name) = want.target();
    Capability {
        name: want.interface.replace('_', "-"),
        privilege: want.privilege.into(),
        kind: kind.into(),
        on: name.into(),
        reason: want.reason.into(),
    }
}
