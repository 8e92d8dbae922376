//! Tasks that attack: in what they compute and answer here, in what they reach in `reach`.

#[path = "../../columns.rs"]
#[allow(dead_code, reason = "not every guest needs all of it")]
mod columns;
mod reach;

wit_bindgen::generate!({
    path: "../../../../wit",
    world: "polder:plugin/task",
    generate_all,
});

pub use exports::polder::plugin::{description, tasks};
pub use polder::host::{catalog, clock, data, log, metrics, query, random, state, storage};

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};

use description::{Capability, Function, FunctionKind, Parameter, Plugin, Volatility};

const NAMES: &[&str] = &[
    "spin_task",
    "spin_clock_task",
    "spin_log_task",
    "log_flood",
    "deep_task",
    "eat_task",
    "not_json",
    "outputs_million",
    "output_control",
    "output_empty",
    "output_huge",
    "output_gigabyte",
    "output_nested",
    "calls_here",
    "fail",
];

/// What the plugin asks for: a later version writes its own, and asks for more.
#[used]
static WANTS: [u8; 12] = *b"wants:less..";

struct Attacks;

impl description::Guest for Attacks {
    fn describe() -> Plugin {
        let wants = unsafe { std::ptr::read_volatile(&WANTS) };
        let mut capabilities = vec![
            capability("storage", "READ VOLUME", "VOLUME"),
            capability("storage", "WRITE VOLUME", "VOLUME"),
            capability("query", "SELECT", "TABLE"),
            capability("query", "MODIFY", "TABLE"),
            capability("query", "EXECUTE", "SCHEMA"),
            capability("catalog", "MANAGE", "TABLE"),
        ];
        capabilities.extend(["state", "metrics", "clock", "random"].map(|name| capability(name, "", "")));
        if wants.starts_with(b"wants:none") {
            capabilities.clear();
        }
        if wants.starts_with(b"wants:named") {
            capabilities.retain(|capability| capability.privilege != "SELECT");
            capabilities.push(Capability { on: "t".into(), ..capability("query", "SELECT", "TABLE") });
        }
        if wants.starts_with(b"wants:odd") {
            capabilities.push(capability("query", "SELECT", "VOLUME"));
        }
        if wants.starts_with(b"wants:more") {
            capabilities.push(capability("query", "CREATE TABLE", "SCHEMA"));
        }
        Plugin {
            name: "tasks".into(),
            version: if wants.starts_with(b"wants:more") { "2.0.0" } else { "1.0.0" }.into(),
            summary: String::new(),
            license: String::new(),
            authors: vec![],
            homepage: String::new(),
            functions: NAMES.iter().chain(reach::NAMES).map(|name| function(name)).collect(),
            capabilities,
        }
    }
}

fn capability(name: &str, privilege: &str, kind: &str) -> Capability {
    let (on, reason) = (String::new(), "to attack".into());
    Capability { name: name.into(), privilege: privilege.into(), kind: kind.into(), on, reason }
}

fn function(name: &str) -> Function {
    let parameter = |name: &str| Parameter {
        name: name.into(),
        type_: Some(vec![columns::field(name, "u")]),
        optional: true,
        doc: String::new(),
    };
    Function {
        name: name.into(),
        kind: FunctionKind::Task,
        doc: String::new(),
        parameters: vec![parameter("a"), parameter("b")],
        variadic: false,
        returns: None,
        volatility: Volatility::Volatile,
        examples: vec![],
    }
}

/// Outputs by name, in JSON.
pub type Outputs = Vec<(String, String)>;

pub fn told(value: impl Into<serde_json::Value>) -> Result<Outputs, String> {
    Ok(vec![("told".into(), value.into().to_string())])
}

impl tasks::Guest for Attacks {
    fn run(name: String, parameters: Outputs) -> Result<Outputs, String> {
        std::panic::set_hook(Box::new(|info| log::log(log::Level::Error, &info.to_string(), &[])));
        let given = |name: &str| {
            let (_, value) = parameters.iter().find(|(parameter, _)| parameter == name)?;
            serde_json::from_str::<String>(value).ok()
        };
        let (a, b) = (given("a").unwrap_or_default(), given("b").unwrap_or_default());
        let output = |name: &str, value: &str| Ok(vec![(name.to_owned(), value.to_owned())]);
        match name.as_str() {
            "spin_task" => loop {
                black_box(&a);
            },
            "spin_clock_task" => loop {
                black_box(clock::now());
            },
            "spin_log_task" => loop {
                log::log(log::Level::Info, "again", &[]);
            },
            "log_flood" => {
                for _ in 0..100_000 {
                    let field = ("field\u{7}".to_owned(), "\u{1b}[2J".repeat(20));
                    log::log(log::Level::Warn, "a line \u{1b}[2J of a flood", &[field]);
                }
                told("all")
            }
            "deep_task" => told(deep(black_box(1))),
            "eat_task" => {
                let mut eaten: Vec<Vec<u8>> = Vec::new();
                loop {
                    eaten.push(black_box(vec![1; 1 << 20]));
                }
            }
            "not_json" => output("x", "{\"a\": "),
            "outputs_million" => Ok((0..1_000_000).map(|i| (format!("o{i}"), "1".into())).collect()),
            "output_control" => output("x\u{1b}[2J", "1"),
            "output_empty" => output("", "1"),
            "output_huge" => output("x", &["\"", &"x".repeat(17 << 20), "\""].concat()),
            "output_gigabyte" => output("x", &format!("\"{}\"", "x".repeat(1 << 30))),
            "output_nested" => output("x", &["[", "]"].map(|bracket| bracket.repeat(1 << 20)).concat()),
            "calls_here" => {
                static CALLS: AtomicU32 = AtomicU32::new(0);
                told(CALLS.fetch_add(1, Ordering::Relaxed))
            }
            "fail" => Err("\u{1b}[2J".repeat(1 << 20)),
            _ => reach::run(&name, &a, &b),
        }
    }
}

#[allow(unconditional_recursion, reason = "that is the attack")]
fn deep(n: u64) -> u64 {
    black_box(deep(black_box(n + 1))) + n
}

export!(Attacks);
