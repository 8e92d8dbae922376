//! `polder sql` on a terminal.
//!
//! A statement may run over several lines and ends with a semicolon; what begins with a backslash is a
//! command of the shell ([`command`]). Ctrl-C cancels what runs or clears what was typed; Ctrl-D leaves.

mod command;
mod complete;
mod highlight;
mod interrupt;
mod names;
mod words;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use polder_query::{Session, statements};
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{ColorMode, Completer, CompletionType, Config, Editor, Helper, Highlighter, Hinter, Validator};

use crate::output::{Format, Output};
use crate::{Error, Result, batch, terminal};
use command::Command;
use complete::Completion;
use highlight::Colors;
use interrupt::Interrupts;
use names::Names;

/// Statements that the history keeps.
const HISTORY: usize = 10_000;

/// Rows that are shown of an answer, unless `\rows` says otherwise.
const SHOWN: usize = 100;

struct Shell {
    session: Arc<Session>,
    interrupts: Interrupts,
    names: Names,
    output: Output<Box<dyn Write>>,
    /// Where `\o` sends rows.
    file: Option<PathBuf>,
    timing: bool,
    limit: usize,
}

/// What the editor asks while a line is typed.
#[derive(Helper, Completer, Hinter, Highlighter, Validator)]
struct Assistant {
    #[rustyline(Completer)]
    completion: Completion,
    #[rustyline(Highlighter)]
    colors: Colors,
    #[rustyline(Validator)]
    end: StatementEnd,
}

/// Knows whether a statement is complete: Enter begins a new line otherwise.
struct StatementEnd;

