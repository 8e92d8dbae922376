//! `polder run`: one run of a task, with its log and progress on stderr and its outputs on stdout.

use std::io;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use indicatif::{ProgressBar, ProgressStyle};
use polder_query::{Conduct, Home};
use polder_sandbox::{LogLine, LogSink, Metrics};

use crate::args::Run;
use crate::output::Output;
use crate::{Error, Result, home, sql, terminal};

pub(crate) async fn run(at: &Home, run: Run) -> Result<()> {
    let name = sql::name(&run.task)?;
    let mut values = Vec::new();
    for parameter in &run.parameters {
        let Some((name, value)) = parameter.split_once('=') else {
            return Err(Error::invalid(format_args!("'{parameter}' is not a parameter; write --param day=2013-01-05")));
        };
        values.push(format!("{} => {}", sql::identifier(name), sql::text(value)));
    }
    let watcher = Arc::new(Watcher::default());
    let conduct = Conduct { watch: Some(watcher.clone()), seed: run.seed };
    let session = home::session(at, run.who.principal.as_deref()).await?.conducted(conduct);
    let statement = format!("CALL {name}({})", values.join(", "));
    let answer = session.run(&statement).await;
    watcher.end();
    let mut output = Output::new(io::stdout(), run.format);
    output.look.width = terminal::width();
    output.answer(answer?).await.map(drop)
}

/// Shows what a run says of itself.
#[derive(Default)]
struct Watcher {
    shown: Mutex<Shown>,
}

#[derive(Default)]
struct Shown {
    bar: Option<ProgressBar>,
    metrics: std::collections::BTreeMap<String, f64>,
}

impl Watcher {
    fn with(&self, show: impl FnOnce(&mut Shown)) {
        show(&mut self.shown.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Clear the bar, and tell the numbers of the run.
    fn end(&self) {
        self.with(|shown| {
            if let Some(bar) = shown.bar.take() {
                bar.finish_and_clear();
            }
            for (name, value) in &shown.metrics {
                terminal::note(terminal::plain(&format!("{name} = {value}")));
            }
        });
    }
}

impl LogSink for Watcher {
    fn log(&self, line: &LogLine<'_>) {
        let mut text = format!("{:>5} {}", line.level.as_str(), line.message);
        line.fields.iter().for_each(|(name, value)| text.push_str(&format!(" {name}={value}")));
        let print = || terminal::note(terminal::plain(&text));
        self.with(|shown| shown.bar.as_ref().map_or_else(print, |bar| bar.suspend(print)));
    }
}

impl Metrics for Watcher {
    fn counter(&self, name: &str, add: u64) {
        self.with(|shown| *shown.metrics.entry(name.to_owned()).or_default() += add as f64);
    }

    fn gauge(&self, name: &str, value: f64) {
        self.with(|shown| {
            shown.metrics.insert(name.to_owned(), value);
        });
    }

    fn progress(&self, done: u64, total: Option<u64>) {
        if !terminal::stderr_is_terminal() {
            return;
        }
        self.with(|shown| {
            let bar = shown.bar.get_or_insert_with(|| {
                let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {elapsed}");
                let bar = ProgressBar::no_length();
                if let Ok(style) = style {
                    bar.set_style(style.progress_chars("━╸ "));
                }
                bar
            });
            if let Some(total) = total {
                bar.set_length(total);
            }
            bar.set_position(done);
        });
    }
}
