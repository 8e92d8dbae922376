//! Checks of transforms, over the kit's table.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use polder_sandbox::{Argument, Error, Function, Interrupt, Parameter, Terms, Transform, Volatility};

use crate::bound::{Loaded, returns_declared, taken};
use crate::checks::Check;
use crate::report::{Problem, Verdict};
use crate::same::same_rows;
use crate::values;

/// Rows that are pulled at a time where it does not matter.
const PAGE: usize = 8192;
/// Rows after which a transform of a few rows is taken to be endless.
const MOST: usize = 10_000;

pub(crate) const CHECKS: &[Check<Subject>] = &[
    Check {
        name: "transform.bind",
        rule: "A transform binds to a table, and gives the columns that it describes.",
        run: |subject| subject.bound.as_ref().map(drop).map_err(Problem::clone),
    },
    Check {
        name: "transform.refuses",
        rule: "A name that is not there, and an option that is not there, are refused when it is bound.",
        run: refuses,
    },
    Check {
        name: "transform.batches",
        rule: "The rows do not depend on how the input is cut into batches, empty ones among them.",
        run: batches,
    },
    Check {
        name: "transform.pages",
        rule: "The rows are the same, however many are pulled at a time, and come to an end.",
        run: pages,
    },
    Check {
        name: "transform.empty",
        rule: "An input without batches, and one whose batches have no rows, come to an end, too, and to the same one.",
        run: empty,
    },
];

/// A transform bound to the kit's table.
pub(crate) struct Subject {
    plugin: Loaded,
    function: Function,
    bound: Result<Case, Problem>,
}

struct Case {
    transform: Arc<Transform>,
    input: RecordBatch,
    whole: RecordBatch,
}

impl Subject {
    pub(crate) fn new(plugin: &Loaded, function: &Function) -> Self {
        Self { plugin: Loaded::clone(plugin), function: function.clone(), bound: Case::new(plugin, function) }
    }

    fn case(&self) -> Result<&Case, Problem> {
        let case = self.bound.as_ref().map_err(|_| Problem::Absent("it could not be bound".into()))?;
        match self.function.volatility {
            Volatility::Volatile => Err(Problem::Absent("it is volatile".into())),
            _ => Ok(case),
        }
    }
}

/// The kit's table as one batch.
pub(crate) fn input() -> RecordBatch {
    let (fields, columns): (Vec<_>, Vec<_>) = values::table().into_iter().unzip();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).expect("the kit's table is one")
}

impl Case {
    fn new(plugin: &Loaded, function: &Function) -> Result<Self, Problem> {
        let input = input();
        let schema = input.schema();
        let mut refused = String::new();
        for options in options(&function.parameters, &schema) {
            let transform = match plugin.bind_transform(&function.name, &schema, &options, &Interrupt::default()) {
                Ok(transform) => Arc::new(transform),
                Err(Error::Guest { message, .. }) => {
                    refused = message;
                    continue;
                }
                Err(crashed) => return Err(crashed.into()),
            };
            let names = options.iter().map(|option| option.field.name().as_str()).collect::<Vec<_>>().join(", ");
            returns_declared(function, &format!("the kit's table ({names})"), transform.returns().fields())?;
            match run(&transform, std::slice::from_ref(&input), PAGE) {
                Ok(whole) => return Ok(Self { transform, input, whole }),
                Err(Error::Guest { message, .. }) => refused = message,
                Err(crashed) => return Err(crashed.into()),
            }
        }
        Err(Problem::Absent(format!("it took no options that were tried: {refused}")))
    }
}

