//! `polder plugin test`: builds a project, installs it in a home of its own, and runs the author's cases
//! through SQL in the sandbox, just as users will call it. The examples in its documentation are cases too.

use std::fmt;
use std::path::{Path, PathBuf};

use arrow::datatypes::Schema;
use futures::StreamExt as _;
use polder_query::{Answer, Home, Polder, Session};
use polder_toolchain::Artifact;

use super::case::{self, Case, Expected, Rows};
use super::{build, compare};
use crate::output::{Format, Output};
use crate::terminal::{plain, say};
use crate::{Error, Result, sql};

/// Where the plugin is installed for its test.
const SCHEMA: &str = "main.test";

pub(super) async fn run(project: &Path) -> Result<()> {
    let built = build::build(project, None)?;
    let scratch = tempfile::tempdir().map_err(Error::file(&std::env::temp_dir()))?;
    let outcomes = cases(project, &built, scratch.path(), |outcome| say(outcome)).await?;
    let failed = outcomes.iter().filter(|outcome| !outcome.passed()).count();
    if outcomes.is_empty() {
        return Err(Error::invalid(
            "there are no cases: write some in tests/*.sql; `polder plugin test --help` shows how",
        ));
    }
    say(format_args!("\n{} passed, {failed} failed", outcomes.len() - failed))?;
    if failed > 0 { Err(Error::Told) } else { Ok(()) }
}

/// What came of one case.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    /// Such as `tests/a.sql:3`.
    pub(super) place: String,
    pub(super) sql: String,
    /// Line by line; nothing if it passed.
    pub(super) difference: Vec<String>,
}

impl Outcome {
    pub(super) fn passed(&self) -> bool {
        self.difference.is_empty()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = plain(&self.place);
        if self.passed() {
            return write!(f, "ok      {place}");
        }
        write!(f, "FAILED  {place}")?;
        self.sql.lines().try_for_each(|line| write!(f, "\n        {}", plain(line)))?;
        let mut lines = self.difference.iter().flat_map(|text| text.lines());
        lines.try_for_each(|line| write!(f, "\n      {}", plain(line)))
    }
}

/// Run all cases of a project in a home of their own, and tell of each as it ends.
pub(super) async fn cases(
    project: &Path,
    built: &Artifact,
    home: &Path,
    mut tell: impl FnMut(&Outcome) -> Result<()>,
) -> Result<Vec<Outcome>> {
    let polder = Polder::open(&Home::find(Some(home.to_owned()))).await?;
    let session = polder.session(None).await?;
    let plugin = polder.sandbox().load(&built.bytes)?.describe()?;
    let (name, file) = (sql::identifier(&plugin.name), sql::text(&sql::absolute(&built.path)?));
    for statement in [
        format!("CREATE SCHEMA {SCHEMA}"),
        format!("INSTALL PLUGIN {name} FROM {file} INTO SCHEMA {SCHEMA}"),
        format!("USE {SCHEMA}"),
    ] {
        session.run(&statement).await?;
    }

    let mut outcomes = Vec::new();
    let mut note = |place: String, sql: &str, difference| {
        let outcome = Outcome { place, sql: sql.to_owned(), difference };
        tell(&outcome)?;
        outcomes.push(outcome);
        Ok::<_, Error>(())
    };
    for file in files(&project.join("tests"))? {
        let text = std::fs::read_to_string(&file).map_err(Error::file(&file))?;
        let shown = file.strip_prefix(project).unwrap_or(&file).display();
        let place = |error| Error::Statement { place: shown.to_string(), error: Box::new(error) };
        for case in case::parse(&text, SCHEMA).map_err(place)? {
            let difference = check(&session, &case).await?;
            note(format!("{shown}:{}", case.line), &case.sql, difference)?;
        }
    }
    for function in &plugin.functions {
        for example in function.examples.iter().filter(|example| !example.result.is_empty()) {
            let difference = check_example(&session, &example.sql, &example.result).await?;
            note(format!("example of {}", function.name), &example.sql, difference)?;
        }
    }
    Ok(outcomes)
}

/// The SQL files of a folder, in order.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(folder).map_err(Error::file(folder))?;
    let paths = entries.map(|entry| Ok(entry.map_err(Error::file(folder))?.path()));
    let mut files = paths.collect::<Result<Vec<_>>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    files.sort();
    Ok(files)
}

/// What an answer differs in from the expected one; nothing if it is the same.
async fn check(session: &Session, case: &Case) -> Result<Vec<String>> {
    let answer = answer(session, &case.sql).await;
    Ok(match (&case.expected, answer) {
        (_, Err(error)) if error.is_closed_pipe() => return Err(error),
        (Expected::Success, Ok(_)) => Vec::new(),
        (Expected::Error(text), Err(error)) if error.to_string().contains(text) => Vec::new(),
        (Expected::Error(text), Err(error)) => vec![format!("- error: {text}"), format!("+ error: {error}")],
        (Expected::Error(text), Ok(answer)) => {
            let mut difference = vec![format!("- error: {text}")];
            difference.extend(compare::difference(&Rows::default(), &answer.rows, &[]).into_iter().skip(1));
            difference
        }
        (Expected::Rows(rows), Ok(answer)) => compare::difference(rows, &answer.rows, &answer.floats),
        (Expected::Success | Expected::Rows(_), Err(error)) => vec![format!("+ error: {error}")],
    })
}

/// The same for an example of the documentation: an expression or a query, and its rows without a header, in
/// which NULL is so written.
async fn check_example(session: &Session, example: &str, result: &str) -> Result<Vec<String>> {
    let example = example.replace("{schema}", SCHEMA);
    let first = example.split_whitespace().next().unwrap_or_default().to_uppercase();
    let query =
        if matches!(first.as_str(), "SELECT" | "WITH" | "VALUES") { example } else { format!("SELECT {example}") };
    let mut answer = match answer(session, &query).await {
        Ok(answer) => answer,
        Err(error) if result.strip_prefix("error:").is_some_and(|text| error.to_string().contains(text.trim())) => {
            return Ok(Vec::new());
        }
        Err(error) => return Ok(vec![format!("+ error: {error}")]),
    };
    let header = answer.rows.header.join(",");
    let mut expected = Rows::parse(&match result.strip_prefix(&format!("{header}\n")) {
        Some(_) => format!("{result}\n"),
        None => format!("{header}\n{result}\n"),
    });
    expected.header.clone_from(&answer.rows.header);
    for rows in [&mut expected, &mut answer.rows] {
        for cell in rows.rows.iter_mut().flatten().filter(|cell| cell.is_none()) {
            *cell = Some("NULL".to_owned());
        }
    }
    Ok(compare::difference(&expected, &answer.rows, &answer.floats))
}

/// An answer as the format csv has it, and which columns are floating-point.
struct Answered {
    rows: Rows,
    floats: Vec<bool>,
}

async fn answer(session: &Session, statement: &str) -> Result<Answered> {
    match session.run(statement).await? {
        Answer::Done(text, _) => {
            let rows = Rows { header: vec![text], rows: Vec::new() };
            Ok(Answered { rows, floats: Vec::new() })
        }
        Answer::Rows(rows) => {
            let schema = rows.schema();
            let mut csv = Output::new(Vec::new(), Format::Csv);
            csv.rows(schema.clone(), rows.boxed()).await?;
            let rows = Rows::parse(&String::from_utf8_lossy(&csv.to));
            Ok(Answered { rows, floats: floats(&schema) })
        }
    }
}

fn floats(schema: &Schema) -> Vec<bool> {
    schema.fields().iter().map(|field| field.data_type().is_floating()).collect()
}
