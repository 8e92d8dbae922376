//! `polder plugin dev`: builds, tests and installs a project, and again whenever one of its files changes.
//!
//! What is installed is always a version that passed: one that does not build, or fails a case, changes nothing. Sessions
//! elsewhere over the same home look names up for each statement, and so see a new version with their next one.

mod report;
mod turn;

use std::path::{Path, PathBuf};
use std::time::Duration;

use polder_query::Home;
use polder_toolchain::Inputs;

use self::turn::Stage;
use crate::args::{As, Report as Format};
use crate::{Error, Result, home, terminal};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_millis(100);

/// Editors and tools write several files, or one in several steps; nothing happens until that long nothing changed.
const PAUSE: Duration = Duration::from_millis(50);

#[derive(Debug, clap::Args)]
#[command(after_help = "\
A version that does not build or fails a case is not installed; the one before stays. Sessions over the same home see
the new version with their next statement. Ctrl-C ends it.

Examples:
  polder plugin dev greet
  polder plugin dev greet -c \"SELECT initials('ada lovelace')\"
  polder plugin dev greet --once --format json")]
pub(crate) struct Dev {
    /// The project
    #[arg(value_name = "DIR", default_value = ".")]
    project: PathBuf,
    /// The schema whose functions its functions become
    #[arg(long, value_name = "SCHEMA", default_value = "main.default")]
    into: String,
    /// Run these statements after each time, in that schema
    #[arg(short = 'c', long = "command", value_name = "SQL", allow_hyphen_values = true)]
    command: Option<String>,
    /// Do it once, and fail if that fails
    #[arg(long)]
    once: bool,
    /// Grant what it asks for, without a question; otherwise nothing is granted
    #[arg(long)]
    grant_requested: bool,
    /// How each time is told; as JSON, one line each
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    who: As,
}

pub(crate) async fn run(home: &Home, dev: Dev) -> Result<()> {
    let session = home::session(home, dev.who.principal.as_deref()).await?;
    let stage = Stage::open(session, &dev).await?;
    tokio::select! {
        done = turns(stage, &dev) => done,
        stopped = tokio::signal::ctrl_c() => Ok(stopped?),
    }
}

async fn turns(mut stage: Stage, dev: &Dev) -> Result<()> {
    let mut seen = Inputs::default();
    loop {
        let (now, changed) = change(&dev.project, &seen).await?;
        let first = stage.is_new();
        let report = stage.turn(if first { Vec::new() } else { changed }).await;
        report.show(dev.format)?;
        if dev.once {
            return if report.failure.is_some() { Err(Error::Told) } else { Ok(()) };
        }
        if first {
            terminal::note(format_args!("Watching {}; Ctrl-C ends it.", dev.project.display()));
        }
        seen = now;
    }
}

/// Waits until the files are others than before, and stay so for a moment.
async fn change(project: &Path, before: &Inputs) -> Result<(Inputs, Vec<PathBuf>)> {
    let mut last = before.clone();
    loop {
        let now = Inputs::look(project, &last)?;
        let settled = now.changed_since(&last).is_empty();
        let changed = now.changed_since(before);
        let wait = if changed.is_empty() { LOOK } else { PAUSE };
        if settled && !changed.is_empty() {
            return Ok((now, changed));
        }
        last = now;
        tokio::time::sleep(wait).await;
    }
}
