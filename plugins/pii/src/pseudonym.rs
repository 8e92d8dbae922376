//! Pseudonyms that keep the form of what they replace, by FF1 of NIST SP 800-38G with AES-256.
//!
//! The letters and digits of a text are the numerals of one number, each in the radix of its own
//! alphabet, and FF1 permutes those numbers; so the whole text is mixed, not each piece of it. Where
//! all alphabets are of one size (only digits, or only letters) this is plain FF1 in that radix.
//! Else it is FF1 on the bits of the number, again and again until the result is in range (cycle
//! walking; fewer than two rounds on average).

use aes::Aes256;
use fpe::ff1::{FF1, FlexibleNumeralString};
use num_bigint::BigUint;
use polder_sdk::prelude::*;

use crate::alphabet::Alphabet;
use crate::secret::{Secret, secret};

/// Messages never hold the text: it is personal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(
        "a text with so few letters and digits has only {0} possible pseudonyms, and fewer than a million \
         can be guessed: use the function token for such short values"
    )]
    TooShort(BigUint),
    #[error("no pseudonym for more than {LONGEST} letters and digits, which would take long: use the function token")]
    TooLong,
    #[error("no pseudonym for a letter such as U+{0:04X}: its alphabet is not supported; use the function token")]
    Alphabet(u32),
}

/// The fewest possible texts of one form: SP 800-38G, revision 1, asks for a million.
const FEWEST: u32 = 1_000_000;
/// The most letters and digits of a text: the time that FF1 takes grows with their square.
const LONGEST: usize = 4096;

/// A pseudonym of the same form: digits become digits, letters become letters of the same script and
/// case, and everything else stays.
///
/// The same text and secret always give the same pseudonym, so it can be joined and grouped by, and
/// different texts never share one; whoever holds the secret can turn it back with `unpseudonym`.
/// Text is encrypted by FF1 (NIST SP 800-38G) under AES-256. An error if a text has fewer than a
/// million possible pseudonyms or more than 4,096 letters and digits, or if the secret has fewer than
/// 16 bytes or 8 different characters.
///
/// ```sql
/// {schema}.pseudonym('Jane Doe-Smith', 'correct horse battery staple')
/// -- Pjox Ayh-Cwkue
/// ```
#[scalar]
fn pseudonym(text: &str, #[bind(secret)] secret: &Secret) -> Result<String, Error> {
    permute(text, secret, FF1::<Aes256>::encrypt)
}

/// The text behind a pseudonym, with the secret that made it; with another secret it is another text.
///
/// ```sql
/// {schema}.unpseudonym('Pjox Ayh-Cwkue', 'correct horse battery staple')
/// -- Jane Doe-Smith
/// ```
#[scalar]
fn unpseudonym(pseudonym: &str, #[bind(secret)] secret: &Secret) -> Result<String, Error> {
    permute(pseudonym, secret, FF1::<Aes256>::decrypt)
}

/// Encryption or decryption.
type Direction =
    fn(&FF1<Aes256>, &[u8], &FlexibleNumeralString) -> Result<FlexibleNumeralString, fpe::ff1::NumeralStringError>;

fn permute(text: &str, secret: &Secret, direction: Direction) -> Result<String, Error> {
    let mut numerals = Vec::new();
    let mut alphabets = Vec::new();
    for character in text.chars().filter(|c| c.is_alphanumeric()) {
        let (alphabet, numeral) = Alphabet::of(character).ok_or(Error::Alphabet(character.into()))?;
        numerals.push(numeral);
        alphabets.push(alphabet);
    }
    if numerals.is_empty() {
        return Ok(text.to_owned());
    }
    if numerals.len() > LONGEST {
        return Err(Error::TooLong);
    }
    let radixes: Vec<u16> = alphabets.iter().map(|alphabet| alphabet.size()).collect();
    let mut replaced = permute_numerals(&numerals, &radixes, secret, direction)?.into_iter().zip(alphabets);
    let replace = |character: char| match Alphabet::of(character) {
        Some(_) => replaced.next().and_then(|(numeral, alphabet)| alphabet.character(numeral)).unwrap_or(character),
        None => character,
    };
    Ok(text.chars().map(replace).collect())
}

