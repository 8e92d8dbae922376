//! The secret behind pseudonyms, and one-way tokens made with it.

use hmac::{Hmac, KeyInit, Mac};
use polder_sdk::prelude::*;
use sha2::Sha256;

#[derive(Debug, thiserror::Error)]
#[error(
    "the secret is too weak: give at least 16 bytes with at least 8 different characters, \
     such as `openssl rand -base64 32` prints"
)]
pub(crate) struct WeakSecret;

/// Keys derived from a secret: HMAC-SHA-256 of what each is for, so that none tells of another.
pub(crate) struct Secret {
    /// For AES-256.
    pub(crate) pseudonyms: [u8; 32],
    /// For HMAC-SHA-256.
    tokens: [u8; 32],
}

pub(crate) fn secret(text: &str) -> Result<Secret, WeakSecret> {
    let mut different: Vec<char> = text.chars().collect();
    different.sort_unstable();
    different.dedup();
    if text.len() < 16 || different.len() < 8 {
        return Err(WeakSecret);
    }
    let key = text.as_bytes();
    Ok(Secret { pseudonyms: hmac(key, b"polder pii pseudonym"), tokens: hmac(key, b"polder pii token") })
}

/// A keyed one-way token: 32 hexadecimal digits, the same for the same text and secret.
///
/// HMAC-SHA-256 cut to 128 bits. For values too short for `pseudonym`, or to be joined on and never
/// turned back. An error if the secret has fewer than 16 bytes or fewer than 8 different characters.
///
/// ```sql
/// {schema}.token('N14228', 'correct horse battery staple')
/// -- a1ba791d4399b91d8ecddbed735440e3
/// ```
#[scalar]
fn token(text: &str, #[bind(secret)] secret: &Secret) -> String {
    hmac(&secret.tokens, text.as_bytes())[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2.
    #[test]
    fn published() {
        let mac = hmac(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(mac[..4], [0x5b, 0xdc, 0xc1, 0x46]);
        assert_eq!(mac[28..], [0x64, 0xec, 0x38, 0x43]);
    }

    #[test]
    fn weak_secrets() {
        for text in ["", "short", "aaaaaaaaaaaaaaaaaaaaaaaa", "1234567123456712345671234567"] {
            assert!(secret(text).is_err(), "{text}");
        }
    }

    #[test]
    fn tokens_depend_on_text_and_secret() {
        let (one, other) = (secret("correct horse battery").unwrap(), secret("correct horse battery!").unwrap());
        assert_eq!(token("N14228", &one), token("N14228", &one));
        assert_ne!(token("N14228", &one), token("N14229", &one));
        assert_ne!(token("N14228", &one), token("N14228", &other));
        assert_eq!(token("", &one).len(), 32);
    }
}
