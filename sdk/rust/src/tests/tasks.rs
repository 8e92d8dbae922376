//! Tasks, from JSON to JSON.

use crate::function::{Function, Implementation};
use crate::prelude::*;
use crate::{Json, json};
use serde::Serialize;

#[derive(Serialize)]
struct Loaded {
    day: String,
    rows: i64,
    rate: Option<f64>,
}

/// Loads a day.
#[task]
fn load_day(
    /// Which one.
    day: String,
    limit: Option<i64>,
    rate: Option<f64>,
) -> Result<Loaded> {
    Ok(Loaded { day, rows: limit.unwrap_or(100), rate })
}

#[task]
fn shapes(text: &str, maybe: Option<&str>, list: Vec<u8>, any: Json) -> Json {
    json!({ "all": format!("{text} {maybe:?} {list:?} {any}") })
}

#[task]
fn quiet() {}

#[task]
fn refused(number: i32) -> Result<(), String> {
    Err(format!("no {number}"))
}

#[task(name = "no_object")]
fn gives_a_number() -> i64 {
    1
}

fn run(name: &str, parameters: &[(&str, &str)]) -> Result<Vec<(String, String)>, String> {
    let Implementation::Task(run) = Function::named(name).unwrap().implementation else { panic!("no task") };
    let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    run(parameters).map_err(|error| error.message().to_owned())
}

#[test]
fn parameters_and_outputs_go_by_name() {
    let outputs = |outputs: &[(&str, &str)]| {
        Ok(outputs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    };
    let loaded = run("load_day", &[("rate", "0.5"), ("day", r#""2024-02-29""#)]);
    assert_eq!(loaded, outputs(&[("day", r#""2024-02-29""#), ("rate", "0.5"), ("rows", "100")]));
    let loaded = run("load_day", &[("day", r#""x""#), ("limit", "null"), ("rate", "null")]);
    assert_eq!(loaded, outputs(&[("day", r#""x""#), ("rate", "null"), ("rows", "100")]));
    let shapes = run("shapes", &[("text", r#""a""#), ("maybe", r#""b""#), ("list", "[1, 2]"), ("any", "{}")]);
    assert_eq!(shapes, outputs(&[("all", r#""a Some(\"b\") [1, 2] {}""#)]));
    assert_eq!(run("quiet", &[]), outputs(&[]));
}

#[test]
fn an_error_names_the_parameter() {
    for (name, parameters, message) in [
        ("load_day", &[][..], "parameter `day` is missing"),
        ("load_day", &[("day", "null")], "parameter `day`: invalid type: null, expected a string"),
        ("load_day", &[("day", r#""x""#), ("dya", "1")], "there is no parameter `dya`; there are: day, limit, rate"),
        (
            "load_day",
            &[("day", r#""x""#), ("limit", r#""many""#)],
            r#"parameter `limit`: invalid type: string "many", expected i64"#,
        ),
        ("load_day", &[("day", "x")], "parameter `day`: expected value at line 1 column 1"),
        ("quiet", &[("x", "1")], "there is no parameter `x`; the task takes none"),
        (
            "refused",
            &[("number", "3000000000")],
            "parameter `number`: invalid value: integer `3000000000`, expected i32",
        ),
        ("refused", &[("number", "7")], "no 7"),
        ("no_object", &[], "a task returns nothing or a JSON object, whose fields are its outputs"),
    ] {
        assert_eq!(run(name, parameters), Err(message.to_owned()));
    }
}

#[test]
fn tasks_describe_themselves() {
    let task = Function::named("load_day").unwrap();
    assert_eq!((task.doc, task.parameters[0].doc), ("Loads a day.", "Which one."));
    let parameters = |name: &str| {
        let parameters = Function::named(name).unwrap().parameters.iter();
        parameters
            .map(|parameter| {
                let format = (parameter.data_type)().map(|data_type| data_type.format());
                (parameter.name, format.unwrap_or_default(), parameter.optional)
            })
            .collect::<Vec<_>>()
    };
    let expected = [("day", "u".to_owned(), false), ("limit", "l".to_owned(), true), ("rate", "g".to_owned(), true)];
    assert_eq!(parameters("load_day"), expected);
    let formats: Vec<_> = parameters("shapes").into_iter().map(|(_, format, _)| format).collect();
    assert_eq!(formats, ["u", "u", "", ""]);
}
