//! Whose code may run: publishers, by the keys that they sign with, and what a catalog says of them.
//!
//! The policy of a catalog is the metastore's, made tighter by its own: `ALTER METASTORE SET TRUST (…)`, `ALTER CATALOG main SET
//! TRUST (publishers = 'acme, beta', unsigned = 'refuse', cool_down = '7 days')`. It is asked when a plugin comes in, and
//! again before it runs for the first time after each change of the catalog, in each process.
//!
//! A file is no package and bears no signature: naming it, and being allowed to read it, is the consent that an unsigned
//! package needs besides. Where a policy refuses what is unsigned it refuses files too.

mod policy;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use polder_catalog::spec::Signature;
use polder_catalog::{Catalog, Change, FullName, Kind, Securable, spec};
use polder_market::{PublicKey, SCHEME, State, Trusted};
use uuid::Uuid;

use self::policy::{COOL_DOWN, PROPERTY, PUBLISHERS, UNSIGNED, Unsigned, names, read_duration, read_unsigned, unknown};
pub(crate) use self::policy::{Policy, settings};
use crate::packages::Papers;
use crate::run::Run;
use crate::sql::Name;
use crate::{Answer, Error, Polder, Result};

/// What is known of who made a package that is to go into a catalog.
pub(crate) async fn state(catalog: &Catalog, policy: &Policy, papers: &Papers) -> Result<State> {
    Ok(papers.signatures().await?.verify(papers.manifest(), &policy.trusted(catalog).await?, Utc::now()))
}

/// All keys that count in the metastore, whatever its catalogs say.
pub(crate) async fn everybody(catalog: &Catalog) -> Result<Vec<Trusted>> {
    Policy::default().tightened(&settings(&catalog.metastore().await?))?.trusted(catalog).await
}

/// Whose keys count for what is in a catalog.
pub(crate) async fn keys(catalog: &Catalog, within: &FullName) -> Result<Vec<Trusted>> {
    Policy::of(catalog, within).await?.trusted(catalog).await
}

/// Whether what was found may come in. `unsigned`: somebody agrees to a package that nobody signed.
pub(crate) async fn admit(
    run: &Run<'_>,
    within: &FullName,
    source: &str,
    papers: Option<&Papers>,
    unsigned: bool,
) -> Result<Signature> {
    let catalog = run.access.catalog();
    let policy = Policy::of(catalog, within).await?;
    let refused = |why: String| Error::Untrusted { what: source.to_owned(), why };
    let Some(papers) = papers else {
        return match policy.unsigned() {
            Unsigned::Refuse => Err(refused(format!("it is a file, which nobody signs; {}", only_signed(within)))),
            Unsigned::Allow | Unsigned::Consent => Ok(Signature::File),
        };
    };
    match (state(catalog, &policy, papers).await?, policy.unsigned()) {
        (State::Verified { by, key }, _) => {
            Ok(Signature::Verified { by, key: key.to_string(), at: Utc::now().timestamp_millis() })
        }
        (State::NotSigned, Unsigned::Refuse) => Err(refused(format!("it is not signed; {}", only_signed(within)))),
        (State::NotSigned, Unsigned::Consent) if !unsigned => Err(refused(
            "it is not signed: who made it is not known; whoever wants it nevertheless says ALLOW UNSIGNED \
             (--allow-unsigned)"
                .to_owned(),
        )),
        (State::NotSigned, _) => Ok(Signature::NotSigned { allowed_by: run.access.principal().to_owned() }),
        (State::Failed { why }, _) => Err(refused(format!(
            "its signature failed: {why}; whom to trust says CREATE PUBLISHER … KEY '…'{}",
            policy.publishers.map_or_else(String::new, |these| format!(
                ", and of them only {} may bring code into {}",
                these.into_iter().collect::<Vec<_>>().join(", "),
                within.catalog().unwrap_or_default()
            ))
        ))),
    }
}

fn only_signed(within: &FullName) -> String {
    format!("into the catalog {} only what is signed may come (trust.unsigned)", within.catalog().unwrap_or_default())
}

