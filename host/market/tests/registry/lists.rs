//! Lists of signatures, and what a registry might put into them.

use chrono::Utc;
use polder_market::{Bundle, Digest, Error, KeyPair, Reference, Registry, Result, Signatures, State, Trusted};
use serde_json::{Value, json};

use crate::liar::{Answer, Liar, answer};
use crate::real::inside;
use crate::shelf::{BUNDLE, EMPTY, INDEX, MANIFEST, Shelf};

fn manifest() -> Digest {
    Digest::of(b"a manifest")
}

fn place(liar: &Liar) -> (Registry, Reference) {
    let place: Reference = format!("oci://{}/a/b", liar.host).parse().unwrap();
    (Registry::open(&place, inside(None)).unwrap(), place)
}

async fn signatures(liar: &Liar) -> Result<Signatures> {
    let (registry, place) = place(liar);
    registry.signatures(&place, manifest()).await
}

/// A publisher, and a shelf with a registry that keeps lists.
struct Case {
    key: KeyPair,
    shelf: Shelf,
}

impl Case {
    fn new() -> Self {
        Self { key: KeyPair::generate().unwrap(), shelf: Shelf::new(true) }
    }

    fn bundle(&self) -> Vec<u8> {
        Bundle::sign(&self.key, manifest()).unwrap().json().to_vec()
    }

    /// A good referrer, which a test may spoil.
    fn referrer(&self) -> Value {
        self.shelf.referrer(manifest(), &self.bundle())
    }

    /// As it is listed.
    fn good(&self) -> Value {
        self.shelf.put_manifest(&self.referrer())
    }

    fn state_of(&self, signatures: &Signatures) -> State {
        let trusted = [Trusted::always("acme", self.key.public().clone())];
        signatures.verify(manifest(), &trusted, Utc::now())
    }

    async fn state(&self, entries: &[Value]) -> State {
        self.shelf.list(manifest(), entries);
        self.state_of(&signatures(&self.shelf.serve()).await.unwrap())
    }

    fn verified(&self) -> State {
        State::Verified { by: "acme".to_owned(), key: self.key.public().fingerprint() }
    }
}

#[tokio::test]
async fn a_registry_that_keeps_lists() {
    for lists in [true, false] {
        let case = Case { shelf: Shelf::new(lists), ..Case::new() };
        case.shelf.put(&format!("manifests/{}", manifest()), MANIFEST, b"a manifest");
        let liar = case.shelf.serve();
        let (registry, place) = place(&liar);
        registry.sign(&place, manifest(), &case.key).await.unwrap();
        assert_eq!(case.state_of(&signatures(&liar).await.unwrap()), case.verified());
        // Only where there is no list does a tag stand for it.
        let tag = case.shelf.get(&format!("manifests/sha256-{}", manifest().hex()));
        assert_eq!(tag.is_none(), lists);
    }
}

/// What cosign looks for, field by field.
#[tokio::test]
async fn what_is_stored_is_what_cosign_stores() {
    let case = Case { shelf: Shelf::new(false), ..Case::new() };
    case.shelf.put(&format!("manifests/{}", manifest()), MANIFEST, b"a manifest");
    let (registry, place) = place(&case.shelf.serve());
    let bundle = Bundle::sign(&case.key, manifest()).unwrap();
    let digest = registry.attach(&place, manifest(), &bundle).await.unwrap();
    let read = |path: String| serde_json::from_slice::<Value>(&case.shelf.get(&path).unwrap()).unwrap();
    let mut stored = read(format!("manifests/{digest}"));
    let annotations = stored["annotations"].take();
    assert_eq!(
        stored,
        json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "artifactType": BUNDLE,
            "config": { "mediaType": EMPTY, "digest": Digest::of(b"{}"), "size": 2 },
            "layers": [{ "mediaType": BUNDLE, "digest": Digest::of(bundle.json()), "size": bundle.json().len() }],
            "subject": { "mediaType": MANIFEST, "digest": manifest(), "size": 10 },
            "annotations": null,
        })
    );
    assert_eq!(annotations["dev.sigstore.bundle.content"], "dsse-envelope");
    assert_eq!(annotations["dev.sigstore.bundle.predicateType"], "https://sigstore.dev/cosign/sign/v1");
    assert!(annotations["org.opencontainers.image.created"].as_str().unwrap().ends_with('Z'));
    let list = read(format!("manifests/sha256-{}", manifest().hex()));
    assert_eq!((&list["mediaType"], &list["schemaVersion"]), (&json!(INDEX), &json!(2)));
    let entry = &list["manifests"][0];
    assert_eq!((&entry["digest"], &entry["artifactType"]), (&json!(digest), &json!(BUNDLE)));
    assert_eq!(entry["annotations"], annotations);
    assert_eq!(case.shelf.get(&format!("blobs/{}", Digest::of(b"{}"))).unwrap(), b"{}");
}

