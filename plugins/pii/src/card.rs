//! Payment card numbers, and the check digit after H. P. Luhn (ISO/IEC 7812-1).

use crate::cover::{cover, cover_except};
use polder_sdk::prelude::*;

/// Whether the last digit of a number is the right check digit by Luhn's algorithm.
///
/// Spaces and hyphens may group the digits; with anything else in it, or fewer than two digits, it is false.
///
/// ```sql
/// {schema}.luhn_valid('79927398713')
/// -- true
/// ```
#[scalar]
fn luhn_valid(number: &str) -> bool {
    digits(number).is_some_and(|digits| digits.len() > 1 && checks(&digits))
}

/// A card number with all but its last four digits covered; spaces and hyphens stay.
///
/// A text that is no card number (13 to 19 digits with a valid check digit) is covered whole.
///
/// ```sql
/// {schema}.mask_card('4111 1111 1111 1111')
/// -- **** **** **** 1111
/// ```
#[scalar]
pub(crate) fn mask_card(text: &str) -> String {
    match digits(text) {
        Some(digits) if is_card(text) => cover_except(text, |digit| digit + 4 >= digits.len()),
        _ => cover(text),
    }
}

pub(crate) fn is_card(text: &str) -> bool {
    digits(text).is_some_and(|digits| (13..=19).contains(&digits.len()) && checks(&digits))
}

fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().filter(|c| !matches!(c, ' ' | '-')).map(|c| c.to_digit(10)).collect()
}

/// Every second digit from the right is doubled, and of a result above 9 the digits are added; the sum must end in 0.
fn checks(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let parts = digits.iter().rev().enumerate().map(|(i, digit)| if i % 2 == 1 { doubled(*digit) } else { *digit });
    parts.sum::<u32>().is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number in the description of ISO/IEC 7812-1, and test cards published by the card schemes.
    #[test]
    fn check_digits() {
        for number in ["79927398713", "4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005", "00"] {
            assert!(luhn_valid(number), "{number}");
        }
        for number in ["79927398710", "4111 1111 1111 1112", "4111x1111", "0", "", "٤١١١"] {
            assert!(!luhn_valid(number), "{number}");
        }
    }

    #[test]
    fn masks() {
        assert_eq!(mask_card("4111 1111 1111 1111"), "**** **** **** 1111");
        assert_eq!(mask_card("378282246310005"), "***********0005");
        assert_eq!(mask_card("4111 1111 1111 1112"), "**** **** **** ****", "wrong check digit");
        assert_eq!(mask_card("79927398713"), "***********", "too short for a card");
        assert_eq!(mask_card("my card"), "** ****");
    }
}
