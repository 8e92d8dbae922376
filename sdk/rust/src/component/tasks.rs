//! `polder:plugin/tasks`

use super::{Component, report_panics};
use crate::function::{Function, Implementation};

mod bindings {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "package polder:sdk-task; world task { export polder:plugin/tasks@0.1.0; }",
        generate_all,
    });
}

use bindings::exports::polder::plugin::tasks::Guest;

bindings::export!(Component with_types_in bindings);

impl Guest for Component {
    fn run(name: String, parameters: Vec<(String, String)>) -> Result<Vec<(String, String)>, String> {
        report_panics();
        let function = Function::named(&name).map_err(|error| error.message().to_owned())?;
        let Implementation::Task(run) = function.implementation else {
            return Err(function.wrong_kind("task").message().to_owned());
        };
        run(parameters).map_err(|error| error.message().to_owned())
    }
}
