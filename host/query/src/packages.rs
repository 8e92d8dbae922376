//! Where plugins come from: a file, or a package in a registry that a connection of type oci leads to.
//!
//! A registry is reached with the rights of whoever installs: USE CONNECTION, asked for each package, and the connection's
//! own password, which nobody sees.
//!
//! A package that was installed is kept with all that lay beside it (`papers`), so that who signed it can be asked again.

mod bundle;
pub(crate) mod indexes;
mod papers;

use std::collections::BTreeSet;

use chrono::Utc;
use polder_catalog::spec::Protocol;
use polder_catalog::{Event, FullName, Kind, Privilege, Securable};
use polder_egress::Zone;
use polder_market::{Access, Bundler, Login, Package, Pick, Reference, Registry, SCHEME, Shelf};
use semver::{Comparator, Op, Version, VersionReq};

use self::bundle::Bundle;
pub(crate) use self::papers::Papers;
use crate::egress::{Destination, closest};
use crate::run::Run;
use crate::statements::PASSWORD;
use crate::trust::Policy;
use crate::{Error, Result, Session, files, trust};

/// A component that may be installed.
pub struct Found {
    pub bytes: Vec<u8>,
    /// Where it came from: a package by the digest of its manifest, so that it is this one wherever it is named again.
    pub source: String,
    /// The version that a registry says it is.
    pub(crate) version: Option<Version>,
    /// Of a package.
    pub(crate) papers: Option<Papers>,
}

impl Session {
    /// Reads the component at a place that a plugin may be installed from, so that it can be looked at before.
    ///
    /// # Errors
    /// As `INSTALL PLUGIN` has them.
    pub async fn package(&self, place: &str, version: Option<&str>, into: &FullName) -> Result<Found> {
        let access = self.polder().catalog().access(self.principal()).await?;
        let policy = Policy::of(access.catalog(), into).await?;
        read(&Run::new(self, access, "DESCRIBE PACKAGE"), place, version, &policy).await
    }

    /// Puts the packages of plugins into a bundle: of these, or of all. Returns how many there are, and which plugins are no
    /// packages.
    ///
    /// # Errors
    /// Those of the catalog, for plugins that the principal does not manage; if a file is there already.
    pub async fn export(&self, names: &[FullName], bundle: &std::path::Path) -> Result<(usize, Vec<FullName>)> {
        let access = self.polder().catalog().access(self.principal()).await?;
        let mut plugins = Vec::new();
        for name in names {
            plugins.push(access.resolve(&[Kind::Plugin], name).await?);
        }
        if names.is_empty() {
            plugins = access.list(&[Kind::Plugin], &FullName::metastore(), None).await?;
        }
        let (mut bundler, mut packed, mut others) = (Bundler::new(bundle)?, BTreeSet::new(), Vec::new());
        for plugin in plugins {
            access.require(&plugin, Privilege::Manage).await?;
            match plugin.as_plugin().filter(|spec| spec.source.starts_with(SCHEME)) {
                Some(spec) if !packed.insert(spec.source.clone()) => {}
                Some(spec) => {
                    bundler.add(&Papers::kept(self.polder(), &spec.source, &spec.digest).await?.item().await?)?
                }
                None => others.push(plugin.name),
            }
        }
        bundler.finish()?;
        Ok((packed.len(), others))
    }

    /// What is known of who made a package that is to go into a catalog; none for a file, which nobody signs.
    ///
    /// # Errors
    /// Those of the catalog.
    pub async fn signed(&self, found: &Found, into: &FullName) -> Result<Option<polder_market::State>> {
        let Some(papers) = &found.papers else { return Ok(None) };
        let catalog = self.polder().catalog();
        trust::state(catalog, &Policy::of(catalog, into).await?, papers).await.map(Some)
    }
}

/// What governs a place that a plugin may come from, and the right that it takes.
pub(crate) async fn governor(run: &Run<'_>, place: &str) -> Result<(Securable, Privilege)> {
    if place.starts_with(SCHEME) {
        return Ok((connection(run, &place.parse()?).await?.0, Privilege::UseConnection));
    }
    files::governor(run, bundle::split(place).map_or(place, |(file, _)| file)).await
}

