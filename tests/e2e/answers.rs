//! What `examples/nycflights.sql` answers is what another engine answers on the same Parquet files (`answers.py`).

use std::collections::BTreeMap;

use polder_query::statements;
use serde_json::Value;

use crate::cases::outcomes;
use crate::python;
use crate::support::{Home, plugin, root};

/// A remark of the example and the statements below it.
struct Part {
    remark: String,
    principal: String,
    statements: Vec<String>,
}

fn parts(script: &str) -> Vec<Part> {
    let mut principal = "owner".to_owned();
    let mut parts = Vec::new();
    for text in script.split("\n-- > ").skip(1) {
        let (remark, sql) = text.split_once('\n').unwrap_or((text, ""));
        if let Some(name) = remark.strip_prefix("as ") {
            name.clone_into(&mut principal);
        }
        let statements = statements(sql).expect("the example is SQL").statements;
        if !statements.is_empty() {
            parts.push(Part { remark: remark.to_owned(), principal: principal.clone(), statements });
        }
    }
    parts
}

/// Run the example as `polder sql` would, and give the rows of each part's last statement.
fn ours(home: &Home) -> BTreeMap<String, Result<Vec<Value>, String>> {
    let script = std::fs::read_to_string(root().join("examples/nycflights.sql")).unwrap();
    let mut parts = parts(&script);
    for part in &mut parts {
        // A table that is made is read, so that it can be compared.
        if part.remark.starts_with("A derived table") {
            part.statements.push("SELECT * FROM routes ORDER BY origin, dest".to_owned());
        }
    }
    let mut answers = BTreeMap::new();
    for group in parts.chunk_by(|one, next| one.principal == next.principal) {
        let statements: Vec<&str> = group.iter().flat_map(|part| &part.statements).map(String::as_str).collect();
        let mut given = outcomes(home, &group[0].principal, &statements).into_iter();
        for part in group {
            let last = given.by_ref().take(part.statements.len()).last().expect("every part has statements");
            answers.insert(part.remark.clone(), last);
        }
    }
    answers
}

/// Equal; or within the range that an array of two numbers gives.
fn agrees(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().all(|(name, value)| theirs.get(name).is_some_and(|other| agrees(value, other)))
        }
        (Value::Number(number), Value::Array(range)) => {
            let [Some(least), Some(greatest)] = [range[0].as_f64(), range[1].as_f64()] else { return false };
            number.as_f64().is_some_and(|number| (least..=greatest).contains(&number))
        }
        (Value::Null, Value::Array(range)) => range.iter().all(Value::is_null),
        (Value::Number(one), Value::Number(other)) => {
            let (Some(one), Some(other)) = (one.as_f64(), other.as_f64()) else { return false };
            (one - other).abs() <= 1e-9 * one.abs().max(other.abs())
        }
        _ => ours == theirs,
    }
}

#[test]
fn another_engine_answers_the_same() {
    let Some(mut python) = python::command() else { return };
    let folder = root().join("examples/data/nycflights13");
    let output = python.arg(root().join("tests/e2e/answers.py")).arg(folder).output().expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs: BTreeMap<String, Vec<Value>> = serde_json::from_slice(&output.stdout).expect("one JSON object");

    let home = Home::new();
    for name in ["geo", "text", "stats", "pii"] {
        plugin(name);
    }
    let ours = ours(&home);
    let mut compared = 0;
    for (remark, ours) in ours {
        let Some((_, theirs)) = theirs.iter().find(|(beginning, _)| remark.starts_with(beginning.as_str())) else {
            // Only what changes, asks the catalog, or is refused, needs no second opinion.
            let asks = ours.as_ref().is_ok_and(|rows| !rows.is_empty());
            assert!(
                !asks || remark.contains("lineage") || remark.contains("audit log"),
                "no other answer to: {remark}"
            );
            continue;
        };
        let ours = ours.unwrap_or_else(|error| panic!("{remark}: {error}"));
        assert_eq!(ours.len(), theirs.len(), "{remark}\n{ours:?}\n{theirs:?}");
        for (ours, theirs) in ours.iter().zip(theirs) {
            assert!(agrees(ours, theirs), "{remark}\n  ours   {ours}\n  theirs {theirs}");
        }
        compared += 1;
    }
    assert_eq!(compared, theirs.len(), "every answer of theirs belongs to a question");
}
