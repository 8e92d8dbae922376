//! Files of a home that were changed behind its back: code runs only under the digest that it was installed with.

use std::fs;
use std::path::{Path, PathBuf};

use polder_query::{Home, Polder};
use polder_sandbox::Digest;
use serde_json::json;

use crate::guests::bytes;
use crate::stage::{Stage, beside, limits, rows, says};

/// The files of compiled code in a home, by the component that they are of.
fn compiled(home: &Path, guest: &str) -> Vec<PathBuf> {
    let digest = Digest::of(bytes(guest)).to_string();
    let folders = fs::read_dir(home.join("compiled")).unwrap().map(|folder| folder.unwrap().path());
    let files = folders.flat_map(|folder| fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()));
    files.filter(|file| file.file_name().unwrap().to_str().unwrap().starts_with(&digest)).collect()
}

/// Puts other bytes in a file's place, as somebody does who may write to the folder. The old file stays with whoever
/// has it open.
fn replace(file: &Path, with: &[u8]) {
    let part = file.with_extension("attack");
    fs::write(&part, with).unwrap();
    fs::rename(part, file).unwrap();
}

/// What another process that opens the home gets.
async fn another(stage: &Stage, statement: &str) -> Result<Vec<serde_json::Value>, String> {
    let polder = Polder::open_with(&Home::find(Some(stage.home())), limits()).await.unwrap();
    rows(&polder.session(Some("mallory")).await.unwrap(), statement).await
}

const HONEST: &str = "SELECT sum(evil.plus_one(n)) AS s FROM evil.t";

#[test]
fn compiled_code_with_other_bytes() {
    beside(async |stage| {
        stage.install("functions").await;
        let [file] = &compiled(&stage.home(), "functions")[..] else { panic!("one file") };
        let good = fs::read(file).unwrap();
        let flipped = |at: usize| {
            let mut bad = good.clone();
            bad[at] ^= 1;
            bad
        };
        // In the code, and in what is kept of the component behind it.
        let (code, outline) = (flipped(good.len() / 2), flipped(good.len() - 40));
        for bad in [&code[..], &outline, &good[..good.len() / 2], b""] {
            replace(file, bad);
            assert_eq!(another(stage, HONEST).await, Ok(vec![json!({"s": 65})]));
            assert!(fs::read(file).unwrap() == good, "compiled again");
        }
    });
}

#[test]
fn compiled_code_of_another_component() {
    beside(async |stage| {
        stage.install("functions").await;
        let [file] = &compiled(&stage.home(), "functions")[..] else { panic!("one file") };
        let [other] = &compiled(&stage.home(), "lies")[..] else { panic!("one file") };
        let good = fs::read(file).unwrap();
        replace(file, &fs::read(other).unwrap());
        assert_eq!(another(stage, HONEST).await, Ok(vec![json!({"s": 65})]));
        assert!(fs::read(file).unwrap() == good, "compiled again");

        // With the name that its own bytes ask for.
        let [honest, evil] = ["functions", "lies"].map(|guest| Digest::of(bytes(guest)).to_string());
        let name = other.file_name().unwrap().to_str().unwrap().replace(&evil, &honest);
        let forged = file.with_file_name(name);
        fs::remove_file(file).unwrap();
        fs::copy(other, &forged).unwrap();
        assert_eq!(another(stage, HONEST).await, Ok(vec![json!({"s": 65})]));
        assert!(!forged.exists(), "discarded");
        assert!(fs::read(file).unwrap() == good, "compiled again");
    });
}

#[test]
fn components_that_were_changed() {
    beside(async |stage| {
        stage.install("functions").await;
        let file = stage.home().join("components").join(format!("{}.wasm", Digest::of(bytes("functions"))));
        let good = fs::read(&file).unwrap();
        let mut flipped = good.clone();
        flipped[good.len() / 2] ^= 1;
        for bad in [&flipped[..], &good[..good.len() / 2], bytes("lies"), b""] {
            replace(&file, bad);
            // Its own compiled code is at hand, and nothing but that is run; without it, nothing at all is.
            assert_eq!(another(stage, HONEST).await, Ok(vec![json!({"s": 65})]));
            let [code] = &compiled(&stage.home(), "functions")[..] else { panic!("one file") };
            let kept = fs::read(code).unwrap();
            fs::remove_file(code).unwrap();
            let why = ["its digest is not the one that was installed", "install the plugin again"];
            says("a changed component", another(stage, HONEST).await, &why);
            assert!(compiled(&stage.home(), "functions").is_empty(), "nothing was compiled");
            replace(code, &kept);
        }
        for code in compiled(&stage.home(), "functions") {
            fs::remove_file(code).unwrap();
        }
        replace(&file, &good);
        assert_eq!(another(stage, HONEST).await, Ok(vec![json!({"s": 65})]));
    });
}
