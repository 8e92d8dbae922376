//! Registries as their authors reach them: by what they are called, with what `docker login` left. No home is needed.

use std::net::ToSocketAddrs as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use polder_egress::Zone;
use polder_market::{Access, Login, Reference, Registry};
use url::Url;

use crate::{Error, Result};

/// The registry of a reference.
pub(super) fn open(reference: &Reference, plain_http: bool) -> Result<Registry> {
    let private_network = leads_inside(reference)?;
    if plain_http && !private_network {
        return Err(Error::invalid(
            "--plain-http is for registries in a private network: elsewhere anybody could read along",
        ));
    }
    let access = Access { plain_http, private_network, login: login(reference)? };
    Ok(Registry::open(reference, access)?)
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
