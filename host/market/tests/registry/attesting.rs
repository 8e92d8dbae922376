//! What is said of a package beside it: in the real registry, and in one that mixes it up.

use chrono::Utc;
use polder_market::{
    Attestation, Bundle, Digest, Error, KeyPair, PROVENANCE, Reference, Registry, SBOM, State, Trusted,
};
use serde_json::{Value, json};

use crate::real::{COMPONENT, about, inside, reference};
use crate::server::{Server, Wanted};
use crate::shelf::{MANIFEST, PREDICATE, Shelf};

const SIGNED: &str = "https://sigstore.dev/cosign/sign/v1";

fn parts() -> Value {
    json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{ "type": "library", "name": "geo" }] })
}

#[tokio::test]
async fn what_is_attested_is_found_by_its_type_and_signs_nothing() {
    let Some(server) = Server::start(Wanted::default()) else { return };
    let geo = reference(&server, "acme/geo");
    let registry = Registry::open(&geo, inside(None)).unwrap();
    let first = registry.publish(&geo, COMPONENT, &about("1.0.0")).await.unwrap();
    let second = registry.publish(&geo, COMPONENT, &about("1.1.0")).await.unwrap();
    let (acme, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let trusted = [Trusted::always("acme", acme.public().clone())];
    let verified = State::Verified { by: "acme".to_owned(), key: acme.public().fingerprint() };

    assert!(registry.attestations(&geo, first.manifest).await.unwrap().is_empty());
    registry.attest(&geo, first.manifest, &acme, SBOM, &parts()).await.unwrap();
    let built = json!({ "buildDefinition": { "buildType": "https://polder.example/build/v1" } });
    registry.attest(&geo, first.manifest, &other, PROVENANCE, &built).await.unwrap();

    // Whoever says what it is made of has not signed it, nor the other way about.
    let none = registry.signatures(&geo, first.manifest).await.unwrap();
    assert_eq!(none.verify(first.manifest, &trusted, Utc::now()), State::NotSigned);
    registry.sign(&geo, first.manifest, &acme).await.unwrap();
    let signatures = registry.signatures(&geo, first.manifest).await.unwrap();
    assert_eq!(signatures.verify(first.manifest, &trusted, Utc::now()), verified);
    assert_eq!(signatures.documents().count(), 1);

    let found = registry.attestations(&geo, first.manifest).await.unwrap();
    let said = |kind: &str| found.iter().find(|one| one.predicate_type() == kind).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(said(SBOM).value(), Some(parts()));
    assert_eq!(said(SBOM).predicate(), Some(parts().to_string().as_str()));
    assert_eq!(said(SBOM).state(&trusted, Utc::now()), verified);
    assert_eq!(said(PROVENANCE).value(), Some(built));
    let State::Failed { why } = said(PROVENANCE).state(&trusted, Utc::now()) else { panic!() };
    assert!(why.contains(&other.public().fingerprint().to_string()), "{why}");

    assert!(registry.attestations(&geo, second.manifest).await.unwrap().is_empty());
    let nowhere = registry.attest(&geo, Digest::of(b"x"), &acme, SBOM, &parts()).await.unwrap_err();
    assert!(matches!(nowhere, Error::NotFound(_)), "{nowhere}");
}

/// A list of parts of some megabytes is read; a signature of that size is not.
#[tokio::test]
async fn a_long_list_of_parts() {
    let case = Case::new();
    let long = json!({ "text": "x".repeat(3 << 20) });
    let bundle = case.attest(SBOM, &long);
    assert!(bundle.len() > 4 << 20);
    let found = case.attestations(&[case.shelf.saying(manifest(), &bundle, SBOM)]).await;
    assert_eq!(found[0].value(), Some(long));
    assert_eq!(case.state(&found[0]), case.verified());
    // The same, said to be a signature.
    case.shelf.list(manifest(), &[case.shelf.saying(manifest(), &bundle, SIGNED)]);
    let (registry, place) = case.place();
    let signatures = registry.signatures(&place, manifest()).await.unwrap();
    let State::Failed { why } = signatures.verify(manifest(), &case.trusted(), Utc::now()) else { panic!() };
    assert!(why.contains("larger than 65536"), "{why}");

    let error = Attestation::sign(&case.key, manifest(), SBOM, &json!("x".repeat(4 << 20))).unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
}

/// One kind is not taken for another, whatever it is listed as.
#[tokio::test]
async fn kinds_that_are_mixed_up() {
    let case = Case::new();
    let (signature, sbom) = (Bundle::sign(&case.key, manifest()).unwrap().json().to_vec(), case.attest(SBOM, &parts()));
    // As it should be, and where nothing says what it is.
    let good = case.shelf.saying(manifest(), &sbom, SBOM);
    let untold = case.shelf.put_manifest(&case.shelf.referrer(manifest(), &sbom));
    for entry in [good, untold] {
        let found = case.attestations(&[entry]).await;
        assert_eq!((found[0].predicate_type(), case.state(&found[0])), (SBOM, case.verified()));
    }
    // A signature is none, told or untold.
    let untold = case.shelf.put_manifest(&case.shelf.referrer(manifest(), &signature));
    assert!(case.attestations(&[untold, case.shelf.saying(manifest(), &signature, SIGNED)]).await.is_empty());

    let mut listed_otherwise = case.shelf.saying(manifest(), &sbom, SBOM);
    listed_otherwise["annotations"][PREDICATE] = json!(PROVENANCE);
    let other = Attestation::sign(&case.key, Digest::of(b"another"), SBOM, &parts()).unwrap();
    let other = other.bundle().unwrap().json().to_vec();
    for (entry, kind, words) in [
        (case.shelf.saying(manifest(), &sbom, PROVENANCE), PROVENANCE, "listed as 'https://slsa"),
        (case.shelf.saying(manifest(), &signature, SBOM), SBOM, "but says 'https://sigstore"),
        (listed_otherwise, PROVENANCE, "another predicate"),
        (case.shelf.saying(manifest(), &other, SBOM), SBOM, "another package"),
        (case.shelf.saying(manifest(), b"{}", SBOM), SBOM, "no signature that can be read"),
        (case.shelf.saying(manifest(), &sbom, "\u{1b}[2J:"), "", "listed as '[2J:'"),
    ] {
        let found = case.attestations(&[entry]).await;
        let State::Failed { why } = case.state(&found[0]) else { panic!("{words}") };
        assert!(why.contains(words) && !why.contains(char::is_control), "'{why}' does not say: {words}");
        assert_eq!((found.len(), found[0].predicate_type()), (1, kind));
    }
}

#[tokio::test]
async fn no_more_than_fifty_are_looked_at() {
    let case = Case::new();
    let entry = |number: usize| case.shelf.saying(manifest(), &case.attest(SBOM, &json!(number)), SBOM);
    let mut many: Vec<_> = (0..50).map(entry).collect();
    assert!(case.attestations(&many).await.iter().all(|one| case.state(one) == case.verified()));
    many.push(entry(50));
    let found = case.attestations(&many).await;
    let State::Failed { why } = case.state(found.last().unwrap()) else { panic!() };
    assert!(found.len() == 51 && why.contains("only 50"), "{why}");
}

fn manifest() -> Digest {
    Digest::of(b"a manifest")
}

struct Case {
    key: KeyPair,
    shelf: Shelf,
}

impl Case {
    fn new() -> Self {
        let shelf = Shelf::new(true);
        shelf.put(&format!("manifests/{}", manifest()), MANIFEST, b"a manifest");
        Self { key: KeyPair::generate().unwrap(), shelf }
    }

    fn place(&self) -> (Registry, Reference) {
        let place: Reference = format!("oci://{}/a/b", self.shelf.serve().host).parse().unwrap();
        (Registry::open(&place, inside(None)).unwrap(), place)
    }

    fn attest(&self, kind: &str, predicate: &Value) -> Vec<u8> {
        let made = Attestation::sign(&self.key, manifest(), kind, predicate).unwrap();
        made.bundle().unwrap().json().to_vec()
    }

    async fn attestations(&self, entries: &[Value]) -> Vec<Attestation> {
        self.shelf.list(manifest(), entries);
        let (registry, place) = self.place();
        registry.attestations(&place, manifest()).await.unwrap()
    }

    fn trusted(&self) -> [Trusted; 1] {
        [Trusted::always("acme", self.key.public().clone())]
    }

    fn state(&self, attestation: &Attestation) -> State {
        attestation.state(&self.trusted(), Utc::now())
    }

    fn verified(&self) -> State {
        State::Verified { by: "acme".to_owned(), key: self.key.public().fingerprint() }
    }
}
