//! Where plugins come from: a file, or a package in a registry that a connection of type oci leads to.
//!
//! A registry is reached with the rights of whoever installs: USE CONNECTION, asked for each package, and the connection's
//! own password, which nobody sees.

use polder_catalog::spec::Protocol;
use polder_catalog::{Event, FullName, Kind, Privilege, Securable, spec};
use polder_egress::Zone;
use polder_market::{Access, Login, Package, Pick, Reference, Registry, SCHEME};
use semver::{Version, VersionReq};

use crate::egress::{Destination, closest};
use crate::run::Run;
use crate::statements::PASSWORD;
use crate::{Error, Result, Session, files};

/// A component that may be installed.
pub struct Found {
    pub bytes: Vec<u8>,
    /// Where it came from: a package by the digest of its manifest, so that it is this one wherever it is named again.
    pub source: String,
    /// The version that a registry says it is.
    pub(crate) version: Option<Version>,
}

impl Session {
    /// Reads the component at a place that a plugin may be installed from, so that it can be looked at before.
    ///
    /// # Errors
    /// As `INSTALL PLUGIN` has them.
    pub async fn package(&self, place: &str, version: Option<&str>) -> Result<Found> {
        let access = self.polder().catalog().access(self.principal()).await?;
        read(&Run::new(self, access, "DESCRIBE PACKAGE"), place, version).await
    }
}

/// What governs a place that a plugin may come from, and the right that it takes.
pub(crate) async fn governor(run: &Run<'_>, place: &str) -> Result<(Securable, Privilege)> {
    if place.starts_with(SCHEME) {
        return Ok((connection(run, &place.parse()?).await?.0, Privilege::UseConnection));
    }
    files::governor(run, place).await
}

/// Reads a component from a file or a registry; of a package the version that fits.
pub(crate) async fn read(run: &Run<'_>, place: &str, version: Option<&str>) -> Result<Found> {
    let most = run.polder().sandbox().limits().component_bytes as u64;
    if !place.starts_with(SCHEME) {
        return match version {
            None => Ok(Found { bytes: files::read(run, place, most).await?, source: place.to_owned(), version: None }),
            Some(_) => Err(Error::Invalid(format!("VERSION is for packages in registries; '{place}' is a file"))),
        };
    }
    let mut reference: Reference = place.parse()?;
    if let Some(version) = version {
        if !matches!(reference.pick, Pick::Fitting(_)) {
            return Err(Error::Invalid(format!("'{place}' names a version already: leave out VERSION '{version}'")));
        }
        let wanted = VersionReq::parse(version).map_err(|error| {
            Error::Invalid(format!("VERSION '{version}' is no requirement such as '^1.2': {error}"))
        })?;
        reference.pick = Pick::Fitting(wanted);
    }
    let Package { component, reference, version, .. } = open(run, &reference).await?.pull(&reference, most).await?;
    Ok(Found { bytes: component, source: reference.to_string(), version })
}

/// Where the next version of a plugin is, if it came from a registry, and the requirement that only versions fit which are
/// not older.
///
/// # Errors
/// [`Error::Invalid`] if it came from elsewhere.
pub fn newer(plugin: &spec::Plugin) -> Result<(String, String)> {
    match plugin.source.parse::<Reference>() {
        Ok(package) => {
            let place = package.at(Pick::Fitting(VersionReq::STAR)).to_string();
            Ok((place, format!(">={}", plugin.version)))
        }
        Err(_) => Err(Error::Invalid(format!(
            "it came from {}, not from a registry: say FROM where its next version is",
            plugin.source
        ))),
    }
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
