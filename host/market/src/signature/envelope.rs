//! The DSSE envelope: a payload, what it is, and a signature over both.
//!
//! <https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md>

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde::Deserialize;
use serde_json::{Value, json};

use super::key::KeyPair;
use crate::Result;
use crate::object::Object;

/// The only payload that is taken: an in-toto statement.
const PAYLOAD: &str = "application/vnd.in-toto+json";

#[derive(Clone, Debug)]
pub(super) struct Envelope {
    pub(super) payload: Vec<u8>,
    pub(super) signature: Vec<u8>,
    /// Which key it was, as the signer says.
    pub(super) key: String,
}

/// As it is written. What is unknown is refused, as other readers do.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Written {
    payload: String,
    payload_type: String,
    signatures: Vec<Object<Signature>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    sig: String,
    #[serde(default)]
    keyid: String,
}

impl Envelope {
    pub(super) fn sign(key: &KeyPair, payload: Vec<u8>) -> Result<Self> {
        let signature = key.sign(&signed(&payload))?;
        Ok(Self { payload, signature, key: String::new() })
    }

    /// The bytes that the signature is over.
    pub(super) fn signed(&self) -> Vec<u8> {
        signed(&self.payload)
    }

    /// Without `keyid`, as cosign writes it: its library compares one with a name of another kind, and takes no signature
    /// whose name differs.
    pub(super) fn json(&self) -> Value {
        json!({
            "payload": STANDARD.encode(&self.payload),
            "payloadType": PAYLOAD,
            "signatures": [{ "sig": STANDARD.encode(&self.signature) }],
        })
    }
}

impl TryFrom<Written> for Envelope {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, &'static str> {
        if written.payload_type != PAYLOAD {
            return Err("its payload is no in-toto statement");
        }
        let [Object(signature)] = written.signatures.as_slice() else {
            return Err("its envelope has not just one signature");
        };
        Ok(Self {
            payload: decode(&written.payload)?,
            signature: decode(&signature.sig)?,
            key: signature.keyid.clone(),
        })
    }
}

/// PAE of a statement.
fn signed(payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {PAYLOAD} {} ", PAYLOAD.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

/// Base64 in either alphabet, padded, and written in the one way that there is.
fn decode(text: &str) -> Result<Vec<u8>, &'static str> {
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).map_err(|_| "its base64 is none, or not canonical")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_has_one_form() {
        for (text, bytes) in [("", &b""[..]), ("+/8=", &[0xfb, 0xff]), ("-_8=", &[0xfb, 0xff]), ("YWJj", b"abc")] {
            assert_eq!(decode(text), Ok(bytes.to_vec()), "{text}");
        }
        for bad in ["+/9=", "+/8", "+_8=", "YWJj\n", " YWJj", "YWJj=", "YW=j", "é"] {
            assert!(decode(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_signed_says_how_long_it_is() {
        assert_eq!(signed(b"{}"), b"DSSEv1 28 application/vnd.in-toto+json 2 {}");
    }
}
