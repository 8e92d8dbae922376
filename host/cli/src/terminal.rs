//! What is known of the terminal, and plain messages to it.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use crate::Result;

/// Columns of the terminal that stdout is; none where it is something else.
pub(crate) fn width() -> Option<u16> {
    if !io::stdout().is_terminal() {
        return None;
    }
    terminal_size::terminal_size().map(|(terminal_size::Width(width), _)| width)
}

pub(crate) fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Whether colours are wanted on stderr.
pub(crate) fn colors_on_stderr() -> bool {
    stderr_is_terminal() && wants_colors()
}

/// Whether the user did not refuse colours (see https://no-color.org).
pub(crate) fn wants_colors() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// A line on stdout.
pub(crate) fn say(text: impl Display) -> Result<()> {
    Ok(writeln!(io::stdout(), "{text}")?)
}

/// A line on stderr. Where nobody can read it, nobody misses it.
pub(crate) fn note(text: impl Display) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// An error on stderr.
pub(crate) fn complain(error: impl Display) {
    note(format_args!("error: {}", plain(&error.to_string())));
}

/// A text without what would steer a terminal; line breaks stay.
pub(crate) fn plain(text: &str) -> std::borrow::Cow<'_, str> {
    let steers = |c: char| c.is_control() && c != '\n';
    if !text.contains(steers) {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\t' => plain.push_str("    "),
            '\r' => {}
            c if steers(c) => plain.extend(c.escape_default()),
            c => plain.push(c),
        }
    }
    plain.into()
}

/// "12 ms", "3.4 s"
pub(crate) fn time(took: Duration) -> String {
    match took.as_millis() {
        millis @ 0..1000 => format!("{millis} ms"),
        _ => format!("{:.1} s", took.as_secs_f64()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_steer_the_terminal() {
        assert_eq!(plain("a\nb"), "a\nb");
        assert_eq!(plain("\u{1b}[2J\r\tx\u{9b}é"), "\\u{1b}[2J    x\\u{9b}é");
    }

    #[test]
    fn times() {
        assert_eq!(time(Duration::from_millis(12)), "12 ms");
        assert_eq!(time(Duration::from_millis(3440)), "3.4 s");
    }
}