impl Validator for StatementEnd {
    fn validate(&self, context: &mut ValidationContext) -> rustyline::Result<ValidationResult> {
        Ok(if is_complete(context.input()) { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

fn is_complete(input: &str) -> bool {
    let text = input.trim();
    if text.is_empty() || text.starts_with('\\') || matches!(text, "exit" | "quit" | "help") {
        return true;
    }
    match statements(input) {
        Ok(script) => !script.open,
        Err(polder_query::Error::Incomplete(_)) => false,
        // Complete or not, it will not get better.
        Err(_) => true,
    }
}

/// Read and run statements until the user leaves.
pub(crate) async fn run(session: Session, format: Format) -> Result<()> {
    let session = Arc::new(session);
    let names = Names::default();
    let output: Box<dyn Write> = Box::new(io::stdout());
    let colors = if terminal::wants_colors() { ColorMode::Enabled } else { ColorMode::Disabled };
    let config = Config::builder()
        .max_history_size(HISTORY)?
        .history_ignore_dups(true)?
        .history_ignore_space(true)
        .completion_type(CompletionType::List)
        .completion_prompt_limit(60)
        .color_mode(colors)
        .build();
    let mut editor: Editor<Assistant, FileHistory> = Editor::with_config(config)?;
    editor.set_helper(Some(Assistant { completion: Completion(names.clone()), colors: Colors, end: StatementEnd }));
    let mut shell = Shell {
        session: Arc::clone(&session),
        interrupts: Interrupts::count()?,
        names,
        output: Output::new(output, format),
        file: None,
        timing: true,
        limit: SHOWN,
    };
    let history = session.polder().home().join("history");
    // There is none the first time.
    let _ = editor.load_history(&history);

    let version = env!("CARGO_PKG_VERSION");
    terminal::say(format_args!(
        "Polder {version} on {}. Statements end with ;  \\? helps, \\q leaves.",
        session.polder().home().display()
    ))?;
    loop {
        shell.names.refresh(&session);
        shell.interrupts.forget();
        let line = match editor.readline(&shell.prompt()) {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        if line.trim().is_empty() {
            continue;
        }
        if !holds_secrets(&line) {
            editor.add_history_entry(line.trim_end())?;
            remember(&mut editor, &history);
        }
        match shell.line(line.trim()).await {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) if error.is_closed_pipe() => return Err(error),
            Err(error) => terminal::complain(error),
        }
    }
}

/// What nobody should find in a file: where connections are made or changed, their secrets are said.
fn holds_secrets(line: &str) -> bool {
    let words: Vec<String> = line.split_whitespace().map(str::to_lowercase).collect();
    words.windows(2).any(|pair| matches!(&*pair[0], "create" | "alter") && pair[1] == "connection")
}

/// Append to the history file, which other shells may be writing, and which nobody else should read.
fn remember(editor: &mut Editor<Assistant, FileHistory>, file: &Path) {
    if let Err(error) = editor.append_history(file) {
        tracing::warn!(file = %file.display(), "the history cannot be kept: {error}");
    }
}

impl Shell {
    fn prompt(&self) -> String {
        format!("{}@{}> ", self.session.principal(), self.session.current_schema())
    }

    /// Run what was typed; gives whether to go on.
    async fn line(&mut self, text: &str) -> Result<bool> {
        let command = match text {
            "exit" | "quit" => Command::Quit,
            "help" => Command::Help,
            _ if text.starts_with('\\') => Command::parse(text)?,
            _ => {
                self.statements(text).await?;
                return Ok(true);
            }
        };
        self.command(command).await
    }

    async fn command(&mut self, command: Command) -> Result<bool> {
        match command {
            Command::Quit => return Ok(false),
            Command::Help => terminal::say(command::HELP)?,
            Command::Run(statement) => self.statement(&statement).await?,
            Command::File(path) => {
                let text = std::fs::read_to_string(&path).map_err(Error::file(&path))?;
                self.statements(&text).await?;
            }
            Command::Output(path) => self.redirect(path)?,
            Command::Format(format) => {
                self.output.format = format.unwrap_or(self.output.format);
                self.tell("Format", format_args!("{:?}", self.output.format))?;
            }
            Command::Expanded => {
                self.output.look.expanded ^= true;
                self.tell("Expanded", on_off(self.output.look.expanded))?;
            }
            Command::Timing => {
                self.timing ^= true;
                self.tell("Timing", on_off(self.timing))?;
            }
            Command::Rows(rows) => {
                self.limit = rows.unwrap_or(self.limit);
                match self.limit {
                    0 => self.tell("Rows shown", "all")?,
                    limit => self.tell("Rows shown", limit)?,
                }
            }
        }
        Ok(true)
    }

    fn tell(&self, what: &str, value: impl std::fmt::Display) -> Result<()> {
        terminal::say(format_args!("{what}: {}.", value.to_string().to_lowercase()))
    }

    /// Send rows to a file from now on, or to the terminal again.
    fn redirect(&mut self, path: Option<PathBuf>) -> Result<()> {
        self.output.to.flush()?;
        self.output.to = match &path {
            Some(path) => Box::new(BufWriter::new(File::create(path).map_err(Error::file(path))?)),
            None => Box::new(io::stdout()),
        };
        self.file = path;
        match &self.file {
            Some(path) => terminal::say(format_args!("Rows go to {}; \\o brings them back.", path.display())),
            None => terminal::say("Rows go to the terminal."),
        }
    }

    async fn statements(&mut self, text: &str) -> Result<()> {
        for statement in statements(text)?.statements {
            self.statement(&statement).await?;
        }
        Ok(())
    }

    /// Run one statement, and show what it answers and what it took.
    async fn statement(&mut self, statement: &str) -> Result<()> {
        let on_terminal = self.file.is_none();
        self.output.look.width = if on_terminal { terminal::width() } else { None };
        self.output.look.limit = (on_terminal && self.limit > 0).then_some(self.limit);
        let started = Instant::now();
        let (session, interrupts) = (Arc::clone(&self.session), self.interrupts.clone());
        let work = async {
            let answer = session.run(statement).await?;
            self.output.answer(answer).await
        };
        let rows = interrupts.cancel(&session, work).await?;
        let took = self.timing.then(|| terminal::time(started.elapsed()));
        let footer = match (rows, took) {
            (Some(rows), Some(took)) => format!("({}, {took})", batch::count(rows)),
            (Some(rows), None) => format!("({})", batch::count(rows)),
            (None, Some(took)) => format!("({took})"),
            (None, None) => return Ok(()),
        };
        // Not among rows that a program may read.
        if on_terminal && self.output.format == Format::Table {
            return terminal::say(footer);
        }
        terminal::note(footer);
        Ok(())
    }
}

fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_with_semicolons() {
        for complete in ["", "  ", "\\d t", "SELECT 1;", "SELECT ';';\n-- done", "quit", "SELECT 1; SELECT 2;"] {
            assert!(is_complete(complete), "{complete}");
        }
        for open in ["SELECT 1", "SELECT ';", "SELECT 1 /* ;", "SELECT 1; SELECT 2", "quit now"] {
            assert!(!is_complete(open), "{open}");
        }
    }
}
