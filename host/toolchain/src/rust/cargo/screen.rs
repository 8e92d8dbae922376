//! Reads what Cargo writes for people. Its JSON tells what was built, but not how far the build is.

use std::io::{self, BufReader, Read};

use crate::progress::{Progress, Step};

/// Cuts a stream at line feeds and at the carriage returns that redraw a progress bar.
pub(super) fn split(pipe: impl Read, mut line: impl FnMut(String)) {
    let mut buffer = Vec::new();
    for byte in BufReader::new(pipe).bytes().map_while(io::Result::ok) {
        if byte == b'\n' || byte == b'\r' {
            line(String::from_utf8_lossy(&buffer).into_owned());
            buffer.clear();
        } else {
            buffer.push(byte);
        }
    }
    if !buffer.is_empty() {
        line(String::from_utf8_lossy(&buffer).into_owned());
    }
}

/// Tells Cargo's status lines, which become steps, from what else it says, which is kept.
#[derive(Default)]
pub(super) struct Screen {
    /// What was no status line: warnings and errors.
    pub(super) said: String,
    name: String,
    done: u32,
    total: u32,
}

impl Screen {
    pub(super) fn read(&mut self, line: &str, progress: &mut dyn Progress) {
        let plain = without_colors(line);
        let Some((verb, rest)) = status(&plain) else {
            // Erased bars leave empty lines of blanks; messages hold empty lines of their own.
            if !(plain.len() > 1 && plain.trim().is_empty()) {
                self.said.push_str(line.strip_prefix("\x1b[K").unwrap_or(line));
                self.said.push('\n');
            }
            return;
        };
        match verb {
            "Building" => {
                let Some((done, total)) = bar(rest) else { return };
                (self.done, self.total) = (done, total);
            }
            "Compiling" => self.name = rest.split_whitespace().next().unwrap_or_default().to_owned(),
            "Updating" | "Downloading" | "Downloaded" => {
                progress.step(Step::Fetch { what: rest });
                return;
            }
            "Blocking" => {
                progress.step(Step::Wait { what: rest });
                return;
            }
            _ => return,
        }
        if !self.name.is_empty() {
            progress.step(Step::Compile { name: &self.name, done: self.done, total: self.total });
        }
    }
}

/// A status line is a verb that ends in column 12, and a text.
fn status(line: &str) -> Option<(&str, &str)> {
    let (verb, rest) = (line.get(..12)?.trim_start(), line.get(12..)?);
    let is_verb = verb.starts_with(|c: char| c.is_ascii_uppercase()) && verb.chars().all(|c| c.is_ascii_alphabetic());
    (is_verb && rest.starts_with(' ')).then(|| (verb, rest.trim()))
}

/// The counts of `[====>    ] 3/20: serde, syn`.
fn bar(text: &str) -> Option<(u32, u32)> {
    let (done, total) = text.split_once("] ")?.1.split(':').next()?.split_once('/')?;
    Some((done.trim().parse().ok()?, total.trim().parse().ok()?))
}

/// The text without ANSI escape sequences.
fn without_colors(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, escape)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        rest = escape.find(|c: char| c.is_ascii_alphabetic()).map_or("", |end| &escape[end + 1..]);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_lines_are_told_from_messages() {
        assert_eq!(status("   Compiling foo v0.1.0 (/x)"), Some(("Compiling", "foo v0.1.0 (/x)")));
        assert_eq!(status("    Building [=>  ] 3/20: foo"), Some(("Building", "[=>  ] 3/20: foo")));
        assert_eq!(status("Compiling foo"), None);
        assert_eq!(status("error[E0308]: mismatched types"), None);
        assert_eq!(status("       Fetch 4 complete; 4 pending   "), Some(("Fetch", "4 complete; 4 pending")));
        assert_eq!(status("warning: unused patch"), None);
        assert_eq!(bar("[=======>                  ] 3/20: foo, bar(build)"), Some((3, 20)));
        assert_eq!(bar("release [optimized]"), None);
    }

    #[test]
    fn colors_go() {
        assert_eq!(without_colors("\x1b[1m\x1b[92m   Compiling\x1b[0m foo"), "   Compiling foo");
        assert_eq!(without_colors("plain"), "plain");
        assert_eq!(without_colors("cut \x1b[1"), "cut ");
    }

    #[test]
    fn a_session_becomes_steps_and_messages() {
        let mut steps = Vec::new();
        let mut screen = Screen::default();
        let text = "    Updating crates.io index\n   Compiling a v1.0.0\n    Building [=>    ] 1/3: a\r            \r\
                    warning: unused\n\n --> src/lib.rs\n   Compiling b v1.0.0\n    Finished `release` profile\n";
        split(text.as_bytes(), |line| screen.read(&line, &mut |step: Step<'_>| steps.push(step.to_string())));
        assert_eq!(steps, ["fetching crates.io index", "compiling a", "compiling a (1/3)", "compiling b (1/3)"]);
        assert_eq!(screen.said, "warning: unused\n\n --> src/lib.rs\n");
    }
}
