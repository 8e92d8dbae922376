//! `polder plugin publish`: what an author sends to a registry. It needs no home.

use std::path::Path;

use polder_market::{About, Digest, PROVENANCE, Pick, Reference, SBOM};
use polder_sandbox::Description;
use polder_toolchain::Toolchain;

use super::versions::{self, Face};
use super::{build, inspect, key, registry, size};
use crate::terminal::say;
use crate::{Error, Result};

pub(super) async fn run(file: &Path, place: &str, plain_http: bool, key: Option<&Path>) -> Result<()> {
    // Before anything is built or sent.
    let key = key.map(key::read).transpose()?;
    let reference: Reference = place.parse()?;
    if !matches!(reference.pick, Pick::Fitting(_)) {
        return Err(Error::invalid(format_args!(
            "'{place}' names a version; the version that is published is the plugin's own"
        )));
    }
    let component = inspect::read(&build::component(file)?)?;
    let face = Face::of(&component)?;
    let about = examine(&face, &reference)?;
    let registry = registry::open(&reference, plain_http)?;
    versions::check(&registry, &reference, &face).await?;
    let published = registry.publish(&reference, &component, &about).await?;
    let signed = match &key {
        None => "not signed".to_owned(),
        Some(key) => {
            registry.sign(&published.reference, published.manifest, key).await?;
            let mut signed = format!("signed with {}", key.public().fingerprint());
            for (kind, document) in documents(file, &component)? {
                registry.attest(&published.reference, published.manifest, key, kind, &document).await?;
                signed
                    .push_str(&format!(", with its {}", if kind == SBOM { "bill of materials" } else { "provenance" }));
            }
            signed
        }
    };
    let size = size(component.len() as u64);
    say(format_args!("Published {} ({size}, {}), {signed}.", published.reference, published.manifest))
}

/// What went into the component of a project, and how it was built; of a component alone nobody knows.
fn documents(project: &Path, component: &[u8]) -> Result<Vec<(&'static str, serde_json::Value)>> {
    if !project.is_dir() {
        return Ok(Vec::new());
    }
    let (toolchain, digest) = (Toolchain::new()?, Digest::of(component).hex());
    let now = chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    Ok(vec![
        (SBOM, toolchain.bill_of_materials(project, &digest, &now)?),
        (PROVENANCE, toolchain.provenance(project, &digest, None)?),
    ])
}

/// What the component says of itself, if that is all that others need to know.
pub(super) fn examine(face: &Face, place: &Reference) -> Result<About> {
    let Description { name, version, summary, license, authors, homepage, .. } = face.said.clone();
    let lacks = |what: &str| Err(Error::invalid(format_args!("{name} {version} cannot be published: it lacks {what}")));
    if summary.is_empty() {
        return lacks("a description, by which it is found");
    }
    if license.is_empty() {
        return lacks("a license, without which nobody may use it");
    }
    if place.name().replace('-', "_") != name {
        return Err(Error::invalid(format_args!(
            "the plugin is called {name}, so its place is not called {}",
            place.name()
        )));
    }
    let names = |externs: &[polder_sandbox::Extern]| externs.iter().map(|one| one.name.clone()).collect();
    Ok(About {
        name,
        version: Some(face.version()?),
        summary,
        license,
        authors,
        homepage,
        exports: names(&face.surface.exports),
        imports: names(&face.surface.imports),
        created: chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
    })
}
