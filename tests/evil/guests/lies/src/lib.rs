//! A plugin that lies in its description. Which lie it is stands in its data, where the test writes it.

#[path = "../../columns.rs"]
#[allow(dead_code, reason = "not every guest needs all of it")]
mod columns;

wit_bindgen::generate!({
    path: "../../../../wit",
    world: "polder:plugin/functions",
    generate_all,
});

pub use exports::polder::plugin::{description, udf};
pub use polder::host::{data, log};
pub use polder::plugin::call;

use call::{Argument, Error};
use data::{Batch, Schema};
use description::{Capability, Example, Function, FunctionKind, Parameter, Plugin, Volatility};
use udf::Rows;

/// The test replaces what follows the colon.
#[used]
static LIE: [u8; 24] = *b"lie:none................";

struct Liar;

impl description::Guest for Liar {
    fn describe() -> Plugin {
        let lie = unsafe { std::ptr::read_volatile(&LIE) };
        let lie = String::from_utf8_lossy(&lie[4..]).into_owned();
        tell(lie.trim_end_matches('.'))
    }
}

fn tell(lie: &str) -> Plugin {
    let mut plugin = Plugin {
        name: "lies".into(),
        version: "1.0.0".into(),
        summary: String::new(),
        license: String::new(),
        authors: vec![],
        homepage: String::new(),
        functions: vec![function("honest")],
        capabilities: vec![],
    };
    let deep = || {
        let level =
            |i| data::Field { children: u32::from(i < 99), ..columns::field("x", if i < 99 { "+l" } else { "l" }) };
        (0..100).map(level).collect::<Vec<_>>()
    };
    let wide = |count: usize| (0..count).map(|i| columns::field(&format!("c{i}"), "l")).collect::<Vec<_>>();
    let parameter = |type_| Parameter { name: "x".into(), type_, optional: false, doc: String::new() };
    let first = &mut plugin.functions[0];
    match lie {
        "control" => first.name = "a\u{1b}[2Jb".into(),
        "sql" => first.name = "f(); DROP TABLE t --".into(),
        "quoted" => first.name = "a\"b".into(),
        "upper" => first.name = "Honest".into(),
        "alike" => first.name = "hоnest".into(),
        "empty" => first.name = String::new(),
        "long" => first.name = "a".repeat(1 << 20),
        "plugin_name" => plugin.name = "../../catalog".into(),
        "twice" => plugin.functions.push(function("honest")),
        "million" => plugin.functions = (0..1_000_000).map(|_| function("f")).collect(),
        "many" => plugin.functions = (0..5_000).map(|i| function(&format!("f{i}"))).collect(),
        "none_at_all" => plugin.functions.clear(),
        "doc" => first.doc = "x".repeat(100 << 20),
        "doc_some" => first.doc = "x".repeat(1 << 20),
        "doc_control" => first.doc = "gone \u{1b}[2J".into(),
        "summary" => plugin.summary = "\u{0}".into(),
        "version" => plugin.version = "1.0.0'; --".into(),
        "parameters" => first.parameters = (0..10_000).map(|_| parameter(None)).collect(),
        "parameter_twice" => first.parameters = vec![parameter(None), parameter(None)],
        "parameter_view" => first.parameters = vec![parameter(Some(vec![columns::field("x", "vu")]))],
        "parameter_large" => first.parameters = vec![parameter(Some(vec![columns::field("x", "U")]))],
        "returns_none" => first.returns = Some(vec![]),
        "returns_two" => first.returns = Some(wide(2)),
        "returns_deep" => first.returns = Some(deep()),
        "returns_wide" => {
            first.kind = FunctionKind::Table;
            first.returns = Some(wide(100_000));
        }
        "variadic" => {
            first.variadic = true;
            first.parameters.clear();
        }
        "kind" => {
            first.kind = FunctionKind::Task;
            first.returns = None;
        }
        "example" => first.examples = vec![Example { sql: "SELECT \u{7}".into(), result: String::new() }],
        "capability" => plugin.capabilities = vec![capability("query", "SELECT", "TABLE", "main.default.secret")],
        "privilege" => plugin.capabilities = vec![capability("log", "SELECT; DROP", "TABLE", "t")],
        "authors" => plugin.authors = vec!["me".into(); 100_000],
        _ => {}
    }
    plugin
}

fn capability(name: &str, privilege: &str, kind: &str, on: &str) -> Capability {
    let reason = "because".into();
    Capability { name: name.into(), privilege: privilege.into(), kind: kind.into(), on: on.into(), reason }
}

fn function(name: &str) -> Function {
    Function {
        name: name.into(),
        kind: FunctionKind::Scalar,
        doc: String::new(),
        parameters: vec![],
        variadic: false,
        returns: Some(vec![columns::field("x", "l")]),
        volatility: Volatility::Immutable,
        examples: vec![],
    }
}

/// What it describes is never called.
struct Nothing;

fn never<T>() -> Result<T, Error> {
    Err(Error { message: "never".into(), row: None })
}

impl udf::GuestScalar for Nothing {
    fn bind(_: String, _: Vec<Argument>) -> Result<udf::Scalar, Error> {
        never()
    }
    fn returns(&self) -> Schema {
        vec![]
    }
    fn call(&self, _: Batch) -> Result<Batch, Error> {
        never()
    }
}

impl udf::GuestAggregate for Nothing {
    fn bind(_: String, _: Vec<Argument>) -> Result<udf::Aggregate, Error> {
        never()
    }
    fn returns(&self) -> Schema {
        vec![]
    }
    fn state_schema(&self) -> Schema {
        vec![]
    }
    fn update(&self, _: Batch, _: Vec<u32>, _: u32) -> Result<(), Error> {
        never()
    }
    fn merge(&self, _: Batch, _: Vec<u32>, _: u32) -> Result<(), Error> {
        never()
    }
    fn state(&self, _: Option<u32>) -> Result<Batch, Error> {
        never()
    }
    fn evaluate(&self, _: Option<u32>) -> Result<Batch, Error> {
        never()
    }
    fn size(&self) -> u64 {
        0
    }
}

impl udf::GuestTableFunction for Nothing {
    fn bind(_: String, _: Vec<Argument>) -> Result<udf::TableFunction, Error> {
        never()
    }
    fn returns(&self) -> Schema {
        vec![]
    }
    fn open(&self, _: Batch) -> Result<(), Error> {
        never()
    }
    fn next(&self, _: u32) -> Result<Option<Rows>, Error> {
        never()
    }
}

impl udf::Guest for Liar {
    type Scalar = Nothing;
    type Aggregate = Nothing;
    type TableFunction = Nothing;
}

export!(Liar);
