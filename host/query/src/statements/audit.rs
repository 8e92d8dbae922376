//! `AUDIT PLUGIN p`: what a plugin is made of and how it was built, as those say who published it, and whether to believe
//! them. The documents are CycloneDX and SLSA's provenance; here is what people ask of them first.

use std::collections::BTreeMap;

use chrono::Utc;
use polder_catalog::{Kind, Privilege};
use polder_market::{PROVENANCE, SBOM, SCHEME};
use serde_json::Value;

use super::show;
use crate::packages::Papers;
use crate::run::Run;
use crate::sql::Name;
use crate::{Answer, Error, Result, trust};

/// A stranger's text, as far as it is shown.
const SHOWN: usize = 300;

pub(crate) async fn audit(run: &Run<'_>, name: Name) -> Result<Answer> {
    let plugin = run.resolve(Kind::Plugin, &name).await?;
    run.access.require(&plugin, Privilege::Manage).await?;
    let Some(spec) = plugin.as_plugin() else {
        return Err(Error::Invalid(format!("{} is not a plugin", plugin.name)));
    };
    let (component, signature) = trust::verify(run, &plugin).await?;
    let mut facts = vec![
        ("version".to_owned(), spec.version.clone()),
        ("source".to_owned(), spec.source.clone()),
        ("component".to_owned(), format!("sha256:{} ({component})", spec.digest)),
        ("signature".to_owned(), signature),
    ];
    if spec.source.starts_with(SCHEME) {
        let papers = Papers::kept(run.polder(), &spec.source, &spec.digest).await?;
        let trusted = trust::keys(run.access.catalog(), &plugin.name).await?;
        for attestation in papers.attestations().await? {
            let kind = match attestation.predicate_type() {
                SBOM => "bill of materials",
                PROVENANCE => "provenance",
                other => other,
            };
            let kind = kind.to_owned();
            facts.push((kind.clone(), attestation.state(&trusted, Utc::now()).to_string()));
            let value = attestation.value().unwrap_or_default();
            match attestation.predicate_type() {
                SBOM => bill(&value, &mut facts),
                PROVENANCE => provenance(&value, &mut facts),
                _ => {}
            }
        }
    }
    if !facts.iter().any(|(fact, _)| fact == "bill of materials") {
        facts.push(("bill of materials".to_owned(), "none came with it".to_owned()));
    }
    show::table(&["info_name", "info_value"], facts.into_iter().map(|(name, value)| vec![name, value]))
}

/// Of a CycloneDX document: its parts, with their licenses.
fn bill(bill: &Value, facts: &mut Vec<(String, String)>) {
    let parts = bill["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut licenses: BTreeMap<String, usize> = BTreeMap::new();
    for part in parts {
        *licenses.entry(license(part)).or_default() += 1;
    }
    let licenses: Vec<_> = licenses.into_iter().map(|(license, count)| format!("{license} ({count})")).collect();
    facts.push(("parts".to_owned(), parts.len().to_string()));
    facts.push(("licenses of parts".to_owned(), licenses.join(", ")));
    for part in parts {
        let name = format!("{} {}", text(&part["name"]), text(&part["version"]));
        facts.push(("part".to_owned(), format!("{} ({})", name.trim(), license(part))));
    }
}

fn license(part: &Value) -> String {
    let one = &part["licenses"][0];
    let said = [&one["expression"], &one["license"]["id"], &one["license"]["name"]];
    said.into_iter().map(text).find(|text| !text.is_empty()).unwrap_or_else(|| "not said".to_owned())
}

/// Of SLSA's provenance: who built it, of what, when.
fn provenance(provenance: &Value, facts: &mut Vec<(String, String)>) {
    let (build, run) = (&provenance["buildDefinition"], &provenance["runDetails"]);
    for (fact, value) in [
        ("build type", &build["buildType"]),
        ("builder", &run["builder"]["id"]),
        ("built", &run["metadata"]["finishedOn"]),
    ] {
        if !text(value).is_empty() {
            facts.push((fact.to_owned(), text(value)));
        }
    }
    for input in build["resolvedDependencies"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let name = [&input["name"], &input["uri"]].into_iter().map(text).find(|text| !text.is_empty());
        let digest = input["digest"].as_object().and_then(|digests| digests.iter().next());
        let digest = digest.map_or_else(String::new, |(kind, digest)| format!(" {}:{}", shown(kind), text(digest)));
        facts.push(("built from".to_owned(), format!("{}{digest}", name.unwrap_or_default())));
    }
}

fn text(value: &Value) -> String {
    value.as_str().map(shown).unwrap_or_default()
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_people_ask_of_a_bill_first() {
        let mut facts = Vec::new();
        let parts = json!([
            {"name": "a", "version": "1", "licenses": [{"license": {"id": "MIT"}}]},
            {"name": "b\u{1b}[31m", "licenses": [{"expression": "MIT"}]},
            {"name": 7},
        ]);
        bill(&json!({"components": parts}), &mut facts);
        let facts: Vec<_> = facts.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            facts,
            [
                ("parts", "3"),
                ("licenses of parts", "MIT (2), not said (1)"),
                ("part", "a 1 (MIT)"),
                ("part", "b[31m (MIT)"),
                ("part", " (not said)"),
            ]
        );
    }

    #[test]
    fn what_is_no_document_says_nothing() {
        for odd in [json!(null), json!([1]), json!({"components": 1, "buildDefinition": []})] {
            let mut facts = Vec::new();
            provenance(&odd, &mut facts);
            assert_eq!(facts, []);
            bill(&odd, &mut facts);
            assert_eq!(facts.len(), 2);
        }
    }
}
