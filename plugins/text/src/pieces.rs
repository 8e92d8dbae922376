//! Texts cut into pieces, one row each.

use polder_sdk::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

/// A piece of a text, and which one it is: the first is 1.
#[derive(Row)]
struct Token<'a> {
    token: &'a str,
    position: i64,
}

#[derive(Row)]
struct Ngram<'a> {
    ngram: &'a str,
    position: i64,
}

#[derive(Debug, thiserror::Error)]
#[error("an n-gram has at least one character, not {0}")]
struct NoCharacters(i64);

/// The words of a text, without spaces and punctuation.
///
/// Words end where Unicode's annex 29 says, so `can't` and `3.14` are one word each.
///
/// ```sql
/// SELECT * FROM {schema}.tokens('Can''t stop')
/// -- token,position
/// -- Can't,1
/// -- stop,2
/// ```
#[table]
fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    text.unicode_words().zip(1..).map(|(word, position)| Token { token: word, position })
}

/// All runs of `n` characters of a text, overlapping; none when it is shorter.
///
/// Two texts that share many n-grams are alike, and unlike a distance n-grams can be joined on.
///
/// ```sql
/// SELECT * FROM {schema}.ngrams('polder', 5)
/// -- ngram,position
/// -- polde,1
/// -- older,2
/// ```
#[table]
fn ngrams(text: &str, n: i64) -> Result<Vec<Ngram<'_>>, NoCharacters> {
    let length = usize::try_from(n).ok().filter(|n| *n > 0).ok_or(NoCharacters(n))?;
    // Where each character starts, and where the last one ends.
    let starts: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
    let runs = starts
        .iter()
        .zip(starts.iter().skip(length))
        .zip(1..)
        .map(|((from, to), position)| Ngram { ngram: &text[*from..*to], position });
    Ok(runs.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let words = |text| tokens(text).map(|t| (t.position, t.token)).collect::<Vec<_>>();
        let expected = [(1, "The"), (2, "can't"), (3, "of"), (4, "3.14"), (5, "naïve")];
        assert_eq!(words("The (can't) of 3.14 — naïve!"), expected);
        assert_eq!(words(" ?! "), []);
    }

    #[test]
    fn runs_of_characters() {
        let runs = |text: &str, n| ngrams(text, n).unwrap().into_iter().map(|g| g.ngram.to_owned()).collect::<Vec<_>>();
        assert_eq!(runs("polder", 3), ["pol", "old", "lde", "der"]);
        assert_eq!(runs("abc", 3), ["abc"]);
        assert_eq!(runs("e\u{301}a🇳🇱", 2), ["e\u{301}a", "a🇳🇱"]);
        assert!(runs("ab", 3).is_empty() && runs("", 1).is_empty());
        assert!(runs("ab", i64::MAX).is_empty());
        assert!(ngrams("ab", 0).is_err() && ngrams("ab", -1).is_err());
    }
}
