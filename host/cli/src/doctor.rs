//! `polder doctor`: looks at a home and at this machine, and says what to do about what is wrong.
//!
//! A check only looks: nothing is repaired here, and a home that is not there is not made.

mod home;
mod machine;

use std::io::{self, Write as _};

use polder_query::Home;
use serde::Serialize;

use crate::args::Report;
use crate::terminal::plain;
use crate::{Error, Result};

/// How it is with one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    /// Nothing is broken, but somebody should know.
    Warning,
    /// Something does not work.
    Wrong,
}

/// What was found of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Finding {
    state: State,
    what: String,
    finding: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

impl Finding {
    fn ok(what: impl Into<String>, finding: impl ToString) -> Self {
        Self { state: State::Ok, what: what.into(), finding: finding.to_string(), remedy: None }
    }

    fn warning(what: impl Into<String>, finding: impl ToString, remedy: impl Into<String>) -> Self {
        Self { state: State::Warning, remedy: Some(remedy.into()), ..Self::ok(what, finding) }
    }

    fn wrong(what: impl Into<String>, finding: impl ToString, remedy: impl Into<String>) -> Self {
        Self { state: State::Wrong, remedy: Some(remedy.into()), ..Self::ok(what, finding) }
    }
}

pub(crate) async fn run(home: &Home, format: Report) -> Result<()> {
    let mut findings = home::check(home).await;
    findings.extend(machine::check(home.path()));
    let text = match format {
        Report::Text => text(&findings),
        Report::Json => serde_json::to_string_pretty(&findings).map_err(|error| Error::Output(error.into()))? + "\n",
    };
    io::stdout().write_all(text.as_bytes())?;
    if findings.iter().any(|finding| finding.state == State::Wrong) { Err(Error::Told) } else { Ok(()) }
}

fn text(findings: &[Finding]) -> String {
    let mut text = String::new();
    for Finding { state, what, finding, remedy } in findings {
        let mark = match state {
            State::Ok => "ok     ",
            State::Warning => "warning",
            State::Wrong => "WRONG  ",
        };
        text.push_str(&format!("{mark}  {}: {}\n", plain(what), plain(finding)));
        for line in remedy.iter().flat_map(|remedy| remedy.lines()) {
            text.push_str(&format!("         → {}\n", plain(line)));
        }
    }
    let count = |wanted| findings.iter().filter(|finding| finding.state == wanted).count();
    let (wrong, warnings) = (count(State::Wrong), count(State::Warning));
    text.push_str(&match (wrong, warnings) {
        (0, 0) => "\nAll is well.\n".to_owned(),
        (wrong, warnings) => format!("\n{wrong} wrong, {warnings} to look at.\n"),
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_say_what_to_do() {
        let findings = [Finding::ok("catalog", "opens"), Finding::wrong("table t", "is gone\u{1b}", "drop it\nor not")];
        assert_eq!(
            text(&findings),
            "ok       catalog: opens\nWRONG    table t: is gone\\u{1b}\n         → drop it\n         → or not\n\n1 wrong, 0 to look at.\n"
        );
        assert!(text(&findings[..1]).ends_with("\nAll is well.\n"));
    }
}
