//! Files of keys.

use polder_market::{Error, KeyPair, PublicKey};

fn refused<T: std::fmt::Debug>(result: Result<T, Error>, words: &str) {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::Key { .. }) && error.to_string().contains(words), "'{error}' does not say: {words}");
}

#[test]
fn keys_are_read_as_they_are_written() {
    let made = KeyPair::generate().unwrap();
    let plain = made.pem(None).unwrap();
    assert!(plain.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    assert_eq!(KeyPair::read(&plain, None).unwrap().public(), made.public());
    assert_eq!(KeyPair::read(&plain, Some("not needed")).unwrap().public(), made.public());
    let public = made.public().pem();
    assert!(public.starts_with("-----BEGIN PUBLIC KEY-----\n"));
    assert_eq!(&PublicKey::read(&public).unwrap(), made.public());
    assert_ne!(KeyPair::generate().unwrap().public(), made.public());
    // Nothing of the key itself is printed.
    let shown = format!("{made:?}");
    assert!(shown.contains(&made.public().fingerprint().to_string()) && shown.len() < 150, "{shown}");
}

#[test]
fn a_passphrase_keeps_a_key() {
    let made = KeyPair::generate().unwrap();
    let sealed = made.pem(Some("correct horse")).unwrap();
    assert!(sealed.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    assert_eq!(KeyPair::read(&sealed, Some("correct horse")).unwrap().public(), made.public());
    refused(KeyPair::read(&sealed, Some("battery staple")), "passphrase is another");
    refused(KeyPair::read(&sealed, None), "give its passphrase");
}

#[test]
fn other_files() {
    let made = KeyPair::generate().unwrap();
    let (private, public) = (made.pem(None).unwrap(), made.public().pem());
    refused(PublicKey::read(&private), "is a private key");
    refused(KeyPair::read(&public, None), "is a public key");
    for (label, words) in [
        ("ENCRYPTED SIGSTORE PRIVATE KEY", "import-key-pair"),
        ("ENCRYPTED COSIGN PRIVATE KEY", "import-key-pair"),
        ("EC PRIVATE KEY", "openssl pkcs8"),
        ("RSA PRIVATE KEY", "no 'PRIVATE KEY'"),
    ] {
        refused(KeyPair::read(&private.replace("PRIVATE KEY", label), None), words);
    }
    refused(PublicKey::read(&public.replace("PUBLIC KEY", "CERTIFICATE")), "no 'PUBLIC KEY'");
    for garbage in ["", "ssh-ed25519 AAAA", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", &public[..80]] {
        refused(PublicKey::read(garbage), "cannot be used");
        refused(KeyPair::read(garbage, None), "cannot be used");
    }
    refused(PublicKey::read(&"-".repeat(20 << 10)), "too large");
    // The private key of one and the public key of another are no pair.
    let mut other = private.lines().collect::<Vec<_>>();
    let second = KeyPair::generate().unwrap().pem(None).unwrap();
    let second: Vec<_> = second.lines().collect();
    other[3] = second[3];
    refused(KeyPair::read(&format!("{}\n", other.join("\n")), None), "cannot be used");
}

/// A sound key that is not read here.
#[test]
fn another_curve() {
    use pkcs8::SecretDocument;
    use pkcs8::der::pem::LineEnding;
    use ring::signature::{ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair};
    let random = ring::rand::SystemRandom::new();
    let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_ASN1_SIGNING, &random).unwrap();
    let pem = SecretDocument::try_from(made.as_ref()).unwrap().to_pem("PRIVATE KEY", LineEnding::LF).unwrap();
    refused(KeyPair::read(&pem, None), "neither of ECDSA on P-256");
}
