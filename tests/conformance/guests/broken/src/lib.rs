//! A plugin of every world that keeps all rules, or breaks one of each function: which ones stands in its data, where a test
//! writes it.

mod columns;
mod task;
mod udf;
mod whole;

wit_bindgen::generate!({
    path: "../../../../wit",
    inline: "
        package polder:broken;
        world broken {
            import polder:host/log@0.1.0;
            import polder:host/model@0.1.0;
            import polder:host/storage@0.1.0;
            export polder:plugin/description@0.1.0;
            export polder:plugin/udf@0.1.0;
            export polder:plugin/transforms@0.1.0;
            export polder:plugin/scorers@0.1.0;
            export polder:plugin/tasks@0.1.0;
        }
    ",
    generate_all,
});

pub use exports::polder::plugin::{description, scorers, tasks, transforms, udf as functions};
pub use polder::host::{data, log, model, storage};
pub use polder::plugin::call;

use columns::field;
use description::{Capability, Example, Function, FunctionKind, Parameter, Plugin, Volatility};

/// A test replaces what follows the colon: rules, with a comma after each.
#[used]
static LIES: [u8; 160] = {
    let mut mark = [b'.'; 160];
    let (begin, _) = mark.split_at_mut(5);
    begin.copy_from_slice(b"lies:");
    mark
};

/// Whether this is a rule to break.
pub fn lies(rule: &str) -> bool {
    let lies = unsafe { std::ptr::read_volatile(&LIES) };
    lies[5..].split(|byte| *byte == b',').any(|lie| lie == rule.as_bytes())
}

pub fn error(message: impl Into<String>) -> call::Error {
    call::Error { message: message.into(), row: None }
}

struct Broken;

impl description::Guest for Broken {
    fn describe() -> Plugin {
        let kind = if lies("capability") { "TABLE" } else { "VOLUME" };
        let capability = |name: &str, kind: &str| Capability {
            name: name.into(),
            privilege: "READ VOLUME".into(),
            kind: kind.into(),
            on: String::new(),
            reason: "to be tested".into(),
        };
        Plugin {
            name: if lies("name") { "Not a name" } else { "broken" }.into(),
            version: "1.0.0".into(),
            summary: if lies("summary") { "" } else { "Keeps all rules, or breaks one" }.into(),
            license: String::new(),
            authors: vec![],
            homepage: String::new(),
            functions: functions(),
            capabilities: vec![capability("storage", kind), capability("model", "VOLUME")],
        }
    }
}

fn functions() -> Vec<Function> {
    let number = || Some(vec![field("n", "l")]);
    let example = |sql: &str, result: &str| vec![Example { sql: sql.into(), result: result.into() }];
    let three = if lies("example") { "4" } else { "3" };
    vec![
        Function {
            examples: example("{schema}.next(2)", three),
            doc: if lies("doc") { "" } else { "The next whole number." }.into(),
            ..function("next", FunctionKind::Scalar, &[("n", "l")], number())
        },
        function("total", FunctionKind::Aggregate, &[("n", "l")], number()),
        function("count_to", FunctionKind::Table, &[("n", "l")], number()),
        function("ids", FunctionKind::Transform, &[], number()),
        function("scaled", FunctionKind::Scorer, &[], number()),
        function("size_of", FunctionKind::Task, &[("volume", "u"), ("path", "u")], None),
    ]
}

fn function(name: &str, kind: FunctionKind, parameters: &[(&str, &str)], returns: Option<data::Schema>) -> Function {
    let parameter = |(name, format): &(&str, &str)| Parameter {
        name: name.to_string(),
        type_: Some(vec![field(name, format)]),
        optional: false,
        doc: String::new(),
    };
    Function {
        name: name.into(),
        kind,
        doc: format!("Something of the name {name}."),
        parameters: parameters.iter().map(parameter).collect(),
        variadic: false,
        returns,
        volatility: Volatility::Immutable,
        examples: vec![],
    }
}

export!(Broken);
