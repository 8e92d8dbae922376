//! `polder plugin index`: keeping an index of packages, which is read, changed, published under the next number, and signed.

use chrono::Utc;
use polder_market::{Advisory, Index, Listed, Pick, Reference, Registry, Release, Severity, Shelf as _};
use polder_sandbox::Limits;
use semver::{Version, VersionReq};

use super::versions::Face;
use super::{key, publish, registry};
use crate::args::{IndexAt, IndexCommand};
use crate::terminal::say;
use crate::{Error, Result};

pub(super) async fn run(command: IndexCommand) -> Result<()> {
    match command {
        IndexCommand::Add { at, package, keywords } => add(&at, &package, keywords).await,
        IndexCommand::Yank { at, package, version, reason } => {
            let (package, version) = (package.parse()?, self::version(&version)?);
            change(&at, |index| Ok(index.yank(&package, &version, &reason)?)).await
        }
        IndexCommand::Advise { at, package, id, url, severity, affected, fixed } => {
            let package = package.parse()?;
            let affected = VersionReq::parse(&affected).map_err(|error| {
                Error::invalid(format_args!("'{affected}' is no requirement such as '<1.2.3': {error}"))
            })?;
            let severity = Severity::read(&severity).map_err(Error::invalid)?;
            let mut advisory = Advisory::new(id, url, severity, affected);
            advisory.fixed = fixed.as_deref().map(self::version).transpose()?;
            change(&at, |index| Ok(index.advise(&package, advisory)?)).await
        }
    }
}

/// List a package with what its newest version says of itself, and every version that is there.
async fn add(at: &IndexAt, package: &str, keywords: Vec<String>) -> Result<()> {
    let package: Reference = package.parse()?;
    let shelf = registry::open(&package, at.plain_http)?;
    let most = Limits::default().component_bytes as u64;
    let mut listed = None;
    for version in shelf.versions(&package).await? {
        let found = shelf.pull(&package.at(Pick::Tag(version.to_string().replace('+', "_"))), most).await?;
        let about = publish::examine(&Face::of(&found.component)?, &package)?;
        if about.version.as_ref() != Some(&version) {
            return Err(Error::invalid(format_args!(
                "{package} is called version {version} there, but is another by its own word"
            )));
        }
        // The newest comes first.
        let listed = listed.get_or_insert_with(|| {
            let mut listed = Listed::new(&package, about.name);
            (listed.summary, listed.license, listed.authors) = (about.summary, about.license, about.authors);
            listed.keywords.clone_from(&keywords);
            listed
        });
        listed.releases.push(Release::new(version, found.manifest, found.created.unwrap_or_else(Utc::now)));
    }
    let listed = listed.ok_or_else(|| Error::invalid(format_args!("{package} has no versions")))?;
    change(at, |index| Ok(index.add(listed)?)).await
}

/// Read the index, change it, and publish it under the next number.
async fn change(at: &IndexAt, change: impl FnOnce(&mut Index) -> Result<()>) -> Result<()> {
    let key = at.key.as_deref().map(key::read).transpose()?;
    let place: Reference = at.index.parse()?;
    let registry: Registry = registry::open(&place, at.plain_http)?;
    let mut index = match registry.index(&place, None).await {
        Ok((index, _)) => index,
        Err(polder_market::Error::NotFound(_)) => Index::new(place.name(), "", Utc::now()),
        Err(error) => return Err(error.into()),
    };
    change(&mut index)?;
    index.advance(Utc::now());
    let published = registry.publish_index(&place, &index).await?;
    let signed = match &key {
        None => "not signed".to_owned(),
        Some(key) => {
            registry.sign(&published.reference, published.manifest, key).await?;
            format!("signed with {}", key.public().fingerprint())
        }
    };
    say(format_args!(
        "Published {} (number {}, {} packages, {}), {signed}.",
        published.reference,
        index.serial,
        index.packages.len(),
        published.manifest
    ))
}

fn version(text: &str) -> Result<Version> {
    Version::parse(text).map_err(|error| Error::invalid(format_args!("'{text}' is no semantic version: {error}")))
}
