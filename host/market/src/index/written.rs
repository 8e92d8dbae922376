//! An index as JSON: every text, list and number of it bounded before it is kept.
//!
//! ```json
//! {"name": "acme", "description": "…", "serial": 7, "time": "2026-05-01T12:00:00Z", "packages": [{
//!   "reference": "oci://ghcr.io/acme/geo", "name": "geo", "summary": "…", "license": "…", "authors": [], "keywords": [],
//!   "versions": [{"version": "1.2.3", "manifest": "sha256:…", "published": "…", "minimumHost": "0.1.0",
//!     "signer": "sha256:…", "yanked": "why"}],
//!   "vulnerable": [{"id": "…", "url": "https://…", "severity": "high", "versions": "<1.2.3", "fixedIn": "1.2.3"}]}]}
//! ```

use std::collections::HashSet;

use semver::VersionReq;
use serde::{Serialize, Serializer};

use super::fields::Fields;
use super::{Advisory, INDEX_BYTES, Index, Listed, Release, Severity};
use crate::package::shown;
use crate::{Error, Pick, Reference, Result};

const PACKAGES: usize = 50_000;
const RELEASES: usize = 1000;
const ADVISORIES: usize = 200;
const WORDS: usize = 32;
/// A name, a summary, a description, in bytes.
const NAME: usize = 128;
const SUMMARY: usize = 500;
const DESCRIPTION: usize = 4000;

impl Index {
    /// Reads an index from anybody.
    ///
    /// # Errors
    /// [`Error::TooLarge`] beyond 16 MiB; [`Error::Index`] for more than 50,000 packages, one listed twice, texts that are too
    /// long or cannot be shown, and what is not as it has to be, with the place where.
    pub fn read(json: &[u8]) -> Result<Self> {
        if json.len() as u64 > INDEX_BYTES {
            return Err(Error::TooLarge { what: "the index".to_owned(), limit: INDEX_BYTES });
        }
        let wrong = |why: &str| Error::Index { what: "this".to_owned(), why: shown(why) };
        let text = str::from_utf8(json).map_err(|_| wrong("it is not in UTF-8"))?;
        Self::from_text(text).map_err(|why| wrong(&why))
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let mut fields = Fields::read(text)?;
        let index = Self {
            name: fields.text("name", NAME)?,
            description: fields.text("description", DESCRIPTION)?,
            serial: fields.must("serial")?,
            time: fields.must("time")?,
            packages: fields.list::<_, PACKAGES>("packages", Listed::read)?,
            rest: fields,
        };
        let mut seen = HashSet::new();
        match index.packages.iter().find(|package| !seen.insert(package.reference.to_string())) {
            Some(twice) => Err(format!("it lists {} twice", twice.reference)),
            None => Ok(index),
        }
    }

    /// The index as it is published.
    ///
    /// # Errors
    /// As those of [`Self::read`], if nobody could read it.
    pub fn json(&self) -> Result<Vec<u8>> {
        let fields = || {
            let fields = Fields::new().with_some("name", &self.name)?.with_some("description", &self.description)?;
            let fields = fields.with("serial", &self.serial)?.with("time", &self.time)?;
            serde_json::to_vec(&fields.with("packages", &self.packages)?.and(&self.rest))
        };
        let wrong = |error: serde_json::Error| Error::Index { what: self.name.clone(), why: error.to_string() };
        let json = fields().map_err(wrong)?;
        Self::read(&json)?;
        Ok(json)
    }
}

