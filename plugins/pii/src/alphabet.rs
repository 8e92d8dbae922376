//! The alphabets within which a pseudonym replaces characters: a digit becomes a digit, a capital a
//! capital, a Cyrillic letter a Cyrillic letter.
//!
//! They are written out here, not taken from Unicode's tables, because a pseudonym must not change
//! when a newer Unicode moves a letter. For the same reason they may never be altered, only added to.

/// The code points from the first to the last, every `step`th one.
#[derive(Debug, PartialEq)]
struct Span(u32, u32, u32);

/// An alphabet: spans of code points, in the order in which its characters are numbered.
#[derive(Debug, PartialEq)]
pub(crate) struct Alphabet(&'static [Span]);

const ALPHABETS: &[Alphabet] = &[
    // ASCII: digits, small letters, capitals.
    Alphabet(&[Span(0x30, 0x39, 1)]),
    Alphabet(&[Span(0x61, 0x7a, 1)]),
    Alphabet(&[Span(0x41, 0x5a, 1)]),
    // Latin-1 and Latin Extended-A, where small letters and capitals alternate.
    Alphabet(&[
        Span(0xdf, 0xf6, 1),
        Span(0xf8, 0xff, 1),
        Span(0x101, 0x137, 2),
        Span(0x138, 0x148, 2),
        Span(0x149, 0x177, 2),
        Span(0x17a, 0x17e, 2),
        Span(0x17f, 0x17f, 1),
    ]),
    Alphabet(&[
        Span(0xc0, 0xd6, 1),
        Span(0xd8, 0xde, 1),
        Span(0x100, 0x136, 2),
        Span(0x139, 0x147, 2),
        Span(0x14a, 0x178, 2),
        Span(0x179, 0x17d, 2),
    ]),
    // Greek, with and without accents.
    Alphabet(&[Span(0x3ac, 0x3ce, 1)]),
    Alphabet(&[
        Span(0x386, 0x386, 1),
        Span(0x388, 0x38a, 1),
        Span(0x38c, 0x38c, 1),
        Span(0x38e, 0x38f, 1),
        Span(0x391, 0x3a1, 1),
        Span(0x3a3, 0x3ab, 1),
    ]),
    // Cyrillic.
    Alphabet(&[Span(0x430, 0x45f, 1)]),
    Alphabet(&[Span(0x400, 0x42f, 1)]),
    // Hebrew; Arabic; Hiragana; Katakana; Han; Hangul.
    Alphabet(&[Span(0x5d0, 0x5ea, 1)]),
    Alphabet(&[Span(0x621, 0x63a, 1), Span(0x641, 0x64a, 1)]),
    Alphabet(&[Span(0x3041, 0x3096, 1)]),
    Alphabet(&[Span(0x30a1, 0x30fa, 1)]),
    Alphabet(&[Span(0x4e00, 0x9fff, 1)]),
    Alphabet(&[Span(0xac00, 0xd7a3, 1)]),
];

impl Span {
    fn size(&self) -> u32 {
        (self.1 - self.0) / self.2 + 1
    }

    fn number(&self, code: u32) -> Option<u32> {
        let distance = code.checked_sub(self.0)?;
        (code <= self.1 && distance.is_multiple_of(self.2)).then(|| distance / self.2)
    }
}

impl Alphabet {
    /// The alphabet of a character, and its number there.
    pub(crate) fn of(character: char) -> Option<(&'static Alphabet, u16)> {
        ALPHABETS.iter().find_map(|alphabet| Some((alphabet, alphabet.number(character)?)))
    }

    /// How many characters it has.
    pub(crate) fn size(&self) -> u16 {
        self.0.iter().map(Span::size).sum::<u32>() as u16
    }

    /// The character of a number below `size`.
    pub(crate) fn character(&self, number: u16) -> Option<char> {
        let mut number = u32::from(number);
        for span in self.0 {
            if number < span.size() {
                return char::from_u32(span.0 + number * span.2);
            }
            number -= span.size();
        }
        None
    }

    fn number(&self, character: char) -> Option<u16> {
        let mut before = 0;
        for span in self.0 {
            if let Some(number) = span.number(character.into()) {
                return Some((before + number) as u16);
            }
            before += span.size();
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_back_to_characters_of_the_same_case() {
        for alphabet in ALPHABETS {
            let first = alphabet.character(0).unwrap();
            for number in 0..alphabet.size() {
                let character = alphabet.character(number).unwrap();
                assert_eq!(Alphabet::of(character), Some((alphabet, number)), "{character}");
                assert!(character.is_alphanumeric(), "{character:?}");
                assert_eq!(character.is_uppercase(), first.is_uppercase(), "{character}");
                assert_eq!(character.is_lowercase(), first.is_lowercase(), "{character}");
            }
            assert_eq!(alphabet.character(alphabet.size()), None);
        }
    }

    #[test]
    fn other_characters_have_none() {
        for character in ['-', ' ', '×', '÷', '٣', 'ɐ', '🙂'] {
            assert_eq!(Alphabet::of(character), None, "{character}");
        }
    }
}
