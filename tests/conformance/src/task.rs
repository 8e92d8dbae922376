//! Checks of tasks, with nothing to reach but the time and numbers that are drawn.

use std::sync::Arc;
use std::time::SystemTime;

use arrow::datatypes::DataType;
use polder_sandbox::{Capabilities, Clock, Error, Function, Parameter, Seed, Terms};

use crate::bound::Loaded;
use crate::checks::Check;
use crate::report::{Problem, Verdict};

pub(crate) const CHECKS: &[Check<Subject>] = &[
    Check {
        name: "task.refuses",
        rule: "A name that is not there, a parameter that is missing, one that is not there, and a value that is no JSON \
               are refused in words.",
        run: refuses,
    },
    Check {
        name: "task.denied",
        rule: "A task that is denied what it imports says so in words, or does without; its outputs are JSON.",
        run: denied,
    },
];

/// A task.
pub(crate) struct Subject {
    plugin: Loaded,
    function: Function,
}

/// A clock that stands still.
struct Still;

impl Clock for Still {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }
}

impl Subject {
    pub(crate) fn new(plugin: &Loaded, function: &Function) -> Self {
        Self { plugin: Loaded::clone(plugin), function: function.clone() }
    }

    fn run(&self, name: &str, parameters: &[(String, String)]) -> polder_sandbox::Result<()> {
        // Neither can be refused in words: the contract has no error for them.
        let (clock, random) = (Some(Arc::new(Still) as Arc<dyn Clock>), Some(Seed::Fixed(1)));
        let capabilities = Capabilities { clock, random, ..Capabilities::default() };
        self.plugin.run_task(name, parameters, Terms { capabilities, ..Terms::default() }).map(drop)
    }

    fn refused(&self, what: &str, name: &str, parameters: &[(String, String)]) -> Verdict {
        match self.run(name, parameters) {
            Err(Error::Guest { .. }) => Ok(()),
            Err(crashed) => Err(Problem::Broken(format!("{what}: {crashed}"))),
            Ok(()) => Err(Problem::Broken(format!("{what} is taken"))),
        }
    }
}

/// A value that fits a parameter, as JSON.
fn fitting(parameter: &Parameter) -> (String, String) {
    let value = match parameter.field.as_ref().map(|field| field.data_type()) {
        None | Some(DataType::Utf8) => "\"kit\"",
        Some(DataType::Boolean) => "true",
        Some(DataType::List(_)) => "[]",
        Some(number) if number.is_numeric() => "1",
        Some(_) => "null",
    };
    (parameter.name.clone(), value.to_owned())
}

fn refuses(subject: &Subject) -> Verdict {
    let Function { name, parameters, .. } = &subject.function;
    let all: Vec<_> = parameters.iter().map(fitting).collect();
    subject.refused("a name that is not there", "no_such_function", &all)?;
    let unknown = [("no_such_parameter".to_owned(), "1".to_owned())];
    subject.refused("a parameter that is not there", name, &[&all[..], &unknown].concat())?;
    for (place, parameter) in parameters.iter().enumerate() {
        let mut less = all.clone();
        less.remove(place);
        if !parameter.optional {
            subject.refused(&format!("a call without `{}`", parameter.name), name, &less)?;
        }
        less.push((parameter.name.clone(), "{not JSON".to_owned()));
        subject.refused(&format!("a value of `{}` that is no JSON", parameter.name), name, &less)?;
    }
    Ok(())
}

fn denied(subject: &Subject) -> Verdict {
    let parameters: Vec<_> = subject.function.parameters.iter().map(fitting).collect();
    match subject.run(&subject.function.name, &parameters) {
        Ok(()) | Err(Error::Guest { .. }) => Ok(()),
        Err(crashed) => Err(crashed.into()),
    }
}
