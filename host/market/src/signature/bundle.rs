//! The sigstore bundle, version 0.3, as cosign 3 stores it: a statement in an envelope, and whose key signed it.
//!
//! <https://github.com/sigstore/protobuf-specs/blob/v0.5.0/protos/sigstore_bundle.proto>, in the JSON of protocol buffers.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::certificate;
use super::envelope::{self, Envelope};
use super::key::KeyPair;
use super::statement::{SIGNED, Statement};
use crate::object::Object;
use crate::package::shown;
use crate::{Digest, Error, Result};

/// The media type of bundles, and an older spelling of the same version.
pub(crate) const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const BUNDLE_BEFORE: &str = "application/vnd.dev.sigstore.bundle+json;version=0.3";
/// Those of cosign have about one thousand bytes, with a certificate and a log's entry ten thousand.
pub(crate) const SIGNATURE_BYTES: usize = 64 << 10;
/// As many as other readers take.
const LOG_ENTRIES: usize = 32;

/// A signature that could be read. Nothing of it is believed before [`Self::verify`].
#[derive(Clone, Debug)]
pub struct Bundle {
    json: Vec<u8>,
    pub(super) signer: Signer,
    pub(super) envelope: Envelope,
    pub(super) statement: Statement,
}

/// Who signed, as the bundle says.
#[derive(Clone, Debug)]
pub(super) enum Signer {
    /// A key that is known elsewhere, by a hint.
    Key(String),
    /// Whom a certificate names, as far as that can be shown.
    Keyless(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written {
    media_type: String,
    verification_material: Object<Material>,
    dsse_envelope: Option<Object<envelope::Written>>,
    message_signature: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Material {
    public_key: Option<Object<Hint>>,
    certificate: Option<Object<Certificate>>,
    x509_certificate_chain: Option<Object<Chain>>,
    #[serde(default)]
    tlog_entries: Vec<IgnoredAny>,
    #[serde(rename = "timestampVerificationData")]
    _timestamps: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hint {
    #[serde(default)]
    hint: String,
}

#[derive(Deserialize)]
struct Chain {
    #[serde(default)]
    certificates: Vec<Object<Certificate>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Certificate {
    raw_bytes: String,
}

impl Bundle {
    /// Signs the manifest of a package.
    ///
    /// # Errors
    /// [`Error::Key`] if the key cannot sign.
    pub fn sign(key: &KeyPair, manifest: Digest) -> Result<Self> {
        Self::state(key, manifest, SIGNED, &json!({}), SIGNATURE_BYTES)
    }

    /// Signs anything that is said of the manifest of a package.
    pub(super) fn state(
        key: &KeyPair,
        manifest: Digest,
        predicate_type: &str,
        predicate: &Value,
        limit: usize,
    ) -> Result<Self> {
        let envelope = Envelope::sign(key, Statement::of(manifest, predicate_type, predicate))?;
        let written = json!({
            "mediaType": BUNDLE,
            "verificationMaterial": { "publicKey": { "hint": key.public().hint() } },
            "dsseEnvelope": envelope.json(),
        });
        Self::read_within(written.to_string().as_bytes(), limit)
    }

    /// Reads a signature from anybody.
    ///
    /// # Errors
    /// [`Error::Signature`] for what is larger than 64 KiB, is no bundle of this version, says a field twice or one that is
    /// unknown, signs anything but one statement, or is not written in the one way that there is.
    pub fn read(json: &[u8]) -> Result<Self> {
        Self::read_within(json, SIGNATURE_BYTES)
    }

    /// The same of what may be larger than a signature.
    pub(super) fn read_within(json: &[u8], limit: usize) -> Result<Self> {
        let wrong = |why: &str| Error::Signature { why: shown(why) };
        if json.len() > limit {
            return Err(wrong(&format!("it has {} bytes, more than {limit}", json.len())));
        }
        // What is ignored is skipped without recursion; everything else has the depth of these types.
        let read = serde_json::from_slice(json).map_err(|error| wrong(&error.to_string()));
        let Object(written): Object<Written> = read?;
        if ![BUNDLE, BUNDLE_BEFORE].contains(&written.media_type.as_str()) {
            return Err(wrong(&format!("it is '{}', not '{BUNDLE}'", shown(&written.media_type))));
        }
        let envelope = match (written.dsse_envelope, written.message_signature) {
            (Some(Object(envelope)), None) => Envelope::try_from(envelope).map_err(wrong)?,
            (None, Some(_)) => return Err(wrong("it signs bytes, not a statement about a package")),
            _ => return Err(wrong("it has not just one content")),
        };
        let Object(material) = written.verification_material;
        if material.tlog_entries.len() > LOG_ENTRIES {
            return Err(wrong(&format!("it has more than {LOG_ENTRIES} entries of logs")));
        }
        let signer = match (material.public_key, material.certificate, material.x509_certificate_chain) {
            (Some(Object(Hint { hint })), None, None) => {
                if !envelope.key.is_empty() && envelope.key != hint {
                    return Err(wrong("its envelope and its material name different keys"));
                }
                Signer::Key(hint)
            }
            (None, Some(Object(leaf)), None) => Signer::Keyless(certificate::whom(&leaf.raw_bytes)),
            (None, None, Some(Object(chain))) => {
                let Object(leaf) =
                    chain.certificates.first().ok_or_else(|| wrong("its chain of certificates is empty"))?;
                Signer::Keyless(certificate::whom(&leaf.raw_bytes))
            }
            _ => return Err(wrong("it does not name just one key or certificate")),
        };
        let statement = Statement::read(&envelope.payload).map_err(|why| wrong(&why))?;
        Ok(Self { json: json.to_vec(), signer, envelope, statement })
    }

    /// What the statement is of: a signature's, or another.
    pub(crate) fn predicate_type(&self) -> &str {
        &self.statement.predicate_type
    }

    /// As it was read, and as it is kept.
    pub fn json(&self) -> &[u8] {
        &self.json
    }
}
