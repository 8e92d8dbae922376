//! `polder sql` without a shell: scripts from the command line, files and standard input.

use std::io::{self, BufWriter, IsTerminal as _, Read as _, Write};

use polder_query::{Home, Polder, Session, statements};

use crate::args::{Input, Sql};
use crate::output::{Format, Output};
use crate::{Error, Result, home, shell, terminal};

/// The byte order mark.
const MARK: char = '\u{feff}';

pub(crate) async fn run(home: &Home, sql: Sql) -> Result<()> {
    let fresh = !home::exists(home);
    let polder = Polder::open(home).await?;
    if fresh {
        terminal::note(format_args!("Made a home at {}.", polder.home().display()));
    }
    let session = polder.session(sql.who.principal.as_deref()).await?;
    let mut inputs = sql.inputs;
    if inputs.is_empty() {
        if io::stdin().is_terminal() {
            return shell::run(session, sql.format).await;
        }
        inputs.push(Input::Stdin);
    }
    let mut output = Output::new(BufWriter::new(io::stdout()), sql.format);
    output.look.width = terminal::width();
    let mut failed = false;
    for input in &inputs {
        let (text, name) = read(input)?;
        failed |= script(&session, &text, &name, sql.go_on, &mut output).await?;
    }
    if failed { Err(Error::Told) } else { Ok(()) }
}

/// The text of an input, and what it is called in errors.
fn read(input: &Input) -> Result<(String, String)> {
    let (mut text, name) = match input {
        Input::Text(text) => return Ok((text.clone(), String::new())),
        Input::File(path) => {
            let text = std::fs::read_to_string(path).map_err(Error::file(path))?;
            (text, path.display().to_string())
        }
        Input::Stdin => {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text).map_err(Error::file("standard input".as_ref()))?;
            (text, String::new())
        }
    };
    // Some editors begin a file with a mark, which is no part of the text.
    if text.starts_with(MARK) {
        text.drain(..MARK.len_utf8());
    }
    Ok((text, name))
}

/// Run the statements of a script in order. Unless told to go on, the first failure ends it; else whether
/// there were any, which were told.
pub(crate) async fn script(
    session: &Session,
    text: &str,
    name: &str,
    go_on: bool,
    output: &mut Output<impl Write>,
) -> Result<bool> {
    let located = located(text).map_err(|error| place(error.into(), name, None))?;
    let alone = located.len() == 1 && name.is_empty();
    let mut failed = false;
    for (number, (line, statement)) in (1..).zip(located) {
        let Err(error) = one(session, &statement, output).await else { continue };
        let error = match alone {
            true => error,
            false => place(error, name, Some((number, line))),
        };
        if !go_on || error.is_closed_pipe() {
            return Err(error);
        }
        terminal::complain(error);
        failed = true;
    }
    Ok(failed)
}

async fn one(session: &Session, statement: &str, output: &mut Output<impl Write>) -> Result<()> {
    let rows = output.answer(session.run(statement).await?).await?;
    if let (Some(rows), Format::Table) = (rows, output.format) {
        output.sentence(&format!("({})", count(rows)))?;
    }
    Ok(())
}

/// The error with its place: in a file, or in a text without a name the statement's number and line.
fn place(error: Error, name: &str, at: Option<(usize, usize)>) -> Error {
    let place = match (name, at) {
        ("", None) => return error,
        ("", Some((number, line))) => format!("statement {number} (line {line})"),
        (name, None) => name.to_owned(),
        (name, Some((_, line))) => format!("{name}:{line}"),
    };
    Error::Statement { place, error: Box::new(error) }
}

/// "1 row", "3 rows"
pub(crate) fn count(rows: usize) -> String {
    format!("{rows} {}", if rows == 1 { "row" } else { "rows" })
}

/// The statements of a script, each with the line that it begins on, from 1.
fn located(text: &str) -> polder_query::Result<Vec<(usize, String)>> {
    let mut from = 0;
    let located = statements(text)?.statements.into_iter().map(|statement| {
        // Statements are as written, so each is found where the one before ends, or later.
        let at = text[from..].find(&statement).map_or(from, |at| from + at);
        from = (at + statement.len()).min(text.len());
        (1 + text[..at].matches('\n').count(), statement)
    });
    Ok(located.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_know_their_lines() {
        let script = "-- first\nSELECT 1;\n\nSELECT\n 2; SELECT 1;\nSELECT 3";
        let located = located(script).unwrap();
        let lines: Vec<_> = located.iter().map(|(line, text)| (*line, text.as_str())).collect();
        assert_eq!(lines, [(2, "SELECT 1"), (4, "SELECT\n 2"), (5, "SELECT 1"), (6, "SELECT 3")]);
    }

    #[test]
    fn the_mark_at_the_beginning_of_a_file_is_no_text() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "\u{feff}SELECT '\u{feff}'").unwrap();
        assert_eq!(read(&Input::File(file.path().to_owned())).unwrap().0, "SELECT '\u{feff}'");
    }

    #[test]
    fn errors_say_where() {
        let say = |name, line| place("bad".into(), name, line).to_string();
        assert_eq!(say("", None), "bad");
        assert_eq!(say("", Some((2, 3))), "statement 2 (line 3): bad");
        assert_eq!(say("a.sql", Some((2, 3))), "a.sql:3: bad");
        assert_eq!(say("a.sql", None), "a.sql: bad");
    }
}
