//! Small rewrites of tokens, where the parser below does not know a form that the field writes.

use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

use super::DIALECT;
use crate::Result;

/// The tokens of a text, with `MAP<K, V>` in the form that the parser reads, `MAP(K, V)`.
pub(super) fn tokens(text: &str) -> Result<Vec<TokenWithSpan>> {
    let mut tokens = Tokenizer::new(&DIALECT, text)
        .tokenize_with_location()
        .map_err(datafusion::sql::sqlparser::parser::ParserError::from)?;
    let mut at = 0;
    while at < tokens.len() {
        if is_map(&tokens[at].token) {
            map_type(&mut tokens, at);
        }
        at += 1;
    }
    Ok(tokens)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn map_types_get_round_brackets() {
        for (text, rewritten) in [
            ("m MAP<STRING, INT>", "m MAP(STRING, INT)"),
            ("m map<string, array<int>>", "m map(string, array<int>)"),
            ("a ARRAY<MAP<STRING, INT>>", "a ARRAY<MAP(STRING, INT)>"),
            ("m MAP<STRING, MAP<STRING, DECIMAL(10,2)>>", "m MAP(STRING, MAP(STRING, DECIMAL(10,2)))"),
            ("SELECT map < 3, 4 > 5", "SELECT map < 3, 4 > 5"),
        ] {
            let text: String = tokens(text).unwrap().iter().map(|token| token.token.to_string()).collect();
            assert_eq!(text.trim_end_matches("EOF"), rewritten);
        }
    }
}
