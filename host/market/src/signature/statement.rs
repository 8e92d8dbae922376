//! The in-toto statement: what is said, and of which bytes.
//!
//! <https://github.com/in-toto/attestation/blob/v1.0/spec/v1.0/statement.md>

use serde::Deserialize;
use serde_json::json;

use crate::Digest;

const KIND: &str = "https://in-toto.io/Statement/v1";
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
    pub(super) predicate: String,
    subject: Vec<Subject>,
}

#[derive(Clone, Debug, Deserialize)]
struct Subject {
    digest: Digests,
}

#[derive(Clone, Debug, Deserialize)]
struct Digests {
    sha256: Option<String>,
}

impl Statement {
    /// That somebody signed a manifest.
    pub(super) fn signed(manifest: Digest) -> Vec<u8> {
        let statement = json!({
            "_type": KIND,
            "subject": [{ "digest": { "sha256": manifest.hex() } }],
            "predicateType": SIGNED,
            "predicate": {},
        });
        statement.to_string().into_bytes()
    }

    pub(super) fn read(payload: &[u8]) -> Result<Self, String> {
        let statement: Self =
            serde_json::from_slice(payload).map_err(|error| format!("its payload is no in-toto statement: {error}"))?;
        if statement.kind != KIND {
            return Err(format!("its payload is not of type '{KIND}'"));
        }
        if statement.subject.len() > SUBJECTS {
            return Err(format!("its statement has more than {SUBJECTS} subjects"));
        }
        Ok(statement)
    }

    pub(super) fn is_about(&self, manifest: Digest) -> bool {
        let hex = manifest.hex();
        self.subject.iter().any(|subject| subject.digest.sha256.as_deref() == Some(&hex))
    }
}
