//! Checks of aggregate functions.

use arrow::array::{Array, ArrayRef};
use polder_sandbox::{Accumulator, Aggregate, Function, Interrupt};

use crate::bound::{Bound, Loaded, bind, refuses, returns_declared, taken, tried};
use crate::checks::Check;
use crate::report::{Problem, Verdict, holds};
use crate::same::same;
use crate::values::{self, joined, shown, slice};

/// Groups that rows are spread over.
const GROUPS: usize = 3;
/// Rows of a batch as queries send them.
const BATCH: usize = 8192;
/// Rows of a column of nulls.
const NULLS: usize = 8;

pub(crate) const CHECKS: &[Check<Subject>] = &[
    Check {
        name: "aggregate.bind",
        rule: "An aggregate binds to the types that it declares, and returns the type that it describes.",
        run: |subject| subject.bound.as_ref().map(drop).map_err(Problem::clone),
    },
    Check {
        name: "aggregate.refuses",
        rule: "A name that is not there, an argument too many, or one of another type is refused when it is bound.",
        run: |subject| {
            refuses(&subject.function, |name, arguments| {
                subject.plugin.bind_aggregate(name, arguments, &Interrupt::default()).map(drop)
            })
        },
    },
    Check {
        name: "aggregate.answers",
        rule: "Every value is taken or refused in words, in a batch of any size. None ends the guest, or makes it break \
               the contract.",
        run: answers,
    },
    Check {
        name: "aggregate.batches",
        rule: "Rows give the same value in one batch, row by row, and in slices of longer columns.",
        run: batches,
    },
    Check {
        name: "aggregate.groups",
        rule: "A group's value depends on its own rows alone, however they are mixed with those of others.",
        run: groups,
    },
    Check {
        name: "aggregate.first",
        rule: "Evaluating the first groups forgets them and moves later ones down, as taking their states does.",
        run: first,
    },
    Check { name: "aggregate.merge", rule: "The states of parts, merged, give the value of the whole.", run: merge },
    Check {
        name: "aggregate.empty",
        rule: "A group without rows has a value, and its state changes nothing when it is merged.",
        run: empty,
    },
];

/// An aggregate, with rows that it takes all together.
pub(crate) struct Subject {
    plugin: Loaded,
    function: Function,
    bound: Result<Vec<Case>, Problem>,
}

struct Case {
    bound: Bound<Aggregate>,
    rows: Vec<ArrayRef>,
    count: usize,
    crash: Option<String>,
}

impl Subject {
    pub(crate) fn new(plugin: &Loaded, function: &Function) -> Self {
        let interrupt = Interrupt::default();
        let bound = bind(function, |arguments| plugin.bind_aggregate(&function.name, arguments, &interrupt));
        let bound = bound.and_then(|bound| {
            for one in &bound {
                returns_declared(function, &one.types(), std::slice::from_ref(one.function.returns()))?;
            }
            Ok(bound.into_iter().map(Case::new).collect())
        });
        Self { plugin: Loaded::clone(plugin), function: function.clone(), bound }
    }

    /// Runs a check on every way to call it that takes some rows.
    fn each(&self, check: impl Fn(&Case) -> Verdict) -> Verdict {
        let bound = self.bound.as_ref().map_err(|_| Problem::Absent("it could not be bound".into()))?;
        let mut cases = bound.iter().filter(|case| case.count > 0).peekable();
        if cases.peek().is_none() {
            return Err(Problem::Absent("it took none of the values that were tried".into()));
        }
        cases.try_for_each(check)
    }
}

impl Case {
    /// Keeps each row that it takes together with those before; and twice, or a sum that overflows without those in between
    /// would be refused in other parts than this.
    fn new(bound: Bound<Aggregate>) -> Self {
        let mut case = Self { rows: vec![], count: 0, crash: None, bound };
        let mut kept = Vec::new();
        for row in 0..case.bound.count() {
            kept.push(row);
            let twice = values::rows(&case.bound.rows, kept.iter().copied().chain([row]));
            match tried(case.evaluate(&twice, kept.len() + 1)) {
                Ok(Some(_)) => {}
                Ok(None) => drop(kept.pop()),
                Err(error) => {
                    case.crash = Some(format!("{}: {error}", shown(&case.bound.rows, row)));
                    kept.pop();
                    break;
                }
            }
        }
        case.rows = values::rows(&case.bound.rows, kept.iter().copied());
        case.count = kept.len();
        case
    }

    fn begin(&self) -> Result<Accumulator, polder_sandbox::Error> {
        self.bound.function.accumulator()
    }

    /// The value of rows that are all of one group.
    fn evaluate(&self, rows: &[ArrayRef], count: usize) -> polder_sandbox::Result<ArrayRef> {
        let mut one = self.begin()?;
        one.update(rows, &vec![0; count], 1)?;
        one.evaluate(None)
    }

    fn whole(&self) -> Result<ArrayRef, Problem> {
        taken("rows that it takes one after the other", self.evaluate(&self.rows, self.count))
    }

    /// A part of the rows.
    fn part(&self, from: usize, to: usize) -> Vec<ArrayRef> {
        slice(&self.rows, from, to - from)
    }
}

fn answers(subject: &Subject) -> Verdict {
    let bound = subject.bound.as_ref().map_err(|_| Problem::Absent("it could not be bound".into()))?;
    for case in bound {
        holds(case.crash.is_none(), || case.crash.clone().unwrap_or_default())?;
        let types = || case.bound.rows.iter().map(|column| column.data_type());
        let attempt = |what: &str, columns: &[ArrayRef], rows: usize| {
            let said = tried(case.evaluate(columns, rows));
            said.map_err(|error| Problem::Broken(format!("{what}: {error}")))
        };
        let nulls: Vec<_> = types().map(|data_type| values::nulls(data_type, NULLS)).collect();
        attempt("nothing but nulls", &nulls, NULLS)?;
        attempt("an empty batch", &slice(&nulls, 0, 0), 0)?;
        if let Some(large) = values::large(&case.bound.rows, 1) {
            attempt("text of a mebibyte", &large, 1)?;
        }
        if case.count > 0 {
            let many = (0..BATCH).map(|row| row % case.count);
            attempt("8,192 rows", &values::rows(&case.rows, many), BATCH)?;
        }
    }
    Ok(())
}

