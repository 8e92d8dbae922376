//! Forms of a text in which what should be equal is equal.

use caseless::Caseless;
use deunicode::deunicode_char;
use polder_sdk::prelude::*;
use unicode_normalization::UnicodeNormalization;

/// A text made comparable: Unicode NFKC, case folded, runs of white space made one space, ends trimmed.
///
/// So full-width and half-width forms, ligatures, upper and lower case (`ß` and `SS` too) become equal;
/// accents stay.
///
/// ```sql
/// {schema}.normalise('  Ｆull   WIDTH ')
/// -- full width
/// ```
#[scalar]
fn normalise(text: &str) -> String {
    let folded: String = text.nfkd().default_case_fold().nfkc().collect();
    let mut out = String::with_capacity(folded.len());
    for word in folded.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// A text for the path of a URL: Latin letters in lower case and digits, joined by single hyphens.
///
/// Other scripts are transliterated. Text without any letter or digit gives an empty slug.
///
/// ```sql
/// {schema}.slug('Crème brûlée')
/// -- creme-brulee
/// ```
#[scalar]
fn slug(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for character in text.nfc().filter(|c| !matches!(c, '\'' | '’')) {
        for letter in deunicode_char(character).unwrap_or(" ").chars() {
            if letter.is_ascii_alphanumeric() {
                if gap && !out.is_empty() {
                    out.push('-');
                }
                gap = false;
                out.push(letter.to_ascii_lowercase());
            } else {
                gap = true;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_forms() {
        for (text, expected) in [
            ("  Hello\t\n WORLD ", "hello world"),
            ("STRASSE Straße", "strasse strasse"),
            ("ﬁne Ａｂｃ①", "fine abc1"),
            ("e\u{301}tE\u{301}", "été"),
            ("ΜΆΪΟΣ", "μάϊοσ"),
            ("a\u{a0}b\u{3000}c", "a b c"),
            ("", ""),
        ] {
            assert_eq!(normalise(text), expected);
            assert_eq!(normalise(expected), expected, "once is enough");
        }
    }

    #[test]
    fn slugs() {
        for (text, expected) in [
            ("Hello, World!", "hello-world"),
            ("  JFK → Los Angeles (2013) ", "jfk-los-angeles-2013"),
            ("Crème brûlée", "creme-brulee"),
            ("Cre\u{300}me", "creme"),
            ("Don't stop", "dont-stop"),
            ("Москва", "moskva"),
            ("北京", "bei-jing"),
            ("—", ""),
        ] {
            assert_eq!(slug(text), expected);
        }
    }
}
