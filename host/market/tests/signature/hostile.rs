//! What somebody might hand us as a signature. Each test has its twin that is good, or differs from it in one place.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use polder_market::{Bundle, Digest, Error, State};
use serde_json::{Value, json};

use crate::maker::{Maker, PAYLOAD, SIGNED, manifest, now, pae, statement};

/// It failed, and says why in these words.
fn fails(state: &State, words: &str) {
    let State::Failed { why } = state else { panic!("{state}, not: {words}") };
    assert!(why.contains(words), "'{why}' does not say: {words}");
    assert!(!why.contains(char::is_control) && why.len() < 1000, "{why:?}");
}

#[test]
fn the_good_twin() {
    let maker = Maker::new();
    let good = maker.stating(&statement(manifest()));
    assert_eq!(maker.state(&good), maker.verified());
    // In the older spelling, with the key's name said twice alike, with a log's entry that is not looked at, with URL-safe
    // base64, with nothing as null.
    let mut other = good.clone();
    other["mediaType"] = json!("application/vnd.dev.sigstore.bundle+json;version=0.3");
    other["dsseEnvelope"]["signatures"][0]["keyid"] = good["verificationMaterial"]["publicKey"]["hint"].clone();
    other["verificationMaterial"]["tlogEntries"] = json!([{ "logIndex": "1" }]);
    other["verificationMaterial"]["timestampVerificationData"] = json!({ "rfc3161Timestamps": [] });
    other["messageSignature"] = Value::Null;
    let signature = STANDARD.decode(good["dsseEnvelope"]["signatures"][0]["sig"].as_str().unwrap()).unwrap();
    other["dsseEnvelope"]["signatures"][0]["sig"] = json!(URL_SAFE.encode(signature));
    assert_eq!(maker.state(&other), maker.verified());
    // The hint decides nothing.
    other["dsseEnvelope"]["signatures"][0]["keyid"] = json!("");
    for hint in [json!({}), json!({ "hint": "my key" })] {
        other["verificationMaterial"]["publicKey"] = hint;
        assert_eq!(maker.state(&other), maker.verified());
    }
}

#[test]
fn a_signature_for_another_digest() {
    let maker = Maker::new();
    let other = Digest::of(b"another");
    fails(&maker.state(&maker.stating(&statement(other))), "signed another package");
    // Among several subjects, one has to be it; a digest of another kind is none.
    let mut several = statement(other);
    several["subject"].as_array_mut().unwrap().push(json!({ "digest": { "sha256": manifest().hex() } }));
    assert_eq!(maker.state(&maker.stating(&several)), maker.verified());
    for subject in [
        json!([]),
        json!([{ "digest": { "sha512": manifest().hex() } }]),
        json!([{ "digest": { "sha256": manifest().hex().to_uppercase() } }]),
        json!([{ "digest": { "sha256": manifest().to_string() } }]),
        json!([{ "name": manifest().hex(), "digest": {} }]),
    ] {
        let mut none = statement(manifest());
        none["subject"] = subject;
        fails(&maker.state(&maker.stating(&none)), "signed another package");
    }
}

#[test]
fn what_was_changed_after_it_was_signed() {
    let maker = Maker::new();
    let good = maker.stating(&statement(manifest()));
    let changed = |path: &str, value: Value| {
        let mut bundle = good.clone();
        *bundle.pointer_mut(path).unwrap() = value;
        maker.state(&bundle)
    };
    // The payload: another digest, or the same with a blank.
    for payload in [statement(Digest::of(b"evil")).to_string(), format!("{} ", statement(manifest()))] {
        fails(&changed("/dsseEnvelope/payload", json!(STANDARD.encode(payload))), "was changed");
    }
    // The signature: of another kind, of other bytes, cut off, with a byte more, none.
    let signature = STANDARD.decode(good["dsseEnvelope"]["signatures"][0]["sig"].as_str().unwrap()).unwrap();
    let mut flipped = signature.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let bare = maker.sign(statement(manifest()).to_string().as_bytes());
    let longer = [&signature[..], &[0]].concat();
    for bytes in [&flipped[..], &bare, &signature[..signature.len() - 1], &longer, &[], &[0; 64]] {
        fails(&changed("/dsseEnvelope/signatures/0/sig", json!(STANDARD.encode(bytes))), "was changed");
    }
    // What the payload is said to be.
    fails(&changed("/dsseEnvelope/payloadType", json!("application/json")), "no in-toto statement");
}

