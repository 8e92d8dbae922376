//! Tables of statements with what each must give, run in one process: `check(&home, "owner", [is("SELECT 1 AS a", json!([{"a": 1}]))])`.

use std::collections::HashMap;
use std::process::Stdio;

use serde_json::Value;

use crate::support::Home;

/// A statement and what it must give.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) sql: String,
    expected: Expected,
}

#[derive(Clone, Debug)]
enum Expected {
    Done,
    Rows(Value),
    Error(Vec<String>),
}

/// What a statement gave: its rows, or its error.
pub(crate) type Outcome = Result<Vec<Value>, String>;

/// It succeeds, whatever rows it gives.
pub(crate) fn ok(sql: impl Into<String>) -> Case {
    Case { sql: sql.into(), expected: Expected::Done }
}

/// It gives these rows, in this order.
pub(crate) fn is(sql: impl Into<String>, rows: Value) -> Case {
    Case { sql: sql.into(), expected: Expected::Rows(rows) }
}

/// It fails, and the error holds this text.
pub(crate) fn fails(sql: impl Into<String>, part: impl Into<String>) -> Case {
    Case { sql: sql.into(), expected: Expected::Error(vec![part.into()]) }
}

/// Run the cases in order, each whatever became of those before, and compare.
#[track_caller]
pub(crate) fn check(home: &Home, principal: &str, cases: impl AsRef<[Case]>) {
    let cases = cases.as_ref();
    let statements: Vec<&str> = cases.iter().map(|case| case.sql.as_str()).collect();
    let mut wrong = Vec::new();
    for (case, outcome) in cases.iter().zip(outcomes(home, principal, &statements)) {
        let right = match (&case.expected, &outcome) {
            (Expected::Done, Ok(_)) => true,
            (Expected::Rows(expected), Ok(rows)) => expected.as_array() == Some(rows),
            (Expected::Error(parts), Err(error)) => parts.iter().all(|part| error.contains(part)),
            _ => false,
        };
        if !right {
            wrong.push(format!("{}\n  expected {:?}\n  got      {outcome:?}", case.sql, case.expected));
        }
    }
    assert!(wrong.is_empty(), "as {principal}:\n{}", wrong.join("\n"));
}

/// Run statements in one process, each whatever became of those before.
#[track_caller]
pub(crate) fn outcomes(home: &Home, principal: &str, statements: &[&str]) -> Vec<Outcome> {
    // A row after each statement says where its rows end.
    let script: String =
        statements.iter().enumerate().map(|(at, sql)| format!("{sql};\nSELECT {at} AS \"#\";\n")).collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("script.sql");
    std::fs::write(&file, &script).expect("the script is written");
    let stdin = std::fs::File::open(&file).expect("the script is there");
    let mut command = home.command(&["sql", "--format", "json", "--continue", "--as", principal]);
    let output = command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).output().expect("polder runs");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));

    let mut errors = errors(&err);
    let mut found: Vec<Outcome> = Vec::new();
    let mut rows = Vec::new();
    for line in out.lines() {
        let row: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        match row.get("#").and_then(Value::as_u64) {
            None => rows.push(row),
            Some(at) => {
                assert_eq!(at as usize, found.len(), "{out}\n{err}");
                // Statements are counted from 1, and every second is the row above.
                let rows = std::mem::take(&mut rows);
                found.push(errors.remove(&(2 * found.len() + 1)).map_or(Ok(rows), Err));
            }
        }
    }
    assert_eq!(found.len(), statements.len(), "not all statements ran as {principal}:\n{script}\n{out}\n{err}");
    let all_well = found.iter().all(Result::is_ok);
    assert_eq!(output.status.code(), Some(i32::from(!all_well)), "{err}");
    found
}

/// Errors by the number of their statement.
fn errors(err: &str) -> HashMap<usize, String> {
    let mut errors: HashMap<usize, String> = HashMap::new();
    let mut current = None;
    for line in err.lines() {
        if let Some(rest) = line.strip_prefix("error: statement ") {
            let (number, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            let number = number.parse().expect("the number of a statement");
            let message = rest.split_once(": ").map_or(rest, |(_, message)| message);
            errors.insert(number, message.to_owned());
            current = Some(number);
        } else if let Some(error) = current.and_then(|number| errors.get_mut(&number)) {
            error.push('\n');
            error.push_str(line);
        }
    }
    errors
}