/// What was found good, so that it is looked at once after each change of the catalog.
#[derive(Default)]
pub(crate) struct Checked(Mutex<HashMap<(Uuid, String), i64>>);

/// Plugins that are remembered.
const CHECKED: usize = 20_000;

impl Checked {
    fn knows(&self, plugin: Uuid, digest: &str, generation: i64) -> bool {
        let checked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        checked.get(&(plugin, digest.to_owned())) == Some(&generation)
    }

    fn remember(&self, plugin: Uuid, digest: &str, generation: i64) {
        let mut checked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if checked.len() >= CHECKED {
            checked.clear();
        }
        checked.insert((plugin, digest.to_owned()), generation);
    }
}

/// Whether a plugin may run: whoever is answered for it when it came in must be trusted still. The one place where that is
/// decided.
///
/// # Errors
/// [`Error::Untrusted`].
pub(crate) async fn check(run: &Run<'_>, plugin: &Securable, digest: &str) -> Result<()> {
    let (checked, generation) = (run.polder().checked(), run.access.generation());
    if checked.knows(plugin.id, digest, generation) {
        return Ok(());
    }
    check_former(run, plugin, digest).await?;
    checked.remember(plugin.id, digest, generation);
    Ok(())
}

/// Whether a plugin may become again what it was.
///
/// # Errors
/// [`Error::Untrusted`].
pub(crate) async fn check_former(run: &Run<'_>, plugin: &Securable, digest: &str) -> Result<()> {
    let policy = Policy::of(run.access.catalog(), &plugin.name).await?;
    stands(run.polder(), &policy, plugin, digest, &signature(plugin, digest)?).await
}

/// What was known of a component when it became this plugin.
fn signature(plugin: &Securable, digest: &str) -> Result<(Signature, String)> {
    let spec = plugin.as_plugin().ok_or_else(|| Error::Invalid(format!("{} is not a plugin", plugin.name)))?;
    let former = spec.former.iter().rev().map(|one| (&one.digest, &one.signature, &one.source));
    let found = std::iter::once((&spec.digest, &spec.signature, &spec.source)).chain(former);
    let found = found.into_iter().find(|(one, ..)| *one == digest);
    let (_, signature, source) =
        found.ok_or_else(|| Error::Invalid(format!("{} was upgraded meanwhile: say it again", plugin.name)))?;
    Ok((signature.clone(), source.clone()))
}

async fn stands(
    polder: &Polder,
    policy: &Policy,
    plugin: &Securable,
    digest: &str,
    (signature, source): &(Signature, String),
) -> Result<()> {
    let refused = |why: String| Err(Error::Untrusted { what: format!("plugin {}", plugin.name), why });
    match signature {
        Signature::File | Signature::NotSigned { .. } => match policy.unsigned() {
            Unsigned::Refuse => refused(format!("it is not signed; {}", only_signed(&plugin.name))),
            Unsigned::Allow | Unsigned::Consent => Ok(()),
        },
        Signature::Verified { by, at, .. } => {
            let papers = Papers::kept(polder, source, digest).await?;
            // The key's time is that of the moment when it was verified: what was good then does not stop by itself.
            let at = DateTime::from_timestamp_millis(*at).unwrap_or_default();
            match papers.signatures().await?.verify(papers.manifest(), &policy.trusted(polder.catalog()).await?, at) {
                State::Verified { .. } => Ok(()),
                State::NotSigned => refused(format!("its signature by {by} is gone: install it again")),
                State::Failed { why } => {
                    refused(format!("it was signed by {by}, which does not stand any more: {why}"))
                }
            }
        }
    }
}

