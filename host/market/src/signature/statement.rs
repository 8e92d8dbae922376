//! The in-toto statement: what is said, and of which bytes.
//!
//! <https://github.com/in-toto/attestation/blob/v1.0/spec/v1.0/statement.md>

use serde::Deserialize;
use serde_json::json;
use serde_json::value::{RawValue, Value};

use crate::Digest;
use crate::object::Object;

const KIND: &str = "https://in-toto.io/Statement/v1";
/// `cosign attest` writes the older one, which is the same in what is read here.
const KIND_BEFORE: &str = "https://in-toto.io/Statement/v0.1";
/// Says nothing but that somebody signed.
pub(crate) const SIGNED: &str = "https://sigstore.dev/cosign/sign/v1";
/// A signature is of one package; a statement may be about some more files.
const SUBJECTS: usize = 100;

/// Fields that are unknown mean nothing, by the specification; a known one said twice is refused.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    #[serde(rename = "predicateType")]
    pub(super) predicate_type: String,
    /// As it is written: it may be of any depth, and is somebody else's.
    #[serde(default)]
    pub(super) predicate: Option<Box<RawValue>>,
    subject: Vec<Object<Subject>>,
}

#[derive(Clone, Debug, Deserialize)]
struct Subject {
    digest: Object<Digests>,
}

#[derive(Clone, Debug, Deserialize)]
struct Digests {
    sha256: Option<String>,
}

impl Statement {
    /// Something that is said of a manifest.
    pub(super) fn of(manifest: Digest, predicate_type: &str, predicate: &Value) -> Vec<u8> {
        let statement = json!({
            "_type": KIND,
            "subject": [{ "digest": { "sha256": manifest.hex() } }],
            "predicateType": predicate_type,
            "predicate": predicate,
        });
        statement.to_string().into_bytes()
    }

    pub(super) fn read(payload: &[u8]) -> Result<Self, String> {
        let read = serde_json::from_slice(payload).map(|Object(statement)| statement);
        read.map_err(|error| format!("its payload is no in-toto statement: {error}"))
    }

    pub(super) fn is_signature(&self) -> bool {
        self.predicate_type == SIGNED
    }

    /// Whether it is of the form that it should have.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.kind != KIND && (self.is_signature() || self.kind != KIND_BEFORE) {
            return Err(format!("its payload is not of type '{KIND}'"));
        }
        if self.subject.len() > SUBJECTS {
            return Err(format!("its statement has more than {SUBJECTS} subjects"));
        }
        Ok(())
    }

    pub(super) fn is_about(&self, manifest: Digest) -> bool {
        let hex = manifest.hex();
        self.subject.iter().any(|Object(subject)| subject.digest.0.sha256.as_deref() == Some(&hex))
    }
}