#[tokio::test]
async fn what_others_put_into_a_list_stays() {
    let case = Case { shelf: Shelf::new(false), ..Case::new() };
    case.shelf.put(&format!("manifests/{}", manifest()), MANIFEST, b"a manifest");
    let tag = format!("manifests/sha256-{}", manifest().hex());
    let other = json!({ "mediaType": "x/y", "digest": "sha512:00", "size": 7, "platform": { "os": "z" }, "new": [1] });
    let list = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [other], "annotations": { "a": "b" } });
    case.shelf.put(&tag, INDEX, list.to_string().as_bytes());
    let liar = case.shelf.serve();
    let (registry, place) = place(&liar);
    registry.sign(&place, manifest(), &case.key).await.unwrap();
    let now: Value = serde_json::from_slice(&case.shelf.get(&tag).unwrap()).unwrap();
    assert_eq!((&now["manifests"][0], &now["annotations"]), (&other, &list["annotations"]));
    assert_eq!(case.state_of(&signatures(&liar).await.unwrap()), case.verified());
    // A tag that is something else is not overwritten.
    for other in [json!({ "mediaType": MANIFEST, "manifests": [] }), json!([]), json!({ "manifests": {} })] {
        case.shelf.put(&tag, INDEX, other.to_string().as_bytes());
        let error = registry.sign(&place, manifest(), &case.key).await.unwrap_err();
        assert!(matches!(error, Error::Deceived { .. }), "{other}: {error}");
        assert_eq!(case.shelf.get(&tag).unwrap(), other.to_string().as_bytes());
    }
    // A list that forgets what was put into it is not tried forever.
    let shelf = case.shelf.clone();
    let forgetful = Liar::start(move |asked| match () {
        () if asked.line.contains("/sha256-") && asked.line.starts_with("GET") => answer("404 Not Found", &[], b""),
        () => shelf.answer(asked),
    });
    let (registry, place) = self::place(&forgetful);
    let error = registry.sign(&place, manifest(), &case.key).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }) && error.to_string().contains("try again"), "{error}");
}

#[tokio::test]
async fn referrers_that_lie() {
    let case = Case::new();
    let good = case.good();
    assert_eq!(case.state(std::slice::from_ref(&good)).await, case.verified());
    let with = |path: &str, value: Value| {
        let mut referrer = case.referrer();
        *referrer.pointer_mut(path).unwrap() = value;
        let mut entry = case.shelf.put_manifest(&referrer);
        entry["artifactType"] = json!(BUNDLE);
        entry
    };
    let layer = case.referrer()["layers"][0].clone();
    let huge = vec![b' '; 10 << 20];
    case.shelf.put(&format!("blobs/{}", Digest::of(&huge)), "", &huge);
    let lies = [
        (with("/subject/digest", json!(Digest::of(b"another"))), "belongs to another"),
        (with("/subject", Value::Null), "belongs to another"),
        (with("/artifactType", json!("application/spdx+json")), "something else"),
        (with("/artifactType", Value::Null), "something else"),
        (with("/mediaType", json!(INDEX)), "media type"),
        (with("/layers", json!([])), "0 layers"),
        (with("/layers", json!([layer, layer])), "2 layers"),
        (with("/layers/0/mediaType", json!("application/wasm")), "no bundle"),
        (with("/layers/0/size", json!(10 << 20)), "larger than 65536"),
        (with("/layers/0/size", json!(7)), "larger than 7"),
        (with("/layers/0/size", json!(-1)), "no manifest"),
        (with("/layers/0/digest", json!(Digest::of(&huge))), "larger than"),
        (with("/layers/0/digest", json!(Digest::of(b"nowhere"))), "does not exist"),
        (json!({ "mediaType": MANIFEST, "digest": Digest::of(b"nowhere"), "artifactType": BUNDLE }), "does not exist"),
    ];
    for (lie, words) in lies {
        let State::Failed { why } = case.state(std::slice::from_ref(&lie)).await else { panic!("{words}") };
        assert!(why.contains(words), "'{why}' does not say: {words}");
        assert_eq!(case.state(&[lie, good.clone()]).await, case.verified(), "{words}");
    }
    // Bytes that are not those of their digest.
    for thing in ["manifests", "blobs"] {
        let digest = if thing == "blobs" { layer["digest"].clone() } else { good["digest"].clone() };
        let (entry, path) = match thing {
            "blobs" => {
                (case.shelf.put_manifest(&with_layer(&case, &layer)), format!("blobs/{}", digest.as_str().unwrap()))
            }
            _ => (good.clone(), format!("manifests/{}", digest.as_str().unwrap())),
        };
        let kept = case.shelf.get(&path).unwrap();
        let kind = if thing == "blobs" { "" } else { MANIFEST };
        assert_eq!(case.state(std::slice::from_ref(&entry)).await, case.verified());
        let mut changed = kept.clone();
        *changed.last_mut().unwrap() = b' ';
        case.shelf.put(&path, kind, &changed);
        let State::Failed { why } = case.state(&[entry]).await else { panic!("{thing}") };
        assert!(why.contains("is sha256:"), "{why}");
        case.shelf.put(&path, kind, &kept);
    }
    // Manifests without an end to their depth or length.
    for bytes in ["[".repeat(50_000), " ".repeat(70_000), "{}".to_owned()] {
        let digest = Digest::of(bytes.as_bytes());
        case.shelf.put(&format!("manifests/{digest}"), MANIFEST, bytes.as_bytes());
        let entry = json!({ "mediaType": MANIFEST, "digest": digest, "artifactType": BUNDLE });
        assert!(matches!(case.state(std::slice::from_ref(&entry)).await, State::Failed { .. }));
        assert_eq!(case.state(&[entry, good.clone()]).await, case.verified());
    }
}

