//! Checks of table functions.

use arrow::array::{Array, ArrayRef};
use polder_sandbox::{Function, Interrupt, TableFunction};

use crate::bound::{Bound, Loaded, bind, refuses, returns_declared, taken, tried};
use crate::checks::Check;
use crate::report::{Problem, Verdict, holds};
use crate::same::same_rows;
use crate::values::{self, joined, shown, slice};

/// Rows that are read of one call: it may be endless.
const MOST: usize = 60;
/// Rows of a column of nulls.
const NULLS: usize = 8;

pub(crate) const CHECKS: &[Check<Subject>] = &[
    Check {
        name: "table.bind",
        rule: "A table function binds to the types that it declares, and returns the columns that it describes.",
        run: |subject| subject.bound.as_ref().map(drop).map_err(Problem::clone),
    },
    Check {
        name: "table.refuses",
        rule: "A name that is not there, an argument too many, or one of another type is refused when it is bound.",
        run: |subject| {
            refuses(&subject.function, |name, arguments| {
                subject.plugin.bind_table(name, arguments, &Interrupt::default()).map(drop)
            })
        },
    },
    Check {
        name: "table.answers",
        rule: "Every value gives rows or is refused in words. None ends the guest, or makes it break the contract, and \
               no rows of arguments give no rows.",
        run: answers,
    },
    Check { name: "table.pages", rule: "The rows are the same, however many are asked for at a time.", run: pages },
    Check {
        name: "table.batches",
        rule: "The rows of several rows of arguments are those of each alone, in order, and tell where they come from.",
        run: batches,
    },
    Check {
        name: "table.again",
        rule: "A call begins anew, also when the last one was not read to its end.",
        run: again,
    },
];

/// A table function, with the rows that single rows of arguments give.
pub(crate) struct Subject {
    plugin: Loaded,
    function: Function,
    bound: Result<Vec<Case>, Problem>,
}

struct Case {
    bound: Bound<TableFunction>,
    /// Rows of arguments that it takes, and what each gives, at most [`MOST`] rows.
    rows: Vec<ArrayRef>,
    given: Vec<Vec<ArrayRef>>,
    crash: Option<String>,
}

impl Subject {
    pub(crate) fn new(plugin: &Loaded, function: &Function) -> Self {
        let interrupt = Interrupt::default();
        let bound = bind(function, |arguments| plugin.bind_table(&function.name, arguments, &interrupt));
        let bound = bound.and_then(|bound| {
            for one in &bound {
                returns_declared(function, &one.types(), one.function.returns().fields())?;
            }
            Ok(bound.into_iter().map(Case::new).collect())
        });
        Self { plugin: Loaded::clone(plugin), function: function.clone(), bound }
    }

    fn each(&self, check: impl Fn(&Case) -> Verdict) -> Verdict {
        let bound = self.bound.as_ref().map_err(|_| Problem::Absent("it could not be bound".into()))?;
        let mut cases = bound.iter().filter(|case| !case.given.is_empty()).peekable();
        if cases.peek().is_none() {
            return Err(Problem::Absent("it took none of the values that were tried".into()));
        }
        cases.try_for_each(check)
    }
}

impl Case {
    fn new(bound: Bound<TableFunction>) -> Self {
        let (mut rows, mut given, mut crash) = (Vec::new(), Vec::new(), None);
        for row in 0..bound.count() {
            match tried(read(&bound.function, &slice(&bound.rows, row, 1), 1, MOST, MOST)) {
                Ok(Some((columns, _))) => {
                    rows.push(row);
                    given.push(columns);
                }
                Ok(None) => {}
                Err(error) => {
                    crash = Some(format!("{}: {error}", shown(&bound.rows, row)));
                    break;
                }
            }
        }
        let rows = values::rows(&bound.rows, rows);
        Self { bound, rows, given, crash }
    }

    fn argument(&self, row: usize) -> Vec<ArrayRef> {
        slice(&self.rows, row, 1)
    }
}

