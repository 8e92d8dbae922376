//! Splitting a script into statements, by tokens and not by semicolons in text.

use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

use super::DIALECT;
use crate::{Error, Result};

/// A script cut into statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Statements in order, as written, without their semicolons.
    pub statements: Vec<String>,
    /// Whether the text ends within a statement: no semicolon closed the last one.
    pub open: bool,
}

/// Cut `text` at its semicolons. An open string or comment is [`Error::Incomplete`].
pub fn statements(text: &str) -> Result<Script> {
    let tokens = Tokenizer::new(&DIALECT, text).tokenize_with_location().map_err(|error| {
        if error.message.to_lowercase().contains("unterminated") || error.message.contains("EOF") {
            Error::Incomplete(error.to_string())
        } else {
            Error::Syntax(error.to_string())
        }
    })?;
    let lines: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let offset = |line: u64, column: u64| {
        let start = lines[(line as usize - 1).min(lines.len() - 1)];
        text[start..].char_indices().nth(column as usize - 1).map_or(text.len(), |(at, _)| start + at)
    };
    let mut statements = Vec::new();
    let mut start: Option<usize> = None;
    let mut end = 0;
    for token in tokens {
        match token.token {
            Token::Whitespace(_) | Token::EOF => {}
            Token::SemiColon => {
                let at = offset(token.span.start.line, token.span.start.column);
                if let Some(start) = start.take() {
                    statements.push(text[start..at].trim_end().to_owned());
                }
                end = at + 1;
            }
            _ if start.is_none() => start = Some(offset(token.span.start.line, token.span.start.column).max(end)),
            _ => {}
        }
    }
    let open = start.is_some();
    if let Some(start) = start {
        statements.push(text[start..].trim_end().to_owned());
    }
    Ok(Script { statements, open })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_at_tokens() {
        let script = statements("SELECT ';é' AS a; -- one; two\n/* ; */ SELECT\n \"x;\" ;;\nSELECT 3").unwrap();
        assert_eq!(script.statements, ["SELECT ';é' AS a", "SELECT\n \"x;\"", "SELECT 3"]);
        assert!(script.open);
        assert!(!statements("SELECT 1;\n-- end").unwrap().open);
        assert_eq!(statements(" \n-- nothing\n").unwrap().statements, Vec::<String>::new());
    }

    #[test]
    fn tells_what_is_open() {
        for text in ["SELECT 'abc", "SELECT 1 /* open"] {
            assert!(matches!(statements(text), Err(Error::Incomplete(_))), "{text}");
        }
    }
}
