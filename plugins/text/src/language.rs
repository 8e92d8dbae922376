//! Which language a text is written in, guessed from its script and the frequency of its trigrams.

use polder_sdk::prelude::*;

/// The language of a text as an ISO 639-3 code such as `eng`; null when it holds no letters.
///
/// A guess among 70 languages: good for sentences, poor for a word or two; see `language_confidence`.
///
/// ```sql
/// {schema}.language('All human beings are born free and equal in dignity and rights.')
/// -- eng
/// ```
#[scalar]
fn language(text: &str) -> Option<String> {
    whatlang::detect_lang(text).map(|language| language.code().to_owned())
}

/// How sure the guess of `language` is, from 0 to 1; null when the text holds no letters.
#[scalar]
fn language_confidence(text: &str) -> Option<f64> {
    whatlang::detect(text).map(|guess| guess.confidence())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the Universal Declaration of Human Rights.
    #[test]
    fn first_article() {
        for (text, expected) in [
            ("All human beings are born free and equal in dignity and rights.", "eng"),
            ("Alle mensen worden vrij en gelijk in waardigheid en rechten geboren.", "nld"),
            ("Tous les êtres humains naissent libres et égaux en dignité et en droits.", "fra"),
            ("Alle Menschen sind frei und gleich an Würde und Rechten geboren.", "deu"),
            ("人人生而自由,在尊严和权利上一律平等。", "cmn"),
        ] {
            assert_eq!(language(text).as_deref(), Some(expected));
            assert!(language_confidence(text).unwrap() > 0.2, "{text}");
        }
        assert_eq!(language("12 : 34"), None);
        assert_eq!(language_confidence(""), None);
    }
}
