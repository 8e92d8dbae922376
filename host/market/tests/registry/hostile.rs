//! What a registry might try, and what becomes of it.

use std::sync::{Arc, Mutex};

use polder_market::{About, Access, Digest, Error, Login, Package, Reference, Registry, Result};

use crate::liar::{Answer, Asked, Liar, answer};

const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
const LIMIT: u64 = 1 << 16;
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// A manifest of one layer; what a test changes in it is text.
fn manifest(component: &[u8]) -> String {
    let (digest, size) = (Digest::of(component), component.len());
    format!(
        r#"{{"schemaVersion":2,"mediaType":"{MANIFEST}",
        "config":{{"mediaType":"application/vnd.wasm.config.v0+json","digest":"{digest}","size":2}},
        "layers":[{{"mediaType":"application/wasm","digest":"{digest}","size":{size}}}]}}"#
    )
}

fn access(login: Option<Login>) -> Access {
    Access { plain_http: true, private_network: true, login }
}

async fn pull(liar: &Liar, rest: &str) -> Result<Package> {
    let reference: Reference = format!("oci://{}/{rest}", liar.host).parse().unwrap();
    Registry::open(&reference, access(None))?.pull(&reference, LIMIT).await
}

/// Serves one manifest for everything but blobs, and these.
fn serving(manifest: String, blob: impl Fn() -> Answer + Send + Sync + 'static) -> Liar {
    Liar::start(move |asked| {
        if asked.line.contains("/blobs/") {
            blob()
        } else {
            answer("200 OK", &[("Content-Type", MANIFEST)], manifest.as_bytes())
        }
    })
}

fn whole() -> Answer {
    answer("200 OK", &[], COMPONENT)
}

#[tokio::test]
async fn what_is_no_lie_is_read() {
    let liar = serving(manifest(COMPONENT), whole);
    assert_eq!(pull(&liar, "a/b:1.0.0").await.unwrap().component, COMPONENT);
}

#[tokio::test]
async fn a_digest_that_lies() {
    let liar = serving(manifest(b"what was promised"), || answer("200 OK", &[], b"what was not prom"));
    let error = pull(&liar, "a/b:1.0.0").await.unwrap_err();
    assert!(matches!(error, Error::Digest { .. }), "{error}");

    // The manifest itself, where its digest was asked for.
    let liar = serving(manifest(COMPONENT), whole);
    let other = Digest::of(b"another");
    let error = pull(&liar, &format!("a/b@{other}")).await.unwrap_err();
    assert!(matches!(error, Error::Digest { expected, .. } if expected == other), "{error}");
}

#[tokio::test]
async fn a_tag_that_moves_moves_nothing_that_was_pinned() {
    let now = Arc::new(Mutex::new(manifest(COMPONENT)));
    let told = Arc::clone(&now);
    let liar = Liar::start(move |asked| {
        if asked.line.contains("/blobs/") { whole() } else { answer("200 OK", &[], told.lock().unwrap().as_bytes()) }
    });
    let first = pull(&liar, "a/b:1.0.0").await.unwrap();
    now.lock().unwrap().push(' ');
    let rest = first.reference.to_string();
    let rest = rest.strip_prefix(&format!("oci://{}/", liar.host)).unwrap();
    let error = pull(&liar, rest).await.unwrap_err();
    assert!(matches!(error, Error::Digest { expected, .. } if expected == first.manifest), "{error}");
}

