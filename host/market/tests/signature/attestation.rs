//! Attestations without a registry.

use polder_market::{Attestation, Digest, Error, PROVENANCE, SBOM, State};
use serde_json::{Value, json};

use crate::maker::{Maker, SIGNED, manifest, now, statement};

fn read(maker: &Maker, bundle: &Value) -> (Attestation, State) {
    let read = Attestation::read(manifest(), bundle.to_string().as_bytes());
    let state = read.state(&[maker.trusted()], now());
    (read, state)
}

fn stating(maker: &Maker, field: &str, value: Value) -> (Attestation, State) {
    let mut said = statement(manifest());
    said["predicateType"] = json!(PROVENANCE);
    said[field] = value;
    read(maker, &maker.stating(&said))
}

#[test]
fn what_is_said_comes_back_byte_by_byte() {
    let maker = Maker::new();
    let made = Attestation::sign(&maker.pair, manifest(), SBOM, &json!({ "b": 1, "a": [2.50, null] })).unwrap();
    let kept = Attestation::read(manifest(), made.bundle().unwrap().json());
    assert_eq!(kept.state(&[maker.trusted()], now()), maker.verified());
    assert_eq!((kept.predicate_type(), kept.predicate()), (SBOM, made.predicate()));
    // Numbers that we could not hold, and blanks, stay what they were.
    let odd = r#"{ "n" : 123456789012345678901234567890 }"#;
    let text = statement(manifest()).to_string().replacen("\"predicate\":{}", &format!("\"predicate\":{odd}"), 1);
    let text = text.replace(SIGNED, PROVENANCE);
    let (found, state) = read(&maker, &maker.bundle(crate::maker::PAYLOAD, text.as_bytes()));
    assert_eq!((found.predicate(), state), (Some(odd), maker.verified()));
    // What is deeper than anybody writes is kept, and no value.
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let text = text.replace(odd, &deep);
    let (found, state) = read(&maker, &maker.bundle(crate::maker::PAYLOAD, text.as_bytes()));
    assert_eq!((found.predicate(), found.value(), state), (Some(deep.as_str()), None, maker.verified()));
}

#[test]
fn what_is_not_attested() {
    let maker = Maker::new();
    let fails = |(found, state): (Attestation, State), kind: &str, words: &str| {
        let State::Failed { why } = state else { panic!("{words}") };
        assert!(why.contains(words) && !why.contains(char::is_control), "'{why}' does not say: {words}");
        assert_eq!(found.predicate_type(), kind);
    };
    assert_eq!(stating(&maker, "predicate", json!({ "x": 1 })).1, maker.verified());
    // `cosign attest` writes the older statement; for a signature it is none.
    assert_eq!(stating(&maker, "_type", json!("https://in-toto.io/Statement/v0.1")).1, maker.verified());
    fails(stating(&maker, "_type", json!("https://in-toto.io/Statement/v2")), PROVENANCE, "not of type");
    fails(stating(&maker, "predicateType", json!(SIGNED)), SIGNED, "no type of attestations");
    fails(stating(&maker, "predicateType", json!("sbom")), "", "no type of attestations");
    fails(stating(&maker, "predicateType", json!("x:\u{1b}[2J")), "", "no type of attestations");
    let other = json!([{ "digest": { "sha256": Digest::of(b"another").hex() } }]);
    fails(stating(&maker, "subject", other), PROVENANCE, "another package");
    let stranger = Maker::new();
    fails(
        read(&maker, &{
            let mut said = statement(manifest());
            said["predicateType"] = json!(SBOM);
            stranger.stating(&said)
        }),
        SBOM,
        "not trusted here",
    );
    fails(read(&maker, &json!({})), "", "no signature that can be read");
    for kind in [SIGNED, "", "sbom", "https://x y", "https://é", &format!("https://{}", "x".repeat(300))] {
        let error = Attestation::sign(&maker.pair, manifest(), kind, &json!({})).unwrap_err();
        assert!(matches!(error, Error::Signature { .. }), "{kind}: {error}");
    }
}
