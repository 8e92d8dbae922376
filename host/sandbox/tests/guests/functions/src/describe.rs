//! What the plugin says of itself.

use crate::columns::field;
use crate::description::{Example, Function, FunctionKind, Parameter, Plugin, Volatility};

pub fn plugin() -> Plugin {
    let parameter = |name: &str, format: &str| Parameter {
        name: name.into(),
        type_: Some(field(name, format)),
        optional: false,
        doc: format!("The {name}."),
    };
    let any = |name: &str| Parameter { name: name.into(), type_: None, optional: false, doc: String::new() };
    Plugin {
        name: "functions".into(),
        version: "0.1.0".into(),
        summary: "Functions that test the sandbox".into(),
        license: "Apache-2.0".into(),
        authors: vec!["Polder".into()],
        homepage: String::new(),
        functions: vec![
            Function {
                name: "add".into(),
                kind: FunctionKind::Scalar,
                doc: "Adds two numbers.\n\nIntegers wrap around.".into(),
                parameters: vec![parameter("a", "l"), parameter("b", "l")],
                variadic: false,
                returns: Some(field("sum", "l")),
                volatility: Volatility::Immutable,
                examples: vec![Example { sql: "{schema}.add(1, 2)".into(), result: "3".into() }],
            },
            Function {
                name: "echo".into(),
                kind: FunctionKind::Scalar,
                doc: "Its argument.".into(),
                parameters: vec![any("value")],
                variadic: true,
                returns: None,
                volatility: Volatility::Stable,
                examples: vec![],
            },
            Function {
                name: "sum".into(),
                kind: FunctionKind::Aggregate,
                doc: "The sum of what is not null.".into(),
                parameters: vec![parameter("value", "l")],
                variadic: false,
                returns: Some(field("sum", "l")),
                volatility: Volatility::Immutable,
                examples: vec![],
            },
            Function {
                name: "series".into(),
                kind: FunctionKind::Table,
                doc: "The numbers below `n`.".into(),
                parameters: vec![parameter("n", "l")],
                variadic: false,
                returns: Some([field("i", "l"), field("n", "l")].concat()),
                volatility: Volatility::Immutable,
                examples: vec![],
            },
        ],
        capabilities: vec![],
    }
}