#[test]
fn what_is_signed_but_says_something_else() {
    let maker = Maker::new();
    let text = statement(manifest()).to_string();
    fails(&maker.state(&maker.bundle("application/json", text.as_bytes())), "no in-toto statement");
    assert_eq!(maker.state(&maker.bundle(PAYLOAD, text.as_bytes())), maker.verified());

    let stating = |field: &str, value: Value| {
        let mut other = statement(manifest());
        other[field] = value;
        maker.state(&maker.stating(&other))
    };
    fails(&stating("_type", json!("https://in-toto.io/Statement/v0.1")), "not of type");
    fails(&stating("predicateType", json!("https://slsa.dev/provenance/v1")), "no signature");
    fails(&stating("predicateType", json!(format!("{SIGNED} "))), "no signature");
    fails(&stating("predicateType", json!("\u{1b}[2J")), "no signature");
    fails(&stating("subject", json!("all of them")), "no in-toto statement");
    let many = vec![json!({ "digest": { "sha256": manifest().hex() } }); 101];
    fails(&stating("subject", json!(many)), "more than 100 subjects");
    assert_eq!(stating("subject", json!(many[1..])), maker.verified());
    // Said twice, one reader takes the first and another the last.
    let twice = text.replacen('{', &format!("{{\"predicateType\":\"{SIGNED}\","), 1);
    fails(&maker.state(&maker.bundle(PAYLOAD, twice.as_bytes())), "duplicate field");
}

/// A signature by a key of another kind does not fit, nor does one that was made without the envelope's words.
#[test]
fn another_algorithm() {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair};
    let maker = Maker::new();
    let random = SystemRandom::new();
    let file = EcdsaKeyPair::generate_pkcs8(&ECDSA_P384_SHA384_ASN1_SIGNING, &random).unwrap();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P384_SHA384_ASN1_SIGNING, file.as_ref(), &random).unwrap();
    let text = statement(manifest()).to_string();
    let signature = key.sign(&random, &pae(PAYLOAD, text.as_bytes())).unwrap();
    let mut bundle = maker.stating(&statement(manifest()));
    bundle["dsseEnvelope"]["signatures"][0]["sig"] = json!(STANDARD.encode(signature));
    fails(&maker.state(&bundle), "was changed");
}

#[test]
fn bundles_that_are_not_in_order() {
    let maker = Maker::new();
    let good = maker.stating(&statement(manifest()));
    let with = |path: &str, field: &str, value: Value| {
        let mut bundle = good.clone();
        bundle.pointer_mut(path).unwrap()[field] = value;
        maker.state(&bundle)
    };
    let signature = good["dsseEnvelope"]["signatures"][0].clone();
    let (material, envelope) = ("/verificationMaterial", "/dsseEnvelope");
    for (path, field, value, why) in [
        ("", "mediaType", json!("application/vnd.dev.sigstore.bundle+json;version=0.1"), "not 'application"),
        ("", "mediaType", json!("application/vnd.dev.sigstore.bundle.v0.4+json"), "not 'application"),
        ("", "extra", json!(1), "unknown field"),
        ("", "dsseEnvelope", Value::Null, "not just one content"),
        ("", "messageSignature", json!({ "signature": "" }), "not just one content"),
        (material, "extra", json!(1), "unknown field"),
        (material, "publicKey", Value::Null, "just one key"),
        (material, "certificate", json!({ "rawBytes": "" }), "just one key"),
        (material, "tlogEntries", json!(vec![json!({}); 33]), "more than 32"),
        (envelope, "extra", json!(1), "unknown field"),
        (envelope, "signatures", json!([]), "just one signature"),
        (envelope, "signatures", json!([signature, signature]), "just one signature"),
        ("/dsseEnvelope/signatures/0", "keyid", json!("another"), "different keys"),
        ("/dsseEnvelope/signatures/0", "ext", json!({}), "unknown field"),
        ("/dsseEnvelope/signatures/0", "sig", json!(7), "invalid type"),
    ] {
        fails(&with(path, field, value), why);
    }
    let signs_bytes = json!({ "mediaType": good["mediaType"], "verificationMaterial": good["verificationMaterial"],
        "messageSignature": { "signature": "" } });
    fails(&maker.state(&signs_bytes), "signs bytes");
    // A field said twice, and what follows the end.
    let text = good.to_string();
    fails(&maker.state_of(text.replacen('{', "{\"mediaType\":\"x\",", 1).as_bytes()), "duplicate field");
    fails(&maker.state_of(format!("{text}{text}").as_bytes()), "trailing");
    // An array of the fields, which is no object.
    fails(&with("", "verificationMaterial", json!([{ "hint": "" }, null, null, [], null])), "expected an object");
    let fields = json!([good["mediaType"], good["verificationMaterial"], good["dsseEnvelope"], null]);
    fails(&maker.state(&fields), "expected an object");
    for garbage in [&b""[..], b"null", b"[]", b"{}", b"\xff\xfe", b"{\"mediaType\":\"\\ud800\"}"] {
        fails(&maker.state_of(garbage), "no signature that can be read");
    }
}

