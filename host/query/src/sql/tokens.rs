//! Small rewrites of tokens, where the parser below does not know a form that the field writes.

use datafusion::sql::sqlparser::ast;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, Whitespace};

use super::{DIALECT, limits, parts};
use crate::{Error, Result};

/// The tokens of a text, bounded, with `MAP<K, V>` in the form that the parser reads, `MAP(K, V)`.
pub(super) fn tokens(text: &str) -> Result<Vec<TokenWithSpan>> {
    let mut tokens = Tokenizer::new(&DIALECT, text)
        .tokenize_with_location()
        .map_err(datafusion::sql::sqlparser::parser::ParserError::from)?;
    limits::check(&tokens)?;
    let mut at = 0;
    while at < tokens.len() {
        literal(&tokens[at].token)?;
        if is_map(&tokens[at].token) {
            map_type(&mut tokens, at);
        } else if is_table_argument(&tokens, at) {
            table_argument(&mut tokens, at);
        } else {
            travel(&mut tokens, at);
        }
        at += 1;
    }
    Ok(tokens)
}

/// Passes what is no literal, or one that the planner takes: `'…'`, `E'…'`, `$$…$$` and `X'…'`.
fn literal(token: &Token) -> Result<()> {
    match token {
        Token::HexStringLiteral(digits) if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            Err(Error::Syntax("what stands in X'…' is hex digits, two for each byte".to_owned()))
        }
        Token::NationalStringLiteral(_)
        | Token::UnicodeStringLiteral(_)
        | Token::QuoteDelimitedStringLiteral(_)
        | Token::NationalQuoteDelimitedStringLiteral(_)
        | Token::SingleQuotedByteStringLiteral(_)
        | Token::DoubleQuotedByteStringLiteral(_)
        | Token::TripleSingleQuotedString(_)
        | Token::TripleDoubleQuotedString(_)
        | Token::TripleSingleQuotedByteStringLiteral(_)
        | Token::TripleDoubleQuotedByteStringLiteral(_)
        | Token::SingleQuotedRawStringLiteral(_)
        | Token::DoubleQuotedRawStringLiteral(_)
        | Token::TripleSingleQuotedRawStringLiteral(_)
        | Token::TripleDoubleQuotedRawStringLiteral(_) => {
            Err(Error::Unsupported("a text is written as '…', or as E'…' with escapes by \\".to_owned()))
        }
        _ => Ok(()),
    }
}

/// Whether `f(TABLE t` or `f(x, TABLE t` is at `at`, without brackets around what it names.
fn is_table_argument(tokens: &[TokenWithSpan], at: usize) -> bool {
    let is_space = |token: &&TokenWithSpan| matches!(token.token, Token::Whitespace(_));
    let word = |token: &TokenWithSpan| matches!(&token.token, Token::Word(_));
    let is_table = |token: &Token| matches!(token, Token::Word(word) if word.keyword == Keyword::TABLE && word.quote_style.is_none());
    let mut before = tokens[..at].iter().rev().filter(|token| !is_space(token));
    let in_call = match before.next().map(|token| &token.token) {
        Some(Token::LParen) => before.next().is_some_and(word),
        Some(Token::Comma) => true,
        _ => false,
    };
    in_call && is_table(&tokens[at].token) && tokens[at + 1..].iter().find(|token| !is_space(token)).is_some_and(word)
}

/// Makes `TABLE a.b` `TABLE(a.b)`, which reads as a call.
fn table_argument(tokens: &mut Vec<TokenWithSpan>, at: usize) {
    let is_part = |token: &&TokenWithSpan| matches!(token.token, Token::Word(_) | Token::Period);
    let Some(first) = (at + 1..tokens.len()).find(|next| is_part(&&tokens[*next])) else { return };
    let length = tokens[first..].iter().take_while(is_part).count();
    let span = tokens[at].span;
    tokens.insert(first + length, TokenWithSpan { token: Token::RParen, span });
    tokens.insert(first, TokenWithSpan { token: Token::LParen, span });
}

/// Puts values in the places of `$1`, `$2` …: tokens, so that no value can be read as anything else.
pub(super) fn fill(tokens: Vec<TokenWithSpan>, parameters: &[Vec<Token>]) -> Result<Vec<TokenWithSpan>> {
    if parameters.is_empty() {
        return Ok(tokens);
    }
    let mut filled = Vec::with_capacity(tokens.len());
    for token in tokens {
        let Token::Placeholder(name) = &token.token else {
            filled.push(token);
            continue;
        };
        let position = name.strip_prefix('$').and_then(|number| number.parse::<usize>().ok());
        let value = position.and_then(|position| parameters.get(position.checked_sub(1)?)).ok_or_else(|| {
            let count = parameters.len();
            Error::Invalid(format!("the statement has the parameter {name}, and {count} values are given"))
        })?;
        filled.extend(value.iter().map(|value| TokenWithSpan { token: value.clone(), span: token.span }));
    }
    Ok(filled)
}

