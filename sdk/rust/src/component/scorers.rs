//! `polder:plugin/scorers`

use super::bindings::polder::host::data;
use super::{Component, bindings as host, call, report_panics};
use crate::Field;
use crate::batch::Batch;
use crate::border::{batch, fields, schema};
use crate::function::{Function, Implementation};
use crate::scorer::{Scorer as Author, score};
use std::rc::Rc;

mod bindings {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "package polder:sdk-scorer; world scorer { export polder:plugin/scorers@0.1.0; }",
        with: {
            "polder:host/data@0.1.0": super::host::polder::host::data,
            "polder:plugin/call@0.1.0": super::host::polder::plugin::call,
        },
        generate_all,
    });
}

use bindings::exports::polder::plugin::scorers::{Guest, GuestScorer, Scorer};

bindings::export!(Component with_types_in bindings);

impl Guest for Component {
    type Scorer = Loaded;
}

/// A scorer with its model.
pub(crate) struct Loaded {
    input: Rc<[Field]>,
    returns: Vec<Field>,
    scorer: Box<dyn Author>,
}

impl GuestScorer for Loaded {
    fn load(name: String, input: data::Schema) -> Result<Scorer, call::Error> {
        report_panics();
        let function = Function::named(&name)?;
        let Implementation::Scorer(load) = function.implementation else {
            return Err(function.wrong_kind("scorer").into());
        };
        let input: Rc<[Field]> = fields(input)?.into();
        let scorer = load(&input)?;
        Ok(Scorer::new(Self { input, returns: scorer.returns(), scorer }))
    }

    fn returns(&self) -> data::Schema {
        schema(&self.returns)
    }

    fn score(&self, input: data::Batch) -> Result<data::Batch, call::Error> {
        let rows = input.rows as usize;
        Ok(batch(rows, score(&*self.scorer, &self.returns, Batch::lift(&self.input, input)?)?))
    }
}
