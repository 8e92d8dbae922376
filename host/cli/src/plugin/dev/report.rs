//! What is told of one time around.

use std::fmt::{Display, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use polder_sandbox::Changes;
use serde_json::{Value, json};

use crate::Result;
use crate::args::Report as Format;
use crate::plugin::test::Outcome;
use crate::terminal::{self, plain, time};

#[derive(Default)]
pub(super) struct Report {
    /// Within the project; none the first time.
    pub(super) changed: Vec<PathBuf>,
    pub(super) version: Option<String>,
    pub(super) digest: Option<String>,
    pub(super) size: u64,
    pub(super) cases: Vec<Outcome>,
    /// Places of the cases that failed the last time.
    pub(super) fixed: Vec<String>,
    pub(super) installed: Option<(Installed, String)>,
    /// What is different from what was installed.
    pub(super) changes: Option<Changes>,
    /// What the user's statements gave, where it is not shown at once.
    pub(super) rows: Vec<Value>,
    pub(super) failure: Option<Failure>,
    /// The plugin that is installed although this failed.
    pub(super) stays: Option<String>,
    pub(super) took: Took,
}

/// How long each step took.
#[derive(Default)]
pub(super) struct Took {
    pub(super) build: Duration,
    pub(super) load: Duration,
    pub(super) cases: Duration,
    pub(super) install: Duration,
    pub(super) command: Duration,
    pub(super) total: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Installed {
    New,
    Upgraded,
    Same,
}

impl Installed {
    fn word(self) -> &'static str {
        match self {
            Self::New => "installed",
            Self::Upgraded => "upgraded",
            Self::Same => "unchanged",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Build,
    Load,
    Cases,
    Install,
    Command,
}

impl Step {
    pub(super) fn failure<E: Display>(self) -> impl FnOnce(E) -> Failure {
        move |error| Failure { step: self, error: error.to_string() }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Build => "build",
            Self::Load => "load",
            Self::Cases => "cases",
            Self::Install => "install",
            Self::Command => "command",
        }
    }
}

pub(super) struct Failure {
    pub(super) step: Step,
    pub(super) error: String,
}

impl Report {
    pub(super) fn show(&self, format: Format) -> Result<()> {
        match format {
            Format::Text => terminal::say(self.text()),
            Format::Json => terminal::say(self.json()),
        }
    }

    fn failed(&self) -> impl Iterator<Item = &Outcome> {
        self.cases.iter().filter(|case| !case.passed())
    }

    fn text(&self) -> String {
        let changed = |path: &PathBuf| plain(&path.display().to_string()).into_owned();
        let what = match self.changed.as_slice() {
            [] => "first time".to_owned(),
            [one] => format!("{} changed", changed(one)),
            [one, more @ ..] => format!("{} and {} more changed", changed(one), more.len()),
        };
        let built = match self.failure.as_ref().map(|failure| failure.step) {
            Some(Step::Build) => "it does not build".to_owned(),
            Some(Step::Load) => format!("built in {}, but it cannot be loaded", time(self.took.build)),
            _ => {
                let failed = self.failed().count();
                format!("built in {}; {} passed, {failed} failed", time(self.took.build), self.cases.len() - failed)
            }
        };
        let installed = match (&self.installed, &self.stays) {
            (Some((Installed::Same, name)), _) => format!("{name} is the same"),
            (Some((how, name)), _) => format!("{} {name}", how.word()),
            (None, Some(name)) => format!("{name} stays as it was"),
            (None, None) => "nothing was installed".to_owned(),
        };
        let mut text = format!("{what}; {built}; {installed} ({} in all)", time(self.took.total));
        for change in self.changes.iter().flat_map(Changes::iter) {
            let _infallible = write!(text, "\n  {}", plain(&change.to_string()));
        }
        for place in &self.fixed {
            let _infallible = write!(text, "\nfixed   {}", plain(place));
        }
        for case in self.failed() {
            let _infallible = write!(text, "\n{case}");
        }
        match &self.failure {
            Some(Failure { step: Step::Cases, .. }) if self.failed().next().is_some() => {}
            Some(Failure { error, .. }) => drop(write!(text, "\nerror: {}", plain(error))),
            None => {}
        }
        text
    }

    fn json(&self) -> Value {
        let Took { build, load, cases, install, command, total } = &self.took;
        let failures: Vec<_> = self
            .failed()
            .map(|Outcome { place, sql, difference }| json!({"place": place, "sql": sql, "difference": difference}))
            .collect();
        json!({
            "changed": self.changed.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>(),
            "version": self.version,
            "digest": self.digest,
            "bytes": self.size,
            "cases": {"passed": self.cases.len() - failures.len(), "failed": failures.len(), "failures": failures, "fixed": self.fixed},
            "outcome": self.installed.as_ref().map_or("failed", |(how, _)| how.word()),
            "plugin": self.installed.as_ref().map(|(_, name)| name).or(self.stays.as_ref()),
            "changes": self.changes,
            "rows": self.rows,
            "failure": self.failure.as_ref().map(|Failure { step, error }| json!({"step": step.word(), "error": error})),
            "seconds": {
                "build": build.as_secs_f64(),
                "load": load.as_secs_f64(),
                "cases": cases.as_secs_f64(),
                "install": install.as_secs_f64(),
                "command": command.as_secs_f64(),
                "total": total.as_secs_f64(),
            },
        })
    }
}
