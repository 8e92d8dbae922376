//! Scorers that attack: in what they score, or in what they read.

#[path = "../../columns.rs"]
#[allow(dead_code, reason = "not every guest needs all of it")]
mod columns;

wit_bindgen::generate!({
    path: "../../../../wit",
    world: "polder:plugin/scorer",
    generate_all,
});

pub use exports::polder::plugin::{description, scorers};
pub use polder::host::{data, model};
pub use polder::plugin::call;

use std::hint::black_box;

use call::Error;
use columns::{field, int64_array, one};
use data::{Batch, Schema};
use description::{Capability, Function, FunctionKind, Plugin, Volatility};

const NAMES: &[&str] = &["rows_fewer", "rows_more", "spin_load", "spin_score", "lead_out"];

struct Attacks;

impl description::Guest for Attacks {
    fn describe() -> Plugin {
        let function = |name: &&str| Function {
            name: name.to_string(),
            kind: FunctionKind::Scorer,
            doc: String::new(),
            parameters: vec![],
            variadic: false,
            returns: None,
            volatility: Volatility::Volatile,
            examples: vec![],
        };
        Plugin {
            name: "scorers".into(),
            version: "1.0.0".into(),
            summary: String::new(),
            license: String::new(),
            authors: vec![],
            homepage: String::new(),
            functions: NAMES.iter().map(function).collect(),
            capabilities: vec![Capability {
                name: "model".into(),
                privilege: "READ VOLUME".into(),
                kind: "VOLUME".into(),
                on: String::new(),
                reason: "to attack".into(),
            }],
        }
    }
}

struct Attack(String);

impl scorers::GuestScorer for Attack {
    fn load(name: String, input: Schema) -> Result<scorers::Scorer, Error> {
        while name == "spin_load" {
            black_box(&input);
        }
        if name == "lead_out" {
            let paths = ["../secret.txt", "/etc/passwd", "link/secret.txt", "", "model/../../secret.txt"];
            let found: Vec<_> = paths.iter().filter(|path| model::read(path, 0, 100).is_ok()).collect();
            let all = model::artifacts().map_err(|error| Error { message: format!("{error:?}"), row: None })?;
            let all: Vec<_> = all.into_iter().map(|artifact| artifact.path).collect();
            return Err(Error { message: format!("read {found:?} of {all:?}"), row: None });
        }
        Ok(scorers::Scorer::new(Self(name)))
    }

    fn returns(&self) -> Schema {
        vec![field("score", "l")]
    }

    fn score(&self, input: Batch) -> Result<Batch, Error> {
        while self.0 == "spin_score" {
            black_box(&input);
        }
        let rows = i64::from(input.rows);
        Ok(one(int64_array(0..if self.0 == "rows_fewer" { rows - 1 } else { rows + 1 })))
    }
}

impl scorers::Guest for Attacks {
    type Scorer = Attack;
}

export!(Attacks);
