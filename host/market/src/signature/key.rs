//! Keys that sign and keys that are trusted, as files have them: PKCS#8 and SPKI, in PEM
//! (<https://www.rfc-editor.org/rfc/rfc5958>, <https://www.rfc-editor.org/rfc/rfc5280#section-4.1>).
//!
//! Keys are made on P-256, as cosign does. Ed25519 is read too; signatures by it are those of RFC 8032, not the prehashed
//! ones that cosign makes by default. A private key may be encrypted with a passphrase (PBES2: scrypt, AES-256-CBC), as
//! OpenSSL does; cosign's own way of encrypting is not read. `cosign import-key-pair` takes a key that is not encrypted.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pkcs8::der::asn1::BitStringRef;
use pkcs8::der::pem::LineEnding;
use pkcs8::der::zeroize::Zeroizing;
use pkcs8::der::{Decode, Encode};
use pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use pkcs8::{Document, EncryptedPrivateKeyInfoRef, ObjectIdentifier, PrivateKeyInfoRef, SecretDocument};
use ring::rand::SystemRandom;
use ring::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey, VerificationAlgorithm};

use crate::{Digest, Error, Result};

const PUBLIC: &str = "PUBLIC KEY";
const PRIVATE: &str = "PRIVATE KEY";
const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";
/// Larger files hold no key.
const PEM_BYTES: usize = 16 << 10;

/// id-ecPublicKey, secp256r1, id-Ed25519.
const ELLIPTIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    P256,
    Ed25519,
}

/// A key that signatures are compared with.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    algorithm: Algorithm,
    /// As `ring` takes it: the uncompressed point, or the 32 bytes.
    point: Vec<u8>,
    /// `SubjectPublicKeyInfo`.
    spki: Vec<u8>,
}

impl PublicKey {
    /// Reads a key such as `cosign.pub`: SPKI in PEM.
    ///
    /// # Errors
    /// [`Error::Key`] for everything but P-256 and Ed25519.
    pub fn read(pem: &str) -> Result<Self> {
        check_size(pem)?;
        let (label, document) = Document::from_pem(pem).map_err(|error| unreadable(&error))?;
        match label {
            PUBLIC => Self::from_spki(document.as_bytes()),
            PRIVATE | ENCRYPTED => Err(wrong("it is a private key; give the public one that belongs to it")),
            _ => Err(wrong("it is no 'PUBLIC KEY' in PEM")),
        }
    }

    fn from_spki(spki: &[u8]) -> Result<Self> {
        let info = SubjectPublicKeyInfoRef::from_der(spki).map_err(|error| unreadable(&error))?;
        let (algorithm, curve) = info.algorithm.oids().map_err(|error| unreadable(&error))?;
        let algorithm = match (algorithm, curve) {
            (ELLIPTIC, Some(CURVE)) => Algorithm::P256,
            (ED25519, None) if info.algorithm.parameters.is_none() => Algorithm::Ed25519,
            _ => return Err(wrong("it is neither of ECDSA on P-256 nor of Ed25519")),
        };
        let point = info.subject_public_key.as_bytes().unwrap_or_default();
        let fits = match algorithm {
            Algorithm::P256 => point.len() == 65 && point[0] == 4,
            Algorithm::Ed25519 => point.len() == 32,
        };
        if !fits {
            return Err(wrong("it is not of the size that its algorithm has, or its point is compressed"));
        }
        Ok(Self { algorithm, point: point.to_vec(), spki: spki.to_vec() })
    }

    fn of_point(algorithm: Algorithm, point: &[u8]) -> Result<Self> {
        let (oid, parameters) = match algorithm {
            Algorithm::P256 => (ELLIPTIC, Some((&CURVE).into())),
            Algorithm::Ed25519 => (ED25519, None),
        };
        let key = BitStringRef::from_bytes(point).map_err(|error| unreadable(&error))?;
        let info =
            SubjectPublicKeyInfoRef { algorithm: AlgorithmIdentifierRef { oid, parameters }, subject_public_key: key };
        Self::from_spki(&info.to_der().map_err(|error| unreadable(&error))?)
    }

    /// SHA-256 of the SPKI: what names a key among people.
    pub fn fingerprint(&self) -> Digest {
        Digest::of(&self.spki)
    }

    /// As `cosign.pub` has it.
    pub fn pem(&self) -> String {
        // No label and no key is too long for PEM.
        Document::try_from(self.spki.as_slice())
            .and_then(|document| document.to_pem(PUBLIC, LineEnding::LF))
            .unwrap_or_default()
    }

    /// What bundles call the key: the fingerprint in base64, as cosign writes it. Nobody vouches for it.
    pub(super) fn hint(&self) -> String {
        STANDARD.encode(self.fingerprint().bytes())
    }

    /// Whether the private key signed just these bytes.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let algorithm: &dyn VerificationAlgorithm = match self.algorithm {
            Algorithm::P256 => &signature::ECDSA_P256_SHA256_ASN1,
            Algorithm::Ed25519 => &signature::ED25519,
        };
        UnparsedPublicKey::new(algorithm, &self.point).verify(message, signature).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({:?}, {})", self.algorithm, self.fingerprint())
    }
}