/// The first `most` rows of a call, asked for `page` rows at a time, each with where it comes from.
fn read(
    function: &TableFunction,
    columns: &[ArrayRef],
    rows: usize,
    page: usize,
    most: usize,
) -> polder_sandbox::Result<(Vec<ArrayRef>, Vec<u32>)> {
    let mut open = function.open(columns, rows)?;
    let (mut pages, mut sources) = (vec![Vec::new(); function.returns().fields().len()], Vec::new());
    while sources.len() < most
        && let Some((batch, source)) = open.next(page)?
    {
        std::iter::zip(&mut pages, batch.columns()).for_each(|(pages, column)| pages.push(ArrayRef::clone(column)));
        sources.extend(source);
    }
    sources.truncate(most);
    let column = |(pages, field): (Vec<ArrayRef>, &arrow::datatypes::FieldRef)| {
        let whole = joined(&pages).unwrap_or_else(|| values::nulls(field.data_type(), 0));
        whole.slice(0, sources.len())
    };
    let columns = std::iter::zip(pages, function.returns().fields()).map(column).collect();
    Ok((columns, sources))
}

fn answers(subject: &Subject) -> Verdict {
    let bound = subject.bound.as_ref().map_err(|_| Problem::Absent("it could not be bound".into()))?;
    for Case { bound, crash, .. } in bound {
        holds(crash.is_none(), || crash.clone().unwrap_or_default())?;
        let types = || bound.rows.iter().map(|column| column.data_type());
        let call = |what: &str, columns: &[ArrayRef], rows| {
            let said = tried(read(&bound.function, columns, rows, MOST, MOST));
            said.map_err(|error| Problem::Broken(format!("{what}: {error}")))
        };
        let nulls: Vec<_> = types().map(|data_type| values::nulls(data_type, NULLS)).collect();
        call("nothing but nulls", &nulls, NULLS)?;
        let none = call("no rows of arguments", &slice(&nulls, 0, 0), 0)?;
        let given = none.map_or(0, |(_, sources)| sources.len());
        holds(given == 0, || format!("no rows of arguments give {given} rows"))?;
        if let Some(large) = values::large(&bound.rows, 1) {
            call("text of a mebibyte", &large, 1)?;
        }
    }
    Ok(())
}

fn pages(subject: &Subject) -> Verdict {
    subject.each(|case| {
        for (row, expected) in case.given.iter().enumerate() {
            for page in [1, 7] {
                let read = read(&case.bound.function, &case.argument(row), 1, page, MOST);
                let what = format!("{} by {page} rows at a time", shown(&case.rows, row));
                same_rows(&what, expected, &taken(&what, read)?.0)?;
            }
        }
        Ok(())
    })
}

fn batches(subject: &Subject) -> Verdict {
    subject.each(|case| {
        // Endless ones would never let the next row come.
        let finite = |row: &usize| case.given[*row].first().is_none_or(|column| column.len() < MOST);
        let chosen: Vec<_> = (0..case.given.len()).filter(finite).collect();
        let sources: Vec<u32> = std::iter::zip(0.., &chosen)
            .flat_map(|(source, row)| {
                std::iter::repeat_n(source, case.given[*row].first().map_or(0, |column| column.len()))
            })
            .collect();
        let arguments = values::rows(&case.rows, chosen.iter().copied());
        let all = read(&case.bound.function, &arguments, chosen.len(), 64, usize::MAX);
        let (columns, told) = taken("several rows of arguments", all)?;
        holds(told == sources, || {
            format!("rows come from the rows {told:?} of the arguments, instead of {sources:?}")
        })?;
        for (at, column) in columns.iter().enumerate() {
            let alone: Vec<_> = chosen.iter().map(|row| ArrayRef::clone(&case.given[*row][at])).collect();
            if let Some(alone) = joined(&alone) {
                same_rows("several rows of arguments", &[alone], std::slice::from_ref(column))?;
            }
        }
        Ok(())
    })
}

fn again(subject: &Subject) -> Verdict {
    subject.each(|case| {
        for (row, expected) in case.given.iter().enumerate() {
            let begun = read(&case.bound.function, &case.argument(row), 1, 1, 1);
            taken("the first row", begun)?;
            let what = format!("{} after a call that was not read to its end", shown(&case.rows, row));
            let read = read(&case.bound.function, &case.argument(row), 1, MOST, MOST);
            same_rows(&what, expected, &taken(&what, read)?.0)?;
        }
        Ok(())
    })
}
