//! Shows a build: a moving line where stderr is a terminal, else one line for each new step.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use polder_toolchain::{Progress, Step};

use crate::terminal;

/// Watches builds on stderr. What it drew is gone when it is dropped.
pub(crate) struct Bar {
    bar: ProgressBar,
    /// The line that was printed last, where there is no terminal.
    printed: String,
}

impl Bar {
    pub(crate) fn new() -> Self {
        Self { bar: ProgressBar::hidden(), printed: String::new() }
    }

    fn show(&mut self, step: &Step<'_>) {
        if self.bar.is_hidden() {
            self.bar = ProgressBar::new_spinner();
            self.bar.enable_steady_tick(Duration::from_millis(100));
        }
        let total = match step {
            Step::Compile { total, .. } => *total,
            _ => 0,
        };
        let template = if total > 0 {
            "{spinner} {msg} {wide_bar} {pos}/{len} {elapsed}"
        } else {
            "{spinner} {wide_msg} {elapsed}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style.progress_chars("━╸ "));
        }
        match step {
            Step::Compile { name, done, total } if *total > 0 => {
                self.bar.set_length(u64::from(*total));
                self.bar.set_position(u64::from(*done));
                self.bar.set_message(format!("compiling {name}"));
            }
            step => self.bar.set_message(step.to_string()),
        }
    }

    fn print(&mut self, step: &Step<'_>) {
        // Each crate would be a line otherwise.
        let line = match step {
            Step::Compile { .. } => "compiling".to_owned(),
            Step::Fetch { .. } => "fetching crates".to_owned(),
            step => step.to_string(),
        };
        if line != self.printed {
            terminal::note(&line);
            self.printed = line;
        }
    }
}

impl Progress for Bar {
    fn step(&mut self, step: Step<'_>) {
        if terminal::stderr_is_terminal() { self.show(&step) } else { self.print(&step) }
    }

    fn warnings(&mut self, text: &str) {
        self.bar.suspend(|| terminal::note(text.trim_end()));
    }

    fn color(&self) -> bool {
        terminal::colors_on_stderr()
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
