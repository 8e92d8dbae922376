//! Every check against a component that breaks its rule, and against one that keeps it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use polder_conformance::{Offers, Outcome, Sample, rules};

use crate::components::{guest, only_fails, outcome, report, root};

/// Which rule of the guest `broken` is broken, the check that must fail for it, the function, and words of the finding.
type Lie = (&'static str, &'static str, &'static str, &'static str);

/// Lies of the plugin as a whole.
const OF_ALL: &[Lie] = &[
    ("name", "component.describes", "component", "the plugin's name"),
    ("summary", "component.documented", "component", "no summary"),
    ("doc", "component.documented", "component", "no word on next"),
    ("capability", "sql.installs", "component", "make no grant"),
    ("example", "sql.examples", "next", "instead of"),
];

/// Lies of one function each, function by function.
const OF_ONE: &[&[Lie]] = &[
    &[
        ("scalar_returns", "scalar.bind", "next", "Float64"),
        ("scalar_name", "scalar.refuses", "next", "a name that is not there"),
        ("scalar_count", "scalar.refuses", "next", "an argument too many"),
        ("scalar_argument", "scalar.refuses", "next", "an argument of another type"),
        ("scalar_null", "scalar.answers", "next", "NULL"),
        ("scalar_batch", "scalar.batches", "next", "in one batch"),
        ("scalar_many", "scalar.batches", "next", "8,192 rows"),
        ("scalar_constant", "scalar.constants", "next", "as constants"),
        ("scalar_repeat", "scalar.repeat", "next", "called again"),
    ],
    &[
        ("aggregate_returns", "aggregate.bind", "total", "Float64"),
        ("aggregate_name", "aggregate.refuses", "total", "a name that is not there"),
        ("aggregate_count", "aggregate.refuses", "total", "an argument too many"),
        ("aggregate_argument", "aggregate.refuses", "total", "an argument of another type"),
        ("aggregate_null", "aggregate.answers", "total", "nothing but nulls"),
        ("aggregate_batch", "aggregate.batches", "total", "1 rows at a time"),
        ("aggregate_groups", "aggregate.groups", "total", "groups together"),
        ("aggregate_first", "aggregate.first", "total", "after the first"),
        ("aggregate_merge", "aggregate.merge", "total", "states of three parts"),
        ("aggregate_empty", "aggregate.empty", "total", "states of no rows"),
    ],
    &[
        ("table_returns", "table.bind", "count_to", "Float64"),
        ("table_name", "table.refuses", "count_to", "a name that is not there"),
        ("table_count", "table.refuses", "count_to", "an argument too many"),
        ("table_argument", "table.refuses", "count_to", "an argument of another type"),
        ("table_null", "table.answers", "count_to", "NULL"),
        ("table_empty", "table.answers", "count_to", "of 0 rows"),
        ("table_pages", "table.pages", "count_to", "by 1 rows at a time"),
        ("table_batch", "table.batches", "count_to", "several rows of arguments"),
        ("table_again", "table.again", "count_to", "was not read to its end"),
    ],
    &[
        ("transform_returns", "transform.bind", "ids", "Float64"),
        ("transform_name", "transform.refuses", "ids", "a name that is not there"),
        ("transform_option", "transform.refuses", "ids", "an option that is not there"),
        ("transform_batch", "transform.batches", "ids", "batches of 1 rows"),
        ("transform_pages", "transform.pages", "ids", "pulled 1 rows"),
        ("transform_empty", "transform.empty", "ids", "no batches"),
    ],
    &[
        ("scorer_denied", "scorer.denied", "scaled", "crashed"),
        ("scorer_name", "scorer.refuses", "scaled", "a name that is not there"),
        ("scorer_returns", "scorer.load", "scaled", "Float64"),
        ("scorer_batch", "scorer.batches", "scaled", "single rows"),
    ],
    &[
        ("task_name", "task.refuses", "size_of", "a name that is not there"),
        ("task_unknown", "task.refuses", "size_of", "a parameter that is not there"),
        ("task_missing", "task.refuses", "size_of", "a call without"),
        ("task_json", "task.refuses", "size_of", "no JSON"),
        ("task_denied", "task.denied", "size_of", "crashed"),
        ("task_output", "task.denied", "size_of", "not JSON"),
    ],
];