enum Signer {
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A key that signs. It is never printed; its file is overwritten in memory when it is dropped.
pub struct KeyPair {
    signer: Signer,
    public: PublicKey,
    file: SecretDocument,
}

impl KeyPair {
    /// A new key on P-256.
    ///
    /// # Errors
    /// [`Error::Key`] if the system gives no random numbers.
    pub fn generate() -> Result<Self> {
        let made = EcdsaKeyPair::generate_pkcs8(&signature::ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new());
        let made = made.map_err(|_| wrong("the system gives no random numbers"))?;
        Self::from_pkcs8(SecretDocument::try_from(made.as_ref()).map_err(|error| unreadable(&error))?)
    }

    /// Reads PKCS#8 in PEM. The passphrase is used only if the file is encrypted.
    ///
    /// # Errors
    /// [`Error::Key`], which says how another form becomes this one.
    pub fn read(pem: &str, passphrase: Option<&str>) -> Result<Self> {
        check_size(pem)?;
        let (label, file) = SecretDocument::from_pem(pem).map_err(|error| unreadable(&error))?;
        match label {
            PRIVATE => Self::from_pkcs8(file),
            ENCRYPTED => {
                let passphrase = passphrase.ok_or_else(|| wrong("it is encrypted: give its passphrase"))?;
                let sealed =
                    EncryptedPrivateKeyInfoRef::from_der(file.as_bytes()).map_err(|error| unreadable(&error))?;
                let opened = sealed.decrypt(passphrase);
                Self::from_pkcs8(opened.map_err(|_| wrong("its passphrase is another, or it was changed"))?)
            }
            "ENCRYPTED SIGSTORE PRIVATE KEY" | "ENCRYPTED COSIGN PRIVATE KEY" => Err(wrong(
                "it is encrypted in cosign's own way; make a key here or with OpenSSL, and let cosign import it with \
                 'cosign import-key-pair'",
            )),
            "EC PRIVATE KEY" => Err(wrong("it is not in PKCS#8; 'openssl pkcs8 -topk8 -nocrypt' makes it so")),
            PUBLIC => Err(wrong("it is a public key; give the private one that belongs to it")),
            _ => Err(wrong("it is no 'PRIVATE KEY' in PEM")),
        }
    }

    fn from_pkcs8(file: SecretDocument) -> Result<Self> {
        let info = PrivateKeyInfoRef::from_der(file.as_bytes()).map_err(|error| unreadable(&error))?;
        let rejected = |error: ring::error::KeyRejected| wrong(&format!("it is no sound key: {error}"));
        let (signer, public) = match info.algorithm.oids() {
            Ok((ELLIPTIC, Some(CURVE))) => {
                let algorithm = &signature::ECDSA_P256_SHA256_ASN1_SIGNING;
                let key = EcdsaKeyPair::from_pkcs8(algorithm, file.as_bytes(), &SystemRandom::new());
                let key = key.map_err(rejected)?;
                let public = PublicKey::of_point(Algorithm::P256, key.public_key().as_ref())?;
                (Signer::P256(key), public)
            }
            Ok((ED25519, None)) => {
                let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(file.as_bytes()).map_err(rejected)?;
                let public = PublicKey::of_point(Algorithm::Ed25519, key.public_key().as_ref())?;
                (Signer::Ed25519(key), public)
            }
            _ => return Err(wrong("it is neither of ECDSA on P-256 nor of Ed25519")),
        };
        Ok(Self { signer, public, file })
    }

    /// The file that [`Self::read`] takes, encrypted if there is a passphrase.
    ///
    /// # Errors
    /// [`Error::Key`] if the system gives no random numbers.
    pub fn pem(&self, passphrase: Option<&str>) -> Result<Zeroizing<String>> {
        let (label, file) = match passphrase {
            None => (PRIVATE, self.file.clone()),
            Some(passphrase) => {
                let info = PrivateKeyInfoRef::from_der(self.file.as_bytes()).map_err(|error| unreadable(&error))?;
                (ENCRYPTED, info.encrypt(passphrase).map_err(|error| unreadable(&error))?)
            }
        };
        file.to_pem(label, LineEnding::LF).map_err(|error| unreadable(&error))
    }

    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        match &self.signer {
            Signer::P256(key) => {
                let signature = key.sign(&SystemRandom::new(), message);
                Ok(signature.map_err(|_| wrong("the system gives no random numbers"))?.as_ref().to_vec())
            }
            Signer::Ed25519(key) => Ok(key.sign(message).as_ref().to_vec()),
        }
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair").field("public", &self.public).finish_non_exhaustive()
    }
}

fn check_size(pem: &str) -> Result<()> {
    if pem.len() > PEM_BYTES { Err(wrong("it is too large for a key")) } else { Ok(()) }
}

fn unreadable(error: &dyn fmt::Display) -> Error {
    wrong(&error.to_string())
}

fn wrong(why: &str) -> Error {
    Error::Key { why: why.to_owned() }
}
