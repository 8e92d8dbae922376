//! Makes bundles that are wrong in one respect, with a key that is trusted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use pkcs8::SecretDocument;
use pkcs8::der::pem::LineEnding;
use polder_market::{Bundle, Digest, KeyPair, State, Trusted};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};

pub(crate) const PAYLOAD: &str = "application/vnd.in-toto+json";
pub(crate) const SIGNED: &str = "https://sigstore.dev/cosign/sign/v1";

/// The manifest that is signed unless a test says otherwise.
pub(crate) fn manifest() -> Digest {
    Digest::of(b"a manifest")
}

pub(crate) fn now() -> DateTime<Utc> {
    at("2026-05-01T12:00:00Z")
}

pub(crate) fn at(time: &str) -> DateTime<Utc> {
    time.parse().unwrap()
}

/// A key that signs anything.
pub(crate) struct Maker {
    pub(crate) pair: KeyPair,
    key: EcdsaKeyPair,
}

impl Maker {
    pub(crate) fn new() -> Self {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).unwrap();
        let file = SecretDocument::try_from(made.as_ref()).unwrap();
        let pair = KeyPair::read(&file.to_pem("PRIVATE KEY", LineEnding::LF).unwrap(), None).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, made.as_ref(), &SystemRandom::new());
        Self { pair, key: key.unwrap() }
    }

    pub(crate) fn trusted(&self) -> Trusted {
        Trusted::always("acme", self.pair.public().clone())
    }

    /// What a good signature comes to.
    pub(crate) fn verified(&self) -> State {
        State::Verified { by: "acme".to_owned(), key: self.pair.public().fingerprint() }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec()
    }

    /// A bundle over any payload, in good order.
    pub(crate) fn bundle(&self, kind: &str, payload: &[u8]) -> Value {
        let signature = self.sign(&pae(kind, payload));
        let fingerprint = self.pair.public().fingerprint().hex();
        let bytes: Vec<u8> =
            (0..64).step_by(2).map(|at| u8::from_str_radix(&fingerprint[at..at + 2], 16).unwrap()).collect();
        json!({
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": { "publicKey": { "hint": STANDARD.encode(bytes) } },
            "dsseEnvelope": {
                "payload": STANDARD.encode(payload),
                "payloadType": kind,
                "signatures": [{ "sig": STANDARD.encode(signature) }],
            },
        })
    }

    /// A bundle over any statement, in good order.
    pub(crate) fn stating(&self, statement: &Value) -> Value {
        self.bundle(PAYLOAD, statement.to_string().as_bytes())
    }

    /// The state of a bundle, if it is read at all: else why not.
    pub(crate) fn state(&self, bundle: &Value) -> State {
        self.state_of(bundle.to_string().as_bytes())
    }

    pub(crate) fn state_of(&self, bundle: &[u8]) -> State {
        match Bundle::read(bundle) {
            Ok(bundle) => bundle.verify(manifest(), &[self.trusted()], now()),
            Err(error) => State::Failed { why: error.to_string() },
        }
    }
}

/// The statement that cosign makes.
pub(crate) fn statement(manifest: Digest) -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "digest": { "sha256": manifest.hex() }, "annotations": {} }],
        "predicateType": SIGNED,
        "predicate": {},
    })
}

pub(crate) fn pae(kind: &str, payload: &[u8]) -> Vec<u8> {
    [format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).as_bytes(), payload].concat()
}
