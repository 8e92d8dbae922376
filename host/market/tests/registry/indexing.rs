//! Indexes of packages in the registry server, and hostile ones.

use chrono::{DateTime, Utc};
use polder_market::{
    Advisory, Digest, Error, Index, KeyPair, Layout, Listed, Reference, Registry, Release, Seen, Severity, Shelf as _,
    State, Status, Trusted,
};
use semver::{Version, VersionReq};
use serde_json::{Value, json};

use crate::real::{COMPONENT, LIMIT, about, inside, reference};
use crate::server::{Server, Wanted};

fn now() -> DateTime<Utc> {
    "2026-05-01T12:00:00Z".parse().unwrap()
}

fn geo() -> Reference {
    "oci://ghcr.io/acme/geo".parse().unwrap()
}

fn release(version: &str) -> Release {
    Release::new(version.parse().unwrap(), Digest::of(version.as_bytes()), now())
}

/// An index of one package in two versions.
fn acme() -> Index {
    let mut index = Index::new("acme", "What acme makes", now());
    index.advance(now());
    index.add(Listed::new(&geo(), "geo")).unwrap();
    index.release(&geo(), release("1.0.0")).unwrap();
    index.release(&geo(), release("1.1.0")).unwrap();
    index
}

#[tokio::test]
async fn an_index_is_published_signed_and_never_older() {
    let Some(server) = Server::start(Wanted::default()) else { return };
    let place = reference(&server, "acme/index");
    let registry = Registry::open(&place, inside(None)).unwrap();
    let error = registry.index(&place, None).await.unwrap_err();
    assert!(matches!(error, Error::NotFound(_)), "{error}");

    let mut index = acme();
    let first = registry.publish_index(&place, &index).await.unwrap();
    assert_eq!(first.reference.to_string(), format!("{place}:latest"));
    let key = KeyPair::generate().unwrap();
    registry.sign(&place, first.manifest, &key).await.unwrap();
    let (read, seen) = registry.index(&place, None).await.unwrap();
    assert_eq!(seen, Seen { serial: 1, manifest: first.manifest });
    assert_eq!(read.json().unwrap(), index.json().unwrap());
    let trusted = [Trusted::always("acme", key.public().clone())];
    let signatures = registry.signatures(&place, seen.manifest).await.unwrap();
    let verified = State::Verified { by: "acme".to_owned(), key: key.public().fingerprint() };
    assert_eq!(signatures.verify(seen.manifest, &trusted, Utc::now()), verified);

    // The same number again, and a lower one, are refused by who publishes and by who reads.
    let error = registry.publish_index(&place, &index).await.unwrap_err();
    assert!(matches!(error, Error::Older { .. }), "{error}");
    index.yank(&geo(), &Version::new(1, 1, 0), "loses rows").unwrap();
    index.advance(now());
    let second = registry.publish_index(&place, &index).await.unwrap();
    let (_, newer) = registry.index(&place, Some(seen)).await.unwrap();
    assert_eq!(newer, Seen { serial: 2, manifest: second.manifest });
    assert!(registry.index(&place, Some(newer)).await.is_ok());
    let error = registry.index(&place, Some(Seen { serial: 3, ..newer })).await.unwrap_err();
    assert!(matches!(error, Error::Older { found: 2, seen: 3, .. }), "{error}");
    let error = registry.index(&place, Some(Seen { manifest: first.manifest, ..newer })).await.unwrap_err();
    assert!(matches!(error, Error::Index { .. }) && error.to_string().contains("with other words"), "{error}");

    // It travels in a bundle too, with its signatures.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("index.tar");
    let item = registry.item(&registry_at(&place, first.manifest), LIMIT).await.unwrap();
    Layout::write(&file, [&item]).unwrap();
    let layout = Layout::open(&file).unwrap();
    let there = registry_at(&place, first.manifest);
    assert_eq!(layout.index(&there, None).await.unwrap().1, seen);
    let signatures = layout.signatures(&there, seen.manifest).await.unwrap();
    assert_eq!(signatures.verify(seen.manifest, &trusted, Utc::now()), verified);
    let error = layout.index(&there, Some(newer)).await.unwrap_err();
    assert!(matches!(error, Error::Older { .. }), "{error}");

    // A package is no index, and an index no package; neither takes the other's tag.
    let package = reference(&server, "acme/geo");
    let published = registry.publish(&package, COMPONENT, &about("1.0.0")).await.unwrap();
    let error = registry.index(&published.reference, None).await.unwrap_err();
    assert!(matches!(error, Error::Index { .. }), "{error}");
    let error = registry.publish_index(&published.reference, &index).await.unwrap_err();
    assert!(matches!(error, Error::Index { .. }), "{error}");
    let error = registry.pull(&first.reference, LIMIT).await.unwrap_err();
    assert!(matches!(error, Error::NotAPackage { .. }), "{error}");
}

