//! International bank account numbers (ISO 13616).

use iban::Iban;
use polder_sdk::prelude::*;

use crate::cover::{cover, cover_except};

/// Whether a text is an IBAN: the check digits are right (modulo 97), and the country's length and pattern.
///
/// Spaces are ignored; letters must be upper case.
///
/// ```sql
/// {schema}.iban_valid('GB82 WEST 1234 5698 7654 32')
/// -- true
/// ```
#[scalar]
fn iban_valid(text: &str) -> bool {
    let compact: String = text.split_whitespace().collect();
    compact.parse::<Iban>().is_ok()
}

/// An IBAN with all but its country and last four characters covered; spaces stay.
///
/// A text that is no valid IBAN is covered whole.
///
/// ```sql
/// {schema}.mask_iban('NL91 ABNA 0417 1643 00')
/// -- NL** **** **** **43 00
/// ```
#[scalar]
pub(crate) fn mask_iban(text: &str) -> String {
    if !iban_valid(text) {
        return cover(text);
    }
    let length = text.chars().filter(|c| c.is_alphanumeric()).count();
    cover_except(text, |character| character < 2 || character + 4 >= length)
}

/// The valid IBAN that `candidate` begins with, if a word ends there.
pub(crate) fn leading_iban(candidate: &str) -> Option<&str> {
    let ends = candidate.char_indices().filter(|(_, c)| *c == ' ').map(|(at, _)| at).chain([candidate.len()]);
    ends.map(|end| &candidate[..end]).find(|text| iban_valid(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Examples of the IBAN registry.
    #[test]
    fn registry() {
        for iban in
            ["GB82 WEST 1234 5698 7654 32", "NL91ABNA0417164300", "DE89 3704 0044 0532 0130 00", "NO9386011117947"]
        {
            assert!(iban_valid(iban), "{iban}");
        }
        for text in
            ["GB82 WEST 1234 5698 7654 33", "NL91ABNA041716430", "XX00123412341234", "gb82west12345698765432", ""]
        {
            assert!(!iban_valid(text), "{text}");
        }
    }

    #[test]
    fn masks() {
        assert_eq!(mask_iban("GB82 WEST 1234 5698 7654 32"), "GB** **** **** **** **54 32");
        assert_eq!(mask_iban("NL91ABNA0417164300"), "NL************4300");
        assert_eq!(mask_iban("NL92ABNA0417164300"), "******************");
    }

    #[test]
    fn in_front_of_other_words() {
        assert_eq!(leading_iban("NL91 ABNA 0417 1643 00 THE"), Some("NL91 ABNA 0417 1643 00"));
        assert_eq!(leading_iban("NL91ABNA0417164300THE"), None);
    }
}
