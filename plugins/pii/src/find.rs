//! Finding personal data by its shape, confirmed by check digits where there are any.

use polder_sdk::prelude::*;
use std::sync::LazyLock;

use regex::Regex;

use crate::card::{is_card, mask_card};
use crate::contact::{mask_email, mask_phone};
use crate::iban::{leading_iban, mask_iban};

/// Something personal in a text.
#[derive(Row)]
struct Finding<'a> {
    /// `email`, `phone`, `card` or `iban`.
    kind: &'a str,
    /// Where it starts: the first code point of the text is 1, as for `substr`.
    start: i64,
    /// Its length in code points.
    length: i64,
    value: &'a str,
}

/// The e-mail addresses, phone numbers, payment cards and IBANs in a text, in order.
///
/// Cards and IBANs count only with valid check digits. Phone numbers are those written
/// internationally (`+31 20 794 0958`, `0031…`), in the North American way, or with a leading 0.
///
/// ```sql
/// SELECT * FROM {schema}.detect('Mail jane@example.com')
/// -- kind,start,length,value
/// -- email,6,16,jane@example.com
/// ```
#[table]
fn detect(text: &str) -> impl Iterator<Item = Finding<'_>> {
    find(text).into_iter().map(|Found { kind, start, value }| Finding {
        kind: kind.name,
        start: text[..start].chars().count() as i64 + 1,
        length: value.chars().count() as i64,
        value,
    })
}

/// The kinds of personal data that `detect` finds in a text, each once, in alphabetical order.
///
/// ```sql
/// array_to_string({schema}.detect_kinds('jane@example.com or +31 20 794 0958'), ' ')
/// -- email phone
/// ```
#[scalar]
fn detect_kinds(text: &str) -> Vec<&str> {
    let mut kinds: Vec<&str> = find(text).iter().map(|found| found.kind.name).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// Whether `detect` finds anything in a text.
///
/// ```sql
/// {schema}.contains_pii('Mail jane@example.com')
/// -- true
/// ```
#[scalar]
fn contains_pii(text: &str) -> bool {
    !find(text).is_empty()
}

/// A text in which all that `detect` finds is masked, each kind in its own way; the rest stays.
///
/// ```sql
/// {schema}.mask('Mail jane@example.com or call (212) 555-0123.')
/// -- Mail j***@example.com or call (***) ***-*123.
/// ```
#[scalar]
fn mask(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for found in find(text) {
        out.push_str(&text[done..found.start]);
        out.push_str(&(found.kind.mask)(found.value));
        done = found.start + found.value.len();
    }
    out + &text[done..]
}

pub(crate) fn is_email(text: &str) -> bool {
    EMAIL.shape.find(text).is_some_and(|found| found.as_str() == text)
}

struct Kind {
    name: &'static str,
    shape: Regex,
    /// The part of what has the shape that is really of this kind.
    confirm: fn(&str) -> Option<&str>,
    mask: fn(&str) -> String,
}

struct Found<'a> {
    kind: &'static Kind,
    /// In bytes.
    start: usize,
    value: &'a str,
}

/// What a kind earlier in this list has found, a later one cannot claim.
static KINDS: [&LazyLock<Kind>; 4] = [&EMAIL, &IBAN, &CARD, &PHONE];

static EMAIL: LazyLock<Kind> = LazyLock::new(|| Kind {
    name: "email",
    shape: regex(r"[A-Za-z0-9_%+-][A-Za-z0-9._%+-]*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}"),
    confirm: |text| Some(text),
    mask: mask_email,
});

static IBAN: LazyLock<Kind> = LazyLock::new(|| Kind {
    name: "iban",
    shape: regex(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}\b"),
    confirm: leading_iban,
    mask: mask_iban,
});

static CARD: LazyLock<Kind> = LazyLock::new(|| Kind {
    name: "card",
    // In fours; as American Express groups them; or without any gap. Schemes begin with 2 to 6.
    shape: regex(
        r"\b[2-6][0-9]{3}(?:[ -][0-9]{4}){3}\b|\b3[47][0-9]{2}[ -][0-9]{6}[ -][0-9]{5}\b|\b[2-6][0-9]{12,18}\b",
    ),
    confirm: |text| is_card(text).then_some(text),
    mask: mask_card,
});

