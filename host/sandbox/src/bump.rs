//! How far a version number goes from one version to the next, by [semantic versioning](https://semver.org): what it
//! promises about the change. In 0.x, where it promises nothing, by the custom of its tools (Cargo's, npm's): the first
//! number that is not 0 is the one that says what no longer fits.

use std::fmt;

use semver::Version;
use serde::Serialize;

/// A step of a version number, the smallest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Bump {
    /// What was there works as before.
    Patch,
    /// And there is more.
    Minor,
    /// Something that was there does not.
    Major,
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        })
    }
}

impl Bump {
    /// The largest change that the step from one version to a higher one allows. A pre-release promises nothing to those
    /// that follow it, and is itself taken for what it comes before.
    pub fn of(old: &Version, new: &Version) -> Self {
        let parts = |version: &Version| [version.major, version.minor, version.patch];
        let (was, is) = (parts(old), parts(new));
        let step = was.iter().zip(&is).position(|(was, is)| was != is);
        let leading = was.iter().position(|number| *number != 0).unwrap_or(2);
        match step {
            _ if !old.pre.is_empty() => Self::Major,
            None => Self::Patch,
            Some(step) if step <= leading => Self::Major,
            Some(2) if leading == 0 => Self::Patch,
            // In 0.x.y, all that fits goes into the last number.
            Some(_) => Self::Minor,
        }
    }

    /// The lowest version after `old` that allows it.
    pub fn after(self, old: &Version) -> Version {
        let Version { major, minor, patch, .. } = *old;
        match (self, major, minor) {
            _ if !old.pre.is_empty() => Version::new(major, minor, patch),
            (Self::Major, 0, 0) | (Self::Minor, 0, _) | (Self::Patch, ..) => {
                Version::new(major, minor, patch.saturating_add(1))
            }
            (Self::Major, 0, _) | (Self::Minor, ..) => Version::new(major, minor.saturating_add(1), 0),
            (Self::Major, ..) => Version::new(major.saturating_add(1), 0, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn what_a_step_allows() {
        for (old, new, allows) in [
            ("1.2.3", "1.2.4", Bump::Patch),
            ("1.2.3", "1.3.0", Bump::Minor),
            ("1.2.3", "1.3.7", Bump::Minor),
            ("1.2.3", "2.0.0", Bump::Major),
            ("1.2.3", "2.2.3", Bump::Major),
            ("1.2.3", "1.2.4-rc.1", Bump::Patch),
            ("1.2.3", "2.0.0-rc.1", Bump::Major),
            ("2.0.0-rc.1", "2.0.0-rc.2", Bump::Major),
            ("2.0.0-rc.1", "2.0.0", Bump::Major),
            ("1.2.3+a", "1.2.4+b", Bump::Patch),
            ("0.2.3", "0.2.4", Bump::Minor),
            ("0.2.3", "0.3.0", Bump::Major),
            ("0.2.3", "1.0.0", Bump::Major),
            ("0.0.3", "0.0.4", Bump::Major),
            ("0.0.0", "0.0.1", Bump::Major),
        ] {
            assert_eq!(Bump::of(&read(old), &read(new)), allows, "{old} {new}");
        }
    }

    #[test]
    fn the_lowest_version_allows_what_it_was_asked_for() {
        for (old, [patch, minor, major]) in [
            ("1.2.3", ["1.2.4", "1.3.0", "2.0.0"]),
            ("1.2.3+a", ["1.2.4", "1.3.0", "2.0.0"]),
            ("0.2.3", ["0.2.4", "0.2.4", "0.3.0"]),
            ("0.0.3", ["0.0.4", "0.0.4", "0.0.4"]),
            ("2.0.0-rc.1", ["2.0.0", "2.0.0", "2.0.0"]),
        ] {
            for (bump, lowest) in [(Bump::Patch, patch), (Bump::Minor, minor), (Bump::Major, major)] {
                let after = bump.after(&read(old));
                assert_eq!(after, read(lowest), "{old} {bump}");
                assert!(after > read(old) && Bump::of(&read(old), &after) >= bump, "{old} {bump}");
            }
        }
    }
}
