//! `SYNC PLUGINS FROM 'polder.lock'`: the plugins of another host, exactly: the same components, signed by the same keys, with
//! the same grants and no others.
//!
//! The lock is what was agreed to; each step still takes the rights that it takes by hand, and the trust of this host.

use std::collections::BTreeSet;

use polder_catalog::spec::Signature;
use polder_catalog::{Change, DropMode, FullName, Grantee, Kind, NewSecurable, Privilege, Spec, spec};
use polder_sandbox::Digest;

use super::{plugins, show};
use crate::lock::{self, Locked};
use crate::packages::{self, Found, PIN};
use crate::run::Run;
use crate::sql::{Consent, Sync};
use crate::{Answer, Error, Result, files, trust};

/// Larger files are no lock.
const LOCK_BYTES: u64 = 16 << 20;

pub(crate) async fn sync(run: &Run<'_>, Sync { lock, bundle, prune, dry_run }: Sync) -> Result<Answer> {
    let text = String::from_utf8(files::read(run, &lock, LOCK_BYTES).await?)
        .map_err(|_| Error::Invalid(format!("'{lock}' is not UTF-8, as a lock is")))?;
    let wanted = lock::read(&text)?;
    let mut rows = Vec::new();
    for one in &wanted {
        let done = match dry_run {
            true => plan(run, one).await,
            false => apply(run, one, bundle.as_deref()).await,
        };
        let done = done.unwrap_or_else(|error| format!("failed: {error}"));
        rows.push(vec![one.name.to_string(), one.version.clone(), format!("sha256:{}", one.digest), done]);
    }
    let known: BTreeSet<_> = wanted.iter().map(|one| &one.name).collect();
    for plugin in run.access.list(&[Kind::Plugin], &FullName::metastore(), None).await? {
        let Some(spec) = plugin.as_plugin().filter(|_| !known.contains(&plugin.name)) else { continue };
        let done = match (prune, dry_run) {
            (false, _) => "not in the lock".to_owned(),
            (true, true) => "to be removed".to_owned(),
            (true, false) => match run.access.drop(&plugin, DropMode::Restrict).await {
                Ok(_) => "removed".to_owned(),
                Err(error) => format!("failed: {error}"),
            },
        };
        rows.push(vec![plugin.name.to_string(), spec.version.clone(), format!("sha256:{}", spec.digest), done]);
    }
    show::table(&["name", "version", "digest", "status"], rows)
}

/// What would be done.
async fn plan(run: &Run<'_>, wanted: &Locked) -> Result<String> {
    let mut steps = Vec::new();
    let held = match run.access.find(&[Kind::Plugin], &wanted.name).await? {
        None => {
            steps.push(format!("to be installed from {}", wanted.source));
            BTreeSet::new()
        }
        Some(plugin) => {
            match plugin.as_plugin().filter(|spec| spec.digest != wanted.digest) {
                Some(spec) => steps.push(format!("to be changed from {} to that of {}", spec.version, wanted.source)),
                None if packages::pin(&plugin) != wanted.pin.as_deref() => steps.push("to be pinned anew".to_owned()),
                None => {}
            }
            held(run, &plugin.name).await?
        }
    };
    let grants: BTreeSet<_> = wanted.grants.iter().cloned().collect();
    steps.extend(grants.difference(&held).map(|(what, kind, on)| format!("to be granted {what} ON {kind} {on}")));
    steps.extend(held.difference(&grants).map(|(what, kind, on)| format!("to be revoked {what} ON {kind} {on}")));
    Ok(if steps.is_empty() { SAME.to_owned() } else { steps.join("; ") })
}

const SAME: &str = "as in the lock";