static PHONE: LazyLock<Kind> = LazyLock::new(|| Kind {
    name: "phone",
    shape: regex(concat!(
        // +31 20 794 0958, +49 (0)30 123456, 0031 20 794 0958
        r"(?:\+|\b00)[1-9][0-9]{0,2}[ .-]?(?:\([0-9]{1,4}\)[ .-]?)?[0-9](?:[ .-]?[0-9]){5,12}\b",
        // (212) 555-0123, 212-555-0123, 212.555.0123
        r"|\([2-9][0-9]{2}\) ?[0-9]{3}[ .-][0-9]{4}\b|\b[2-9][0-9]{2}[ .-][0-9]{3}[ .-][0-9]{4}\b",
        // 020-7940958, 0171/1234567, 020 7946 0958, 06 12 34 56 78, 0612345678
        r"|\b0[1-9][0-9]{0,3}[ /-][0-9]{3,4} ?[0-9]{3,4}\b|\b0[1-9](?:[ .-][0-9]{2}){4}\b|\b0[1-9][0-9]{8,9}\b",
    )),
    confirm: |text| (8..=15).contains(&digits(text)).then_some(text),
    mask: mask_phone,
});

fn regex(pattern: &str) -> Regex {
    // Without Unicode tables, which nothing here needs: ASCII boundaries are quicker to find.
    Regex::new(&format!("(?-u){pattern}")).expect("the patterns above are tested")
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// All findings in order; none overlaps another.
fn find(text: &str) -> Vec<Found<'_>> {
    // Most texts hold nothing of the kind, and this is quicker than any pattern.
    if !text.contains('@') && digits(text) < 8 {
        return Vec::new();
    }
    let mut all: Vec<Found> = Vec::new();
    for kind in KINDS {
        let mut from = 0;
        while let Some(shape) = kind.shape.find_at(text, from) {
            let start = shape.start();
            // Every shape begins with an ASCII character, so the byte after it begins a character too.
            from = start + 1;
            let Some(value) = (kind.confirm)(shape.as_str()) else { continue };
            from = start + value.len();
            if all.iter().all(|other| from <= other.start || other.start + other.value.len() <= start) {
                all.push(Found { kind, start, value });
            }
        }
    }
    all.sort_by_key(|found| found.start);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, &str)> {
        detect(text).map(|finding| (finding.kind, finding.value)).collect()
    }

    #[test]
    fn each_kind() {
        for (kind, value) in [
            ("email", "jane.doe+list@mail.example.co.uk"),
            ("iban", "GB82 WEST 1234 5698 7654 32"),
            ("iban", "NL91ABNA0417164300"),
            ("card", "4111 1111 1111 1111"),
            ("card", "3782 822463 10005"),
            ("card", "5555555555554444"),
            ("phone", "+31 20 794 0958"),
            ("phone", "+49 (0)30 123456"),
            ("phone", "0031207940958"),
            ("phone", "(212) 555-0123"),
            ("phone", "212.555.0123"),
            ("phone", "020 7946 0958"),
            ("phone", "06-12345678"),
            ("phone", "06 12 34 56 78"),
            ("phone", "0612345678"),
        ] {
            let expected = [(kind, value)];
            assert_eq!(found(value), expected);
            assert_eq!(found(&format!("Ask {value}, or wait.")), expected, "{value} in a sentence");
        }
    }

    #[test]
    fn nothing_personal() {
        for text in [
            "",
            "2013-01-15 10:05:00",
            "01-02-2013 10:30",
            "flight 1545 of N14228 left at 517",
            "4111 1111 1111 1112",
            "user@localhost",
            "1234567890123456789012345",
            "GB82 WEST 1234 5698 7654 33",
            "1.234.567,89 + 9.876.543,21",
        ] {
            assert_eq!(found(text), [], "{text}");
            assert!(!contains_pii(text));
            assert_eq!(mask(text), text);
        }
    }

    #[test]
    fn positions_count_code_points() {
        let text = "Größe: jane@example.com";
        let finding = detect(text).next().unwrap();
        assert_eq!((finding.start, finding.length), (8, 16));
    }

    #[test]
    fn several_in_one_text() {
        let text =
            "Mail jane@example.com or call (212) 555-0123; pay to NL91 ABNA 0417 1643 00 or 4111 1111 1111 1111.";
        assert_eq!(found("NL91ABNA0417164300 DE89370400440532013000").len(), 2);
        assert_eq!(detect_kinds(text), ["card", "email", "iban", "phone"]);
        assert_eq!(
            mask(text),
            "Mail j***@example.com or call (***) ***-*123; pay to NL** **** **** **43 00 or **** **** **** 1111."
        );
    }
}
