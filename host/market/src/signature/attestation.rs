//! What is said of a package beside that somebody signed it: of what it is made, and how. It is a signature over more words,
//! in the same bundle, and believed on the same terms.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::bundle::Bundle;
use super::key::KeyPair;
use super::statement::SIGNED;
use super::verify::{State, Trusted};
use crate::package::shown;
use crate::{Digest, Error, Result};

/// What a package is made of: a document of CycloneDX.
pub const SBOM: &str = "https://cyclonedx.org/bom";
/// How a package was built: <https://slsa.dev/spec/v1.0/provenance>
pub const PROVENANCE: &str = "https://slsa.dev/provenance/v1";

/// What may be said at once, as JSON.
const PREDICATE_BYTES: usize = 4 << 20;
/// The bundle around it: base64 makes four bytes of three.
pub(crate) const ATTESTATION_BYTES: usize = PREDICATE_BYTES / 3 * 4 + (64 << 10);
/// How many of a package are looked at.
pub(crate) const ATTESTATIONS: usize = 50;

/// Something that is said of a package. Who says it, and whether of this package, tells [`Self::state`].
#[derive(Clone, Debug)]
pub struct Attestation {
    manifest: Digest,
    /// The predicate type that it is listed with, where it is listed.
    listed: Option<String>,
    read: Result<Bundle, String>,
}

impl Attestation {
    /// States something of the package with this manifest.
    ///
    /// # Errors
    /// [`Error::TooLarge`] if the predicate has more than 4 MiB; [`Error::Signature`] if the type is that of signatures, or
    /// no URI that can be shown; [`Error::Key`] if the key cannot sign.
    pub fn sign(key: &KeyPair, manifest: Digest, predicate_type: &str, predicate: &Value) -> Result<Self> {
        if predicate_type == SIGNED || !is_type(predicate_type) {
            let why = format!("'{}' is no type of attestations; it is a URI such as {SBOM}", shown(predicate_type));
            return Err(Error::Signature { why });
        }
        if predicate.to_string().len() > PREDICATE_BYTES {
            return Err(Error::TooLarge { what: format!("the {predicate_type}"), limit: PREDICATE_BYTES as u64 });
        }
        let bundle = Bundle::state(key, manifest, predicate_type, predicate, ATTESTATION_BYTES)?;
        Ok(Self { manifest, listed: None, read: Ok(bundle) })
    }

    /// An attestation that was kept, or came in a file.
    pub fn read(manifest: Digest, bundle: &[u8]) -> Self {
        Self::found(manifest, None, bundle)
    }

    /// One that lay beside the package, listed with its type or without.
    pub(crate) fn found(manifest: Digest, listed: Option<String>, bundle: &[u8]) -> Self {
        let read = Bundle::read_within(bundle, ATTESTATION_BYTES).map_err(|error| error.to_string());
        Self { manifest, listed, read }
    }

    /// One that is said to be there, and is not to be had.
    pub(crate) fn missing(manifest: Digest, listed: Option<String>, why: &str) -> Self {
        Self { manifest, listed, read: Err(shown(why)) }
    }

    /// What kind of thing is said, such as [`SBOM`]; empty if that cannot be told.
    pub fn predicate_type(&self) -> &str {
        let stated = self.read.as_ref().ok().map(Bundle::predicate_type);
        self.listed.as_deref().or(stated).filter(|text| is_type(text)).unwrap_or_default()
    }

    /// What is said, as JSON, byte by byte as it was signed. It may be of any depth.
    pub fn predicate(&self) -> Option<&str> {
        Some(self.read.as_ref().ok()?.statement.predicate.as_ref()?.get())
    }

    /// What is said; none if nothing is, or what is deeper than anybody writes.
    pub fn value(&self) -> Option<Value> {
        serde_json::from_str(self.predicate()?).ok()
    }

    /// The bundle, if it could be read.
    pub fn bundle(&self) -> Option<&Bundle> {
        self.read.as_ref().ok()
    }

    /// Whether one of these keys signed it, about this package. `now` decides which of them are in their time.
    pub fn state(&self, trusted: &[Trusted], now: DateTime<Utc>) -> State {
        match self.weigh(trusted, now) {
            Ok((by, key)) => State::Verified { by, key },
            Err(why) => State::Failed { why },
        }
    }

    fn weigh(&self, trusted: &[Trusted], now: DateTime<Utc>) -> Result<(String, Digest), String> {
        let bundle = self.read.as_ref().map_err(String::clone)?;
        let stated = bundle.predicate_type();
        if let Some(listed) = self.listed.as_ref().filter(|listed| *listed != stated) {
            return Err(format!("it is listed as '{}', but says '{}'", shown(listed), shown(stated)));
        }
        if bundle.statement.is_signature() || !is_type(stated) {
            return Err(format!("'{}' is no type of attestations", shown(stated)));
        }
        bundle.weigh(self.manifest, trusted, now)
    }
}

/// Whether it can be the type of a predicate: a URI, which has no blanks and nothing that cannot be seen.
fn is_type(text: &str) -> bool {
    text.len() <= 300 && text.contains(':') && text.chars().all(|c| c.is_ascii_graphic())
}
