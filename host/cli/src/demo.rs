//! `polder demo`: builds the first-party plugins and runs `examples/nycflights.sql` with its explanations.
//!
//! The script is the one that stands in the repository as plain SQL; this file only reads its remarks,
//! shows each statement with its answer and time, and stops where an answer is not the promised one.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Instant;

use arrow::util::pretty::pretty_format_batches;
use futures::TryStreamExt;
use polder_query::{Answer, Home, Polder, Session, statements};
use polder_toolchain::Toolchain;

use crate::progress::Bar;
use crate::{Result, terminal};

const SCRIPT: &str = include_str!("../../../examples/nycflights.sql");
const PLUGINS: [&str; 4] = ["geo", "text", "stats", "pii"];

/// Run the demo in a folder of its own inside the home, made anew.
pub(crate) async fn run(home: &Home) -> Result<()> {
    let home = Home::find(Some(home.path().join("demo")));
    let started = Instant::now();
    eprintln!("Building four plugins from source (the first time this takes a minute or two) …");
    let sources = build_plugins()?;
    eprintln!("Built in {:.1} s.\n", started.elapsed().as_secs_f64());

    if home.path().exists() {
        std::fs::remove_dir_all(home.path())?;
    }
    let polder = Polder::open(&home).await?;
    let started = Instant::now();
    let mut session = polder.session(None).await?;
    let mut denied = false;
    let mut out = std::io::stdout().lock();
    for step in steps(SCRIPT) {
        match step {
            Step::Say(text) => writeln!(out, "\n{}", bold(&text))?,
            Step::As(principal) => session = polder.session(Some(&principal)).await?,
            Step::Denied => denied = true,
            Step::Run(statement) => {
                show(&mut out, &session, &sources, &statement, std::mem::take(&mut denied)).await?;
            }
        }
    }
    let folder = home.path().display();
    writeln!(out, "\n{}", bold(&format!("Done in {:.1} s. What to try next:", started.elapsed().as_secs_f64())))?;
    writeln!(out, "  polder sql --home {folder}                       ask your own questions (\\? helps)")?;
    writeln!(out, "  polder sql --home {folder} --as analyst          as somebody who may see less")?;
    writeln!(out, "  polder lineage --home {folder} main.nyc.routes   what made what")?;
    writeln!(out, "  polder plugin new hello --lang rust              a plugin of your own")?;
    Ok(())
}

/// Build the plugins from the sources that this binary carries; gives their folder.
fn build_plugins() -> Result<std::path::PathBuf> {
    let toolchain = Toolchain::new()?;
    let sources = toolchain.sources()?;
    let projects: Vec<_> = PLUGINS.iter().map(|plugin| sources.join("plugins").join(plugin)).collect();
    toolchain.build_all(&projects, &mut Bar::new())?;
    Ok(sources)
}

async fn show(out: &mut impl Write, session: &Session, sources: &Path, statement: &str, denied: bool) -> Result<()> {
    for line in statement.lines() {
        writeln!(out, "{} {line}", dim("│"))?;
    }
    let started = Instant::now();
    let answer = answer(session, &located(statement, sources)).await;
    let took = started.elapsed();
    match answer {
        Ok(_) if denied => return Err("the demo expected this statement to be denied, and it was not".into()),
        Ok(text) => writeln!(out, "{text}\n{}", dim(&format!("({})", terminal::time(took))))?,
        Err(error) if denied => writeln!(out, "denied: {error}\n{}", dim(&format!("({})", terminal::time(took))))?,
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

async fn answer(session: &Session, statement: &str) -> polder_query::Result<String> {
    match session.run(statement).await? {
        Answer::Done(text, _) => Ok(text),
        Answer::Rows(rows) => {
            let schema = rows.schema();
            let mut batches: Vec<_> = rows.try_collect().await?;
            if batches.is_empty() {
                batches.push(arrow::array::RecordBatch::new_empty(schema));
            }
            Ok(pretty_format_batches(&batches)?.to_string())
        }
    }
}

/// Paths in the script are from the root of the repository, whose files the binary carries.
fn located(statement: &str, sources: &Path) -> String {
    let root = sources.display();
    statement.replace("'plugins/", &format!("'{root}/plugins/")).replace("'examples/", &format!("'{root}/examples/"))
}

#[derive(Debug, PartialEq)]
enum Step {
    Say(String),
    As(String),
    Denied,
    Run(String),
}

/// The script's remarks and statements in order.
fn steps(script: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut pending = String::new();
    for line in script.lines() {
        if let Some(remark) = line.strip_prefix("-- > ") {
            steps.push(match remark.split_once(' ') {
                Some(("as", principal)) if !principal.contains(' ') => Step::As(principal.to_owned()),
                _ if remark == "denied" => Step::Denied,
                _ => Step::Say(remark.to_owned()),
            });
        } else if !line.starts_with("--") {
            pending.push_str(line);
            pending.push('\n');
            if let Ok(found) = statements(&pending)
                && !found.open
            {
                steps.extend(found.statements.into_iter().map(Step::Run));
                pending.clear();
            }
        }
    }
    steps
}

fn bold(text: &str) -> String {
    styled("1", text)
}

fn dim(text: &str) -> String {
    styled("2", text)
}

fn styled(code: &str, text: &str) -> String {
    if std::io::stdout().is_terminal() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_read_whole() {
        let steps = steps(SCRIPT);
        let run = steps.iter().filter(|step| matches!(step, Step::Run(_))).count();
        assert_eq!(run, statements(SCRIPT).unwrap().statements.len());
        assert!(steps.contains(&Step::As("analyst".into())) && steps.contains(&Step::Denied));
    }
}