fn registry_at(place: &Reference, manifest: Digest) -> Reference {
    place.at(polder_market::Pick::Digest(manifest))
}

#[test]
fn what_is_said_of_versions() {
    let mut index = acme();
    let said = |index: &Index, rest: &str| {
        let package: Reference = format!("{}{rest}", geo()).parse().unwrap();
        index.status(&package, None).to_string()
    };
    assert_eq!(said(&index, ":1.0.0"), "fine");
    assert_eq!(said(&index, &format!("@{}", Digest::of(b"1.0.0"))), "fine");
    for unknown in [":2.0.0", ":latest", "", &format!("@{}", Digest::of(b"x"))] {
        assert_eq!(said(&index, unknown), "not listed");
    }
    // The version is known besides, and its manifest is another.
    let other = registry_at(&geo(), Digest::of(b"x"));
    assert!(matches!(index.status(&other, Some(&Version::new(1, 0, 0))), Status::Differs { .. }));

    index.yank(&geo(), &Version::new(1, 1, 0), "loses rows").unwrap();
    let mut hole = Advisory::new("A-1", "https://a.example/1", Severity::High, VersionReq::parse("<1.1.0").unwrap());
    hole.fixed = Some(Version::new(1, 1, 0));
    index.advise(&geo(), hole).unwrap();
    assert_eq!(said(&index, ":1.1.0"), "yanked: loses rows");
    assert_eq!(said(&index, ":1.0.0"), "vulnerable: A-1 (high, fixed in 1.1.0)");
    // Of one that is not listed it is true as well.
    assert_eq!(said(&index, ":0.9.0"), "vulnerable: A-1 (high, fixed in 1.1.0)");
    assert!(index.listed(&geo()).unwrap().newest().is_none());
    index.release(&geo(), release("1.2.0-rc.1")).unwrap();
    index.release(&geo(), release("1.1.1")).unwrap();
    assert_eq!(index.search("geo")[0].newest.unwrap().version, Version::new(1, 1, 1));
}

#[test]
fn searching() {
    let mut index = Index::new("all", "", now());
    for (name, summary, keywords) in [
        ("geo", "Points and shapes", vec![]),
        ("geo-tools", "More", vec![]),
        ("maps", "Draws", vec!["geo"]),
        ("geodesy", "Distances", vec![]),
        ("cargo-lib", "For geo and more", vec![]),
        ("unrelated", "Words", vec![]),
    ] {
        let place: Reference = format!("oci://ghcr.io/acme/{name}").parse().unwrap();
        let mut listed = Listed::new(&place, name);
        listed.summary = summary.to_owned();
        listed.keywords = keywords.into_iter().map(str::to_owned).collect();
        listed.releases = vec![release("1.0.0")];
        index.add(listed).unwrap();
    }
    let found = |words: &str| index.search(words).iter().map(|hit| hit.package.name.clone()).collect::<Vec<_>>();
    assert_eq!(found("GEO"), ["geo", "geo-tools", "geodesy", "maps", "cargo-lib"]);
    assert_eq!(found("geo more"), ["geo-tools", "cargo-lib"]);
    assert_eq!(found("nothing"), Vec::<String>::new());
    assert_eq!(found("").len(), 6);
    // What cannot be recommended comes last, however well it fits.
    let mut index = index.clone();
    index.yank(&geo(), &Version::new(1, 0, 0), "").unwrap();
    assert_eq!(index.search("geo").last().unwrap().package.name, "geo");
}

