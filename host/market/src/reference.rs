//! Names of packages in registries: `oci://ghcr.io/acme/geo:1.2.3`.

use std::fmt;
use std::str::FromStr;

use semver::VersionReq;
use url::Url;

use crate::{Digest, Error, Result};

/// A package in a registry, and which of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Host, and port if it is not that of https.
    registry: String,
    /// Path in the registry, such as `acme/geo`.
    repository: String,
    pub pick: Pick,
}

/// Which version of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// The highest that fits: `^1.2` and the like, as in Cargo; any release if nothing was said.
    Fitting(VersionReq),
    /// A tag by its name; of releases it is the version.
    Tag(String),
    /// The manifest with this digest, whatever tags say.
    Digest(Digest),
}

/// How references to registries begin.
pub const SCHEME: &str = "oci://";

impl Reference {
    /// Host and port.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.repository.rsplit('/').next().unwrap_or_default()
    }

    /// The same package in another version.
    pub fn at(&self, pick: Pick) -> Self {
        Self { pick, ..self.clone() }
    }

    /// A package of which nothing is known but that it is one.
    pub(crate) fn unnamed(registry: &str) -> Self {
        Self { registry: registry.to_owned(), repository: "package".to_owned(), pick: Pick::Fitting(VersionReq::STAR) }
    }

    /// Where the package lies, as a URL that connections are compared with.
    pub fn url(&self, scheme: &str) -> Result<Url> {
        let text = format!("{scheme}://{}/{}", self.registry, self.repository);
        Url::parse(&text).map_err(|_| wrong(&text, "its registry is no host"))
    }
}

fn wrong(text: &str, why: &'static str) -> Error {
    Error::Reference { text: text.chars().take(200).collect(), why }
}

impl FromStr for Reference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = |why| wrong(text, why);
        let rest = text.strip_prefix(SCHEME).ok_or_else(|| wrong("it does not begin with oci://"))?;
        let (registry, rest) = rest.split_once('/').ok_or_else(|| wrong("it has no path"))?;
        let host = Url::parse(&format!("https://{registry}/")).map_err(|_| wrong("its registry is no host"))?;
        let plain = host.username().is_empty() && host.password().is_none() && host.path() == "/";
        // What a URL makes of it must be what was written: a host in other letters would be another one.
        let port = |text: &str| {
            text.is_empty()
                || text
                    .strip_prefix(':')
                    .is_some_and(|digits| digits.parse::<u16>().is_ok_and(|port| port.to_string() == digits))
        };
        let same = host.host_str().is_some_and(|name| registry.strip_prefix(name).is_some_and(port));
        if !plain || !same {
            return Err(wrong("its registry is not a host in lower case, with a port or without"));
        }
        let (repository, pick) = match rest.split_once('@') {
            // A tag beside a digest says nothing.
            Some((name, digest)) => {
                let name = name.split_once(':').map_or(name, |(name, _)| name);
                (name, Pick::Digest(digest.parse().map_err(wrong)?))
            }
            None => match rest.split_once(':') {
                Some((name, tag)) if is_tag(tag) => (name, Pick::Tag(tag.to_owned())),
                Some(_) => return Err(wrong("a tag has letters, digits, _, . and -, at most 128")),
                None => (rest, Pick::Fitting(VersionReq::STAR)),
            },
        };
        if !is_repository(repository) {
            return Err(wrong(
                "a path has lower-case letters and digits, with one of . _ - between them, and / between parts",
            ));
        }
        Ok(Self { registry: registry.to_owned(), repository: repository.to_owned(), pick })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}/{}", self.registry, self.repository)?;
        match &self.pick {
            Pick::Fitting(_) => Ok(()),
            Pick::Tag(tag) => write!(f, ":{tag}"),
            Pick::Digest(digest) => write!(f, "@{digest}"),
        }
    }
}

pub(crate) fn is_tag(tag: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    tag.len() <= 128 && tag.starts_with(word) && tag.chars().all(|c| word(c) || c == '.' || c == '-')
}

/// Nothing in it can be read as a step upwards, a port, a query, or letters that look like others.
fn is_repository(path: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let part = |part: &str| {
        part.starts_with(word)
            && part.ends_with(word)
            && part.chars().all(|c| word(c) || matches!(c, '.' | '_' | '-'))
            && !part.contains("..")
    };
    path.len() <= 255 && path.split('/').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_as_they_are_written() {
        let digest = Digest::of(b"").to_string();
        for (text, registry, repository) in [
            ("oci://ghcr.io/acme/geo", "ghcr.io", "acme/geo"),
            ("oci://ghcr.io/acme/geo:1.2.3", "ghcr.io", "acme/geo"),
            ("oci://localhost:5000/a/b-c/d_e:v1", "localhost:5000", "a/b-c/d_e"),
            ("oci://127.0.0.1:5000/geo:1.0.0-rc.1_build", "127.0.0.1:5000", "geo"),
            (&format!("oci://[::1]:5000/geo@{digest}"), "[::1]:5000", "geo"),
        ] {
            let reference: Reference = text.parse().unwrap();
            assert_eq!((reference.registry(), reference.repository()), (registry, repository));
            assert_eq!(reference.to_string(), text);
        }
        let both: Reference = format!("oci://ghcr.io/geo:1.0@{digest}").parse().unwrap();
        assert_eq!(both.to_string(), format!("oci://ghcr.io/geo@{digest}"));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for text in [
            "ghcr.io/acme/geo",
            "https://ghcr.io/acme/geo",
            "oci://ghcr.io",
            "oci://ghcr.io/",
            "oci:///acme/geo",
            "oci://GHCR.io/acme/geo",
            "oci://ghсr.io/acme/geo",
            "oci://me@ghcr.io/acme/geo",
            "oci://me:pass@ghcr.io/acme/geo",
            "oci://ghcr.io:99999/acme/geo",
            "oci://ghcr.io:00443/acme/geo",
            "oci://ghcr.io:443?x/acme/geo",
            "oci://ghcr.io:443#x/acme/geo",
            "oci://ghcr.io:4\n43/acme/geo",
            "oci://0x7f.1/geo",
            "oci://ghcr.io/../geo",
            "oci://ghcr.io/acme//geo",
            "oci://ghcr.io/acme/Geo",
            "oci://ghcr.io/acme/geo?x=1",
            "oci://ghcr.io/acme/geo#x",
            "oci://ghcr.io/acme/ge\u{301}o",
            "oci://ghcr.io/acme/geo:",
            "oci://ghcr.io/acme/geo:a/b",
            "oci://ghcr.io/acme/geo:a:b",
            "oci://ghcr.io/acme/geo@sha256:12",
            "oci://ghcr.io/acme/geo\n",
            "oci://ghcr.io\\@evil/geo",
        ] {
            assert!(text.parse::<Reference>().is_err(), "{text:?}");
        }
    }
}
