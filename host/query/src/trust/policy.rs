//! What a catalog says of whom it trusts, and what comes of that together with the metastore's word.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chrono::DateTime;
use polder_catalog::{Catalog, FullName, Securable};
use polder_market::{PublicKey, Trusted};

use crate::{Error, Result};

/// Before the name of a setting among the properties of a catalog.
pub(super) const PROPERTY: &str = "trust.";
pub(super) const PUBLISHERS: &str = "publishers";
pub(super) const UNSIGNED: &str = "unsigned";
pub(super) const COOL_DOWN: &str = "cool_down";

/// What becomes of packages that nobody signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unsigned {
    Allow,
    /// They need somebody's explicit consent.
    #[default]
    Consent,
    Refuse,
}

/// Whom a catalog trusts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Policy {
    /// None: all of the metastore's.
    pub(super) publishers: Option<BTreeSet<String>>,
    unsigned: Option<Unsigned>,
    /// How old a version is before it is taken without being named.
    pub(crate) cool_down: Duration,
}

impl Policy {
    /// That of what is in a catalog.
    pub(crate) async fn of(catalog: &Catalog, within: &FullName) -> Result<Self> {
        let mut policy = Self::default();
        for securable in [catalog.metastore().await?, catalog.catalog(within.catalog().unwrap_or_default()).await?] {
            policy = policy.tightened(&settings(&securable))?;
        }
        Ok(policy)
    }

    /// The tighter of each.
    pub(super) fn tightened(self, settings: &BTreeMap<String, String>) -> Result<Self> {
        let Self { mut publishers, mut unsigned, mut cool_down } = self;
        for (name, value) in settings {
            match name.as_str() {
                PUBLISHERS => {
                    let these = names(value);
                    publishers = Some(match publishers {
                        None => these,
                        Some(those) => those.intersection(&these).cloned().collect(),
                    });
                }
                UNSIGNED => unsigned = unsigned.max(Some(read_unsigned(value)?)),
                COOL_DOWN => cool_down = cool_down.max(read_duration(value)?),
                _ => return Err(unknown(name)),
            }
        }
        Ok(Self { publishers, unsigned, cool_down })
    }

    pub(super) fn unsigned(&self) -> Unsigned {
        self.unsigned.unwrap_or_default()
    }

    /// The keys of those who are trusted.
    pub(super) async fn trusted(&self, catalog: &Catalog) -> Result<Vec<Trusted>> {
        let mut trusted = Vec::new();
        for publisher in catalog.publishers().await? {
            let name = publisher.name.last();
            if self.publishers.as_ref().is_some_and(|these| !these.contains(name)) {
                continue;
            }
            for key in publisher.as_publisher().map(|publisher| publisher.keys.as_slice()).unwrap_or_default() {
                trusted.push(Trusted {
                    name: name.to_owned(),
                    key: PublicKey::read(&key.pem)?,
                    not_before: key.not_before.and_then(DateTime::from_timestamp_millis),
                    not_after: key.not_after.and_then(DateTime::from_timestamp_millis),
                });
            }
        }
        Ok(trusted)
    }
}

/// What a catalog or the metastore itself says.
pub(crate) fn settings(securable: &Securable) -> BTreeMap<String, String> {
    let own = securable.properties.iter();
    own.filter_map(|(key, value)| Some((key.strip_prefix(PROPERTY)?.to_owned(), value.clone()))).collect()
}

pub(super) fn names(list: &str) -> BTreeSet<String> {
    list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

pub(super) fn unknown(name: &str) -> Error {
    Error::Invalid(format!("TRUST has no setting '{name}'; it has {PUBLISHERS}, {UNSIGNED} and {COOL_DOWN}"))
}

pub(super) fn read_unsigned(text: &str) -> Result<Unsigned> {
    match text {
        "allow" => Ok(Unsigned::Allow),
        "consent" => Ok(Unsigned::Consent),
        "refuse" => Ok(Unsigned::Refuse),
        _ => Err(Error::Invalid(format!("{UNSIGNED} is 'allow', 'consent' or 'refuse', not '{text}'"))),
    }
}

pub(super) fn read_duration(text: &str) -> Result<Duration> {
    let wrong = || Error::Invalid(format!("{COOL_DOWN} is a number of hours or days such as '7 days', not '{text}'"));
    let (number, unit) = text.trim().split_once(' ').ok_or_else(wrong)?;
    let hours = match unit.trim() {
        "hour" | "hours" => 1,
        "day" | "days" => 24,
        _ => return Err(wrong()),
    };
    let number: u64 = number.parse().map_err(|_| wrong())?;
    number.checked_mul(hours * 3600).map(Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tightened(policies: &[&[(&str, &str)]]) -> Result<Policy> {
        policies.iter().try_fold(Policy::default(), |policy, settings| {
            let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            policy.tightened(&settings.collect())
        })
    }

    #[test]
    fn the_tighter_of_each_holds() {
        let open = tightened(&[]).unwrap();
        assert_eq!(
            (open.publishers.clone(), open.unsigned(), open.cool_down),
            (None, Unsigned::Consent, Duration::ZERO)
        );
        let both = tightened(&[
            &[("publishers", "acme, beta"), ("unsigned", "consent"), ("cool_down", "2 days")],
            &[("publishers", "beta,gamma"), ("unsigned", "allow"), ("cool_down", "3 hours")],
        ]);
        let both = both.unwrap();
        assert_eq!(both.publishers, Some(names("beta")));
        assert_eq!(both.unsigned(), Unsigned::Consent);
        assert_eq!(both.cool_down, Duration::from_secs(2 * 24 * 3600));
        assert_eq!(tightened(&[&[("unsigned", "allow")]]).unwrap().unsigned(), Unsigned::Allow);
        assert_eq!(
            tightened(&[&[("unsigned", "allow")], &[("unsigned", "refuse")]]).unwrap().unsigned(),
            Unsigned::Refuse
        );
        // Nobody is trusted where nobody is named.
        assert_eq!(tightened(&[&[("publishers", "")]]).unwrap().publishers, Some(BTreeSet::new()));
        for bad in [("unsigned", "maybe"), ("cool_down", "7"), ("cool_down", "-1 days"), ("who", "me")] {
            assert!(tightened(&[&[bad]]).is_err(), "{bad:?}");
        }
    }
}
