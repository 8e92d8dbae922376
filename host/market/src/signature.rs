//! Who made a package: signatures of the digest of its manifest, which names everything else in it.
//!
//! A signature is a sigstore bundle as cosign 3 makes it with a key. It lies in the registry beside its package
//! (`registry/referrers.rs`) or in a file, and is checked without either. [`State`] is what becomes of it:
//!
//! **Checked**, for *verified*: the bundle is of version 0.3 and in one canonical form; a key that is trusted here, and now
//! in its time, signed the statement; the statement is that of `cosign sign`, and its subject is the manifest.
//!
//! **Not checked**: logs (Rekor) and timestamps, so when a signature was made is unknown, and an expired key verifies
//! nothing, not even what it signed before. Keyless signatures, by certificates of Fulcio, are recognised and never
//! verified. What else is said of a package (provenance, lists of parts) is no signature, and passed over; it is an
//! [`Attestation`], in the same bundles, checked in the same way. That signatures were taken away cannot be seen: the package
//! is then not signed.
//!
//! `cosign verify --key cosign.pub --insecure-ignore-tlog=true` takes what is made here: it is in no log.

mod attestation;
mod bundle;
mod certificate;
mod envelope;
mod key;
mod statement;
mod verify;

pub(crate) use attestation::{ATTESTATION_BYTES, ATTESTATIONS};
pub use attestation::{Attestation, PROVENANCE, SBOM};
pub use bundle::Bundle;
pub(crate) use bundle::{BUNDLE, SIGNATURE_BYTES};
pub use key::{KeyPair, PublicKey};
pub(crate) use statement::SIGNED;
pub use verify::{Signatures, State, Trusted};
