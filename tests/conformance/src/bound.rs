//! Functions bound to every kind of argument that they take.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::{DataType, Field, FieldRef};
use polder_sandbox::{Argument, Error, Function, Plugin, Result};

use crate::report::{Problem, Verdict, holds};
use crate::values;

/// Rows that are tried one by one.
const ROWS: usize = 36;
/// Constants that are tried in one place.
const CONSTANTS: usize = 12;

/// A function bound to arguments, and rows of values for those that are columns.
pub(crate) struct Bound<T> {
    pub(crate) function: T,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) rows: Vec<ArrayRef>,
}

impl<T> Bound<T> {
    /// How many rows there are to try: a function without columns has the same row again and again.
    pub(crate) fn count(&self) -> usize {
        self.rows.first().map_or(ROWS, |column| column.len())
    }

    /// The argument types, for whoever reads what went wrong.
    pub(crate) fn types(&self) -> String {
        let types = self.arguments.iter().map(|argument| {
            let constant = if argument.constant.is_some() { "constant " } else { "" };
            format!("{constant}{}", argument.field.data_type())
        });
        format!("({})", types.collect::<Vec<_>>().join(", "))
    }
}

/// Binds `function` to the types that it declares, or where it takes any type to some. What is refused as columns may do
/// with constants.
///
/// # Errors
/// [`Problem::Broken`] if it refuses what it declares; [`Problem::Absent`] if it takes any type, and none of ours.
pub(crate) fn bind<T>(function: &Function, bind: impl Fn(&[Argument]) -> Result<T>) -> Result<Vec<Bound<T>>, Problem> {
    let declared = function.parameters.iter().all(|parameter| parameter.field.is_some());
    let (mut bound, mut refused) = (Vec::new(), String::new());
    for types in signatures(function) {
        match bind_one(&types, &bind)? {
            Ok(found) => bound.push(found),
            Err(why) if declared => return Err(Problem::Broken(format!("it refuses what it declares: {why}"))),
            Err(why) => refused = why,
        }
    }
    if bound.is_empty() {
        return Err(Problem::Absent(format!("it took no types that were tried: {refused}")));
    }
    Ok(bound)
}

fn bind_one<T>(
    types: &[DataType],
    bind: &impl Fn(&[Argument]) -> Result<T>,
) -> Result<std::result::Result<Bound<T>, String>, Problem> {
    let mut refused = String::new();
    for constants in constant_places(types.len()) {
        let tries = if constants.is_empty() { 1 } else { CONSTANTS };
        for turn in 0..tries {
            let arguments = arguments(types, &constants, turn);
            match bind(&arguments) {
                Ok(function) => {
                    let columns = types.iter().enumerate().filter(|(place, _)| !constants.contains(place));
                    let rows = columns.map(|(place, data_type)| values::column(data_type, ROWS, place)).collect();
                    return Ok(Ok(Bound { function, arguments, rows }));
                }
                Err(Error::Guest { message, .. }) if refused.is_empty() => refused = message,
                Err(Error::Guest { .. }) => {}
                Err(crashed) => return Err(crashed.into()),
            }
        }
    }
    Ok(Err(refused))
}

/// Types to bind a function to.
fn signatures(function: &Function) -> Vec<Vec<DataType>> {
    let item = Arc::new(Field::new("item", DataType::Int64, true));
    let any = [DataType::Int64, DataType::Utf8, DataType::Float64, DataType::Boolean, DataType::List(item)];
    let parameters = &function.parameters;
    let mut lengths = vec![parameters.len()];
    if function.variadic {
        lengths.extend([parameters.len() - 1, parameters.len() + 2]);
    }
    let mut signatures = Vec::new();
    for free in &any {
        for length in &lengths {
            let places = (0..*length).filter_map(|place| parameters.get(place).or(parameters.last()));
            let types: Vec<_> =
                places.map(|one| one.field.as_ref().map_or(free.clone(), |field| field.data_type().clone())).collect();
            if !signatures.contains(&types) {
                signatures.push(types);
            }
        }
    }
    signatures
}

