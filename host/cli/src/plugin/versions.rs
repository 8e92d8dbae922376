//! Whether a version number tells the truth: `polder plugin compare`, and what `publish` asks before it publishes.

use std::cmp::Ordering;
use std::io::{self, Write as _};
use std::path::Path;

use polder_market::{Pick, Reference, Registry};
use polder_sandbox::{Bump, Changes, Config, Description, Inspection, Limits, Sandbox};
use semver::Version;
use serde_json::json;

use super::{build, inspect};
use crate::args::Report;
use crate::terminal::plain;
use crate::{Error, Result};

/// A component, as those see it who use it.
pub(super) struct Face {
    pub(super) said: Description,
    pub(super) surface: Inspection,
}

impl Face {
    /// Looks at a component, and asks it in the sandbox what it is.
    pub(super) fn of(component: &[u8]) -> Result<Self> {
        let surface = polder_sandbox::inspect(component)?;
        let cache = tempfile::tempdir().map_err(Error::file(&std::env::temp_dir()))?;
        let sandbox = Sandbox::new(Config { cache: cache.path().to_owned(), limits: Limits::default() })?;
        Ok(Self { said: sandbox.load(component)?.describe()?, surface })
    }

    pub(super) fn version(&self) -> Result<Version> {
        let Description { name, version, .. } = &self.said;
        Version::parse(version)
            .map_err(|error| Error::invalid(format_args!("{name}: '{version}' is no semantic version: {error}")))
    }

    fn changes(&self, new: &Self) -> Changes {
        Changes::between(&self.said, &new.said).and_surfaces(&self.surface, &new.surface)
    }
}

/// What changed from one version to another, and which number that takes.
struct Verdict {
    old: Version,
    new: Version,
    changes: Changes,
}

impl Verdict {
    fn of(old: &Face, new: &Face) -> Result<Self> {
        Ok(Self { old: old.version()?, new: new.version()?, changes: old.changes(new) })
    }

    /// The lowest version that says what changed.
    fn lowest(&self) -> Version {
        self.changes.needs().after(&self.old)
    }

    /// Whether the version that it has does.
    fn is_true(&self) -> bool {
        self.new.cmp_precedence(&self.old) == Ordering::Greater
            && Bump::of(&self.old, &self.new) >= self.changes.needs()
    }

    /// Line by line.
    fn reasons(&self) -> String {
        let lines = self.changes.iter().map(|change| format!("\n  {}  {}", change.needs, plain(&change.to_string())));
        lines.collect()
    }
}

pub(super) fn run(old: &Path, new: &Path, format: Report) -> Result<()> {
    let face = |path: &Path| Face::of(&inspect::read(&build::component(path)?)?);
    let (old, new) = (face(old)?, face(new)?);
    let verdict = Verdict::of(&old, &new)?;
    let (needs, lowest) = (verdict.changes.needs(), verdict.lowest());
    let text = match format {
        Report::Json => json!({
            "old": verdict.old.to_string(),
            "new": verdict.new.to_string(),
            "needs": needs,
            "lowest": lowest.to_string(),
            "true": verdict.is_true(),
            "changes": verdict.changes,
        })
        .to_string(),
        Report::Text => {
            let truth = if verdict.is_true() { "says so" } else { "does not say so" };
            let Verdict { old, new: is, .. } = &verdict;
            let name = plain(&new.said.name);
            format!(
                "From {name} {old} to {is}: a {needs} change, for {lowest} or higher; {is} {truth}.{}",
                verdict.reasons()
            )
        }
    };
    Ok(writeln!(io::stdout(), "{text}")?)
}

/// Refuses a version that changes more than its number says since the newest release before it.
pub(super) async fn check(registry: &Registry, place: &Reference, new: &Face) -> Result<()> {
    let version = new.version()?;
    let published = match registry.versions(place).await {
        Ok(versions) => versions,
        // Nothing was published there yet.
        Err(polder_market::Error::NotFound(_)) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let Some(old) = before(&version, &published) else { return Ok(()) };
    if Bump::of(old, &version) == Bump::Major {
        return Ok(());
    }
    let limit = Limits::default().component_bytes as u64;
    let package = registry.pull(&place.at(Pick::Fitting(exactly(old)?)), limit).await?;
    let verdict = Verdict { old: old.clone(), new: version, changes: Face::of(&package.component)?.changes(new) };
    if verdict.is_true() {
        return Ok(());
    }
    let (needs, lowest, name) = (verdict.changes.needs(), verdict.lowest(), &new.said.name);
    let Verdict { old, new: version, .. } = &verdict;
    Err(Error::invalid(format_args!(
        "{name} {version} is a {needs} change of {old}, which its version does not say; publish it as {lowest} or higher:{}",
        verdict.reasons()
    )))
}

/// The newest release before a version: pre-releases promise nothing to anybody.
fn before<'a>(version: &Version, published: &'a [Version]) -> Option<&'a Version> {
    let earlier = |old: &&Version| old.pre.is_empty() && old.cmp_precedence(version) == Ordering::Less;
    published.iter().filter(earlier).max()
}

fn exactly(version: &Version) -> Result<semver::VersionReq> {
    let Version { major, minor, patch, .. } = version;
    format!("={major}.{minor}.{patch}").parse().map_err(|error| Error::invalid(format_args!("{version}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_before() {
        let published: Vec<Version> = ["2.0.0", "2.0.0-rc.1", "1.1.0-rc.1", "1.0.0", "0.9.0+b"]
            .map(|text| Version::parse(text).unwrap())
            .to_vec();
        for (version, old) in [
            ("2.1.0", Some("2.0.0")),
            ("2.0.0", Some("1.0.0")),
            ("2.0.0+b", Some("1.0.0")),
            ("1.1.0", Some("1.0.0")),
            ("1.0.1", Some("1.0.0")),
            ("1.0.0", Some("0.9.0+b")),
            ("0.9.0", None),
            ("0.1.0", None),
        ] {
            let found = before(&Version::parse(version).unwrap(), &published);
            assert_eq!(found.map(Version::to_string).as_deref(), old, "{version}");
        }
    }
}