#[tokio::test]
async fn a_blob_that_is_cut_off_or_never_ends() {
    let cut = || Answer::Whole(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n\0asm".to_vec());
    let error = pull(&serving(manifest(COMPONENT), cut), "a/b:1.0.0").await.unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error}");

    let short = || answer("200 OK", &[], &COMPONENT[..4]);
    let error = pull(&serving(manifest(COMPONENT), short), "a/b:1.0.0").await.unwrap_err();
    assert!(matches!(error, Error::Digest { .. }), "{error}");

    let endless = || Answer::Endless(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec());
    let error = pull(&serving(manifest(COMPONENT), endless), "a/b:1.0.0").await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");

    let promised = || Answer::Whole(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n".to_vec());
    let error = pull(&serving(manifest(COMPONENT), promised), "a/b:1.0.0").await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn everything_else_that_never_ends() {
    for rest in ["a/b", "a/b:1.0.0"] {
        let liar = Liar::start(|_| Answer::Endless(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{".to_vec()));
        let error = pull(&liar, rest).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { .. }), "{rest}: {error}");
    }
    // A refusal is not read to its end either.
    let liar = Liar::start(|_| Answer::Endless(b"HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n".to_vec()));
    let error = pull(&liar, "a/b:1.0.0").await.unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error}");
    // Nor is a list of tags whose next page is always there.
    let liar =
        Liar::start(|_| answer("200 OK", &[("Link", "</v2/a/b/tags/list?n=1>; rel=\"next\"")], br#"{"tags":["x"]}"#));
    let error = pull(&liar, "a/b").await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn artifacts_of_other_kinds() {
    let good = manifest(COMPONENT);
    for (from, to) in [
        ("vnd.wasm.config.v0+json", "vnd.oci.image.config.v1+json"),
        ("application/wasm", "application/vnd.oci.image.layer.v1.tar+gzip"),
        ("image.manifest", "image.index"),
        ("\"schemaVersion\":2", "\"schemaVersion\":1"),
        ("\"layers\":[{", "\"layers\":[],\"was\":[{"),
        ("sha256:", "sha512:"),
        ("\"size\":8", "\"size\":-8"),
        ("{", "["),
    ] {
        let changed = good.replacen(from, to, 1);
        assert_ne!(changed, good, "{from}");
        let error = pull(&serving(changed, whole), "a/b:1.0.0").await.unwrap_err();
        assert!(matches!(error, Error::NotAPackage { .. }), "{to}: {error}");
        assert!(!error.to_string().contains(char::is_control), "{error}");
    }
    let error = pull(&serving(good.replace("\"size\":8", "\"size\":99999999"), whole), "a/b:1.0.0").await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
}

/// Where a registry sends for a blob, and why nobody goes there.
#[tokio::test]
async fn redirects() {
    let other = Liar::start(|_| whole());
    for (to, why) in [
        ("http://169.254.169.254/latest/meta-data".to_owned(), "no connection may lead to"),
        ("http://[::ffff:a9fe:a9fe]/".to_owned(), "no connection may lead to"),
        ("https://1.1.1.1/blob".to_owned(), "inside only"),
        ("file:///etc/passwd".to_owned(), "no TLS"),
        ("ftp://127.0.0.1/x".to_owned(), "no TLS"),
        ("http://".to_owned(), "no URL"),
        (String::new(), "from one place to the next"),
    ] {
        let told = to.clone();
        let liar = serving(manifest(COMPONENT), move || answer("307 Temporary Redirect", &[("Location", &told)], b""));
        let error = pull(&liar, "a/b:1.0.0").await.unwrap_err();
        assert!(matches!(error, Error::Deceived { .. }) && error.to_string().contains(why), "{to}: {error}");
    }
    // One within the same walls is followed, without the password.
    let place = format!("http://{}/elsewhere", other.host);
    let liar = Liar::start(move |asked| match () {
        () if !asked.headers.contains("authorization") => {
            answer("401 Unauthorized", &[("WWW-Authenticate", "Basic realm=x")], b"")
        }
        () if asked.line.contains("/blobs/") => answer("307 Temporary Redirect", &[("Location", &place)], b""),
        () => answer("200 OK", &[], manifest(COMPONENT).as_bytes()),
    });
    let reference: Reference = format!("oci://{}/a/b:1.0.0", liar.host).parse().unwrap();
    let login = Login { username: "ada".to_owned(), password: "secret".to_owned() };
    let registry = Registry::open(&reference, access(Some(login))).unwrap();
    assert_eq!(registry.pull(&reference, LIMIT).await.unwrap().component, COMPONENT);
    let asked = other.asked.lock().unwrap();
    assert!(asked.len() == 1 && !asked[0].headers.to_lowercase().contains("authorization"), "{asked:?}");
}

/// A public registry may not lead inside, whatever the name of the place.
#[tokio::test]
async fn where_tokens_come_from() {
    for (realm, why) in [
        ("https://169.254.169.254/token", "no connection may lead to"),
        ("http://auth.example/token", "in clear text"),
        ("https://8.8.8.8/token", "inside only"),
        ("nothing", "no URL"),
    ] {
        let challenge = format!("Bearer realm=\"{realm}\",service=\"x\"");
        let liar = Liar::start(move |_| answer("401 Unauthorized", &[("WWW-Authenticate", &challenge)], b""));
        let error = pull(&liar, "a/b:1.0.0").await.unwrap_err();
        assert!(matches!(error, Error::Deceived { .. }) && error.to_string().contains(why), "{realm}: {error}");
    }
}

#[tokio::test]
async fn tokens_are_asked_for_and_kept() {
    let liar = Liar::start(|asked: &Asked| {
        let host = asked.headers.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
        let challenge = format!("Bearer realm=\"http://{host}/token\",service=\"r\",scope=\"repository:a/b:pull\"");
        match () {
            () if asked.line.contains("/token") && asked.headers.contains("authorization: Basic YWRhOnNlY3JldA==") => {
                answer("200 OK", &[], br#"{"token":"t0","access_token":"t0","expires_in":300}"#)
            }
            () if asked.headers.contains("authorization: Bearer t0") => match asked.line.contains("/blobs/") {
                true => whole(),
                false => answer("200 OK", &[], manifest(COMPONENT).as_bytes()),
            },
            () => answer("401 Unauthorized", &[("WWW-Authenticate", &challenge)], b"{\"errors\":[]}"),
        }
    });
    let reference: Reference = format!("oci://{}/a/b:1.0.0", liar.host).parse().unwrap();
    let login = |password: &str| Some(Login { username: "ada".to_owned(), password: password.to_owned() });
    let registry = Registry::open(&reference, access(login("secret"))).unwrap();
    assert_eq!(registry.pull(&reference, LIMIT).await.unwrap().component, COMPONENT);
    let tokens = liar.asked.lock().unwrap().iter().filter(|asked| asked.line.contains("/token")).count();
    assert_eq!(tokens, 1);

    let registry = Registry::open(&reference, access(login("wrong"))).unwrap();
    let error = registry.pull(&reference, LIMIT).await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { .. }) && !error.to_string().contains("wrong"), "{error}");
}

/// Words of a registry are shown without what would move a terminal's cursor.
#[tokio::test]
async fn refusals_are_shown_as_plain_text() {
    let liar = Liar::start(|_| {
        answer("403 Forbidden", &[], b"{\"errors\":[{\"code\":\"DENIED\",\"message\":\"\\u001b[2Jno\"}]}")
    });
    let error = pull(&liar, "a/b:1.0.0").await.unwrap_err().to_string();
    assert!(error.contains("DENIED [2Jno") && !error.contains('\u{1b}'), "{error:?}");
}

/// A version that may be there is not overwritten because the registry was too busy to say so.
#[tokio::test]
async fn a_registry_that_cannot_tell_what_it_has() {
    for status in ["429 Too Many Requests", "500 Internal Server Error", "403 Forbidden", "302 Found"] {
        let liar = Liar::start(move |asked| match asked.line.starts_with("HEAD") {
            true => answer(status, &[], b""),
            false => answer("201 Created", &[("Location", "/v2/a/b/blobs/uploads/1")], b""),
        });
        let reference: Reference = format!("oci://{}/a/b", liar.host).parse().unwrap();
        let about = About { version: Some("1.0.0".parse().unwrap()), ..About::default() };
        let registry = Registry::open(&reference, access(None)).unwrap();
        let error = registry.publish(&reference, COMPONENT, &about).await.unwrap_err();
        assert!(matches!(error, Error::Refused { .. }), "{status}: {error}");
        let asked = liar.asked.lock().unwrap();
        assert!(asked.iter().all(|asked| !asked.line.starts_with("PUT")), "{status}: {asked:?}");
    }
}
