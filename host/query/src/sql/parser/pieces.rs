//! What statements are made of: words, names, options, and the error that says what was expected.

use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::Token;
use polder_catalog::Kind;

use super::{Input, Parsed, fold, parts};
use crate::Result;
use crate::sql::Name;

impl Input {
    pub(super) fn new_name(&mut self) -> Result<(bool, Name)> {
        Ok((self.if_not_exists()?, self.name()?))
    }

    pub(super) fn if_not_exists(&mut self) -> Result<bool> {
        Ok(self.word("IF") && {
            self.words(&["NOT", "EXISTS"])?;
            true
        })
    }

    pub(super) fn if_exists(&mut self) -> Result<bool> {
        Ok(self.word("IF") && {
            self.words(&["EXISTS"])?;
            true
        })
    }

    pub(super) fn comment_and_location(&mut self) -> Result<(Option<String>, Option<String>)> {
        let (mut comment, mut location) = (None, None);
        loop {
            if self.word("COMMENT") {
                comment = Some(self.string()?);
            } else if self.word("LOCATION") {
                location = Some(self.string()?);
            } else if self.word("MANAGED") {
                self.words(&["LOCATION"])?;
                location = Some(self.string()?);
            } else {
                return Ok((comment, location));
            }
        }
    }

    pub(super) fn kind(&mut self) -> Result<Kind> {
        self.maybe_kind().ok_or_else(|| {
            self.expected("CATALOG, SCHEMA, TABLE, VIEW, VOLUME, FUNCTION, PLUGIN, CONNECTION or PUBLISHER").into()
        })
    }

    pub(super) fn maybe_kind(&mut self) -> Option<Kind> {
        let kind = match self.peek(0).as_str() {
            "CATALOG" => Kind::Catalog,
            "SCHEMA" | "DATABASE" => Kind::Schema,
            "TABLE" => Kind::Table,
            "VIEW" => Kind::View,
            "VOLUME" => Kind::Volume,
            "FUNCTION" => Kind::Function,
            "PLUGIN" => Kind::Plugin,
            "CONNECTION" => Kind::Connection,
            "PUBLISHER" => Kind::Publisher,
            _ => return None,
        };
        self.0.next_token();
        Some(kind)
    }

    /// `('key', …)`
    pub(super) fn texts(&mut self) -> Result<Vec<String>> {
        self.0.expect_token(&Token::LParen)?;
        let mut texts = vec![self.string()?];
        while self.0.consume_token(&Token::Comma) {
            texts.push(self.string()?);
        }
        self.0.expect_token(&Token::RParen)?;
        Ok(texts)
    }

    /// `('key' = 'value', …)`; keys may be bare and dotted, and their case is kept; `=` may be left out.
    pub(super) fn options(&mut self) -> Result<Vec<(String, String)>> {
        self.0.expect_token(&Token::LParen)?;
        let mut options = Vec::new();
        loop {
            let key = match self.0.peek_token().token {
                Token::SingleQuotedString(_) => self.string()?,
                _ => {
                    let name = self.0.parse_object_name(false)?;
                    let parts = name.0.iter().filter_map(|part| part.as_ident());
                    parts.map(|part| part.value.as_str()).collect::<Vec<_>>().join(".")
                }
            };
            let _ = self.0.consume_token(&Token::Eq);
            let value = match self.0.next_token().token {
                Token::SingleQuotedString(text) | Token::Number(text, _) => text,
                Token::Word(word) => word.value,
                _ => {
                    self.0.prev_token();
                    return Err(self.expected("a value").into());
                }
            };
            options.push((key, value));
            if !self.0.consume_token(&Token::Comma) {
                break;
            }
        }
        self.0.expect_token(&Token::RParen)?;
        Ok(options)
    }

    pub(super) fn names_in_parentheses(&mut self) -> Parsed<Vec<String>> {
        self.0.expect_token(&Token::LParen)?;
        let names = self.0.parse_comma_separated(Parser::parse_identifier)?;
        self.0.expect_token(&Token::RParen)?;
        Ok(names.into_iter().map(fold).collect())
    }

    pub(super) fn name(&mut self) -> Parsed<Name> {
        let name = self.0.parse_object_name(false)?;
        Ok(parts(&name))
    }

    pub(super) fn identifier(&mut self) -> Parsed<String> {
        self.0.parse_identifier().map(fold)
    }

    /// A principal may be written with a string's quotes, as e-mail addresses need.
    pub(super) fn principal(&mut self) -> Parsed<String> {
        match self.0.peek_token().token {
            Token::SingleQuotedString(_) => self.string(),
            _ => {
                let _ = self.0.parse_keyword(Keyword::USER);
                let _ = self.0.parse_keyword(Keyword::GROUP);
                self.0.parse_identifier().map(|name| name.value)
            }
        }
    }

    pub(super) fn string(&mut self) -> Parsed<String> {
        self.0.parse_literal_string()
    }

    /// The next word but `ahead` in capitals, or "" where there is none.
    pub(super) fn peek(&self, ahead: usize) -> String {
        match self.0.peek_nth_token(ahead).token {
            Token::Word(word) if word.quote_style.is_none() => word.value.to_uppercase(),
            Token::Period => ".".to_owned(),
            _ => String::new(),
        }
    }

    pub(super) fn word(&mut self, word: &str) -> bool {
        let found = self.peek(0) == word;
        if found {
            self.0.next_token();
        }
        found
    }

    pub(super) fn words(&mut self, words: &[&str]) -> Parsed<()> {
        for word in words {
            if !self.word(word) {
                return Err(self.expected(word));
            }
        }
        Ok(())
    }

    /// Whether the next word is followed by a name, and not a name itself: `DESCRIBE history` is a table.
    pub(super) fn names_follow(&self) -> bool {
        matches!(self.0.peek_nth_token(1).token, Token::Word(_))
    }

    pub(super) fn at_end(&self) -> bool {
        matches!(self.0.peek_token().token, Token::EOF | Token::SemiColon)
    }

    pub(super) fn end(&mut self) -> Result<()> {
        if self.0.peek_token().token == Token::EOF {
            Ok(())
        } else {
            Err(self.expected("the end of the statement").into())
        }
    }

    pub(super) fn expected(&self, what: &str) -> ParserError {
        let found = self.0.peek_token();
        let place = found.span.start;
        let found = match found.token {
            Token::EOF => "the end".to_owned(),
            token => format!("'{token}'"),
        };
        if place.line == 0 {
            return ParserError::ParserError(format!("expected {what}, found {found}"));
        }
        ParserError::ParserError(format!(
            "expected {what}, found {found} at line {}, column {}",
            place.line, place.column
        ))
    }
}
