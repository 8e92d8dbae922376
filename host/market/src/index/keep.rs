//! Keeping an index: what is added comes last, what is there stays, and what was said of a version is not unsaid by accident.

use chrono::{DateTime, Utc};
use semver::{Version, VersionReq};

use super::fields::Fields;
use super::{Advisory, Index, Listed, Release, Severity};
use crate::{Digest, Error, Pick, Reference, Result};

impl Index {
    /// An index without packages, number 0.
    pub fn new(name: impl Into<String>, description: impl Into<String>, now: DateTime<Utc>) -> Self {
        Self {
            name: name.into(),
            description: description.into(),
            serial: 0,
            time: now,
            packages: Vec::new(),
            rest: Fields::new(),
        }
    }

    /// Makes it the next one, to be published now.
    pub fn advance(&mut self, now: DateTime<Utc>) {
        (self.serial, self.time) = (self.serial.saturating_add(1), now);
    }

    /// Adds a package, or says anew what one is that is listed: its versions and advisories stay, and new ones are added.
    ///
    /// # Errors
    /// Those of [`Self::release`].
    pub fn add(&mut self, package: Listed) -> Result<()> {
        let package = Listed { reference: bare(&package.reference), ..package };
        let Some(there) = self.packages.iter_mut().find(|one| one.reference == package.reference) else {
            self.packages.push(package);
            return Ok(());
        };
        let mut changed = there.clone();
        let Listed { reference: _, name, summary, license, authors, keywords, releases, advisories, rest: _ } = package;
        (changed.name, changed.summary, changed.license) = (name, summary, license);
        (changed.authors, changed.keywords) = (authors, keywords);
        for release in releases {
            changed.release(release)?;
        }
        for advisory in advisories {
            changed.advise(advisory);
        }
        *there = changed;
        Ok(())
    }

    /// Adds a version to a package.
    ///
    /// # Errors
    /// [`Error::Exists`] if it is listed as another manifest; [`Error::NotFound`] if the package is not listed.
    pub fn release(&mut self, package: &Reference, release: Release) -> Result<()> {
        self.listed_mut(package)?.release(release)
    }

    /// Says that a version should not be installed any more.
    ///
    /// # Errors
    /// [`Error::NotFound`] if it is not listed.
    pub fn yank(&mut self, package: &Reference, version: &Version, reason: impl Into<String>) -> Result<()> {
        let listed = self.listed_mut(package)?;
        let release = listed.releases.iter_mut().find(|release| release.version == *version);
        let missing = || Error::NotFound(format!("version {version} of {} in this index", bare(package)));
        release.ok_or_else(missing)?.yanked = Some(reason.into());
        Ok(())
    }

    /// Says that something is wrong with some versions of a package; anew, if it was said under the same id.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the package is not listed.
    pub fn advise(&mut self, package: &Reference, advisory: Advisory) -> Result<()> {
        self.listed_mut(package)?.advise(advisory);
        Ok(())
    }

    fn listed_mut(&mut self, package: &Reference) -> Result<&mut Listed> {
        let package = bare(package);
        let found = self.packages.iter_mut().find(|one| one.reference == package);
        found.ok_or_else(|| Error::NotFound(format!("{package} in this index")))
    }
}

impl Listed {
    /// A package of which only the name is known.
    pub fn new(reference: &Reference, name: impl Into<String>) -> Self {
        Self {
            reference: bare(reference),
            name: name.into(),
            summary: String::new(),
            license: String::new(),
            authors: Vec::new(),
            keywords: Vec::new(),
            releases: Vec::new(),
            advisories: Vec::new(),
            rest: Fields::new(),
        }
    }

    fn release(&mut self, release: Release) -> Result<()> {
        match self.releases.iter().find(|one| one.version == release.version) {
            None => self.releases.push(release),
            Some(same) if same.manifest == release.manifest => {}
            Some(_) => return Err(Error::Exists(format!("version {} of {}", release.version, self.reference))),
        }
        Ok(())
    }

    fn advise(&mut self, advisory: Advisory) {
        match self.advisories.iter_mut().find(|one| one.id == advisory.id) {
            Some(there) => *there = Advisory { rest: std::mem::take(&mut there.rest), ..advisory },
            None => self.advisories.push(advisory),
        }
    }
}

impl Release {
    /// A version that anybody may run.
    pub fn new(version: Version, manifest: Digest, published: DateTime<Utc>) -> Self {
        Self { version, manifest, published, minimum_host: None, signer: None, yanked: None, rest: Fields::new() }
    }
}

impl Advisory {
    /// Something that is wrong, and is not repaired yet.
    pub fn new(id: impl Into<String>, url: impl Into<String>, severity: Severity, affected: VersionReq) -> Self {
        Self { id: id.into(), url: url.into(), severity, affected, fixed: None, rest: Fields::new() }
    }
}

/// The package in no version.
pub(super) fn bare(reference: &Reference) -> Reference {
    reference.at(Pick::Fitting(VersionReq::STAR))
}
