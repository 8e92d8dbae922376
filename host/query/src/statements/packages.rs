//! What becomes of plugins after they came in: pinned, verified, outdated; and what packages there are.

use std::collections::BTreeMap;

use polder_catalog::{Change, FullName, Kind, NewPlugin};
use polder_market::{Listed, SCHEME, imitates};
use semver::Version;

use super::plugins::{calls_itself, managed};
use super::show;
use crate::packages::indexes::{self, Known};
use crate::packages::{self, PIN};
use crate::run::Run;
use crate::sql::Name;
use crate::{Answer, Error, Result, trust};

/// Which versions a plugin may become; without one, all again.
pub(crate) async fn pin(run: &Run<'_>, name: Name, version: Option<String>) -> Result<Answer> {
    let (plugin, spec) = managed(run, &name).await?;
    let (set, unset, told) = match version {
        Some(version) => {
            if packages::requirement(&version)?.comparators.is_empty() {
                return Err(Error::Invalid(format!("'{version}' pins nothing: say UNPIN PLUGIN {}", plugin.name)));
            }
            let told = format!("Pinned plugin {} {} to '{version}'.", plugin.name, spec.version);
            (BTreeMap::from([(PIN.to_owned(), version)]), vec![], told)
        }
        None => (BTreeMap::new(), vec![PIN.to_owned()], format!("Plugin {} is not pinned.", plugin.name)),
    };
    run.access.alter(&plugin, Change::Properties { set, unset }).await?;
    Ok(Answer::done(told))
}

/// `VERIFY PLUGIN p`: whether what is kept is what was installed, and whether who signed it is trusted still.
pub(crate) async fn verify(run: &Run<'_>, name: Option<Name>) -> Result<Answer> {
    let plugins = match name {
        Some(name) => vec![run.resolve(Kind::Plugin, &name).await?],
        None => run.access.list(&[Kind::Plugin], &FullName::metastore(), None).await?,
    };
    let mut rows = Vec::new();
    for plugin in plugins {
        let Some(spec) = plugin.as_plugin() else { continue };
        let (component, signature) = trust::verify(run, &plugin).await?;
        let digest = format!("sha256:{}", spec.digest);
        rows.push(vec![plugin.name.to_string(), spec.version.clone(), digest, component, signature]);
    }
    show::table(&["name", "version", "digest", "component", "signature"], rows)
}

/// `SHOW PLUGINS OUTDATED`: of those that came from registries, what is newer there.
pub(crate) async fn outdated(run: &Run<'_>) -> Result<Answer> {
    let known = indexes::known(run).await?;
    let mut rows = Vec::new();
    for plugin in run.access.list(&[Kind::Plugin], &FullName::metastore(), None).await? {
        let Some(spec) = plugin.as_plugin().filter(|spec| spec.source.starts_with(SCHEME)) else { continue };
        let pin = packages::pin(&plugin).unwrap_or_default().to_owned();
        let [fitting, newest, status] = match packages::versions(run, &spec.source).await {
            Err(error) => [String::new(), String::new(), format!("not known: {error}")],
            Ok(all) => {
                let (_, wanted) = packages::newer(&plugin)?;
                let wanted = packages::requirement(&wanted)?;
                let text = |version: Option<&Version>| version.map(Version::to_string).unwrap_or_default();
                let newest = text(all.iter().find(|version| version.pre.is_empty()).or(all.first()));
                let fitting = text(all.iter().find(|version| wanted.matches(version)));
                let status = match () {
                    () if !fitting.is_empty() && fitting != spec.version => "an upgrade is there",
                    () if newest != spec.version => "newest that fits",
                    () => "newest",
                };
                [fitting, newest, status.to_owned()]
            }
        };
        let warnings = indexes::warnings(&known, &spec.source, &spec.version).join("; ");
        rows.push(vec![plugin.name.to_string(), spec.version.clone(), pin, fitting, newest, status, warnings]);
    }
    show::table(&["name", "version", "pin", "fitting", "newest", "status", "warning"], rows)
}

/// `SEARCH PACKAGES 'words'`, in the indexes of all connections.
pub(crate) async fn search(run: &Run<'_>, words: &str) -> Result<Answer> {
    let known = indexes::known(run).await?;
    if known.is_empty() {
        return Err(Error::Invalid(
            "there is no index that you may use: ALTER CONNECTION … OPTIONS (index = 'oci://…') names one".to_owned(),
        ));
    }
    let mut rows = Vec::new();
    for (place, known) in known {
        let Known { index, signed, .. } = known.map_err(|error| Error::Invalid(format!("{place}: {error}")))?;
        for hit in index.search(words) {
            let Listed { name, summary, license, reference, .. } = hit.package;
            let version = hit.newest.map_or_else(String::new, |release| release.version.to_string());
            let source = reference.to_string();
            rows.push(vec![
                name.clone(),
                version,
                summary.clone(),
                license.clone(),
                source,
                place.clone(),
                signed.to_string(),
            ]);
        }
    }
    show::table(&["name", "version", "summary", "license", "source", "index", "index_signature"], rows)
}

/// What to tell whoever installs a package: what the indexes say of it, and whether its name is made to be taken for another.
pub(super) async fn warnings(run: &Run<'_>, new: &NewPlugin) -> Result<String> {
    if !new.spec.source.starts_with(SCHEME) {
        return Ok(String::new());
    }
    let known = indexes::known(run).await?;
    let mut told = indexes::warnings(&known, &new.spec.source, &new.spec.version);
    let indexes = known.iter().filter_map(|(_, known)| Some(&known.as_ref().ok()?.index));
    let listed: Vec<_> = indexes.flat_map(|index| &index.packages).map(|listed| listed.name.as_str()).collect();
    let installed = run.access.list(&[Kind::Plugin], &FullName::metastore(), None).await?;
    let installed = installed.iter().filter_map(|plugin| calls_itself(plugin.as_plugin()?));
    let name = calls_itself(&new.spec).unwrap_or_default();
    if let Some(other) = imitates(name, listed.into_iter().chain(installed.filter(|other| *other != name))) {
        told.push(format!("its name is like that of {other}, which is another plugin"));
    }
    Ok(told.into_iter().map(|warning| format!("\n  warning: {warning}")).collect())
}