/// Values for the options that have to be given: columns of the table for texts, small numbers, truth.
fn options(parameters: &[Parameter], schema: &SchemaRef) -> Vec<Vec<Argument>> {
    let required = |text: &str, number: i64| {
        let options = parameters.iter().filter(|parameter| !parameter.optional).map(|parameter| {
            let wanted = parameter.field.as_ref().map_or(&DataType::Utf8, |field| field.data_type());
            let constant: ArrayRef = match wanted {
                DataType::Boolean => Arc::new(BooleanArray::from(vec![true])),
                DataType::Float64 => Arc::new(Float64Array::from(vec![number as f64])),
                DataType::Int64 => Arc::new(Int64Array::from(vec![number])),
                DataType::Utf8 => Arc::new(StringArray::from(vec![text])),
                other => values::column(other, 1, 1),
            };
            let field = Arc::new(Field::new(&parameter.name, constant.data_type().clone(), true));
            Argument { field, constant: Some(constant) }
        });
        options.collect::<Vec<_>>()
    };
    schema.fields().iter().flat_map(|column| [2, 1].map(|number| required(column.name(), number))).collect()
}

/// All rows that come of batches, pulled `page` at a time.
fn run(transform: &Arc<Transform>, batches: &[RecordBatch], page: usize) -> polder_sandbox::Result<RecordBatch> {
    let mut run = transform.run()?;
    let mut given = Vec::new();
    let mut rows = 0;
    for step in batches.iter().map(Some).chain([None]) {
        match step {
            Some(batch) => run.push(batch)?,
            None => run.finish()?,
        }
        while let Some(batch) = run.pull(page)? {
            rows += batch.num_rows();
            given.push(batch);
            if rows > MOST {
                let (what, detail) = ("the transform".into(), format!("more than {MOST} rows come of a few"));
                return Err(Error::Contract { what, detail });
            }
        }
    }
    Ok(concat_batches(transform.returns(), &given)?)
}

fn compare(what: &str, case: &Case, batches: &[RecordBatch], page: usize) -> Verdict {
    let got = taken(what, run(&case.transform, batches, page))?;
    same_rows(what, case.whole.columns(), got.columns())
}

fn refuses(subject: &Subject) -> Verdict {
    let schema = input().schema();
    let refused = |what: &str, name: &str, options: &[Argument]| match subject.plugin.bind_transform(
        name,
        &schema,
        options,
        Terms::default(),
    ) {
        Err(Error::Guest { .. }) => Ok(()),
        Err(crashed) => Err(Problem::Broken(format!("{what}: {crashed}"))),
        Ok(_) => Err(Problem::Broken(format!("{what} is bound"))),
    };
    refused("a name that is not there", "no_such_function", &[])?;
    let mut more = options(&subject.function.parameters, &schema).swap_remove(0);
    let unknown = Arc::new(Field::new("no_such_option", DataType::Int64, true));
    more.push(Argument { field: unknown, constant: Some(Arc::new(Int64Array::from(vec![1]))) });
    refused("an option that is not there", &subject.function.name, &more)
}

fn batches(subject: &Subject) -> Verdict {
    let case = subject.case()?;
    let rows = case.input.num_rows();
    for step in [1, 5] {
        let cut = (0..rows).step_by(step).map(|from| case.input.slice(from, step.min(rows - from)));
        compare(&format!("batches of {step} rows"), case, &cut.collect::<Vec<_>>(), PAGE)?;
    }
    let with_gaps =
        [case.input.slice(0, 0), case.input.slice(0, 9), case.input.slice(0, 0), case.input.slice(9, rows - 9)];
    compare("empty batches in between", case, &with_gaps, PAGE)
}

fn pages(subject: &Subject) -> Verdict {
    let case = subject.case()?;
    [1, 7].iter().try_for_each(|page| {
        compare(&format!("pulled {page} rows at a time"), case, std::slice::from_ref(&case.input), *page)
    })
}

fn empty(subject: &Subject) -> Verdict {
    let case = subject.case()?;
    let nothing = taken("no batches", run(&case.transform, &[], PAGE))?;
    let empty = taken("a batch without rows", run(&case.transform, &[case.input.slice(0, 0)], PAGE))?;
    same_rows("a batch without rows", nothing.columns(), empty.columns())
}