#[test]
fn base64_that_is_not_canonical() {
    let maker = Maker::new();
    // With a length that needs padding: the last character then has bits that mean nothing.
    let mut text = statement(manifest()).to_string();
    while text.len() % 3 != 1 {
        text.push(' ');
    }
    let good = maker.bundle(PAYLOAD, text.as_bytes());
    assert_eq!(maker.state(&good), maker.verified());
    let payload = good["dsseEnvelope"]["payload"].as_str().unwrap();
    let (most, last) = payload.trim_end_matches('=').split_at(payload.len() - 3);
    let next = char::from(last.as_bytes()[0] + 1);
    for other in
        [format!("{most}{next}=="), format!("{most}{last}"), format!("{most}\n{last}=="), format!("{payload}=")]
    {
        let mut bundle = good.clone();
        bundle["dsseEnvelope"]["payload"] = json!(other);
        fails(&maker.state(&bundle), "canonical");
    }
}

#[test]
fn bundles_that_are_large_or_deep() {
    let maker = Maker::new();
    let good = maker.stating(&statement(manifest())).to_string();
    // As large as one may be, and by one byte larger.
    let full = format!("{good}{}", " ".repeat((64 << 10) - good.len()));
    assert_eq!(maker.state_of(full.as_bytes()), maker.verified());
    fails(&maker.state_of(format!("{full} ").as_bytes()), "more than 65536");
    let error = Bundle::read(&vec![b' '; 10 << 20]).unwrap_err();
    assert!(matches!(error, Error::Signature { .. }), "{error}");

    // Depth where nothing is looked at costs nothing; anywhere else it is none of these types.
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let at = |field: &str| good.replacen("\"publicKey\"", &format!("\"{field}\":{deep},\"publicKey\""), 1);
    assert_eq!(maker.state_of(at("timestampVerificationData").as_bytes()), maker.verified());
    assert_eq!(maker.state_of(at("tlogEntries").as_bytes()), maker.verified());
    fails(&maker.state_of(at("extra").as_bytes()), "unknown field");
    fails(&maker.state_of(at("certificate").as_bytes()), "invalid type");
    fails(&maker.state_of("[".repeat(60_000).as_bytes()), "no signature that can be read");
    let predicate = statement(manifest()).to_string().replacen("\"predicate\":{}", &format!("\"predicate\":{deep}"), 1);
    assert!(predicate.len() > 40_000);
    assert_eq!(maker.state(&maker.bundle(PAYLOAD, predicate.as_bytes())), maker.verified());
}

/// Signed by a certificate: recognised, and never verified, even by a key that is trusted.
#[test]
fn keyless_signatures() {
    let maker = Maker::new();
    let good = maker.stating(&statement(manifest()));
    for material in [
        json!({ "certificate": { "rawBytes": "MIIB" } }),
        json!({ "certificate": { "rawBytes": "" }, "tlogEntries": [{}] }),
        json!({ "x509CertificateChain": { "certificates": [{ "rawBytes": "MIIB" }, { "rawBytes": "" }] } }),
    ] {
        let mut bundle = good.clone();
        bundle["verificationMaterial"] = material;
        fails(&maker.state(&bundle), "keyless");
        fails(&maker.state(&bundle), "not trusted here");
    }
    let mut empty = good.clone();
    empty["verificationMaterial"] = json!({ "x509CertificateChain": {} });
    fails(&maker.state(&empty), "empty");
}

#[test]
fn nothing_is_verified_by_nobody() {
    let maker = Maker::new();
    let bundle = Bundle::sign(&maker.pair, manifest()).unwrap();
    fails(&bundle.verify(manifest(), &[], now()), "not trusted here");
    assert_eq!(bundle.verify(manifest(), &[maker.trusted()], now()), maker.verified());
}
