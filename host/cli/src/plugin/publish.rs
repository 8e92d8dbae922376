//! `polder plugin publish`: what an author sends to a registry. It needs no home.

use std::net::ToSocketAddrs as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use polder_egress::Zone;
use polder_market::{About, Access, Login, Pick, Reference, Registry};
use polder_sandbox::Description;
use url::Url;

use super::versions::{self, Face};
use super::{build, inspect, size};
use crate::terminal::say;
use crate::{Error, Result};

pub(super) async fn run(file: &Path, place: &str, plain_http: bool) -> Result<()> {
    let reference: Reference = place.parse()?;
    if !matches!(reference.pick, Pick::Fitting(_)) {
        return Err(Error::invalid(format_args!(
            "'{place}' names a version; the version that is published is the plugin's own"
        )));
    }
    let file = build::component(file)?;
    let component = inspect::read(&file)?;
    let face = Face::of(&component)?;
    let about = examine(&face, &reference)?;
    let private_network = leads_inside(&reference)?;
    if plain_http && !private_network {
        return Err(Error::invalid(
            "--plain-http is for registries in a private network: elsewhere anybody could read along",
        ));
    }
    let access = Access { plain_http, private_network, login: login(&reference)? };
    let registry = Registry::open(&reference, access)?;
    versions::check(&registry, &reference, &face).await?;
    let published = registry.publish(&reference, &component, &about).await?;
    say(format_args!("Published {} ({}, {}).", published.reference, size(component.len() as u64), published.manifest))
}

/// What the component says of itself, if that is all that others need to know.
fn examine(face: &Face, place: &Reference) -> Result<About> {
    let Description { name, version, summary, license, authors, homepage, .. } = face.said.clone();
    let lacks = |what: &str| Err(Error::invalid(format_args!("{name} {version} cannot be published: it lacks {what}")));
    if summary.is_empty() {
        return lacks("a description, by which it is found");
    }
    if license.is_empty() {
        return lacks("a license, without which nobody may use it");
    }
    if place.name().replace('-', "_") != name {
        return Err(Error::invalid(format_args!(
            "the plugin is called {name}, so its place is not called {}",
            place.name()
        )));
    }
    let names = |externs: &[polder_sandbox::Extern]| externs.iter().map(|one| one.name.clone()).collect();
    Ok(About {
        name,
        version: Some(face.version()?),
        summary,
        license,
        authors,
        homepage,
        exports: names(&face.surface.exports),
        imports: names(&face.surface.imports),
        created: chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
    })
}

/// Whether the registry is in a private network, or on this machine: its user names it, so they may go there.
fn leads_inside(reference: &Reference) -> Result<bool> {
    let url = reference.url("https")?;
    let zone = match Zone::of_host(&url) {
        Some(zone) => Some(zone),
        None => address(&url).map(|address| Zone::of(address.ip())),
    };
    Ok(zone == Some(Zone::Private))
}

/// One address of a host, if it has any; the client checks them all.
fn address(url: &Url) -> Option<std::net::SocketAddr> {
    (url.host_str()?, 443).to_socket_addrs().ok()?.next()
}

/// Who publishes: by the environment, or by what `docker login` left.
fn login(reference: &Reference) -> Result<Option<Login>> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    match (set("POLDER_REGISTRY_USERNAME"), set("POLDER_REGISTRY_PASSWORD")) {
        (Some(username), Some(password)) => return Ok(Some(Login { username, password })),
        (None, None) => {}
        _ => return Err(Error::invalid("set both POLDER_REGISTRY_USERNAME and POLDER_REGISTRY_PASSWORD")),
    }
    let folder = set("DOCKER_CONFIG").map(Into::into).or_else(|| Some(std::env::home_dir()?.join(".docker")));
    let Some(file) = folder.map(|folder: std::path::PathBuf| folder.join("config.json")) else { return Ok(None) };
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Error::file(&file)(error)),
    };
    let read: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| Error::invalid(format_args!("{} cannot be read: {error}", file.display())))?;
    Ok(read["auths"][reference.registry()]["auth"].as_str().and_then(decode))
}

/// `name:password` in Base64.
fn decode(auth: &str) -> Option<Login> {
    let text = String::from_utf8(STANDARD.decode(auth).ok()?).ok()?;
    let (username, password) = text.split_once(':')?;
    Some(Login { username: username.to_owned(), password: password.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_of_docker() {
        let login = decode("YWRhOnM6Y3JldA==").unwrap();
        assert_eq!((login.username.as_str(), login.password.as_str()), ("ada", "s:cret"));
        for bad in ["", "x", "YWRh"] {
            assert!(decode(bad).is_none());
        }
    }

    #[test]
    fn registries_inside_are_known_by_their_address() {
        for (place, inside) in
            [("oci://127.0.0.1:5000/a/b", true), ("oci://localhost:5000/a", true), ("oci://1.1.1.1/a", false)]
        {
            assert_eq!(leads_inside(&place.parse().unwrap()).unwrap(), inside, "{place}");
        }
    }
}