/// Whoever keeps an index loses nothing that he does not know, nor the order.
#[test]
fn what_is_unknown_stays() {
    let digest = Digest::of(b"x");
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let text = format!(
        r#"{{"serial":1,"time":"2026-05-01T12:00:00Z","packages":[{{"reference":"oci://ghcr.io/acme/geo","name":"geo",
        "versions":[{{"version":"1.0.0","manifest":"{digest}","published":"2026-05-01T12:00:00Z","size":12345678901234567890123}}],
        "vulnerable":[{{"id":"A-1","severity":"low","versions":"*","cvss":9.50}}],"stars": [ 1 ]}}],"new":{deep}}}"#
    );
    let mut index = Index::read(text.as_bytes()).unwrap();
    let mut again = Listed::new(&geo(), "geo");
    again.summary = "Said anew".to_owned();
    again.releases = vec![release("2.0.0")];
    index.add(again).unwrap();
    index.advise(&geo(), Advisory::new("A-1", "", Severity::High, VersionReq::STAR)).unwrap();
    index.yank(&geo(), &Version::new(1, 0, 0), "old").unwrap();
    let written = String::from_utf8(index.json().unwrap()).unwrap();
    for kept in ["\"size\":12345678901234567890123", "\"cvss\":9.50", "\"stars\":[ 1 ]", &deep, "Said anew", "\"high\""]
    {
        assert!(written.contains(kept), "{kept}");
    }
    let versions: Vec<_> = index.packages[0].releases.iter().map(|one| one.version.to_string()).collect();
    assert_eq!(versions, ["1.0.0", "2.0.0"]);
    // A version is one manifest forever.
    let other = Release::new(Version::new(1, 0, 0), Digest::of(b"other"), now());
    assert!(matches!(index.release(&geo(), other), Err(Error::Exists(_))));
    assert!(matches!(index.yank(&geo(), &Version::new(9, 0, 0), ""), Err(Error::NotFound(_))));
    assert!(matches!(index.release(&"oci://ghcr.io/a/b".parse().unwrap(), release("1.0.0")), Err(Error::NotFound(_))));
}

