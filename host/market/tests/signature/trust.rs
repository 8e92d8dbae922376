//! Whom a package is from: keys that are unknown, early or late, and several signatures at once.

use polder_market::{Bundle, Digest, Signatures, State, Trusted};
use serde_json::json;

use crate::maker::{Maker, at, manifest, now, statement};

fn why(state: State) -> String {
    match state {
        State::Failed { why } => why,
        state => panic!("{state}"),
    }
}

#[test]
fn an_unknown_key_is_named() {
    let (acme, other) = (Maker::new(), Maker::new());
    let bundle = Bundle::sign(&other.pair, manifest()).unwrap();
    let said = why(bundle.verify(manifest(), &[acme.trusted()], now()));
    assert!(said.contains(&other.pair.public().fingerprint().to_string()), "{said}");
    // It may say that it is of a key that it is not of.
    let mut claim = other.stating(&statement(manifest()));
    claim["verificationMaterial"] = acme.stating(&statement(manifest()))["verificationMaterial"].clone();
    assert!(why(acme.state(&claim)).contains("the key of acme did not sign it"));
    // With what is no fingerprint, it is shown as far as it can be.
    claim["verificationMaterial"]["publicKey"]["hint"] = json!("\u{1b}[31mkey");
    assert!(why(acme.state(&claim)).ends_with("'[31mkey'"));
    claim["verificationMaterial"]["publicKey"]["hint"] = json!("");
    assert!(why(acme.state(&claim)).ends_with("does not say which"));
}

#[test]
fn keys_have_their_time() {
    let maker = Maker::new();
    let bundle = Bundle::sign(&maker.pair, manifest()).unwrap();
    let during = |not_before: Option<&str>, not_after: Option<&str>| {
        let trusted = Trusted { not_before: not_before.map(at), not_after: not_after.map(at), ..maker.trusted() };
        bundle.verify(manifest(), &[trusted], now())
    };
    for (from, to) in [
        (None, None),
        (Some("2026-01-01T00:00:00Z"), Some("2027-01-01T00:00:00Z")),
        (Some("2026-05-01T12:00:00Z"), Some("2026-05-01T12:00:00Z")),
    ] {
        assert_eq!(during(from, to), maker.verified());
    }
    let late = why(during(None, Some("2026-05-01T11:59:59Z")));
    assert_eq!(late, "the key of acme expired at 2026-05-01T11:59:59Z");
    let early = why(during(Some("2026-05-01T12:00:01Z"), None));
    assert_eq!(early, "the key of acme is not valid before 2026-05-01T12:00:01Z");
    // Trusted under two names, one of which is in its time.
    let old = Trusted { name: "old".to_owned(), not_after: Some(at("2020-01-01T00:00:00Z")), ..maker.trusted() };
    assert_eq!(bundle.verify(manifest(), &[old, maker.trusted()], now()), maker.verified());
}

#[test]
fn of_several_signatures_one_good_one_is_enough() {
    let (acme, other) = (Maker::new(), Maker::new());
    let good = acme.stating(&statement(manifest())).to_string().into_bytes();
    let unknown = other.stating(&statement(manifest())).to_string().into_bytes();
    let astray = acme.stating(&statement(Digest::of(b"another"))).to_string().into_bytes();
    let broken = b"{}".to_vec();
    let mut parts = statement(manifest());
    parts["predicateType"] = json!("https://spdx.dev/Document");
    parts["_type"] = json!("https://in-toto.io/Statement/v0.1");
    let parts = acme.stating(&parts).to_string().into_bytes();

    let state = |all: &[&Vec<u8>]| {
        Signatures::read(all.iter().map(|one| one.to_vec())).verify(manifest(), &[acme.trusted()], now())
    };
    assert_eq!(state(&[]), State::NotSigned);
    assert_eq!(state(&[&good]), acme.verified());
    for bad in [&unknown, &astray, &broken, &Vec::new()] {
        assert!(matches!(state(&[bad]), State::Failed { .. }));
        assert_eq!(state(&[bad, &good]), acme.verified());
        assert_eq!(state(&[&good, bad]), acme.verified());
    }
    let all = why(state(&[&unknown, &astray, &broken]));
    assert!(all.contains("not trusted here") && all.contains("another package") && all.contains("read"), "{all}");
    // What else is said of a package neither signs nor spoils it.
    assert_eq!(state(&[&parts]), State::NotSigned);
    assert_eq!(state(&[&parts, &good]), acme.verified());
    assert!(matches!(state(&[&parts, &broken]), State::Failed { .. }));
}

#[test]
fn no_more_than_fifty_are_looked_at() {
    let (acme, other) = (Maker::new(), Maker::new());
    let strangers = |count: usize| (0..count).map(|_| other.stating(&statement(manifest())).to_string().into_bytes());
    let good = || acme.stating(&statement(manifest())).to_string().into_bytes();
    let state = |all: Signatures| all.verify(manifest(), &[acme.trusted()], now());
    assert_eq!(state(Signatures::read(strangers(49).chain([good()]))), acme.verified());
    let said = why(state(Signatures::read(strangers(50).chain([good()]))));
    assert!(said.contains("only 50"), "{said}");
}
