//! `polder plugin publish`: what an author sends to a registry. It needs no home.

use std::path::Path;

use polder_market::{About, Pick, Reference};
use polder_sandbox::{Config, Description, Limits, Sandbox};
use semver::Version;

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
    let file = build::component(file)?;
    let component = inspect::read(&file)?;
    let about = examine(&component, &reference)?;
    let registry = registry::open(&reference, plain_http)?;
    let published = registry.publish(&reference, &component, &about).await?;
    let signed = match &key {
        None => "not signed".to_owned(),
        Some(key) => {
            registry.sign(&published.reference, published.manifest, key).await?;
            format!("signed with {}", key.public().fingerprint())
        }
    };
    let size = size(component.len() as u64);
    say(format_args!("Published {} ({size}, {}), {signed}.", published.reference, published.manifest))
}

/// What the component says of itself, if that is all that others need to know.
pub(super) fn examine(component: &[u8], place: &Reference) -> Result<About> {
    let cache = tempfile::tempdir().map_err(Error::file(&std::env::temp_dir()))?;
    let sandbox = Sandbox::new(Config { cache: cache.path().to_owned(), limits: Limits::default() })?;
    let surface = polder_sandbox::inspect(component)?;
    let said = sandbox.load(component)?.describe()?;
    let Description { name, version, summary, license, authors, homepage, .. } = said;
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
    let version = Version::parse(&version)
        .map_err(|error| Error::invalid(format_args!("{name}: '{version}' is no semantic version: {error}")))?;
    let names = |externs: Vec<polder_sandbox::Extern>| externs.into_iter().map(|one| one.name).collect();
    Ok(About {
        name,
        version: Some(version),
        summary,
        license,
        authors,
        homepage,
        exports: names(surface.exports),
        imports: names(surface.imports),
        created: chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
    })
}