/// Reads a component from a file, a bundle or a registry; of a package the version that fits.
pub(crate) async fn read(run: &Run<'_>, place: &str, version: Option<&str>, policy: &Policy) -> Result<Found> {
    let most = run.polder().sandbox().limits().component_bytes as u64;
    let fitting = |mut reference: Reference| {
        if let Some(version) = version {
            if !matches!(reference.pick, Pick::Fitting(_)) {
                return Err(Error::Invalid(format!(
                    "'{place}' names a version already: leave out VERSION '{version}'"
                )));
            }
            reference.pick = Pick::Fitting(requirement(version)?);
        }
        Ok(reference)
    };
    if place.starts_with(SCHEME) {
        let reference = fitting(place.parse()?)?;
        return receive(run, &open(run, &reference).await?, reference, most, policy).await;
    }
    if let Some((file, package)) = bundle::split(place) {
        let bundle = Bundle::open(run, file).await?;
        let reference = match package {
            Some(package) => package.parse()?,
            None => bundle.only(version.is_some())?,
        };
        return receive(run, bundle.layout(), fitting(reference)?, most, policy).await;
    }
    match version {
        None => {
            let bytes = files::read(run, place, most).await?;
            Ok(Found { bytes, source: place.to_owned(), version: None, papers: None })
        }
        Some(_) => Err(Error::Invalid(format!("VERSION is for packages; '{place}' is a file"))),
    }
}

/// Reads what a lock names: just this package, from a bundle if there is one.
pub(crate) async fn read_locked(run: &Run<'_>, source: &str, bundle: Option<&str>) -> Result<Found> {
    let any = Policy::default();
    match bundle {
        Some(bundle) if source.starts_with(SCHEME) => read(run, &bundle::join(bundle, source), None, &any).await,
        _ => read(run, source, None, &any).await,
    }
}

/// Takes a package from where it lies, with all that lies beside it.
async fn receive<S: Shelf>(
    run: &Run<'_>,
    shelf: &S,
    reference: Reference,
    most: u64,
    policy: &Policy,
) -> Result<Found> {
    let Package { component, reference, version, .. } = settled(shelf, reference, most, policy).await?;
    let papers = Papers::receive(run.polder(), shelf, &reference, most).await?;
    Ok(Found { bytes: component, source: reference.to_string(), version, papers: Some(papers) })
}

/// A requirement on versions, as Cargo writes them.
pub(crate) fn requirement(text: &str) -> Result<VersionReq> {
    VersionReq::parse(text)
        .map_err(|error| Error::Invalid(format!("VERSION '{text}' is no requirement such as '^1.2': {error}")))
}

/// All versions of a package, the newest first.
pub(crate) async fn versions(run: &Run<'_>, source: &str) -> Result<Vec<Version>> {
    let reference: Reference = source.parse()?;
    Ok(open(run, &reference).await?.versions(&reference).await?)
}

/// The newest version that fits and has been out for as long as the policy asks. One that is named is taken as it is.
async fn settled<S: Shelf>(shelf: &S, mut reference: Reference, most: u64, policy: &Policy) -> Result<Package> {
    /// Versions that are looked at.
    const TRIES: usize = 20;
    let mut young = None;
    for _try in 0..TRIES {
        let package = match shelf.pull(&reference, most).await {
            Err(error @ polder_market::Error::NoVersion { .. }) => match young {
                Some(version) => return Err(too_young(&reference, &version)),
                None => return Err(error.into()),
            },
            other => other?,
        };
        let (Pick::Fitting(wanted), Some(version)) = (&mut reference.pick, &package.version) else {
            return Ok(package);
        };
        let age = package.created.map(|created| Utc::now() - created).and_then(|age| age.to_std().ok());
        if policy.cool_down.is_zero() || age.is_some_and(|age| age >= policy.cool_down) {
            return Ok(package);
        }
        let Version { major, minor, patch, ref pre, .. } = *version;
        let below = Comparator { op: Op::Less, major, minor: Some(minor), patch: Some(patch), pre: pre.clone() };
        wanted.comparators.push(below);
        young = young.or(package.version);
    }
    Err(Error::Invalid(format!("the last {TRIES} versions of {reference} are all younger than cool_down allows")))
}

