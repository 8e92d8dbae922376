//! Checks a component against the contract, in whatever language it was written.
//!
//! [`check`] takes the bytes of a component and reports, check by check and function by function, what passes, what fails
//! and what is not offered. Two layers: what holds for any component, tried with values of the types that it declares; and
//! the sample plugins that every SDK has ([`Sample`]), whose answers are known. Everything goes through the sandbox or
//! through SQL as it does in earnest: the kit knows no more of a component than a host does.

mod aggregate;
mod bound;
mod checks;
mod component;
mod examples;
mod house;
mod report;
mod same;
mod samples;
mod scalar;
mod scorer;
mod table;
mod task;
mod transform;
mod values;

use std::path::PathBuf;
use std::sync::Arc;

pub use checks::Rule;
use house::House;
use polder_sandbox::FunctionKind;
pub use report::{Finding, Outcome, Report};
pub use samples::Sample;

/// What a component has beyond what it says itself.
#[derive(Clone, Debug, Default)]
pub struct Offers {
    /// The samples among its functions.
    pub samples: Vec<Sample>,
    /// A folder with the files of a model that its scorers load.
    pub model: Option<PathBuf>,
}

/// Why a component could not be checked at all. What is wrong with a component is no such error: it is reported.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The kit's own files.
    #[error("the kit cannot be set up: {0}")]
    Setup(std::io::Error),
    /// The kit's own home.
    #[error("the kit cannot be set up: {0}")]
    Query(#[from] polder_query::Error),
}

/// Result with this crate's error.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// All rules that are checked.
pub fn rules() -> Vec<Rule> {
    component::RULES
        .iter()
        .copied()
        .chain(checks::rules(scalar::CHECKS))
        .chain(checks::rules(aggregate::CHECKS))
        .chain(checks::rules(table::CHECKS))
        .chain(checks::rules(transform::CHECKS))
        .chain(checks::rules(scorer::CHECKS))
        .chain(checks::rules(task::CHECKS))
        .chain([examples::RULE])
        .chain(checks::rules(samples::CHECKS))
        .collect()
}

/// Checks a component.
///
/// # Errors
/// Only when the kit itself cannot work, for want of a folder to write to.
pub fn check(component: &[u8], offers: &Offers) -> Result<Report> {
    let house = House::new()?;
    let model = offers.model.as_deref().map(scorer::Files::read).transpose().map_err(Error::Setup)?.map(Arc::new);
    let mut report = Report { plugin: None, findings: Vec::new() };
    let Some((plugin, description)) = component::load(&house, component, &mut report) else { return Ok(report) };
    for function in &description.functions {
        let (name, report) = (&function.name, &mut report);
        match function.kind {
            FunctionKind::Scalar => {
                checks::run(scalar::CHECKS, name, &scalar::Subject::new(&plugin, function), report);
            }
            FunctionKind::Aggregate => {
                checks::run(aggregate::CHECKS, name, &aggregate::Subject::new(&plugin, function), report);
            }
            FunctionKind::Table => checks::run(table::CHECKS, name, &table::Subject::new(&plugin, function), report),
            FunctionKind::Transform => {
                checks::run(transform::CHECKS, name, &transform::Subject::new(&plugin, function), report);
            }
            FunctionKind::Scorer => {
                checks::run(scorer::CHECKS, name, &scorer::Subject::new(&plugin, function, model.as_ref()), report);
            }
            FunctionKind::Task => checks::run(task::CHECKS, name, &task::Subject::new(&plugin, function), report),
        }
    }
    if component::install(&house, component, &mut report) {
        for function in &description.functions {
            report.add(examples::RULE.name, &function.name, examples::run(&house, function));
        }
        for sample in &offers.samples {
            checks::run(std::slice::from_ref(sample.check()), sample.name(), &house, &mut report);
        }
    }
    Ok(report)
}
