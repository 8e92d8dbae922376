//! Checks of scalar functions.

use arrow::array::{Array, ArrayRef};
use polder_sandbox::{Error, Function, Interrupt, Scalar, Volatility};

use crate::bound::{Bound, Loaded, as_constants, bind, refuses, returns_declared, taken, tried};
use crate::checks::Check;
use crate::report::{Problem, Verdict, holds};
use crate::same::same;
use crate::values::{self, joined, shown, slice};

/// Rows of a batch as queries send them.
const BATCH: usize = 8192;
/// Rows of a column of nulls.
const NULLS: usize = 8;

pub(crate) const CHECKS: &[Check<Subject>] = &[
    Check {
        name: "scalar.bind",
        rule: "A function binds to the types that it declares, and returns the type that it describes.",
        run: |subject| subject.bound.as_ref().map(drop).map_err(Problem::clone),
    },
    Check {
        name: "scalar.refuses",
        rule: "A name that is not there, an argument too many, or one of another type is refused when it is bound.",
        run: |subject| {
            refuses(&subject.function, |name, arguments| {
                subject.plugin.bind_scalar(name, arguments, &Interrupt::default()).map(drop)
            })
        },
    },
    Check {
        name: "scalar.answers",
        rule: "Every value is answered or refused in words: nulls, the ends of a type, text of a mebibyte. None ends the \
               guest, or makes it break the contract.",
        run: answers,
    },
    Check {
        name: "scalar.batches",
        rule: "The answer to a row does not depend on the batch that it comes in: alone, with others, among 8,192, or in \
               a slice of a longer column.",
        run: batches,
    },
    Check {
        name: "scalar.constants",
        rule: "A constant is answered as a column of that value is; it may be refused where there is a null beside it.",
        run: constants,
    },
    Check {
        name: "scalar.repeat",
        rule: "A function that is not volatile gives the same answer to the same call, in the same instance and in a \
               new one.",
        run: repeat,
    },
];

/// A scalar function, with what it answers to single rows.
pub(crate) struct Subject {
    plugin: Loaded,
    function: Function,
    bound: Result<Vec<Case>, Problem>,
}

struct Case {
    bound: Bound<Scalar>,
    /// The rows that it answers, and the answers.
    rows: Vec<ArrayRef>,
    answers: Option<ArrayRef>,
    /// How a single row ended it.
    crash: Option<String>,
}

impl Subject {
    pub(crate) fn new(plugin: &Loaded, function: &Function) -> Self {
        let interrupt = Interrupt::default();
        let bound = bind(function, |arguments| plugin.bind_scalar(&function.name, arguments, &interrupt));
        let bound = bound.and_then(|bound| {
            for one in &bound {
                returns_declared(function, &one.types(), std::slice::from_ref(one.function.returns()))?;
            }
            Ok(bound.into_iter().map(Case::new).collect())
        });
        Self { plugin: Loaded::clone(plugin), function: function.clone(), bound }
    }

    /// The ways to call it that answer something.
    fn cases(&self) -> Result<Vec<(&Case, &ArrayRef)>, Problem> {
        let bound = self.bound.as_ref().map_err(|_| Problem::Absent("it could not be bound".into()))?;
        let cases: Vec<_> = bound.iter().filter_map(|case| Some((case, case.answers.as_ref()?))).collect();
        if cases.is_empty() {
            Err(Problem::Absent("it answered none of the values that were tried".into()))
        } else {
            Ok(cases)
        }
    }

    fn steady(&self) -> Verdict {
        match self.function.volatility {
            Volatility::Volatile => Err(Problem::Absent("it is volatile".into())),
            _ => Ok(()),
        }
    }
}

