//! Whether somebody who is trusted signed a package.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};

use super::bundle::{Bundle, Signer};
use super::key::PublicKey;
use super::statement::SIGNED;
use crate::package::shown;
use crate::{Digest, Result};

/// How many signatures of a package are looked at.
pub(super) const SIGNATURES: usize = 50;
/// How many reasons are told.
const REASONS: usize = 3;

/// A key that is trusted, under a name, for a time.
#[derive(Clone, Debug)]
pub struct Trusted {
    pub name: String,
    pub key: PublicKey,
    /// The first and the last moment of it; always, where there is none.
    pub not_before: Option<DateTime<Utc>>,
    pub not_after: Option<DateTime<Utc>>,
}

/// What is known of who made a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Verified {
        /// The name under which the key is trusted.
        by: String,
        /// Fingerprint of the key.
        key: Digest,
    },
    NotSigned,
    Failed {
        why: String,
    },
}

/// What one bundle comes to.
enum Verdict {
    Good {
        by: String,
        key: Digest,
    },
    Bad(String),
    /// It says something else than that a package was signed.
    Other(String),
}

impl Trusted {
    /// A key that is trusted at any time.
    pub fn always(name: impl Into<String>, key: PublicKey) -> Self {
        Self { name: name.into(), key, not_before: None, not_after: None }
    }

    /// Why it is not trusted now.
    fn untimely(&self, now: DateTime<Utc>) -> Option<String> {
        let at = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
        match (self.not_before, self.not_after) {
            (Some(from), _) if now < from => Some(format!("the key of {} is not valid before {}", self.name, at(from))),
            (_, Some(to)) if now > to => Some(format!("the key of {} expired at {}", self.name, at(to))),
            _ => None,
        }
    }
}

impl Bundle {
    /// Whether one of these keys signed this manifest. `now` decides which of them are in their time.
    pub fn verify(&self, manifest: Digest, trusted: &[Trusted], now: DateTime<Utc>) -> State {
        match self.judge(manifest, trusted, now) {
            Verdict::Good { by, key } => State::Verified { by, key },
            Verdict::Bad(why) | Verdict::Other(why) => State::Failed { why },
        }
    }

    fn judge(&self, manifest: Digest, trusted: &[Trusted], now: DateTime<Utc>) -> Verdict {
        if !self.statement.is_signature() {
            let predicate = shown(&self.statement.predicate_type);
            return Verdict::Other(format!("it is a statement of type '{predicate}', no signature ('{SIGNED}')"));
        }
        match self.weigh(manifest, trusted, now) {
            Ok((by, key)) => Verdict::Good { by, key },
            Err(why) => Verdict::Bad(why),
        }
    }

    /// Who of those that are trusted signed what the bundle states, whatever it is, about this manifest.
    pub(super) fn weigh(
        &self,
        manifest: Digest,
        trusted: &[Trusted],
        now: DateTime<Utc>,
    ) -> Result<(String, Digest), String> {
        let hint = match &self.signer {
            Signer::Key(hint) => hint,
            Signer::Keyless(whom) => {
                return Err(format!("it is signed keyless by {whom}, which is not trusted here"));
            }
        };
        self.statement.check()?;
        // The hint decides nothing: every key is tried.
        let message = self.envelope.signed();
        let mut signers = trusted.iter().filter(|one| one.key.verifies(&message, &self.envelope.signature)).peekable();
        let Some(first) = signers.peek() else {
            let said = trusted.iter().find(|one| one.key.hint() == *hint);
            return Err(match said {
                Some(one) => format!("it was changed, or the key of {} did not sign it", one.name),
                None => format!("it is signed by a key that is not trusted here: {}", unknown(hint)),
            });
        };
        if !self.statement.is_about(manifest) {
            return Err(format!("{} signed another package, not {manifest}", first.name));
        }
        let mut late = None;
        for one in signers {
            match one.untimely(now) {
                None => return Ok((one.name.clone(), one.key.fingerprint())),
                Some(why) => late = late.or(Some(why)),
            }
        }
        Err(late.unwrap_or_default())
    }
}

/// A hint as [`PublicKey::fingerprint`] would be shown, if it is one.
fn unknown(hint: &str) -> String {
    let bytes = STANDARD.decode(hint).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    match bytes {
        Some(bytes) => Digest::from(bytes).to_string(),
        None if hint.is_empty() => "it does not say which".to_owned(),
        None => format!("'{}'", shown(hint)),
    }
}

/// Everything that was found beside a package, good or bad.
#[derive(Clone, Debug, Default)]
pub struct Signatures {
    found: Vec<Found>,
    /// How many were looked at, and whether there were more.
    looked: usize,
    more: bool,
}

#[derive(Clone, Debug)]
struct Found {
    bytes: Vec<u8>,
    read: Result<Bundle, String>,
}

impl Signatures {
    /// Signatures that were kept with a package, or came in one file with it.
    pub fn read(documents: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let mut all = Self::default();
        for bytes in documents {
            if !all.look() {
                break;
            }
            all.add(bytes);
        }
        all
    }

    /// What [`Self::read`] takes, to come to the same again. What could not be had is empty.
    pub fn documents(&self) -> impl Iterator<Item = &[u8]> {
        self.found.iter().map(|found| found.bytes.as_slice())
    }

    /// Those that could be read.
    pub fn bundles(&self) -> impl Iterator<Item = &Bundle> {
        self.found.iter().filter_map(|found| found.read.as_ref().ok())
    }

    /// Whether one more is looked at; if not, that is remembered.
    pub(crate) fn look(&mut self) -> bool {
        if self.looked == SIGNATURES {
            self.more = true;
            return false;
        }
        self.looked += 1;
        true
    }

    /// The same bytes twice are one signature.
    pub(crate) fn add(&mut self, bytes: Vec<u8>) {
        if !bytes.is_empty() && self.found.iter().any(|found| found.bytes == bytes) {
            return;
        }
        let read = Bundle::read(&bytes).map_err(|error| error.to_string());
        // What is too large is not kept to be too large again.
        let bytes = if bytes.len() > super::SIGNATURE_BYTES { Vec::new() } else { bytes };
        self.found.push(Found { bytes, read });
    }

    /// A signature is said to be there, and is not to be had.
    pub(crate) fn missing(&mut self, why: &str) {
        self.found.push(Found { bytes: Vec::new(), read: Err(shown(why)) });
    }

    /// One good signature is enough, whatever lies beside it. Where none is good, a bad one makes it fail.
    pub fn verify(&self, manifest: Digest, trusted: &[Trusted], now: DateTime<Utc>) -> State {
        let mut reasons = Vec::new();
        for found in &self.found {
            let why = match &found.read {
                Ok(bundle) => match bundle.judge(manifest, trusted, now) {
                    Verdict::Good { by, key } => return State::Verified { by, key },
                    Verdict::Bad(why) => why,
                    Verdict::Other(_) => continue,
                },
                Err(why) => why.clone(),
            };
            if !reasons.contains(&why) {
                reasons.push(why);
            }
        }
        if reasons.is_empty() && !self.more {
            return State::NotSigned;
        }
        if reasons.len() > REASONS {
            let rest = reasons.split_off(REASONS).len();
            reasons.push(format!("{rest} more"));
        }
        if self.more {
            reasons.push(format!("only {SIGNATURES} signatures were looked at"));
        }
        State::Failed { why: reasons.join("; ") }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verified { by, .. } => write!(f, "verified: signed by {by}"),
            Self::NotSigned => f.write_str("not signed"),
            Self::Failed { why } => write!(f, "failed: {why}"),
        }
    }
}
