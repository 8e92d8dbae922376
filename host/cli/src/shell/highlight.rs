//! Colours for what is typed: keywords, texts, numbers and comments.

use std::borrow::Cow;

use rustyline::highlight::{CmdKind, Highlighter};

use super::words::is_keyword;

const KEYWORD: &str = "\x1b[1;34m";
const TEXT: &str = "\x1b[32m";
const NUMBER: &str = "\x1b[36m";
const COMMENT: &str = "\x1b[2m";
const COMMAND: &str = "\x1b[35m";
const PLAIN: &str = "\x1b[0m";

pub(super) struct Colors;

impl Highlighter for Colors {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        colored(line).into()
    }

    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        format!("\x1b[1m{prompt}{PLAIN}").into()
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        kind != CmdKind::MoveCursor
    }
}

fn colored(line: &str) -> String {
    let mut out = String::with_capacity(2 * line.len());
    let mut rest = line;
    while !rest.is_empty() {
        let (length, color) = token(rest, rest.len() == line.len());
        let (token, after) = rest.split_at(length);
        match color {
            Some(color) => out.extend([color, token, PLAIN]),
            None => out.push_str(token),
        }
        rest = after;
    }
    out
}

/// The length of the token that begins `text`, and its colour.
fn token(text: &str, first: bool) -> (usize, Option<&'static str>) {
    let until = |end: &str, from: usize| text[from..].find(end).map_or(text.len(), |at| from + at + end.len());
    let while_ = |part: fn(char) -> bool| text.find(|c| !part(c)).unwrap_or(text.len());
    match text.chars().next() {
        Some('\\') if first => (while_(|c| !c.is_whitespace()), Some(COMMAND)),
        Some('\'') => (until("'", 1), Some(TEXT)),
        Some('"') => (until("\"", 1), None),
        Some('`') => (until("`", 1), None),
        Some('-') if text.starts_with("--") => (text.find('\n').unwrap_or(text.len()), Some(COMMENT)),
        Some('/') if text.starts_with("/*") => (until("*/", 2), Some(COMMENT)),
        Some(c) if c.is_ascii_digit() => (while_(|c| c.is_ascii_alphanumeric() || c == '.'), Some(NUMBER)),
        Some(c) if c.is_alphabetic() || c == '_' => {
            let length = while_(|c| c.is_alphanumeric() || c == '_');
            (length, is_keyword(&text[..length]).then_some(KEYWORD))
        }
        Some(c) => (c.len_utf8(), None),
        None => (0, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_are_added() {
        let lines = ["select 'a;b', \"x\", 1.5e3 -- end", "SELECT 'open", "/* é", "\\d t", "naïve `q` ≠ 2", "--\nfrom"];
        for line in lines {
            let mut plain = colored(line);
            for color in [KEYWORD, TEXT, NUMBER, COMMENT, COMMAND, PLAIN] {
                plain = plain.replace(color, "");
            }
            assert_eq!(plain, line);
        }
        assert_eq!(colored("Select 'x'"), format!("{KEYWORD}Select{PLAIN} {TEXT}'x'{PLAIN}"));
        assert_eq!(colored("selected"), "selected");
    }
}