impl Case {
    fn new(bound: Bound<Scalar>) -> Self {
        let (mut rows, mut answers, mut crash) = (Vec::new(), Vec::new(), None);
        for row in 0..bound.count() {
            match tried(bound.function.call(&slice(&bound.rows, row, 1), 1)) {
                Ok(Some(answer)) => {
                    rows.push(row);
                    answers.push(answer);
                }
                Ok(None) => {}
                Err(error) => {
                    crash = Some(format!("{}: {error}", shown(&bound.rows, row)));
                    break;
                }
            }
        }
        let rows = values::rows(&bound.rows, rows);
        Self { rows, answers: joined(&answers), crash, bound }
    }
}

fn answers(subject: &Subject) -> Verdict {
    let bound = subject.bound.as_ref().map_err(|_| Problem::Absent("it could not be bound".into()))?;
    for Case { bound, crash, .. } in bound {
        holds(crash.is_none(), || crash.clone().unwrap_or_default())?;
        let types = || bound.rows.iter().map(|column| column.data_type());
        let nulls: Vec<_> = types().map(|data_type| values::nulls(data_type, NULLS)).collect();
        let call = |what: &str, columns: &[ArrayRef], rows| {
            tried(bound.function.call(columns, rows)).map_err(|error| Problem::Broken(format!("{what}: {error}")))
        };
        call("nothing but nulls", &nulls, NULLS)?;
        if let Some(large) = values::large(&bound.rows, 1) {
            call("text of a mebibyte", &large, 1)?;
        }
    }
    Ok(())
}

fn batches(subject: &Subject) -> Verdict {
    subject.steady()?;
    for (Case { bound, rows, .. }, answers) in subject.cases()? {
        let count = answers.len();
        let together = taken("rows that it answers one by one", bound.function.call(rows, count))?;
        same("in one batch", answers, &together)?;
        let many = || (0..BATCH).map(|row| row % count);
        let all = taken("8,192 rows that it answers", bound.function.call(&values::rows(rows, many()), BATCH))?;
        same("among 8,192 rows", &values::rows(std::slice::from_ref(answers), many())[0], &all)?;
        let (from, length) = (count / 3, count - count / 3);
        let part = taken("a slice", bound.function.call(&slice(rows, from, length), length))?;
        same("in a slice", &answers.slice(from, length), &part)?;
    }
    Ok(())
}

fn constants(subject: &Subject) -> Verdict {
    subject.steady()?;
    let mut compared = false;
    for (Case { bound, rows, .. }, answers) in subject.cases()? {
        for row in (0..answers.len()).filter(|_| !rows.is_empty()) {
            let arguments = as_constants(&bound.arguments, rows, row);
            let what = || format!("{} as constants", shown(rows, row));
            let function = subject.plugin.bind_scalar(&subject.function.name, &arguments, &Interrupt::default());
            let answer = function.and_then(|function| function.call(&[], 3));
            // What a constant is good for may be seen when it is bound, even if a null beside it makes that needless.
            let needless = rows.iter().any(|column| column.is_null(row));
            let answer = if needless { tried(answer)? } else { Some(taken(&what(), answer)?) };
            let Some(answer) = answer else { continue };
            same(&what(), &values::rows(std::slice::from_ref(answers), [row; 3])[0], &answer)?;
            compared = true;
        }
    }
    if compared { Ok(()) } else { Err(Problem::Absent("it has no columns that could be constants".into())) }
}

fn repeat(subject: &Subject) -> Verdict {
    subject.steady()?;
    for (Case { bound, rows, .. }, answers) in subject.cases()? {
        let count = answers.len();
        let again = |function: &Scalar| -> Result<ArrayRef, Error> {
            function.call(rows, count)?;
            function.call(rows, count)
        };
        same("called again", answers, &taken("called again", again(&bound.function))?)?;
        let name = &subject.function.name;
        let fresh = subject.plugin.bind_scalar(name, &bound.arguments, &Interrupt::default())?;
        same("in a new instance", answers, &taken("in a new instance", fresh.call(rows, count))?)?;
    }
    Ok(())
}
