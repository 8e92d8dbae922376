//! Signatures in the registry server as it is packaged, which keeps no lists of referrers.

use chrono::Utc;
use polder_market::{Bundle, Digest, Error, KeyPair, Registry, Signatures, State, Trusted};

use crate::real::{COMPONENT, LIMIT, about, inside, reference};
use crate::server::{LOGIN, Server, Wanted};

#[tokio::test]
async fn what_is_signed_is_verified_where_it_is_pulled() {
    let Some(server) = Server::start(Wanted::default()) else { return };
    let geo = reference(&server, "acme/geo");
    let registry = Registry::open(&geo, inside(None)).unwrap();
    let first = registry.publish(&geo, COMPONENT, &about("1.0.0")).await.unwrap();
    let second = registry.publish(&geo, COMPONENT, &about("1.1.0")).await.unwrap();
    let (acme, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let trusted = [Trusted::always("acme", acme.public().clone())];

    let package = registry.pull(&first.reference, LIMIT).await.unwrap();
    let none = registry.signatures(&package.reference, package.manifest).await.unwrap();
    assert_eq!(none.verify(package.manifest, &trusted, Utc::now()), State::NotSigned);

    // A stranger's signature, then that of whom we trust: the list grows.
    registry.sign(&package.reference, package.manifest, &other).await.unwrap();
    let found = registry.signatures(&package.reference, package.manifest).await.unwrap();
    let State::Failed { why } = found.verify(package.manifest, &trusted, Utc::now()) else { panic!("{found:?}") };
    assert!(why.contains(&other.public().fingerprint().to_string()), "{why}");

    registry.sign(&package.reference, package.manifest, &acme).await.unwrap();
    let found = registry.signatures(&package.reference, package.manifest).await.unwrap();
    assert_eq!(found.bundles().count(), 2);
    let verified = State::Verified { by: "acme".to_owned(), key: acme.public().fingerprint() };
    assert_eq!(found.verify(package.manifest, &trusted, Utc::now()), verified);

    // Kept with the package, it comes to the same without the registry.
    let kept: Vec<_> = found.documents().map(<[u8]>::to_vec).collect();
    assert_eq!(Signatures::read(kept).verify(package.manifest, &trusted, Utc::now()), verified);

    // The other version is another package.
    let bare = registry.signatures(&second.reference, second.manifest).await.unwrap();
    assert_eq!(bare.verify(second.manifest, &trusted, Utc::now()), State::NotSigned);
    assert!(matches!(found.verify(second.manifest, &trusted, Utc::now()), State::Failed { .. }));

    // Tags of lists are no versions.
    assert_eq!(registry.versions(&geo).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_signature_that_was_attached_twice_is_listed_once() {
    let Some(server) = Server::start(Wanted::default()) else { return };
    let geo = reference(&server, "acme/geo");
    let registry = Registry::open(&geo, inside(None)).unwrap();
    let published = registry.publish(&geo, COMPONENT, &about("1.0.0")).await.unwrap();
    let bundle = Bundle::sign(&KeyPair::generate().unwrap(), published.manifest).unwrap();
    for _time in 0..2 {
        registry.attach(&geo, published.manifest, &bundle).await.unwrap();
    }
    let found = registry.signatures(&geo, published.manifest).await.unwrap();
    assert!(found.documents().all(|document| document == bundle.json()));
}

#[tokio::test]
async fn who_may_not_write_does_not_sign() {
    let Some(server) = Server::start(Wanted { login: true, tls: None }) else { return };
    let geo = reference(&server, "acme/geo");
    let open = |login| Registry::open(&geo, inside(login)).unwrap();
    let key = KeyPair::generate().unwrap();
    let published = open(Some(LOGIN)).publish(&geo, COMPONENT, &about("1.0.0")).await.unwrap();
    open(Some(LOGIN)).sign(&geo, published.manifest, &key).await.unwrap();
    let error = open(None).sign(&geo, published.manifest, &key).await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { .. }), "{error}");
    let error = open(None).signatures(&geo, published.manifest).await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { .. }), "{error}");
    let error = open(Some(LOGIN)).sign(&geo, Digest::of(b"x"), &key).await.unwrap_err();
    assert!(matches!(error, Error::NotFound(_)), "{error}");
}
