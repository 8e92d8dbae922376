//! The registry server as it is packaged.

use polder_market::{About, Access, Digest, Error, Login, Pick, Reference, Registry};
use semver::{Version, VersionReq};

use crate::server::{LOGIN, Server, Wanted};

/// Bytes that only have to come back.
pub(crate) const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
pub(crate) const LIMIT: u64 = 1 << 20;

pub(crate) fn about(version: &str) -> About {
    About {
        name: "geo".to_owned(),
        version: Some(Version::parse(version).unwrap()),
        summary: "Geometry".to_owned(),
        license: "Apache-2.0".to_owned(),
        authors: vec!["Ada".to_owned()],
        exports: vec!["polder:plugin/udf@0.1.0".to_owned()],
        created: "2026-01-02T03:04:05Z".to_owned(),
        ..About::default()
    }
}

pub(crate) fn reference(server: &Server, rest: &str) -> Reference {
    format!("oci://{}/{rest}", server.host()).parse().unwrap()
}

pub(crate) fn inside(login: Option<(&str, &str)>) -> Access {
    let login = login.map(|(name, word)| Login { username: name.to_owned(), password: word.to_owned() });
    Access { plain_http: true, private_network: true, login }
}

#[tokio::test]
async fn what_is_published_is_found_by_version_tag_and_digest() {
    let Some(server) = Server::start(Wanted::default()) else { return };
    let geo = reference(&server, "acme/geo");
    let registry = Registry::open(&geo, inside(None)).unwrap();
    for (version, marks) in [("1.2.0", 1_u8), ("1.10.1", 2), ("2.0.0-rc.1+build.7", 3), ("0.9.0", 4)] {
        registry.publish(&geo, &[COMPONENT, &[marks]].concat(), &about(version)).await.unwrap();
    }
    let found = registry.versions(&geo).await.unwrap();
    assert_eq!(
        found.iter().map(Version::to_string).collect::<Vec<_>>(),
        ["2.0.0-rc.1+build.7", "1.10.1", "1.2.0", "0.9.0"]
    );

    let fitting = |text: &str| geo.at(Pick::Fitting(VersionReq::parse(text).unwrap()));
    for (wanted, marks) in [
        (geo.clone(), 2),
        (fitting("~1.2"), 1),
        (fitting("^0.9"), 4),
        (fitting("=2.0.0-rc.1"), 3),
        (reference(&server, "acme/geo:1.2.0"), 1),
    ] {
        let package = registry.pull(&wanted, LIMIT).await.unwrap();
        assert_eq!(package.component.last(), Some(&marks), "{wanted}");
        // It is named by its digest from then on.
        assert_eq!(package.reference, geo.at(Pick::Digest(package.manifest)));
        let again = registry.pull(&package.reference, LIMIT).await.unwrap();
        assert_eq!((again.component, again.version), (package.component, package.version), "{wanted}");
    }

    let missing = registry.pull(&fitting("^3"), LIMIT).await.unwrap_err();
    assert!(matches!(&missing, Error::NoVersion { .. }) && missing.to_string().contains("1.10.1"), "{missing}");
    for gone in ["acme/geo:7.0.0", "acme/nothing:1.0.0", &format!("acme/geo@{}", Digest::of(b"x"))] {
        let error = registry.pull(&reference(&server, gone), LIMIT).await.unwrap_err();
        assert!(matches!(error, Error::NotFound(_)), "{gone}: {error}");
    }
    let large = registry.pull(&geo, 4).await.unwrap_err();
    assert!(matches!(large, Error::TooLarge { limit: 4, .. }), "{large}");
}

#[tokio::test]
async fn a_published_version_never_changes() {
    let Some(server) = Server::start(Wanted::default()) else { return };
    let geo = reference(&server, "acme/geo");
    let registry = Registry::open(&geo, inside(None)).unwrap();
    let first = registry.publish(&geo, COMPONENT, &about("1.0.0")).await.unwrap();
    let error = registry.publish(&geo, b"another", &about("1.0.0")).await.unwrap_err();
    assert!(matches!(error, Error::Exists(_)), "{error}");
    let package = registry.pull(&first.reference, LIMIT).await.unwrap();
    assert_eq!((package.component.as_slice(), package.manifest), (COMPONENT, first.manifest));
}

#[tokio::test]
async fn a_registry_that_knows_its_users() {
    let Some(server) = Server::start(Wanted { login: true, tls: None }) else { return };
    let geo = reference(&server, "acme/geo");
    let open = |login| Registry::open(&geo, inside(login)).unwrap();
    open(Some(LOGIN)).publish(&geo, COMPONENT, &about("1.0.0")).await.unwrap();
    assert_eq!(open(Some(LOGIN)).pull(&geo, LIMIT).await.unwrap().component, COMPONENT);
    for login in [None, Some(("polder", "wrong")), Some(("nobody", "secret"))] {
        let error = open(login).pull(&geo, LIMIT).await.unwrap_err();
        assert!(matches!(error, Error::Unauthorized { .. }), "{login:?}: {error}");
        let error = open(login).publish(&geo, COMPONENT, &about("1.0.1")).await.unwrap_err();
        assert!(matches!(error, Error::Unauthorized { .. }), "{login:?}: {error}");
    }
}

#[tokio::test]
async fn addresses_inside_take_a_word() {
    let Some(server) = Server::start(Wanted::default()) else { return };
    for host in [server.host(), server.host().replace("127.0.0.1", "localhost")] {
        let geo: Reference = format!("oci://{host}/acme/geo:1.0.0").parse().unwrap();
        let access = Access { plain_http: true, private_network: false, login: None };
        let error = match Registry::open(&geo, access) {
            Ok(registry) => registry.pull(&geo, LIMIT).await.unwrap_err(),
            Err(error) => error,
        };
        assert!(matches!(error, Error::Unreachable { .. }) && error.to_string().contains("private network"), "{error}");
    }
}
