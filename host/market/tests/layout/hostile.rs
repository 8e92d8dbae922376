//! What somebody might hand us as a bundle. Each is a good one that differs in one respect.

use std::fs;

use polder_market::{Digest, Error, KeyPair, Layout, Shelf};
use serde_json::json;

use crate::maker::{COMPONENT, LIMIT, Maker, NAME, archive, blob, entry, sized};

fn refused(result: Result<Layout, Error>, words: &str) {
    let error = result.err().unwrap_or_else(|| panic!("taken, though: {words}"));
    assert!(
        matches!(error, Error::Layout { .. }) && error.to_string().contains(words),
        "'{error}' does not say: {words}"
    );
    assert!(!error.to_string().contains(char::is_control), "{error}");
}

fn good() -> (Maker, Digest) {
    Maker::package(&KeyPair::generate().unwrap())
}

#[test]
fn entries_that_no_layout_has() {
    let place = tempfile::tempdir().unwrap();
    let whole: Vec<_> = good().0.whole().iter().map(|(name, bytes)| entry(name, b'0', bytes)).collect();
    let with = |more: &[Vec<u8>]| Layout::open(archive(place.path(), &[&whole, more].concat()));
    let pax = |words: &str| entry("pax", b'x', words.as_bytes());
    // What is harmless is passed over.
    for more in [
        entry("README.md", b'0', b"hello"),
        entry("./blobs/", b'5', b""),
        entry("manifest.json", b'0', b"[]"),
        pax("21 mtime=1700000.125\n"),
    ] {
        assert!(with(&[more]).is_ok());
    }
    let digest = Digest::of(COMPONENT);
    for (more, words) in [
        (entry("../evil", b'0', b"x"), "leads out"),
        (entry("blobs/../../evil", b'0', b"x"), "leads out"),
        (entry("/etc/passwd", b'0', b"x"), "leads out"),
        (entry("blobs\\..\\evil", b'0', b"x"), "no name"),
        (entry("a\u{1b}[2J", b'0', b"x"), "no name"),
        (entry("link", b'2', b""), "neither file nor folder"),
        (entry(&blob(Digest::of(b"x")), b'1', b""), "neither file nor folder"),
        (entry("device", b'3', b""), "neither file nor folder"),
        (entry("pipe", b'6', b""), "neither file nor folder"),
        (entry("sparse", b'S', b""), "neither file nor folder"),
        (entry("././@LongLink", b'L', b"../evil\0"), "neither file nor folder"),
        (entry(&blob(digest), b'0', COMPONENT), "twice"),
        (entry(&format!("./{}", blob(digest)), b'0', COMPONENT), "twice"),
        (entry("index.json", b'0', b"{}"), "twice"),
        (pax("16 path=../evil\n"), "in a way that no layout needs"),
        (pax("12 size=999\n"), "in a way that no layout needs"),
        (pax("nonsense"), "in a way that no layout needs"),
        (pax(&" ".repeat(70_000)), "in a way that no layout needs"),
        (sized("endless", b'0', b"x", 1 << 40), "longer than the archive"),
        (sized("more", b'0', b"x", u64::MAX), "size overflow"),
    ] {
        refused(with(&[more]), words);
    }
    refused(with(&vec![entry("x", b'5', b""); 100_001]), "more than 100000 files");
    let file = place.path().join("noise.tar");
    fs::write(&file, [7; 2048]).unwrap();
    refused(Layout::open(&file), "no archive");
    fs::write(&file, []).unwrap();
    refused(Layout::open(&file), "has no oci-layout");
    let error = Layout::open(place.path().join("nowhere")).err().unwrap();
    assert!(matches!(error, Error::File { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn links_in_a_folder() {
    use std::os::unix::fs::symlink;
    let place = tempfile::tempdir().unwrap();
    for name in ["index.json", "oci-layout", "blobs/sha256", "blobs"] {
        let folder = good().0.folder(place.path());
        assert!(Layout::open(&folder).is_ok());
        let elsewhere = place.path().join("elsewhere");
        let _new = fs::remove_dir_all(&elsewhere).or_else(|_| fs::remove_file(&elsewhere));
        fs::rename(folder.join(name), &elsewhere).unwrap();
        symlink(&elsewhere, folder.join(name)).unwrap();
        let error = Layout::open(&folder).err().unwrap();
        assert!(matches!(error, Error::Layout { .. }), "{name}: {error}");
    }
    // A device would never end.
    let folder = good().0.folder(place.path());
    fs::remove_file(folder.join("index.json")).unwrap();
    symlink("/dev/zero", folder.join("index.json")).unwrap();
    refused(Layout::open(&folder), "no regular file");
}

#[test]
fn lists_that_lie() {
    let (maker, manifest) = good();
    let both = |maker: &Maker, words: &str| maker.open().1.into_iter().for_each(|layout| refused(layout, words));
    assert!(maker.open().1.iter().all(Result::is_ok));
    let bytes = maker.files.iter().find(|(name, _)| *name == blob(manifest)).unwrap().1.clone();
    both(&maker.without(&blob(manifest)), "has no blobs");
    let mut other = bytes.clone();
    *other.last_mut().unwrap() = b' ';
    both(&maker.with(&blob(manifest), &other), "other bytes");
    both(&maker.with(&blob(manifest), &[&bytes[..], b" "].concat()), "larger than");
    both(&maker.with("oci-layout", br#"{"imageLayoutVersion":"2.0.0"}"#), "of version '2.0.0'");
    both(&maker.with("oci-layout", b"[\"1.0.0\"]"), "oci-layout is none");
    both(&maker.with("oci-layout", &[b' '; 5000]), "larger than");
    both(&maker.with("index.json", b"[]"), "index.json is none");
    both(&maker.with("index.json", &[b'['; 100_000]), "index.json is none");
    both(&maker.with("index.json", &vec![b' '; (16 << 20) + 1]), "larger than");
    let with = |field: &str, value: serde_json::Value| {
        let mut other = maker.clone();
        other.entries[0][field] = value;
        other
    };
    both(&with("size", json!(bytes.len() + 1)), "other bytes");
    both(&with("size", json!(bytes.len() - 1)), "larger than");
    both(&with("size", json!(5 << 20)), "too large");
    both(&with("size", json!(-1)), "index.json is none");
    let mut many = maker.clone();
    many.entries = vec![json!({ "mediaType": "x/y", "digest": "x", "size": 1 }); 20_001];
    both(&many, "more than 20000");
    many.entries.pop();
    assert!(many.open().1.iter().all(Result::is_ok));
    // Two packages of one name: nobody can tell which is meant.
    let mut two = maker.clone();
    two.component(b"\0asm\x0d\0\x01\0other", NAME);
    both(&two, "twice");
    // What is no manifest of ours is passed over, and what is none at all is not.
    let mut foreign = maker.clone();
    foreign
        .entries
        .push(json!({ "mediaType": "application/vnd.oci.image.index.v1+json", "digest": Digest::of(b"x"), "size": 1 }));
    foreign.entries.push(json!({ "mediaType": "x/y", "digest": "sha512:00", "size": 1 }));
    assert!(foreign.open().1.iter().all(|layout| layout.as_ref().is_ok_and(|layout| layout.packages().len() == 1)));
    let mut garbage = maker.clone();
    let digest = garbage.blob(b"[1]");
    garbage
        .entries
        .push(json!({ "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": 3 }));
    both(&garbage, "is none");
}

#[tokio::test]
async fn blobs_that_lie() {
    let (maker, _) = good();
    let component = blob(Digest::of(COMPONENT));
    for (other, is) in [
        (maker.clone(), None),
        (maker.without(&component), Some("does not exist")),
        (maker.with(&component, b"\0asm\x0d\0\x01\x01"), Some("is sha256:")),
        (maker.with(&component, b"\0asm"), Some("is sha256:")),
        (maker.with(&component, &vec![0; 1 << 20]), Some("larger than 8")),
    ] {
        let (_place, both) = other.open();
        for layout in both {
            let layout = layout.unwrap();
            let only = layout.only().unwrap();
            match (layout.pull(&only, LIMIT).await, is) {
                (Ok(package), None) => assert_eq!(package.component, COMPONENT),
                (Err(error), Some(words)) => assert!(error.to_string().contains(words), "'{error}': {words}"),
                (other, _) => panic!("{other:?}: {is:?}"),
            }
            assert_eq!(layout.item(&only, LIMIT).await.is_ok(), is.is_none());
        }
    }
}
