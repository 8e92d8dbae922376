//! E-mail addresses and phone numbers.

use crate::cover::{cover, cover_except};
use crate::find::is_email;
use polder_sdk::prelude::*;

/// An e-mail address with its name covered but for the first letter: `j***@example.com`.
///
/// The number of stars says nothing of the length. A text that is no e-mail address is covered whole.
///
/// ```sql
/// {schema}.mask_email('jane.doe@example.com')
/// -- j***@example.com
/// ```
#[scalar]
pub(crate) fn mask_email(text: &str) -> String {
    match text.trim().split_once('@') {
        Some((name, domain)) if is_email(text.trim()) => {
            let first = if name.len() > 1 { &name[..1] } else { "" };
            format!("{first}***@{domain}")
        }
        _ => cover(text),
    }
}

/// A phone number with all but its last three digits covered; `+`, spaces and other signs stay.
///
/// A text of letters, or of fewer than 8 or more than 15 digits (the most that ITU-T E.164 allows), is covered whole.
///
/// ```sql
/// {schema}.mask_phone('+31 20 794 0958')
/// -- +** ** *** *958
/// ```
#[scalar]
pub(crate) fn mask_phone(text: &str) -> String {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count() - digits;
    if letters > 0 || !(8..=15).contains(&digits) {
        return cover(text);
    }
    cover_except(text, |digit| digit + 3 >= digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks() {
        for (text, expected) in [
            ("jane.doe@example.com", "j***@example.com"),
            (" jane@mail.example.co.uk", "j***@mail.example.co.uk"),
            ("j@example.com", "***@example.com"),
            ("jane at example.com", "**** ** *******.***"),
            ("jane@localhost", "****@*********"),
        ] {
            assert_eq!(mask_email(text), expected);
        }
        for (text, expected) in [
            ("+31 20 794 0958", "+** ** *** *958"),
            ("(212) 555-0123", "(***) ***-*123"),
            ("112", "***"),
            ("0800-CALLNOW", "****-*******"),
        ] {
            assert_eq!(mask_phone(text), expected);
        }
    }
}
