//! Indexes: what packages there are, and which are to be avoided, as somebody says who is known by a signature.
//!
//! A connection of type oci may name one. It is believed if a publisher signed it whom the metastore trusts; one that nobody
//! signed is shown as that. An older one than was seen here is refused: in it nothing is yanked yet.

use std::path::PathBuf;

use polder_catalog::spec::Protocol;
use polder_catalog::{FullName, Kind, Privilege};
use polder_market::{Digest, Index, Reference, Seen, Shelf as _, State, Status};
use semver::Version;

use crate::run::Run;
use crate::trust;
use crate::{Error, Polder, Result};

/// An index that was read.
pub(crate) struct Known {
    pub(crate) place: Reference,
    pub(crate) index: Index,
    pub(crate) signed: State,
}

/// The indexes of the connections that the principal may use; each, or why it cannot be had.
pub(crate) async fn known(run: &Run<'_>) -> Result<Vec<(String, Result<Known>)>> {
    let mut all = Vec::new();
    for securable in run.access.list(&[Kind::Connection], &FullName::metastore(), None).await? {
        let Some(connection) = securable.as_connection() else { continue };
        let named = connection.protocol == Protocol::Oci && !connection.index.is_empty();
        if named && run.access.may(&securable, Privilege::UseConnection) {
            all.push((connection.index.clone(), read(run, &connection.index).await));
        }
    }
    Ok(all)
}

async fn read(run: &Run<'_>, place: &str) -> Result<Known> {
    let place: Reference = place.parse()?;
    let registry = super::open(run, &place).await?;
    let (index, now) = registry.index(&place, seen(run.polder(), &place)).await?;
    let trusted = trust::everybody(run.access.catalog()).await?;
    let signed = registry.signatures(&place, now.manifest).await?.verify(now.manifest, &trusted, chrono::Utc::now());
    if let State::Failed { why } = signed {
        let why = format!("its signature failed: {why}");
        return Err(Error::Untrusted { what: format!("the index {place}"), why });
    }
    remember(run.polder(), &place, now)?;
    Ok(Known { place, index, signed })
}

/// What the indexes say of a package that is installed; nothing if none says anything but that it is fine.
pub(crate) fn warnings(known: &[(String, Result<Known>)], source: &str, version: &str) -> Vec<String> {
    let (Ok(reference), version) = (source.parse::<Reference>(), Version::parse(version).ok()) else {
        return Vec::new();
    };
    let known = known.iter().filter_map(|(_, known)| known.as_ref().ok());
    known
        .filter_map(|known| match known.index.status(&reference, version.as_ref()) {
            Status::NotListed | Status::Fine => None,
            Status::Yanked { reason } => Some(format!("yanked: {reason}")),
            Status::Vulnerable { advisories, .. } => {
                let advisories = advisories.iter().map(|one| {
                    let fixed = one.fixed.as_ref().map_or_else(String::new, |version| format!(", fixed in {version}"));
                    format!("{} ({}{fixed}) {}", one.id, one.severity.name(), one.url)
                });
                Some(format!("vulnerable: {}", advisories.collect::<Vec<_>>().join("; ")))
            }
            Status::Differs { listed } => Some(format!("not what the index {} lists: {listed}", known.place)),
        })
        .collect()
}

/// Which index was seen last: in a file of its own, as a number and a digest.
fn seen(polder: &Polder, place: &Reference) -> Option<Seen> {
    let text = std::fs::read_to_string(note(polder, place)).ok()?;
    let (serial, manifest) = text.trim().split_once(' ')?;
    Some(Seen { serial: serial.parse().ok()?, manifest: manifest.parse().ok()? })
}

fn remember(polder: &Polder, place: &Reference, Seen { serial, manifest }: Seen) -> Result<()> {
    polder.keep(&note(polder, place), format!("{serial} {manifest}\n").as_bytes())
}

fn note(polder: &Polder, place: &Reference) -> PathBuf {
    let name = Digest::of(place.to_string().as_bytes()).hex();
    polder.home().join("packages").join(format!("{name}.index"))
}