/// Which arguments are constants: none, then one, then all but the first.
fn constant_places(arguments: usize) -> Vec<Vec<usize>> {
    let mut places = vec![vec![]];
    places.extend((0..arguments).rev().map(|place| vec![place]));
    if arguments > 2 {
        places.push((1..arguments).collect());
    }
    places
}

fn arguments(types: &[DataType], constants: &[usize], turn: usize) -> Vec<Argument> {
    let argument = |(place, data_type): (usize, &DataType)| Argument {
        field: field(place, data_type),
        constant: constants.contains(&place).then(|| values::column(data_type, CONSTANTS, 0).slice(turn, 1)),
    };
    types.iter().enumerate().map(argument).collect()
}

fn field(place: usize, data_type: &DataType) -> FieldRef {
    Arc::new(Field::new(format!("argument_{place}"), data_type.clone(), true))
}

/// The result is of the type that the description tells, if it tells any.
pub(crate) fn returns_declared(function: &Function, types: &str, returns: &[FieldRef]) -> Verdict {
    let Some(declared) = &function.returns else { return Ok(()) };
    let kinds = |fields: &[FieldRef]| fields.iter().map(|field| field.data_type().clone()).collect::<Vec<_>>();
    let (wanted, got) = (kinds(declared.fields()), kinds(returns));
    holds(wanted == got, || format!("bound to {types} it returns {got:?}, but describes {wanted:?}"))
}

/// What cannot be right is refused when it is bound: a name that is not there, an argument too many, one of another type.
pub(crate) fn refuses(function: &Function, bind: impl Fn(&str, &[Argument]) -> Result<()>) -> Verdict {
    let refused = |what: &str, bound: Result<()>| match bound {
        Err(Error::Guest { .. }) => Ok(()),
        Err(crashed) => Err(Problem::Broken(format!("{what}: {crashed}"))),
        Ok(()) => Err(Problem::Broken(format!("{what} is bound"))),
    };
    let types = signatures(function).swap_remove(0);
    let right = arguments(&types, &[], 0);
    refused("a name that is not there", bind("no_such_function", &right))?;
    if !function.variadic {
        let more = arguments(&[&types[..], &[DataType::Int64]].concat(), &[], 0);
        refused("an argument too many", bind(&function.name, &more))?;
    }
    let Some(place) = function.parameters.iter().position(|parameter| parameter.field.is_some()) else { return Ok(()) };
    let mut other = types.clone();
    other[place] = match &types[place] {
        DataType::Date32 => DataType::Boolean,
        _ => DataType::Date32,
    };
    refused("an argument of another type", bind(&function.name, &arguments(&other, &[], 0)))
}

/// What a call gave: an answer, the function's own refusal, or a crash.
pub(crate) fn tried<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(answer) => Ok(Some(answer)),
        Err(Error::Guest { .. }) => Ok(None),
        Err(crashed) => Err(crashed),
    }
}

/// What a call gave of values that were taken before: to refuse them now breaks the rule.
pub(crate) fn taken<T>(what: &str, result: Result<T>) -> Result<T, Problem> {
    result.map_err(|error| Problem::Broken(format!("{what}: {error}")))
}

/// The arguments with the values of a row as constants.
pub(crate) fn as_constants(arguments: &[Argument], rows: &[ArrayRef], row: usize) -> Vec<Argument> {
    let mut columns = rows.iter();
    let constant = |argument: &Argument| match &argument.constant {
        Some(constant) => Argument { field: Arc::clone(&argument.field), constant: Some(Arc::clone(constant)) },
        None => {
            Argument { field: Arc::clone(&argument.field), constant: columns.next().map(|column| column.slice(row, 1)) }
        }
    };
    arguments.iter().map(constant).collect()
}

/// A plugin that functions can be bound in.
pub(crate) type Loaded = Arc<Plugin>;