#[test]
fn hostile_indexes() {
    let good: Value = serde_json::from_slice(&acme().json().unwrap()).unwrap();
    let read = |value: &Value| Index::read(value.to_string().as_bytes());
    assert!(read(&good).is_ok());
    let (package, version) = ("/packages/0", "/packages/0/versions/0");
    let hole = json!({ "id": "A-1", "severity": "low", "versions": "*" });
    let with = |at: &str, field: &str, value: Value| {
        let mut other = good.clone();
        other.pointer_mut(at).unwrap()[field] = value;
        other
    };
    assert!(read(&with(package, "vulnerable", json!([hole]))).is_ok());
    assert!(read(&with(package, "summary", json!("x".repeat(500)))).is_ok());
    for (at, field, value, words) in [
        ("", "serial", json!(-1), "its serial is none"),
        ("", "serial", Value::Null, "says no serial"),
        ("", "time", json!("yesterday"), "its time is none"),
        ("", "description", json!("x".repeat(4001)), "more than 4000"),
        (package, "name", json!("\u{1b}[2J"), "cannot be shown"),
        (package, "name", json!("geo\u{202e}oeg"), "cannot be shown"),
        (package, "name", json!(""), "no name"),
        (package, "summary", json!("x".repeat(501)), "more than 500"),
        (package, "keywords", json!(vec!["x"; 33]), "more than 32"),
        (package, "keywords", json!(["a\nb"]), "cannot be shown"),
        (package, "reference", json!("https://ghcr.io/acme/geo"), "does not begin with oci://"),
        (package, "reference", json!("oci://ghcr.io/acme/geo:1.0.0"), "names a version"),
        (package, "reference", json!("oci://ghсr.io/acme/geo"), "host"),
        (package, "vulnerable", json!(vec![hole.clone(); 201]), "more than 200"),
        (package, "vulnerable", json!([{ "id": "", "severity": "low", "versions": "*" }]), "no id"),
        (package, "vulnerable", json!([{ "id": "A", "severity": "bad", "versions": "*" }]), "severity is 'bad'"),
        (package, "vulnerable", json!([{ "id": "A", "severity": "low", "versions": "x y" }]), "its versions is none"),
        (
            package,
            "vulnerable",
            json!([{ "id": "A", "severity": "low", "versions": "*", "url": "javascript:x" }]),
            "https://",
        ),
        (version, "version", json!("1"), "its version is none"),
        (version, "version", json!("1.1.0"), "version 1.1.0 twice"),
        (version, "version", json!(format!("1.0.0-{}", "a".repeat(500))), "more than 400"),
        (version, "manifest", json!("sha256:00"), "its manifest is none"),
        (version, "yanked", json!("\u{7}"), "cannot be shown"),
    ] {
        let error = read(&with(at, field, value)).unwrap_err();
        assert!(matches!(error, Error::Index { .. }) && error.to_string().contains(words), "'{error}': {words}");
        assert!(!error.to_string().contains(char::is_control) && error.to_string().len() < 1000, "{error}");
    }
    let mut twice = good.clone();
    twice["packages"].as_array_mut().unwrap().push(good["packages"][0].clone());
    assert!(read(&twice).unwrap_err().to_string().contains("twice"));
    let doubled = good.to_string().replacen('{', "{\"serial\":9,", 1);
    assert!(Index::read(doubled.as_bytes()).unwrap_err().to_string().contains("duplicate"));
    let fields: String = (0..65).map(|number| format!("\"f{number}\":1,")).collect();
    let fields = good.to_string().replacen('{', &format!("{{{fields}"), 1);
    assert!(Index::read(fields.as_bytes()).unwrap_err().to_string().contains("more than 64 fields"));

    // A million packages; as many as there may be, and one more; more bytes than are read; depth.
    let listing = |count: usize| {
        let one = |at: usize| format!("{{\"reference\":\"oci://a.example/p{at}\",\"name\":\"p\",\"versions\":[]}}");
        let all: Vec<_> = (0..count).map(one).collect();
        format!("{{\"serial\":1,\"time\":\"2026-05-01T12:00:00Z\",\"packages\":[{}]}}", all.join(","))
    };
    assert_eq!(Index::read(listing(50_000).as_bytes()).unwrap().packages.len(), 50_000);
    let error = Index::read(listing(50_001).as_bytes()).unwrap_err();
    assert!(error.to_string().contains("more than 50000"), "{error}");
    let million = format!("{{\"serial\":1,\"packages\":[{}{{}}]}}", "{},".repeat(1_000_000));
    assert!(Index::read(million.as_bytes()).is_err());
    let error = Index::read(&vec![b' '; (16 << 20) + 1]).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    let deep = "[".repeat(1 << 20);
    for bytes in [deep.as_bytes(), b"[]", b"null", b"", b"\xff", &good.to_string().as_bytes()[1..]] {
        assert!(matches!(Index::read(bytes), Err(Error::Index { .. })));
    }
    // What nobody could read is not written either.
    let mut index = acme();
    index.packages[0].summary = "\u{1b}".to_owned();
    assert!(matches!(index.json(), Err(Error::Index { .. })));
}
