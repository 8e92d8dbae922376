//! What is written is read, with everything beside it.

use std::fs;

use chrono::Utc;
use polder_market::{Error, KeyPair, Layout, Pick, Reference, SBOM, Shelf, State};
use semver::{Version, VersionReq};

use crate::maker::{COMPONENT, LIMIT, Maker, NAME, trusted};

fn reference(rest: &str) -> Reference {
    format!("oci://{rest}").parse().unwrap()
}

#[tokio::test]
async fn a_package_is_found_by_its_name_version_and_digest() {
    let key = KeyPair::generate().unwrap();
    let (maker, manifest) = Maker::package(&key);
    let (_place, both) = maker.open();
    for layout in both {
        let layout = layout.unwrap();
        let geo = reference("acme.example/acme/geo");
        assert_eq!(layout.packages(), [(reference(NAME), Some(Version::new(1, 2, 3)))]);
        assert_eq!(layout.only().unwrap(), reference(NAME));
        let fitting = |text: &str| geo.at(Pick::Fitting(VersionReq::parse(text).unwrap()));
        for wanted in [geo.clone(), reference(NAME), fitting("^1.2"), geo.at(Pick::Digest(manifest))] {
            let package = layout.pull(&wanted, LIMIT).await.unwrap();
            assert_eq!((package.component.as_slice(), package.manifest), (COMPONENT, manifest));
            assert_eq!(package.version, Some(Version::new(1, 2, 3)));
        }
        for missing in
            [fitting("^2"), reference("acme.example/acme/geo:9.9.9"), reference("other.example/acme/geo:1.2.3")]
        {
            let error = layout.pull(&missing, LIMIT).await.unwrap_err();
            assert!(matches!(error, Error::NotFound(_) | Error::NoVersion { .. }), "{missing}: {error}");
        }
        let error = layout.pull(&geo, 7).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { .. }), "{error}");

        let verified = State::Verified { by: "acme".to_owned(), key: key.public().fingerprint() };
        let signatures = layout.signatures(&geo, manifest).await.unwrap();
        assert_eq!(signatures.verify(manifest, &trusted(&key), Utc::now()), verified);
        let attestations = layout.attestations(&geo, manifest).await.unwrap();
        assert_eq!((attestations.len(), attestations[0].predicate_type()), (1, SBOM));
        assert_eq!(attestations[0].state(&trusted(&key), Utc::now()), verified);
    }
}

#[tokio::test]
async fn what_is_read_is_written_again_as_it_was() {
    let key = KeyPair::generate().unwrap();
    let (mut maker, first) = Maker::package(&key);
    let second = maker.component(b"\0asm\x0d\0\x01\0second", "acme.example/acme/text:0.1.0");
    let (place, [layout, _]) = maker.open();
    let layout = layout.unwrap();
    let error = layout.only().err().unwrap();
    assert!(error.to_string().contains("2 packages"), "{error}");
    let mut items = Vec::new();
    for (reference, _) in layout.packages() {
        items.push(layout.item(&reference, LIMIT).await.unwrap());
    }
    assert_eq!(items.iter().map(polder_market::Item::manifest).collect::<Vec<_>>(), [first, second]);
    for name in ["bundle.tar", "bundle"] {
        let target = place.path().join(name);
        Layout::write(&target, &items).unwrap();
        let again = Layout::open(&target).unwrap();
        assert_eq!(again.packages(), layout.packages());
        let geo = reference(NAME);
        assert_eq!(again.pull(&geo, LIMIT).await.unwrap().component, COMPONENT);
        let signatures = again.signatures(&geo, first).await.unwrap();
        assert!(matches!(signatures.verify(first, &trusted(&key), Utc::now()), State::Verified { .. }));
        let attestations = again.attestations(&geo, first).await.unwrap();
        assert!(matches!(attestations[0].state(&trusted(&key), Utc::now()), State::Verified { .. }));
        // What is there is not overwritten, and nothing is left lying about.
        let error = Layout::write(&target, &items).unwrap_err();
        assert!(matches!(error, Error::File { .. }), "{error}");
    }
    let left = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut left: Vec<_> = left.collect();
    left.sort();
    assert_eq!(left, ["archive.tar", "bundle", "bundle.tar", "folder"]);
    // The same packages are the same bytes.
    let other = place.path().join("other.tar");
    Layout::write(&other, &items).unwrap();
    assert_eq!(fs::read(other).unwrap(), fs::read(place.path().join("bundle.tar")).unwrap());
}

/// As `oras copy --to-oci-layout` and others leave it: a tag only, or nothing.
#[tokio::test]
async fn packages_without_a_place() {
    for (name, expected) in [
        ("1.2.3", "oci://layout.invalid/geo:1.2.3"),
        ("latest", "oci://layout.invalid/geo:latest"),
        ("not a name", "oci://layout.invalid/geo:1.2.3"),
        ("../../etc/passwd", "oci://layout.invalid/geo:1.2.3"),
    ] {
        let mut maker = Maker::default();
        let manifest = maker.component(COMPONENT, name);
        let (place, both) = maker.open();
        for layout in both {
            let layout = layout.unwrap();
            let only = layout.only().unwrap();
            assert_eq!(only.to_string(), expected);
            assert_eq!(layout.pull(&only, LIMIT).await.unwrap().manifest, manifest);
            let target = place.path().join("again.tar");
            Layout::write(&target, [&layout.item(&only, LIMIT).await.unwrap()]).unwrap();
            assert_eq!(Layout::open(&target).unwrap().only().unwrap(), only);
            fs::remove_file(target).unwrap();
        }
    }
}