/// Time travel as Databricks also writes it: `t@v3` becomes `t VERSION AS OF 3`, and the FOR of
/// `t FOR VERSION AS OF 3` goes.
fn travel(tokens: &mut Vec<TokenWithSpan>, at: usize) {
    let Token::Word(word) = &tokens[at].token else { return };
    if word.quote_style.is_none()
        && let Some((table, version)) = word.value.rsplit_once("@v")
        && !table.is_empty()
        && version.parse::<u64>().is_ok()
    {
        let version = Token::Number(version.to_owned(), false);
        let [space, word] = [Token::Whitespace(Whitespace::Space), Token::make_word(table, None)];
        let words = ["VERSION", "AS", "OF"].map(Token::make_keyword).map(|word| [space.clone(), word]);
        let rewritten = std::iter::once(word).chain(words.into_iter().flatten()).chain([space, version]);
        let span = tokens[at].span;
        tokens.splice(at..=at, rewritten.map(|token| TokenWithSpan { token, span }).collect::<Vec<_>>());
    } else if word.keyword == Keyword::FOR {
        let mut next = tokens[at + 1..].iter().filter_map(|token| match &token.token {
            Token::Whitespace(_) => None,
            Token::Word(word) => Some(word.value.to_uppercase()),
            _ => Some(String::new()),
        });
        let words: [String; 3] = std::array::from_fn(|_| next.next().unwrap_or_default());
        if matches!(words[0].as_str(), "VERSION" | "TIMESTAMP") && words[1..] == ["AS", "OF"] {
            tokens.remove(at);
        }
    }
}

fn is_map(token: &Token) -> bool {
    matches!(token, Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("map"))
}

/// If a type's arguments follow the word MAP at `at`, give them round brackets.
fn map_type(tokens: &mut Vec<TokenWithSpan>, at: usize) {
    let Some(open) = (at + 1..tokens.len()).find(|next| !matches!(tokens[*next].token, Token::Whitespace(_))) else {
        return;
    };
    if tokens[open].token != Token::Lt {
        return;
    }
    // Only what a type is made of may stand between the brackets: `map < 3` is a comparison.
    let (mut depth, mut comma, mut parentheses) = (1, false, 0);
    for close in open + 1..tokens.len() {
        match &tokens[close].token {
            Token::Lt => depth += 1,
            Token::Comma if depth == 1 => comma = true,
            Token::Gt if depth > 1 => depth -= 1,
            Token::Gt if comma => {
                tokens[open].token = Token::LParen;
                tokens[close].token = Token::RParen;
                return;
            }
            Token::ShiftRight if depth > 2 => depth -= 2,
            // `>>` closes an inner type and this one, or this one and an outer.
            Token::ShiftRight if comma => {
                let (first, second) = if depth == 2 { (Token::Gt, Token::RParen) } else { (Token::RParen, Token::Gt) };
                tokens[open].token = Token::LParen;
                let span = tokens[close].span;
                tokens[close].token = first;
                tokens.insert(close + 1, TokenWithSpan { token: second, span });
                return;
            }
            Token::LParen => parentheses += 1,
            Token::RParen if parentheses > 0 => parentheses -= 1,
            // Numbers are precisions and scales.
            Token::Number(..) if parentheses > 0 => {}
            Token::Word(_) | Token::Comma | Token::Colon | Token::Whitespace(_) => {}
            _ => return,
        }
    }
}

/// The column that stands for all columns.
const STAR: &str = "*";

/// Give the actions of MERGE that take all columns a form that the parser reads: `INSERT *` becomes
/// `INSERT ROW`, and `UPDATE SET *` becomes `UPDATE SET "*" = 0`. [`is_star`] knows them again.
pub(super) fn stars(tokens: &mut Vec<TokenWithSpan>) {
    let mut at = 0;
    while at + 1 < tokens.len() {
        if tokens[at + 1].token == Token::Mul {
            let span = tokens[at + 1].span;
            let with_span = |token| TokenWithSpan { token, span };
            match &tokens[at].token {
                Token::Word(word) if word.keyword == Keyword::INSERT => {
                    tokens[at + 1].token = Token::make_keyword("ROW");
                }
                Token::Word(word) if word.keyword == Keyword::SET => {
                    let assignment =
                        [Token::make_word(STAR, Some('"')), Token::Eq, Token::Number("0".to_owned(), false)];
                    tokens.splice(at + 1..at + 2, assignment.map(with_span));
                }
                _ => {}
            }
        }
        at += 1;
    }
}

/// Whether an action of MERGE takes all columns.
pub(crate) fn is_star(action: &ast::MergeAction) -> bool {
    match action {
        ast::MergeAction::Update(update) => match update.assignments.as_slice() {
            [ast::Assignment { target: ast::AssignmentTarget::ColumnName(name), .. }] => parts(name) == [STAR],
            _ => false,
        },
        ast::MergeAction::Insert(insert) => insert.kind == ast::MergeInsertKind::Row,
        ast::MergeAction::Delete { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_rewritten() {
        for (text, rewritten) in [
            ("m MAP<STRING, INT>", "m MAP(STRING, INT)"),
            ("m map<string, array<int>>", "m map(string, array<int>)"),
            ("a ARRAY<MAP<STRING, INT>>", "a ARRAY<MAP(STRING, INT)>"),
            ("m MAP<STRING, MAP<STRING, DECIMAL(10,2)>>", "m MAP(STRING, MAP(STRING, DECIMAL(10,2)))"),
            ("SELECT map < 3, 4 > 5", "SELECT map < 3, 4 > 5"),
            ("FROM a.t@v12 AS x", "FROM a.t VERSION AS OF 12 AS x"),
            ("FROM t FOR VERSION AS OF 3", "FROM t  VERSION AS OF 3"),
            ("FROM \"t@v1\", x@y, t@va", "FROM \"t@v1\", x@y, t@va"),
        ] {
            let text: String = tokens(text).unwrap().iter().map(|token| token.token.to_string()).collect();
            assert_eq!(text.trim_end_matches("EOF"), rewritten);
        }
    }
}
