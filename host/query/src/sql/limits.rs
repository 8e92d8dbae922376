//! How deep a statement may nest. Plans are walked by recursion, so an endless chain of operators would
//! overflow the stack and take the whole process with it. Brackets are bounded by the parser.

use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan};

use crate::{Error, Result};

/// Operators in one expression: without a comma between them, on one level of brackets.
const OPERATORS: usize = 2_000;

/// Joins and set operations in one statement.
const RELATIONS: usize = 500;

/// Types such as `ARRAY<…>` in one statement.
const TYPES: usize = 1_000;

pub(super) fn check(tokens: &[TokenWithSpan]) -> Result<()> {
    // Operators since the last comma, on each level of brackets.
    let mut outer: Vec<usize> = Vec::new();
    let (mut operators, mut relations, mut types) = (0, 0, 0);
    for TokenWithSpan { token, span } in tokens {
        match token {
            Token::LParen => outer.push(std::mem::take(&mut operators)),
            Token::RParen => operators = outer.pop().unwrap_or_default(),
            Token::Comma => operators = 0,
            Token::Word(word) => match word.keyword {
                Keyword::AND | Keyword::OR | Keyword::IS | Keyword::LIKE | Keyword::ILIKE | Keyword::IN => {
                    operators += 1;
                }
                Keyword::JOIN | Keyword::UNION | Keyword::INTERSECT | Keyword::EXCEPT => relations += 1,
                Keyword::ARRAY | Keyword::STRUCT | Keyword::MAP => types += 1,
                _ => {}
            },
            Token::Number(..) | Token::SingleQuotedString(_) | Token::Whitespace(_) | Token::Period => {}
            Token::RBracket | Token::SemiColon | Token::EOF => {}
            _ => operators += 1,
        }
        for (count, most, what) in [
            (operators, OPERATORS, "operators in one expression: IN (…) takes as many values as you like"),
            (relations, RELATIONS, "joins and set operations in one statement"),
            (types, TYPES, "nested types in one statement"),
        ] {
            if count > most {
                return Err(Error::Syntax(format!("line {}: more than {most} {what}", span.start.line)));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::sql::parse;

    #[test]
    fn chains_are_bounded_and_lists_are_not() {
        let chain = |link: &str, n: usize| format!("SELECT 1{}", link.repeat(n));
        for (link, most) in [(" + 1", 2_000), (" OR 1 = 1", 1_000), (" UNION ALL SELECT 1", 500)] {
            assert!(parse(&chain(link, most - 1)).is_ok(), "{link}");
            assert!(parse(&chain(link, 100_000)).is_err(), "{link}");
        }
        assert!(parse(&format!("SELECT 1 IN (-1{})", ", -1".repeat(100_000))).is_ok());
        assert!(parse(&format!("CREATE TABLE t (a {}INT", "ARRAY<".repeat(3_000))).is_err());
        assert!(parse(&"EXPLAIN ".repeat(100_000)).is_err());
    }
}