fn batches(subject: &Subject) -> Verdict {
    subject.each(|case| {
        let whole = case.whole()?;
        for step in [1, 5] {
            let mut one = case.begin()?;
            for from in (0..case.count).step_by(step) {
                let to = (from + step).min(case.count);
                taken("a part of the rows", one.update(&case.part(from, to), &vec![0; to - from], 1))?;
            }
            same(&format!("{step} rows at a time"), &whole, &one.evaluate(None)?)?;
        }
        Ok(())
    })
}

/// The group of a row.
fn group(row: usize) -> usize {
    row % GROUPS
}

/// The value of each group when it is alone.
fn alone(case: &Case) -> Result<ArrayRef, Problem> {
    let mut values = Vec::new();
    for chosen in 0..GROUPS {
        let rows: Vec<_> = (0..case.count).filter(|row| group(*row) == chosen).collect();
        let columns = values::rows(&case.rows, rows.iter().copied());
        values.push(taken("some of the rows", case.evaluate(&columns, rows.len()))?);
    }
    joined(&values).ok_or_else(|| Problem::Absent("there are no groups".into()))
}

/// All groups in one accumulator.
fn mixed(case: &Case) -> Result<Accumulator, Problem> {
    let mut all = case.begin()?;
    let groups: Vec<_> = (0..case.count).map(group).collect();
    taken("rows of several groups", all.update(&case.rows, &groups, GROUPS))?;
    Ok(all)
}

fn groups(subject: &Subject) -> Verdict {
    subject.each(|case| same("groups together", &alone(case)?, &mixed(case)?.evaluate(None)?))
}

fn first(subject: &Subject) -> Verdict {
    subject.each(|case| {
        let alone = alone(case)?;
        let mut all = mixed(case)?;
        same("the first group", &alone.slice(0, 1), &all.evaluate(Some(1))?)?;
        same("the groups after the first", &alone.slice(1, GROUPS - 1), &all.evaluate(None)?)?;
        // A new group takes the place of those that went.
        let again = mixed(case)?.state(None)?;
        let mut all = mixed(case)?;
        let states = all.state(Some(2))?;
        std::iter::zip(&again, &states)
            .try_for_each(|(all, two)| same("the states of the first two groups", &all.slice(0, 2), two))?;
        same("the group after two states", &alone.slice(2, GROUPS - 2), &all.evaluate(None)?)?;
        taken("a group after all were forgotten", all.update(&case.part(0, 1), &[0], 1))?;
        let new = taken("one row", case.evaluate(&case.part(0, 1), 1))?;
        same("a group after all were forgotten", &new, &all.evaluate(None)?)
    })
}

fn merge(subject: &Subject) -> Verdict {
    subject.each(|case| {
        let whole = case.whole()?;
        let third = case.count.div_ceil(3);
        let mut merged = case.begin()?;
        let mut live = case.begin()?;
        for (at, from) in (0..case.count).step_by(third).enumerate() {
            let to = (from + third).min(case.count);
            let (rows, zeros) = (case.part(from, to), vec![0; to - from]);
            if at == 0 {
                live.update(&rows, &zeros, 1)?;
            }
            let mut part = case.begin()?;
            taken("a part of the rows", part.update(&rows, &zeros, 1))?;
            let state = part.state(None)?;
            taken("the state of a part", merged.merge(&state, &[0], 1))?;
            if at > 0 {
                taken("the state of a later part", live.merge(&state, &[0], 1))?;
            }
        }
        same("the states of three parts", &whole, &merged.evaluate(None)?)?;
        same("rows and the states of two parts", &whole, &live.evaluate(None)?)?;
        // Groups keep apart when their states come in another order.
        let (alone, states) = (alone(case)?, mixed(case)?.state(None)?);
        let mut turned = case.begin()?;
        let backwards: Vec<_> = (0..GROUPS).rev().collect();
        taken("the states of several groups", turned.merge(&states, &backwards, GROUPS))?;
        let expected = &values::rows(&[alone], backwards)[0];
        same("states of groups in another order", expected, &turned.evaluate(None)?)
    })
}

fn empty(subject: &Subject) -> Verdict {
    subject.each(|case| {
        let none = slice(&case.rows, 0, 0);
        let nothing = taken("no rows", case.evaluate(&none, 0))?;
        holds(nothing.len() == 1, || format!("a group without rows has {} values", nothing.len()))?;
        let whole = case.whole()?;
        let mut two = case.begin()?;
        two.update(&case.rows, &vec![0; case.count], 2)?;
        let both = taken("a group without rows beside one with rows", two.evaluate(None))?;
        same("a group beside one without rows", &whole, &both.slice(0, 1))?;
        same("a group without rows beside another", &nothing, &both.slice(1, 1))?;
        let mut idle = case.begin()?;
        idle.update(&none, &[], 1)?;
        let state = idle.state(None)?;
        let mut merged = case.begin()?;
        taken("the state of no rows", merged.merge(&state, &[0], 1))?;
        merged.update(&case.rows, &vec![0; case.count], 1)?;
        taken("the state of no rows", merged.merge(&state, &[0], 1))?;
        same("rows between states of no rows", &whole, &merged.evaluate(None)?)
    })
}