/// Components that are wrong before anything of them runs.
fn files() -> [(&'static str, Vec<u8>, &'static str); 4] {
    let of = |text: &str| wat::parse_str(text).expect("it is a component in text");
    let whole = guest("broken");
    [
        ("component.valid", whole[..whole.len() / 2].to_vec(), "truncated or damaged"),
        ("component.valid", b"no component".to_vec(), "does not begin as WebAssembly does"),
        (
            "component.imports",
            of(r#"(component (import "wasi:cli/environment@0.2.0" (instance (export "f" (func)))))"#),
            "wasi:cli/environment",
        ),
        ("component.world", of("(component)"), "polder:plugin/description"),
    ]
}

fn all_samples() -> Offers {
    Offers { samples: Sample::ALL.to_vec(), model: None }
}

/// A model for the scorer of `broken`.
fn with_model() -> Offers {
    Offers { samples: vec![], model: Some(root().join("tests/conformance/guests/model")) }
}

fn lying(lies: &[&str]) -> Vec<u8> {
    let (begin, room) = (b"lies:", 160);
    let lies: String = lies.iter().map(|lie| format!("{lie},")).collect();
    assert!(begin.len() + lies.len() <= room, "{lies}");
    let mut component = guest("broken").to_vec();
    let mark = [&begin[..], &vec![b'.'; room - begin.len()]].concat();
    let at = component.windows(room).position(|window| window == mark).expect("a mark to replace") + begin.len();
    component[at..at + lies.len()].copy_from_slice(lies.as_bytes());
    component
}

/// The lies in as few components as there can be: of all functions alone, of single ones one of each.
fn rounds() -> impl Iterator<Item = Vec<Lie>> {
    let most = OF_ONE.iter().map(|lies| lies.len()).max().unwrap_or_default();
    let mixed = (0..most).map(|round| OF_ONE.iter().filter_map(|lies| lies.get(round).copied()).collect());
    OF_ALL.iter().map(|lie| vec![*lie]).chain(mixed)
}

#[test]
fn a_component_that_keeps_all_rules_passes_all_checks() {
    let honest = report(guest("broken"), &with_model());
    only_fails(&honest, &[]);
    let absent: Vec<_> = honest
        .findings
        .iter()
        .filter(|finding| matches!(finding.outcome, Outcome::NotOffered(_)) && finding.check != "sql.examples")
        .collect();
    assert!(absent.is_empty(), "{absent:?}");
}

#[test]
fn every_rule_that_is_broken_is_found() {
    let mut wrong = Vec::new();
    for lies in rounds() {
        let told: Vec<_> = lies.iter().map(|(lie, ..)| *lie).collect();
        let report = report(&lying(&told), &with_model());
        for (lie, check, of, words) in lies {
            match outcome(&report, check, of) {
                Outcome::Failed(why) if why.contains(words) => {}
                other => wrong.push(format!("{lie}: {check} says {other:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_that_are_no_plugins_are_told_apart() {
    for (check, file, words) in files() {
        let report = report(&file, &Offers::default());
        let Outcome::Failed(why) = outcome(&report, check, "component") else { panic!("{check}\n{report}") };
        assert!(why.contains(words), "{check}: {why}");
        assert_eq!(report.failures().count(), 1, "{report}");
    }
}

#[test]
fn samples_with_mistakes_are_found() {
    only_fails(&report(guest("samples"), &all_samples()), &[]);
    let wrong = report(guest("wrong"), &all_samples());
    for sample in Sample::ALL {
        let outcome = outcome(&wrong, &format!("sample.{sample}"), sample.name());
        assert!(matches!(outcome, Outcome::Failed(_)), "{sample}\n{wrong}");
    }
    // A sample that is said to be there and is not is a mistake as well.
    let none = report(guest("broken"), &all_samples());
    assert_eq!(none.failures().filter(|finding| finding.check.starts_with("sample.")).count(), 4, "{none}");
}

#[test]
fn no_check_is_without_a_component_that_it_fails() {
    let lies = OF_ONE.iter().copied().chain([OF_ALL]).flatten();
    let failed = lies.map(|(_, check, ..)| *check).chain(files().map(|(check, ..)| check));
    let samples = Sample::ALL.map(|sample| format!("sample.{sample}"));
    let failed: BTreeSet<&str> = failed.chain(samples.iter().map(String::as_str)).collect();
    let checked: BTreeSet<&str> = rules().iter().map(|rule| rule.name).collect();
    assert_eq!(failed, checked);
}

#[test]
fn the_readme_lists_every_rule() {
    let readme: PathBuf = root().join("tests/conformance/README.md");
    let readme = std::fs::read_to_string(readme).expect("the kit has a README");
    for rule in rules() {
        let line = format!("| `{}` | {} |", rule.name, rule.rule);
        assert!(readme.contains(&line), "{line}");
    }
}
