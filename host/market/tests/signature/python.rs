//! Another implementation reads and verifies what is made here, and is read and verified: Python's `cryptography`.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use polder_market::{Bundle, KeyPair, PublicKey, State, Trusted};
use serde_json::{Value, json};

use crate::maker::{manifest, now, pae, statement};

const PASSPHRASE: &str = "correct horse";
const SCRIPT: &str = include_str!("python.py");

/// What the script answers; none where there is no such Python.
fn ask(action: &str, question: &Value) -> Option<Value> {
    let cache = std::env::var_os("POLDER_CACHE").map(PathBuf::from);
    let cache = cache.or_else(|| Some(std::env::home_dir()?.join(".cache/polder")))?;
    let python = cache.join("test-python/bin/python");
    let has = Command::new(&python).args(["-c", "import cryptography"]).stderr(Stdio::null()).status();
    if !has.is_ok_and(|status| status.success()) {
        eprintln!("skipped, because Python with 'cryptography' is missing: the tests of the whole install it");
        return None;
    }
    let mut child = Command::new(&python)
        .args(["-c", SCRIPT, action])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(question.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{action}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[test]
fn python_verifies_what_is_signed_here() {
    let key = KeyPair::generate().unwrap();
    let bundle = Bundle::sign(&key, manifest()).unwrap();
    let question = json!({
        "bundle": serde_json::from_slice::<Value>(bundle.json()).unwrap(),
        "public": key.public().pem(),
        "private": *key.pem(None).unwrap(),
        "encrypted": *key.pem(Some(PASSPHRASE)).unwrap(),
        "passphrase": PASSPHRASE,
    });
    let Some(answer) = ask("verify", &question) else { return };
    assert_eq!(answer["same key"], true, "{answer}");
    assert_eq!(answer["hint"], true, "{answer}");
    assert_eq!(answer["sha256"], manifest().hex(), "{answer}");
    assert_eq!(answer["predicate"], "https://sigstore.dev/cosign/sign/v1");
    assert_eq!(answer["fingerprint"], key.public().fingerprint().hex());
}

#[test]
fn what_python_signs_is_verified_here() {
    let payload = statement(manifest()).to_string();
    let message = pae("application/vnd.in-toto+json", payload.as_bytes());
    let question = json!({ "payload": payload, "message": STANDARD.encode(message), "passphrase": PASSPHRASE });
    let Some(answer) = ask("sign", &question) else { return };
    for algorithm in ["P-256", "Ed25519"] {
        let made = &answer[algorithm];
        let text = |field: &str| made[field].as_str().unwrap();
        let public = PublicKey::read(text("public")).unwrap();
        let bundle = Bundle::read(made["bundle"].to_string().as_bytes()).unwrap();
        let trusted = [Trusted::always("python", public.clone())];
        let verified = State::Verified { by: "python".to_owned(), key: public.fingerprint() };
        assert_eq!(bundle.verify(manifest(), &trusted, now()), verified, "{algorithm}");
        // Its private keys, plain and encrypted, sign here.
        for (file, passphrase) in [("private", None), ("encrypted", Some(PASSPHRASE))] {
            let key = KeyPair::read(text(file), passphrase).unwrap();
            assert_eq!(key.public(), &public, "{algorithm}");
            let bundle = Bundle::sign(&key, manifest()).unwrap();
            assert_eq!(bundle.verify(manifest(), &trusted, now()), verified, "{algorithm}");
            assert_eq!(KeyPair::read(&key.pem(Some("x")).unwrap(), Some("x")).unwrap().public(), &public);
        }
    }
    for algorithm in ["P-384", "RSA"] {
        let made = &answer[algorithm];
        for (file, error) in [
            ("public", PublicKey::read(made["public"].as_str().unwrap()).unwrap_err()),
            ("private", KeyPair::read(made["private"].as_str().unwrap(), None).unwrap_err()),
        ] {
            assert!(error.to_string().contains("neither"), "{algorithm} {file}: {error}");
        }
    }
    // A certificate's name is shown, and believed by nobody, though the key in it signed.
    let bundle = Bundle::read(answer["keyless"]["bundle"].to_string().as_bytes()).unwrap();
    let trusted = [Trusted::always("python", PublicKey::read(answer["P-256"]["public"].as_str().unwrap()).unwrap())];
    let State::Failed { why } = bundle.verify(manifest(), &trusted, now()) else { panic!("{bundle:?}") };
    assert!(why.contains("keyless by 'https://forge.example/acme/geo/release.yml@v1'"), "{why}");
}
