//! Every target over its corpus, and over inputs made of that: the same ones each time, and no more than so many.
//!
//! `POLDER_FUZZ_ROUNDS` makes them more: each target then has so many inputs of its own.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polder_fuzz::{Random, TARGETS, Target, mutated};

/// The inputs that are checked in for a target, in order of their names.
fn corpus(target: &Target) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a folder can be read").path())
        .collect();
    files.sort();
    files.iter().map(|file| fs::read(file).expect("an input can be read")).collect()
}

/// Runs one input; one that fails is told, so that it can be kept.
fn run(target: &Target, input: &[u8]) {
    if let Err(failed) = catch_unwind(AssertUnwindSafe(|| (target.run)(input))) {
        eprintln!("target {} fails with the input \"{}\"", target.name, input.escape_ascii());
        std::panic::resume_unwind(failed);
    }
}

fn replay(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target of that name");
    let corpus = corpus(target);
    assert!(!corpus.is_empty(), "the corpus of {name} is empty");
    corpus.iter().for_each(|input| run(target, input));
    let rounds = std::env::var("POLDER_FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    let mut random = Random::new(name);
    for _ in 0..rounds.unwrap_or(target.rounds) {
        run(target, &mutated(&corpus, &mut random));
    }
}

macro_rules! targets {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            replay(stringify!($name));
        })*

        #[test]
        fn every_target_is_replayed_and_can_be_fuzzed() {
            let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(names, [$(stringify!($name)),*]);
            for name in names {
                let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fuzz/fuzz_targets/{name}.rs"));
                let text = fs::read_to_string(file).expect("a target has a file for libFuzzer");
                assert!(text.contains(&format!("polder_fuzz::{name}(data)")), "{text}");
            }
        }
    };
}

targets! {
    arrays component description encode literal location log name operator outputs path schema script setting statement
}