impl Listed {
    fn read(json: &str) -> Result<Self, String> {
        let mut fields = Fields::read(json)?;
        let reference = fields.must::<String>("reference")?;
        let reference: Reference = reference.parse().map_err(|error: Error| error.to_string())?;
        if !matches!(reference.pick, Pick::Fitting(_)) {
            return Err(format!("{reference} names a version; its versions are listed under it"));
        }
        let package = Self {
            reference,
            name: fields.text("name", NAME)?,
            summary: fields.text("summary", SUMMARY)?,
            license: fields.text("license", NAME)?,
            authors: fields.texts::<WORDS>("authors", NAME)?,
            keywords: fields.texts::<WORDS>("keywords", NAME)?,
            releases: fields.list::<_, RELEASES>("versions", Release::read)?,
            advisories: fields.list::<_, ADVISORIES>("vulnerable", Advisory::read)?,
            rest: fields,
        };
        if package.name.is_empty() {
            return Err("it has no name".to_owned());
        }
        let mut seen = HashSet::new();
        match package.releases.iter().find(|release| !seen.insert(&release.version)) {
            Some(twice) => Err(format!("it lists version {} twice", twice.version)),
            None => Ok(package),
        }
    }
}

impl Serialize for Listed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = || {
            let fields = Fields::new().with("reference", &self.reference.to_string())?.with("name", &self.name)?;
            let fields = fields.with_some("summary", &self.summary)?.with_some("license", &self.license)?;
            let fields = fields.with_some("authors", &self.authors)?.with_some("keywords", &self.keywords)?;
            let fields = fields.with("versions", &self.releases)?;
            match self.advisories.is_empty() {
                true => Ok(fields.and(&self.rest)),
                false => Ok(fields.with("vulnerable", &self.advisories)?.and(&self.rest)),
            }
        };
        fields().map_err(as_written::<S>)?.serialize(serializer)
    }
}

impl Release {
    fn read(json: &str) -> Result<Self, String> {
        let mut fields = Fields::read(json)?;
        Ok(Self {
            version: fields.must("version")?,
            manifest: fields.must("manifest")?,
            published: fields.must("published")?,
            minimum_host: fields.perhaps("minimumHost")?,
            signer: fields.perhaps("signer")?,
            yanked: fields.text_if_any("yanked", SUMMARY)?,
            rest: fields,
        })
    }
}

impl Serialize for Release {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = || {
            let fields = Fields::new().with("version", &self.version)?.with("manifest", &self.manifest)?;
            let fields = fields.with("published", &self.published)?;
            let fields = fields.with_some("minimumHost", &self.minimum_host)?.with_some("signer", &self.signer)?;
            Ok(fields.with_some("yanked", &self.yanked)?.and(&self.rest))
        };
        fields().map_err(as_written::<S>)?.serialize(serializer)
    }
}

impl Advisory {
    fn read(json: &str) -> Result<Self, String> {
        let mut fields = Fields::read(json)?;
        let advisory = Self {
            id: fields.text("id", NAME)?,
            url: fields.text("url", SUMMARY)?,
            severity: Severity::read(&fields.must::<String>("severity")?)?,
            affected: fields.must::<VersionReq>("versions")?,
            fixed: fields.perhaps("fixedIn")?,
            rest: fields,
        };
        match () {
            () if advisory.id.is_empty() => Err("it has no id".to_owned()),
            () if !advisory.url.is_empty() && !advisory.url.starts_with("https://") => {
                Err("its url does not begin with https://".to_owned())
            }
            () => Ok(advisory),
        }
    }
}

impl Serialize for Advisory {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = || {
            let fields = Fields::new().with("id", &self.id)?.with_some("url", &self.url)?;
            let fields = fields.with("severity", &self.severity.name())?.with("versions", &self.affected)?;
            Ok(fields.with_some("fixedIn", &self.fixed)?.and(&self.rest))
        };
        fields().map_err(as_written::<S>)?.serialize(serializer)
    }
}

impl Severity {
    const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// Reads what [`Self::name`] gives.
    ///
    /// # Errors
    /// What it is instead.
    pub fn read(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|severity| severity.name() == text);
        found.ok_or_else(|| format!("its severity is '{}', not low, medium, high or critical", shown(text)))
    }

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

fn as_written<S: Serializer>(error: serde_json::Error) -> S::Error {
    serde::ser::Error::custom(error)
}