fn too_young(reference: &Reference, version: &Version) -> Error {
    Error::Invalid(format!(
        "version {version} of {reference} is younger than trust.cool_down allows, and no older one fits; to have it          nevertheless, name it: '{reference}:{version}'"
    ))
}

/// Where the next version of a plugin is, if it came from a registry, and which versions may be it: none that is older, and
/// those that it is pinned to.
///
/// # Errors
/// [`Error::Invalid`] if it came from elsewhere.
pub fn newer(plugin: &Securable) -> Result<(String, String)> {
    let not = || Error::Invalid(format!("{} is not a plugin", plugin.name));
    let spec = plugin.as_plugin().ok_or_else(not)?;
    match spec.source.parse::<Reference>() {
        Ok(package) => {
            let place = package.at(Pick::Fitting(VersionReq::STAR)).to_string();
            let pin = pin(plugin).map_or_else(String::new, |pin| format!(", {pin}"));
            Ok((place, format!(">={}{pin}", spec.version)))
        }
        Err(_) => Err(Error::Invalid(format!(
            "it came from {}, not from a registry: say FROM where its next version is",
            spec.source
        ))),
    }
}

/// Before the version that a plugin is pinned to, among its properties.
pub(crate) const PIN: &str = "package.pin";

/// Which versions a plugin may become.
pub(crate) fn pin(plugin: &Securable) -> Option<&str> {
    plugin.properties.get(PIN).map(String::as_str)
}

/// The registry of a package, as far as the principal may use a connection to it. The one place where that is decided.
async fn open(run: &Run<'_>, reference: &Reference) -> Result<Registry> {
    let (securable, destination) = connection(run, reference).await?;
    run.access.require(&securable, Privilege::UseConnection).await?;
    let login = match securable.as_connection().filter(|connection| !connection.username.is_empty()) {
        None => None,
        Some(connection) => Some(Login {
            username: connection.username.clone(),
            password: run.access.secret(&securable, PASSWORD).await?,
        }),
    };
    run.access.audit(Event::allowed("useConnection").on(&securable).with("package", reference.to_string())).await?;
    let plain_http = destination.scheme() == "http";
    Ok(Registry::open(reference, Access { plain_http, private_network: destination.private_network, login })?)
}

/// The connection that leads to a package: of those that the principal may use the one that says most of the path.
async fn connection(run: &Run<'_>, reference: &Reference) -> Result<(Securable, Destination)> {
    let all = run.access.list(&[Kind::Connection], &FullName::metastore(), None).await?;
    let mut covering = Vec::new();
    for securable in all {
        let Some(connection) = securable.as_connection().filter(|one| one.protocol == Protocol::Oci) else {
            continue;
        };
        let Ok(destination) = Destination::of(connection) else { continue };
        if destination.covers(&reference.url(destination.scheme())?) {
            covering.push((securable, destination));
        }
    }
    // What one may not use does not hide what one may.
    let (usable, others): (Vec<_>, Vec<_>) =
        covering.into_iter().partition(|(securable, _)| run.access.may(securable, Privilege::UseConnection));
    let mut best = closest(if usable.is_empty() { others } else { usable }, |(_, destination)| destination);
    match (best.pop(), best.is_empty()) {
        (Some(one), true) => Ok(one),
        (Some((last, _)), false) => {
            let names: Vec<_> =
                best.iter().map(|(one, _)| one).chain([&last]).map(|one| one.name.to_string()).collect();
            Err(Error::Invalid(format!("the connections {} all lead to {reference}: drop one", names.join(", "))))
        }
        (None, _) => {
            let inside = Zone::of_host(&reference.url("https")?) == Some(Zone::Private);
            let (scheme, option) = if inside { ("http", ", private_network = 'true'") } else { ("https", "") };
            Err(Error::Invalid(format!(
                "no connection leads to {reference}: packages come only by CREATE CONNECTION … TYPE oci OPTIONS (url = \
                 '{scheme}://{}/'{option}), and USE CONNECTION on it",
                reference.registry()
            )))
        }
    }
}
