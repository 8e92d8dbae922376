//! Transforms: one that hands on what it gets, and one for each attack.

#[path = "../../columns.rs"]
#[allow(dead_code, reason = "not every guest needs all of it")]
mod columns;

wit_bindgen::generate!({
    path: "../../../../wit",
    world: "polder:plugin/transform",
    generate_all,
});

pub use exports::polder::plugin::{description, transforms};
pub use polder::host::{clock, data, log, query};
pub use polder::plugin::call;

use std::cell::{Cell, RefCell};
use std::hint::black_box;
use std::sync::atomic::{AtomicI64, Ordering};

use call::Error;
use columns::{field, int64_array, one, texts};
use data::{Batch, Schema};
use description::{Capability, Function, FunctionKind, Parameter, Plugin, Volatility};
use transforms::OptionValue;

const NAMES: &[&str] = &[
    "same",
    "spin_bind",
    "spin_push",
    "spin_pull",
    "spin_finish",
    "spin_clock",
    "other_type",
    "other_columns",
    "over",
    "zero",
    "unending",
    "wide",
    "no_columns",
    "calls_of",
    "hoard",
    "nest",
    "reach_in_bind",
    "two_same",
    "panic_late",
];

struct Attacks;

impl description::Guest for Attacks {
    fn describe() -> Plugin {
        let capability = |name: &str, privilege: &str, kind: &str| Capability {
            name: name.into(),
            privilege: privilege.into(),
            kind: kind.into(),
            on: String::new(),
            reason: "to attack".into(),
        };
        Plugin {
            name: "transforms".into(),
            version: "1.0.0".into(),
            summary: String::new(),
            license: String::new(),
            authors: vec![],
            homepage: String::new(),
            functions: NAMES.iter().map(|name| function(name)).collect(),
            capabilities: vec![
                capability("query", "SELECT", "TABLE"),
                capability("query", "EXECUTE", "SCHEMA"),
                capability("clock", "", ""),
            ],
        }
    }
}

fn function(name: &str) -> Function {
    let text = Some(vec![field("sql", "u")]);
    Function {
        name: name.into(),
        kind: FunctionKind::Transform,
        doc: String::new(),
        parameters: vec![Parameter { name: "sql".into(), type_: text, optional: true, doc: String::new() }],
        variadic: false,
        returns: None,
        volatility: Volatility::Volatile,
        examples: vec![],
    }
}

struct Attack {
    name: String,
    sql: Option<String>,
    input: Schema,
    waiting: RefCell<Vec<Batch>>,
    hoard: RefCell<Vec<Vec<u8>>>,
    pulled: Cell<u32>,
}

fn refused(error: impl std::fmt::Debug) -> Error {
    Error { message: format!("{error:?}"), row: None }
}

fn nothing() -> Batch {
    Batch { rows: 0, arrays: vec![] }
}

impl transforms::GuestTransform for Attack {
    fn bind(name: String, input: Schema, options: Vec<OptionValue>) -> Result<transforms::Transform, Error> {
        std::panic::set_hook(Box::new(|info| log::log(log::Level::Error, &info.to_string(), &[])));
        let sql = options.first().map(|option| columns::text(&option.value.arrays[0]));
        match name.as_str() {
            "spin_bind" => loop {
                black_box(&input);
            },
            "reach_in_bind" => {
                query::run(sql.as_deref().unwrap_or("SELECT 1"), &[], &nothing()).map_err(refused)?;
            }
            _ => {}
        }
        let (waiting, hoard, pulled) = (RefCell::default(), RefCell::default(), Cell::new(0));
        Ok(transforms::Transform::new(Self { name, sql, input, waiting, hoard, pulled }))
    }

    fn returns(&self) -> Schema {
        match self.name.as_str() {
            "wide" => (0..100_000).map(|i| field(&format!("c{i}"), "l")).collect(),
            "no_columns" => vec![],
            "two_same" => vec![field("x", "l"), field("x", "l")],
            "same" | "nest" | "panic_late" => self.input.clone(),
            _ => vec![field("x", "l")],
        }
    }

    fn push(&self, input: Batch) -> Result<(), Error> {
        match self.name.as_str() {
            "spin_push" => loop {
                black_box(&input);
            },
            "spin_clock" => loop {
                black_box(clock::now());
            },
            "hoard" => loop {
                self.hoard.borrow_mut().push(black_box(vec![1; 1 << 20]));
            },
            // The statement stands in itself, so that it would go on for ever.
            "nest" => {
                let sql = self.sql.clone().unwrap_or_default();
                let whole = sql.replace("{}", &format!("'{}'", sql.replace('\'', "''")));
                let rows = query::run(&whole, &[], &nothing()).map_err(refused)?;
                while rows.next().map_err(refused)?.is_some() {}
            }
            _ => {}
        }
        self.waiting.borrow_mut().push(input);
        Ok(())
    }

    fn finish(&self) -> Result<(), Error> {
        while self.name == "spin_finish" {
            black_box(&self.name);
        }
        Ok(())
    }

    fn pull(&self, max_rows: u32) -> Result<Option<Batch>, Error> {
        let pulled = self.pulled.replace(self.pulled.get() + 1);
        let numbers = |count: u32| one(int64_array((0..i64::from(count)).map(|i| i + i64::from(pulled))));
        let lie = match self.name.as_str() {
            "spin_pull" => loop {
                black_box(&self.waiting);
            },
            "unending" => return Ok(Some(numbers(max_rows))),
            "panic_late" if pulled > 1 => panic!("late"),
            "other_type" => one(texts([0, 1, 2], b"ab")),
            "other_columns" => Batch { rows: 1, arrays: vec![int64_array([1]), int64_array([2])] },
            "over" => numbers(max_rows + 1),
            "zero" => numbers(0),
            "calls_of" => {
                static CALLS: AtomicI64 = AtomicI64::new(0);
                one(int64_array([CALLS.fetch_add(1, Ordering::Relaxed)]))
            }
            _ => return Ok(self.waiting.borrow_mut().pop()),
        };
        Ok(self.waiting.borrow_mut().pop().map(|_| lie))
    }
}

impl transforms::Guest for Attacks {
    type Transform = Attack;
}

export!(Attacks);
