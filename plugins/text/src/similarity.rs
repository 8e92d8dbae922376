//! How alike two texts are.

use polder_sdk::prelude::*;

/// Levenshtein distance: the fewest insertions, deletions and replacements of a code point that turn
/// one text into the other.
///
/// It takes time in proportion to the product of both lengths.
///
/// ```sql
/// {schema}.edit_distance('kitten', 'sitting')
/// -- 3
/// ```
#[scalar]
fn edit_distance(a: &str, b: &str) -> i64 {
    strsim::levenshtein(a, b) as i64
}

/// Jaro-Winkler similarity, from 0 (nothing in common) to 1 (equal): made for names of people and places.
///
/// A common start of up to four code points counts extra, with Winkler's factor of 0.1.
///
/// ```sql
/// round({schema}.jaro_winkler('MARTHA', 'MARHTA'), 3)
/// -- 0.961
/// ```
#[scalar]
fn jaro_winkler(a: &str, b: &str) -> f64 {
    strsim::jaro_winkler(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits() {
        for (a, b, expected) in [("kitten", "sitting", 3), ("", "abc", 3), ("naïve", "naive", 1), ("same", "same", 0)]
        {
            assert_eq!(edit_distance(a, b), expected, "{a} {b}");
        }
    }

    /// Winkler's own table of examples.
    #[test]
    fn winklers_names() {
        for (a, b, expected) in
            [("MARTHA", "MARHTA", 0.961), ("DWAYNE", "DUANE", 0.840), ("DIXON", "DICKSONX", 0.813), ("A", "Z", 0.0)]
        {
            assert!((jaro_winkler(a, b) - expected).abs() < 5e-4, "{a} {b}");
        }
    }
}
