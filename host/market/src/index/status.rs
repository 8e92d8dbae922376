//! What an index says of a package that somebody has, or wants.

use std::cmp::Ordering;
use std::fmt;

use semver::{Comparator, Op, Prerelease, Version, VersionReq};

use super::keep::bare;
use super::{Advisory, Index, Listed, Release};
use crate::shelf::version;
use crate::{Digest, Pick, Reference};

/// The worst that an index says.
#[derive(Clone, Debug)]
pub enum Status<'a> {
    /// It does not know the package, or not this version of it.
    NotListed,
    Fine,
    Yanked {
        reason: &'a str,
    },
    Vulnerable {
        advisories: Vec<&'a Advisory>,
        /// Why it was yanked too, if it was.
        yanked: Option<&'a str>,
    },
    /// It lists the version as another manifest: one of both is not what its publisher made.
    Differs {
        listed: Digest,
    },
}

impl Index {
    /// The package at a place, in whatever version.
    pub fn listed(&self, package: &Reference) -> Option<&Listed> {
        let package = bare(package);
        self.packages.iter().find(|one| one.reference == package)
    }

    /// The packages of a name, of which there may be several, by different people.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &Listed> {
        self.packages.iter().filter(move |one| one.name == name)
    }

    /// What it says of a version of a package, by its tag, by its digest, or by both where the version is known besides.
    pub fn status(&self, package: &Reference, known: Option<&Version>) -> Status<'_> {
        let Some(listed) = self.listed(package) else { return Status::NotListed };
        match &package.pick {
            Pick::Tag(tag) => version(tag).or(known.cloned()).map_or(Status::NotListed, |it| listed.status(&it, None)),
            Pick::Fitting(_) => known.map_or(Status::NotListed, |it| listed.status(it, None)),
            Pick::Digest(digest) => {
                let by_digest = listed.releases.iter().find(|release| release.manifest == *digest);
                let version = known.or(by_digest.map(|release| &release.version));
                version.map_or(Status::NotListed, |it| listed.status(it, Some(*digest)))
            }
        }
    }
}

impl Listed {
    /// What is said of a version, and of the manifest that somebody has for it.
    pub fn status(&self, version: &Version, manifest: Option<Digest>) -> Status<'_> {
        let release = self.release_of(version);
        if let (Some(release), Some(manifest)) = (release, manifest)
            && release.manifest != manifest
        {
            return Status::Differs { listed: release.manifest };
        }
        let yanked = release.and_then(|release| release.yanked.as_deref());
        let mut advisories: Vec<_> = self.advisories.iter().filter(|one| affects(&one.affected, version)).collect();
        advisories.sort_by_key(|one| std::cmp::Reverse(one.severity));
        match (release, yanked) {
            _ if !advisories.is_empty() => Status::Vulnerable { advisories, yanked },
            (_, Some(reason)) => Status::Yanked { reason },
            (Some(_), None) => Status::Fine,
            (None, None) => Status::NotListed,
        }
    }

    pub fn release_of(&self, version: &Version) -> Option<&Release> {
        self.releases.iter().find(|release| release.version == *version)
    }

    /// The highest version that one would install: no pre-release, not yanked, not vulnerable.
    pub fn newest(&self) -> Option<&Release> {
        let sound = |release: &&Release| matches!(self.status(&release.version, None), Status::Fine);
        let sound = self.releases.iter().filter(|release| release.version.pre.is_empty()).filter(sound);
        sound.max_by(|a, b| a.version.cmp(&b.version))
    }
}

/// Whether a version has what is wrong. A requirement leaves out pre-releases that it does not name; a hole does not.
fn affects(requirement: &VersionReq, version: &Version) -> bool {
    let released = Version { pre: Prerelease::EMPTY, ..version.clone() };
    requirement.matches(version) || requirement.comparators.iter().all(|one| holds(one, version, &released))
}

/// Whether a comparison holds in the order of versions, in which a pre-release comes before its release.
fn holds(one: &Comparator, version: &Version, released: &Version) -> bool {
    let (Some(minor), Some(patch)) = (one.minor, one.patch) else { return one.matches(released) };
    let bound = Version { pre: one.pre.clone(), ..Version::new(one.major, minor, patch) };
    let order = version.cmp_precedence(&bound);
    match one.op {
        Op::Less => order == Ordering::Less,
        Op::LessEq => order != Ordering::Greater,
        Op::Greater => order == Ordering::Greater,
        Op::GreaterEq => order != Ordering::Less,
        Op::Exact => order == Ordering::Equal,
        _ => one.matches(version) || (order != Ordering::Less && one.matches(released)),
    }
}

impl fmt::Display for Status<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotListed => f.write_str("not listed"),
            Self::Fine => f.write_str("fine"),
            Self::Yanked { reason } => write!(f, "yanked: {reason}"),
            Self::Differs { listed } => write!(f, "not what is listed: {listed}"),
            Self::Vulnerable { advisories, yanked } => {
                f.write_str("vulnerable: ")?;
                for (number, one) in advisories.iter().enumerate() {
                    let comma = if number == 0 { "" } else { ", " };
                    write!(f, "{comma}{} ({}", one.id, one.severity.name())?;
                    match &one.fixed {
                        Some(fixed) => write!(f, ", fixed in {fixed})")?,
                        None => f.write_str(")")?,
                    }
                }
                match yanked {
                    Some(reason) => write!(f, "; yanked: {reason}"),
                    None => Ok(()),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_is_in_its_pre_releases_too() {
        for (requirement, has, has_not) in [
            ("<1.3.0", &["1.2.9", "1.2.0-rc.1", "1.3.0-rc.1", "0.1.0"][..], &["1.3.0", "1.3.1-rc.1", "2.0.0"][..]),
            (">=1.0.0, <1.3.0", &["1.0.0", "1.0.1-rc.1"], &["0.9.0", "1.0.0-rc.1", "1.3.0"]),
            ("=1.2.3", &["1.2.3", "1.2.3+build.5"], &["1.2.4", "1.2.3-rc.1"]),
            ("^1.2.3", &["1.2.3", "1.9.0", "1.9.0-rc.1"], &["1.2.2", "1.2.3-rc.1", "2.0.0"]),
            ("1.2", &["1.2.0", "1.3.0-rc.1"], &["1.1.0", "2.0.0"]),
            ("*", &["0.0.1", "1.0.0-rc.1"], &[]),
        ] {
            let requirement = VersionReq::parse(requirement).unwrap();
            for (versions, expected) in [(has, true), (has_not, false)] {
                for version in versions {
                    let version = Version::parse(version).unwrap();
                    assert_eq!(affects(&requirement, &version), expected, "{requirement} {version}");
                }
            }
        }
    }
}
