//! How packages travel: from registries that speak the OCI distribution protocol, and to them.
//!
//! A package is a component as the field's tools store it, the
//! [Wasm OCI artifact](https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/): a manifest that names a
//! config and one layer, which is the component. This crate moves and checks bytes; it knows neither WebAssembly nor the
//! catalog. What a registry answers is hostile until its digest says otherwise: everything is bounded before it is read and
//! compared before it is used.
//!
//! Who made a package is told by signatures of its manifest, which lie beside it (`signature.rs`, `beside.rs`), and how it was
//! made by attestations, which are signed and stored like them.
//!
//! Packages also lie in files, one or many in a folder or archive, for networks that reach no registry (`layout.rs`); whoever
//! reads them need not know where they lie (`shelf.rs`). What packages there are, and which are to be avoided, says an index,
//! which travels as they do (`index.rs`).
//!
//! The protocol: <https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md>

mod beside;
mod digest;
mod error;
mod imitation;
mod index;
mod item;
mod layout;
mod object;
mod package;
mod reference;
mod registry;
mod shelf;
mod signature;

pub use digest::Digest;
pub use error::{Error, Result};
pub use imitation::imitates;
pub use index::{Advisory, Hit, Index, Listed, Release, Seen, Severity, Status};
pub use item::Item;
pub use layout::{Bundler, Layout};
pub use package::{About, Package, Published};
pub use reference::{Pick, Reference, SCHEME};
pub use registry::{Access, Login, Registry};
pub use shelf::Shelf;
pub use signature::{Attestation, Bundle, KeyPair, PROVENANCE, PublicKey, SBOM, Signatures, State, Trusted};