async fn apply(run: &Run<'_>, wanted: &Locked, bundle: Option<&str>) -> Result<String> {
    let mut steps = Vec::new();
    let plugin = match run.access.find(&[Kind::Plugin], &wanted.name).await? {
        Some(plugin) if plugin.as_plugin().is_some_and(|spec| spec.digest == wanted.digest) => plugin,
        other => {
            let found = fetch(run, wanted, bundle).await?;
            // What nobody signed there was agreed to there, and with the lock here.
            let consent = Consent { grant: false, unsigned: wanted.signer.is_none() };
            match other {
                Some(old) => {
                    plugins::replace(run, &old, found, consent, None).await?;
                    steps.push("changed".to_owned());
                }
                None => {
                    containers(run, &wanted.name).await?;
                    plugins::bring(run, wanted.name.clone(), found, consent).await?;
                    steps.push("installed".to_owned());
                }
            }
            run.access.resolve(&[Kind::Plugin], &wanted.name).await?
        }
    };
    if packages::pin(&plugin) != wanted.pin.as_deref() {
        let set = wanted.pin.iter().map(|pin| (PIN.to_owned(), pin.clone())).collect();
        let unset = if wanted.pin.is_none() { vec![PIN.to_owned()] } else { vec![] };
        run.access.alter(&plugin, Change::Properties { set, unset }).await?;
        steps.push("pinned anew".to_owned());
    }
    let grantee = Grantee::Plugin(wanted.name.clone());
    let (grants, held) = (wanted.grants.iter().cloned().collect(), held(run, &wanted.name).await?);
    for (privilege, kind, on) in BTreeSet::difference(&grants, &held) {
        let securable = run.access.resolve(&[*kind], on).await?;
        run.access.grant(&[*privilege], &securable, grantee.clone()).await?;
        steps.push(format!("granted {privilege} ON {kind} {on}"));
    }
    for (privilege, kind, on) in BTreeSet::difference(&held, &grants) {
        let securable = run.access.resolve(&[*kind], on).await?;
        run.access.revoke(&[*privilege], &securable, grantee.clone()).await?;
        steps.push(format!("revoked {privilege} ON {kind} {on}"));
    }
    Ok(if steps.is_empty() { SAME.to_owned() } else { steps.join("; ") })
}

/// The component that the lock names, and no other.
async fn fetch(run: &Run<'_>, wanted: &Locked, bundle: Option<&str>) -> Result<Found> {
    let found = packages::read_locked(run, &wanted.source, bundle).await?;
    let digest = Digest::of(&found.bytes).to_string();
    if digest != wanted.digest {
        return Err(Error::Invalid(format!("{} is sha256:{digest}, not what the lock names", wanted.source)));
    }
    if let Some((key, by)) = &wanted.signer {
        let signature = trust::admit(run, &wanted.name, &found.source, found.papers.as_ref(), false).await?;
        if !matches!(&signature, Signature::Verified { key: found, .. } if found == key) {
            return Err(Error::Untrusted {
                what: wanted.source.clone(),
                why: format!("the lock says that {by} signed it with {key}, which is not so here"),
            });
        }
    }
    Ok(found)
}

/// The catalog and schema of a plugin, which are made if they are not there.
async fn containers(run: &Run<'_>, plugin: &FullName) -> Result<()> {
    for (kind, spec) in [
        (Kind::Catalog, Spec::Catalog(spec::Container::default())),
        (Kind::Schema, Spec::Schema(spec::Container::default())),
    ] {
        let name = plugin.ancestor(kind.depth());
        if run.access.find(&[kind], &name).await?.is_none() {
            run.access.create(NewSecurable::new(name, spec)).await?;
        }
    }
    Ok(())
}

async fn held(run: &Run<'_>, plugin: &FullName) -> Result<BTreeSet<(Privilege, Kind, FullName)>> {
    let grants = run.access.grants_to(Grantee::Plugin(plugin.clone())).await?;
    Ok(grants.into_iter().map(|grant| (grant.privilege, grant.kind, grant.name)).collect())
}

/// `SHOW PLUGINS LOCK`: the text of the lock of what is installed here.
pub(crate) async fn show(run: &Run<'_>) -> Result<Answer> {
    show::table(&["lock"], [vec![lock::write(&lock::of(run).await?)]])
}