/// Whether a plugin and all that is kept with it is what was installed, and how it stands now.
pub(crate) async fn verify(run: &Run<'_>, plugin: &Securable) -> Result<(String, String)> {
    let Some(spec) = plugin.as_plugin() else {
        return Err(Error::Invalid(format!("{} is not a plugin", plugin.name)));
    };
    let kept = async {
        run.polder().whole(&spec.digest)?;
        if spec.source.starts_with(SCHEME) {
            Papers::kept(run.polder(), &spec.source, &spec.digest).await?.whole().await?;
        }
        Ok::<_, Error>(())
    };
    let whole = match kept.await {
        Ok(()) => "whole".to_owned(),
        Err(error) => format!("damaged: {error}"),
    };
    let policy = Policy::of(run.access.catalog(), &plugin.name).await?;
    let found = (spec.signature.clone(), spec.source.clone());
    let signed = match (stands(run.polder(), &policy, plugin, &spec.digest, &found).await, &spec.signature) {
        (Err(error), _) => format!("failed: {error}"),
        (Ok(()), Signature::Verified { by, key, .. }) => format!("verified: signed by {by} ({key})"),
        (Ok(()), Signature::NotSigned { allowed_by }) => format!("not signed: allowed by {allowed_by}"),
        (Ok(()), Signature::File) => "not signed: a file".to_owned(),
    };
    Ok((whole, signed))
}

/// `ALTER CATALOG main SET TRUST (…)`, `ALTER METASTORE SET TRUST (…)`; without a value a setting goes.
pub(crate) async fn alter(
    run: &Run<'_>,
    kind: Kind,
    name: Name,
    settings: Vec<(String, Option<String>)>,
) -> Result<Answer> {
    if !matches!(kind, Kind::Catalog | Kind::Metastore) {
        return Err(Error::Unsupported(format!("a {} trusts whom its catalog trusts", kind.word())));
    }
    let known = run.access.catalog().publishers().await?;
    for (name, value) in &settings {
        let value = value.as_deref();
        match name.as_str() {
            PUBLISHERS => {
                for name in names(value.unwrap_or_default()) {
                    if !known.iter().any(|publisher| publisher.name.last() == name) {
                        return Err(Error::Invalid(format!(
                            "there is no publisher {name}; SHOW PUBLISHERS lists them"
                        )));
                    }
                }
            }
            UNSIGNED => drop(value.map(read_unsigned).transpose()?),
            COOL_DOWN => drop(value.map(read_duration).transpose()?),
            _ => return Err(unknown(name)),
        }
    }
    let securable = match kind {
        Kind::Metastore => run.access.resolve(&[Kind::Metastore], &FullName::metastore()).await?,
        _ => run.resolve(kind, &name).await?,
    };
    let key = |name: String| format!("{PROPERTY}{name}");
    let (set, unset): (Vec<_>, Vec<_>) = settings.into_iter().partition(|(_, value)| value.is_some());
    let set = set.into_iter().filter_map(|(name, value)| Some((key(name), value?))).collect();
    let unset = unset.into_iter().map(|(name, _)| key(name)).collect();
    run.access.alter(&securable, Change::Properties { set, unset }).await?;
    let of = if kind == Kind::Metastore { "the metastore".to_owned() } else { securable.name.to_string() };
    Ok(Answer::done(format!("Changed whom {of} trusts.")))
}

/// A key as the catalog keeps it.
pub(crate) fn key(pem: &str, from: Option<&str>, until: Option<&str>) -> Result<spec::Key> {
    let key = PublicKey::read(pem)?;
    let time = |text: Option<&str>| text.map(read_time).transpose();
    let (not_before, not_after) = (time(from)?, time(until)?);
    if let (Some(from), Some(until)) = (not_before, not_after)
        && from >= until
    {
        return Err(Error::Invalid("the key is never valid: it ends before it begins".to_owned()));
    }
    Ok(spec::Key { pem: key.pem(), fingerprint: key.fingerprint().to_string(), not_before, not_after })
}

/// A day, at its beginning, or a moment.
fn read_time(text: &str) -> Result<i64> {
    let day = || chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    let moment = DateTime::parse_from_rfc3339(text).map(|time| time.timestamp_millis()).ok();
    moment
        .or_else(|| Some(day()?.and_utc().timestamp_millis()))
        .ok_or_else(|| Error::Invalid(format!("'{text}' is no time such as '2026-12-31' or '2026-12-31T12:00:00Z'")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_keys() {
        assert_eq!(read_time("1970-01-02").unwrap(), 86_400_000);
        assert_eq!(read_time("1970-01-01T01:00:00+01:00").unwrap(), 0);
        assert!(read_time("tomorrow").is_err());
    }
}