fn with_layer(case: &Case, layer: &Value) -> Value {
    let mut referrer = case.referrer();
    referrer["layers"] = json!([layer]);
    referrer
}

/// What refers to a package and is no signature: it is not fetched, and nothing is the worse for it.
#[tokio::test]
async fn other_referrers() {
    let case = Case::new();
    let nowhere = Digest::of(b"nowhere");
    let others = [
        json!({ "mediaType": MANIFEST, "digest": nowhere, "artifactType": "application/spdx+json" }),
        json!({ "mediaType": INDEX, "digest": nowhere, "artifactType": BUNDLE }),
        json!({ "mediaType": MANIFEST, "digest": format!("sha512:{}", "0".repeat(128)), "artifactType": BUNDLE }),
        json!({ "mediaType": MANIFEST, "digest": "../../etc/passwd", "artifactType": BUNDLE }),
        json!({ "mediaType": MANIFEST, "digest": nowhere, "artifactType": BUNDLE,
            "annotations": { "dev.sigstore.bundle.predicateType": "https://slsa.dev/provenance/v1" } }),
    ];
    assert_eq!(case.state(&others).await, State::NotSigned);
    // Where a list does not tell, the manifest does.
    let mut untold = case.good();
    for kind in [json!(EMPTY), json!(""), Value::Null] {
        untold["artifactType"] = kind;
        assert_eq!(case.state(&[others[0].clone(), untold.clone()]).await, case.verified());
    }
    let mut parts = case.referrer();
    parts["artifactType"] = json!("application/spdx+json");
    let mut entry = case.shelf.put_manifest(&parts);
    entry["artifactType"] = json!(EMPTY);
    assert_eq!(case.state(&[entry]).await, State::NotSigned);
}

