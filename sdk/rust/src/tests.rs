//! The SDK from the author's side: functions with the real macros, called through the registry as the border calls them.

mod aggregates;
mod batches;
mod columns;
mod scalars;
mod scorers;
mod tables;
mod tasks;
mod transforms;
mod values;
mod wants;

use crate::function::{Argument, Bound, Call, Function, Implementation};
use crate::value::{Read, Value, Write, Writer};
use crate::{Column, Error, Field};

/// A column of values.
fn column<T: Write>(values: impl IntoIterator<Item = T>) -> Column {
    let mut writer = T::Writer::new(&T::data_type(), 0);
    values.into_iter().for_each(|value| value.write(&mut writer));
    writer.finish()
}

/// The values of a column, none for null.
fn values<'c, T: Read<'c>>(column: &'c Column) -> Vec<Option<T>> {
    (0..column.len()).map(|row| Value::of(column, row).get().unwrap()).collect()
}

fn varying(column: &Column) -> Argument {
    Argument { field: Field::new("", column.data_type().clone()), constant: None }
}

/// An argument that is the first value of a column.
fn constant(column: &Column) -> Argument {
    Argument { constant: Some(column.clone()), ..varying(column) }
}

fn bind(name: &str, arguments: impl IntoIterator<Item = Argument>) -> Result<Bound, Error> {
    Function::bind(name, arguments.into_iter().collect())
}

fn call(bound: &Bound, columns: &[Column]) -> Call {
    bound.call(columns.first().map_or(1, Column::len), columns.iter().cloned()).unwrap()
}

/// Calls a scalar function of varying arguments.
fn scalar(name: &str, columns: &[Column]) -> Result<Column, Error> {
    run(&bind(name, columns.iter().map(varying))?, columns)
}

fn run(bound: &Bound, columns: &[Column]) -> Result<Column, Error> {
    let Implementation::Scalar(function) = bound.function.implementation else { panic!("not a scalar function") };
    function(&call(bound, columns))
}

#[test]
fn a_call_is_checked_against_the_parameters() {
    let (text, number) = (column(["x"]), column([1i64]));
    for (name, arguments, message) in [
        ("nowhere", vec![], "there is no function `nowhere`"),
        ("shout", vec![], "`shout` takes 1 arguments, not 0"),
        ("shout", vec![varying(&number)], "argument 1 (`text`) of `shout` has Arrow format `u`, not `l`"),
        ("first_of", vec![], "first_of needs an argument"),
        ("longest_of", vec![], "`longest_of` takes at least 1 arguments, not 0"),
        ("first_of", vec![varying(&text), varying(&number)], "all arguments have to be of one type"),
    ] {
        let error = bind(name, arguments).err().map(|error| error.message().to_owned());
        assert_eq!(error.as_deref(), Some(message));
    }
}

#[test]
fn functions_describe_themselves() {
    let functions = Function::all();
    assert!(functions.is_sorted_by_key(|function| function.name));
    let distance = functions.iter().find(|function| function.name == "distance").unwrap();
    assert_eq!(distance.doc, "Distance in a plane.");
    assert_eq!(distance.examples, [("{schema}.distance(3.0, 4.0)", "5.0")]);
    assert_eq!(distance.parameters[0].doc, "To the right.");
    assert_eq!(distance.parameters[0].name, "x");
    assert_eq!((distance.parameters[0].data_type)(), Some(crate::DataType::Float64));
    assert_eq!(distance.package.name, env!("CARGO_PKG_NAME"));
    let first_of = functions.iter().find(|function| function.name == "first_of").unwrap();
    assert_eq!((first_of.parameters[0].data_type)(), None);
}