fn permute_numerals(
    numerals: &[u16],
    radixes: &[u16],
    secret: &Secret,
    direction: Direction,
) -> Result<Vec<u16>, Error> {
    let size: BigUint = radixes.iter().product();
    if size < BigUint::from(FEWEST) {
        return Err(Error::TooShort(size));
    }
    let ff1 = |radix: u16, numerals: Vec<u16>| -> Vec<u16> {
        let cipher = FF1::new(&secret.pseudonyms, radix.into()).expect("a radix from 2 to 65535");
        direction(&cipher, &[], &numerals.into()).expect("numerals below the radix, and enough of them").into()
    };
    if radixes.iter().all(|radix| *radix == radixes[0]) {
        return Ok(ff1(radixes[0], numerals.to_vec()));
    }
    let width = (&size - 1u32).bits() as usize;
    let mut bits = to_bits(number(numerals, radixes), width);
    loop {
        bits = ff1(2, bits);
        let result = from_bits(&bits);
        if result < size {
            return Ok(to_numerals(result, radixes));
        }
    }
}

/// The number whose numerals these are, the first one most significant.
fn number(numerals: &[u16], radixes: &[u16]) -> BigUint {
    numerals.iter().zip(radixes).fold(BigUint::ZERO, |number, (numeral, radix)| number * *radix + *numeral)
}

fn to_numerals(mut number: BigUint, radixes: &[u16]) -> Vec<u16> {
    let mut numerals = vec![0; radixes.len()];
    for (numeral, radix) in numerals.iter_mut().zip(radixes).rev() {
        *numeral = u16::try_from(&number % *radix).expect("a remainder of a division by a u16");
        number /= *radix;
    }
    numerals
}

fn to_bits(number: BigUint, width: usize) -> Vec<u16> {
    (0..width as u64).rev().map(|bit| number.bit(bit).into()).collect()
}

fn from_bits(bits: &[u16]) -> BigUint {
    number(bits, &vec![2; bits.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyed(pseudonyms: &str) -> Secret {
        let key = (0..32).map(|i| u8::from_str_radix(&pseudonyms[2 * i..2 * i + 2], 16).unwrap());
        let mut secret = secret("correct horse battery").unwrap();
        secret.pseudonyms = key.collect::<Vec<_>>().try_into().unwrap();
        secret
    }

    /// Sample 7 of NIST's FF1 examples: AES-256, radix 10, no tweak.
    #[test]
    fn published() {
        let secret = keyed("2b7e151628aed2a6abf7158809cf4f3cef4359d8d580aa4f7f036d6f04fc6a94");
        assert_eq!(pseudonym("0123456789", &secret).unwrap(), "6657667009");
        assert_eq!(unpseudonym("6657667009", &secret).unwrap(), "0123456789");
    }

    #[test]
    fn keeps_the_form_and_turns_back() {
        let secret = secret("correct horse battery").unwrap();
        for text in [
            "4111 1111 1111 1111",
            "Jane Doe-Smith",
            "N14228",
            "jane.doe99@example.com",
            "Łukasz Żółć",
            "Ольга Иванова",
            "山田太郎",
            "0000000",
            "--",
            "",
            &"long text 1 ".repeat(40),
        ] {
            let replaced = pseudonym(text, &secret).unwrap();
            assert_eq!(unpseudonym(&replaced, &secret).unwrap(), text);
            assert_eq!(replaced.chars().count(), text.chars().count());
            for (before, after) in text.chars().zip(replaced.chars()) {
                let alphabet = |c| Alphabet::of(c).map(|(alphabet, _)| alphabet);
                assert_eq!(alphabet(before), alphabet(after));
                assert!(alphabet(before).is_some() || before == after);
            }
        }
    }

    /// All 10 * 10 * … texts of a form: a pseudonym is never given twice.
    #[test]
    fn is_a_permutation() {
        let secret = secret("correct horse battery").unwrap();
        let mut seen: Vec<String> = (0..2000).map(|i| pseudonym(&format!("N{i:05}"), &secret).unwrap()).collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 2000);
    }

    #[test]
    fn separators_do_not_matter() {
        let secret = secret("correct horse battery").unwrap();
        let plain = pseudonym("4111111111111111", &secret).unwrap();
        assert_eq!(pseudonym("4111-1111-1111-1111", &secret).unwrap().replace('-', ""), plain);
    }

    #[test]
    fn refused() {
        let secret = secret("correct horse battery").unwrap();
        assert!(pseudonym("12345", &secret).unwrap_err().to_string().contains("only 100000 possible"));
        assert!(pseudonym(&"a".repeat(LONGEST), &secret).is_ok());
        assert!(
            pseudonym(&"a".repeat(LONGEST + 1), &secret).unwrap_err().to_string().contains("more than 4096 letters")
        );
        assert!(pseudonym("Li", &secret).unwrap_err().to_string().contains("only 676 possible"));
        assert!(pseudonym("नमस्ते दुनिया", &secret).unwrap_err().to_string().contains("U+0928"));
    }
}