#[tokio::test]
async fn lists_that_do_not_end() {
    let case = Case::new();
    let good = case.good();
    // One signature more than is looked at, of which the last is good.
    let stranger = KeyPair::generate().unwrap();
    let bad = |_| {
        let bundle = Bundle::sign(&stranger, manifest()).unwrap();
        case.shelf.put_manifest(&case.shelf.referrer(manifest(), bundle.json()))
    };
    let mut many: Vec<_> = (0..50).map(bad).chain([good.clone()]).collect();
    case.shelf.list(manifest(), &many);
    let liar = case.shelf.serve();
    let State::Failed { why } = case.state_of(&signatures(&liar).await.unwrap()) else { panic!() };
    assert!(why.contains("only 50"), "{why}");
    let fetched = liar.asked.lock().unwrap().iter().filter(|asked| asked.line.contains("/manifests/")).count();
    assert_eq!(fetched, 50);
    many.remove(0);
    assert_eq!(case.state(&many).await, case.verified());

    // What is no signature, but does not say so, is not looked at without an end either.
    let mut parts = case.referrer();
    parts["artifactType"] = json!("application/spdx+json");
    let mut unsaid = |number: usize| {
        parts["annotations"] = json!({ "number": number.to_string() });
        let mut entry = case.shelf.put_manifest(&parts);
        entry["artifactType"] = json!(EMPTY);
        entry
    };
    let mut many: Vec<_> = (0..60).map(&mut unsaid).collect();
    case.shelf.list(manifest(), &many);
    let liar = case.shelf.serve();
    assert!(matches!(case.state_of(&signatures(&liar).await.unwrap()), State::Failed { .. }));
    let fetched = liar.asked.lock().unwrap().iter().filter(|asked| asked.line.contains("/manifests/")).count();
    assert_eq!(fetched, 50);
    many.push(good.clone());
    assert_eq!(case.state(&many).await, case.verified());

    // A million: more bytes than are read, in one piece or in pages, or without an end.
    let entry = json!({ "mediaType": MANIFEST, "digest": Digest::of(b"x"), "artifactType": "x/y" }).to_string();
    let million = format!("{{\"manifests\":[{entry}{}]}}", format!(",{entry}").repeat(20_000)).into_bytes();
    let index = |next: bool, body: &[u8]| {
        let link = ("Link", "</v2/a/b/referrers/more>; rel=\"next\"");
        let headers = [("Content-Type", INDEX), link];
        answer("200 OK", &headers[..if next { 2 } else { 1 }], body)
    };
    let page = |entries: &[Value]| json!({ "manifests": entries }).to_string().into_bytes();
    let (large, small) = (page(&vec![serde_json::from_str(&entry).unwrap(); 5000]), page(&[]));
    let endless: [Box<dyn Fn() -> Answer + Send + Sync>; 4] = [
        Box::new(move || index(false, &million)),
        Box::new(move || index(true, &large)),
        Box::new(move || index(true, &small)),
        Box::new(|| Answer::Endless(format!("HTTP/1.1 200 OK\r\nContent-Type: {INDEX}\r\n\r\n{{").into_bytes())),
    ];
    for answers in endless {
        let error = signatures(&Liar::start(move |_| answers())).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    }
    // Two pages are one list.
    let (shelf, second) = (case.shelf.clone(), page(&[good]));
    let liar = Liar::start(move |asked| match () {
        () if asked.line.contains("referrers/more") => index(false, &second),
        () if asked.line.contains("referrers/") => index(true, br#"{"manifests":[]}"#),
        () => shelf.answer(asked),
    });
    assert_eq!(case.state_of(&signatures(&liar).await.unwrap()), case.verified());
}

#[tokio::test]
async fn answers_that_are_no_list() {
    // Of the protocol, and not: `Ok` is not signed.
    for (status, kind, body) in [
        ("404 Not Found", "", ""),
        ("400 Bad Request", "", ""),
        ("405 Method Not Allowed", "", ""),
        ("200 OK", "text/html", "<p>"),
        ("200 OK", INDEX, "{}"),
        ("200 OK", INDEX, r#"{"manifests":null}"#),
    ] {
        let liar = Liar::start(move |asked| match asked.line.contains("/referrers/") {
            true => answer(status, &[("Content-Type", kind)], body.as_bytes()),
            false => answer("404 Not Found", &[], b""),
        });
        let found = signatures(&liar).await.unwrap();
        assert_eq!(Case::new().state_of(&found), State::NotSigned, "{status} {body}");
    }
    let deep = "[".repeat(100_000);
    for body in ["", "[]", "{\"manifests\":{}}", "{\"manifests\":[{}]}", "{\"manifests\":[{\"digest\":1}]}", &deep] {
        let body = body.to_owned();
        let liar = Liar::start(move |_| answer("200 OK", &[("Content-Type", INDEX)], body.as_bytes()));
        let error = signatures(&liar).await.unwrap_err();
        assert!(matches!(error, Error::Deceived { .. }), "{error}");
    }
    let liar = Liar::start(|_| answer("500 Internal Server Error", &[], b""));
    let error = signatures(&liar).await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error}");
    let away = [("Content-Type", INDEX), ("Link", "<https://elsewhere.example/>; rel=\"next\"")];
    let liar = Liar::start(move |_| answer("200 OK", &away, b"{}"));
    let error = signatures(&liar).await.unwrap_err();
    assert!(matches!(error, Error::Deceived { .. }), "{error}");
}
