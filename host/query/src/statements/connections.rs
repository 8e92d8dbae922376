//! Connections: where plugins may send requests, where packages come from, and the secrets for it.

use std::collections::BTreeMap;

use polder_catalog::spec::Protocol;
use polder_catalog::{Change, Kind, NewSecurable, Spec, spec};
use polder_market::Reference;

use super::ddl::create;
use crate::egress::{Destination, SECRET_NAME, is_secret_name, value};
use crate::run::Run;
use crate::sql::Name;
use crate::{Answer, Error, Result};

/// The header that a bearer token goes into, and the secret that it is.
const AUTHORIZATION: &str = "authorization";
const BEARER_TOKEN: &str = "bearer_token";

/// The secret of a registry of packages.
pub(crate) const PASSWORD: &str = "password";

/// An option of a connection.
enum Setting {
    Url,
    Methods,
    PrivateNetwork,
    /// By its name in lower case.
    Header(String),
    Secret(String),
    /// A secret, and the header for it.
    BearerToken,
    Username,
    /// Where an index of packages lies.
    Index,
    /// A secret, for a registry of packages.
    Password,
}

impl Setting {
    fn read(protocol: Protocol, option: &str) -> Result<Self> {
        let (part, name) = option.split_once('.').map_or((option, None), |(part, name)| (part, Some(name)));
        Ok(match (protocol, part.to_lowercase().as_str(), name) {
            (_, "url", None) => Self::Url,
            (_, "private_network", None) => Self::PrivateNetwork,
            (Protocol::Oci, "username", None) => Self::Username,
            (Protocol::Oci, "index", None) => Self::Index,
            (Protocol::Oci, PASSWORD, None) => Self::Password,
            (Protocol::Http, "methods", None) => Self::Methods,
            (Protocol::Http, BEARER_TOKEN, None) => Self::BearerToken,
            (Protocol::Http, "header", Some(name)) => Self::Header(name.to_lowercase()),
            (Protocol::Http, "secret", Some(name)) if is_secret_name(name) => Self::Secret(name.to_owned()),
            (Protocol::Http, "secret", Some(_)) => {
                return Err(Error::Invalid(format!("'{option}': the name of a secret is made of {SECRET_NAME}")));
            }
            _ => {
                let has = match protocol {
                    Protocol::Http => "url, methods, header.NAME, secret.NAME, bearer_token and private_network",
                    Protocol::Oci => "url, username, password, index and private_network",
                };
                let kind = protocol.name();
                return Err(Error::Invalid(format!(
                    "a connection of type {kind} has no option '{option}'; it has {has}"
                )));
            }
        })
    }
}

pub(crate) async fn make(
    run: &Run<'_>,
    name: Name,
    if_not_exists: bool,
    kind: &str,
    options: Vec<(String, String)>,
    comment: Option<String>,
) -> Result<Answer> {
    let protocol = match kind.to_lowercase().as_str() {
        "http" => Protocol::Http,
        "oci" => Protocol::Oci,
        _ => {
            return Err(Error::Unsupported(format!("a connection of type '{kind}': there are TYPE http and TYPE oci")));
        }
    };
    let name = run.full(Kind::Connection, &name)?;
    let mut connection = spec::Connection {
        protocol,
        url: String::new(),
        methods: match protocol {
            Protocol::Http => vec!["GET".to_owned(), "HEAD".to_owned()],
            Protocol::Oci => Vec::new(),
        },
        headers: BTreeMap::new(),
        username: String::new(),
        index: String::new(),
        private_network: false,
    };
    let secrets = set(&mut connection, options)?;
    let destination = Destination::of(&connection)?;
    check_index(&connection, &destination)?;
    let held: Vec<_> = secrets.iter().map(|(name, _)| name.clone()).collect();
    check_secrets(&connection, &destination, &held)?;
    let new = NewSecurable::new(name, Spec::Connection(connection)).with_comment(comment).with_secrets(secrets);
    create(run, new, if_not_exists).await
}

/// `ALTER CONNECTION c [SET] OPTIONS (…)`, `ALTER CONNECTION c UNSET OPTIONS ('header.x', …)`
pub(crate) async fn alter(
    run: &Run<'_>,
    name: Name,
    options: Vec<(String, String)>,
    unset: Vec<String>,
) -> Result<Answer> {
    let securable = run.resolve(Kind::Connection, &name).await?;
    let Some(old) = securable.as_connection() else {
        return Err(Error::Invalid(format!("{} is not a connection", securable.name)));
    };
    let mut connection = old.clone();
    let given = set(&mut connection, options)?;
    let mut secrets: Vec<(String, Option<String>)> =
        given.into_iter().map(|(name, value)| (name, Some(value))).collect();
    for option in unset {
        match Setting::read(connection.protocol, &option)? {
            Setting::Header(name) => drop(connection.headers.remove(&name)),
            Setting::Secret(name) => secrets.push((name, None)),
            Setting::BearerToken => {
                connection.headers.remove(AUTHORIZATION);
                secrets.push((BEARER_TOKEN.to_owned(), None));
            }
            Setting::Username => connection.username.clear(),
            Setting::Index => connection.index.clear(),
            Setting::Password => secrets.push((PASSWORD.to_owned(), None)),
            Setting::Url | Setting::Methods | Setting::PrivateNetwork => {
                return Err(Error::Invalid(format!("a connection cannot be without the option '{option}': set it")));
            }
        }
    }
    let destination = Destination::of(&connection)?;
    check_index(&connection, &destination)?;
    let kept = run.access.secret_names(&securable).await?;
    let touched = |name: &String| secrets.iter().any(|(changed, _)| changed == name);
    // Whoever may change where it leads must not learn what it holds.
    let moved = !Destination::of(old).is_ok_and(|old| old.holds(&destination));
    let carried: Vec<_> = kept.iter().filter(|name| !touched(name)).map(String::as_str).collect();
    if moved && !carried.is_empty() {
        return Err(Error::Invalid(format!(
            "secrets stay with the place that they were given for: to lead connection {} to {}, set or unset {} in the same \
             statement",
            securable.name,
            connection.url,
            carried.iter().map(|name| option(connection.protocol, name)).collect::<Vec<_>>().join(", ")
        )));
    }
    let given = secrets.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name.clone());
    let held: Vec<_> = given.chain(carried.into_iter().map(str::to_owned)).collect();
    check_secrets(&connection, &destination, &held)?;
    run.access.alter(&securable, Change::Connection { connection, held: kept, secrets }).await?;
    Ok(Answer::done(format!("Changed connection {}.", securable.name)))
}

/// The option that a secret is set by.
fn option(protocol: Protocol, secret: &str) -> String {
    match protocol {
        Protocol::Http => format!("secret.{secret}"),
        Protocol::Oci => secret.to_owned(),
    }
}

/// Sets options of a connection; gives its secrets.
fn set(connection: &mut spec::Connection, options: Vec<(String, String)>) -> Result<Vec<(String, String)>> {
    let mut secrets = Vec::new();
    for (option, value) in options {
        match Setting::read(connection.protocol, &option)? {
            Setting::Url => connection.url = value,
            Setting::Username => connection.username = value,
            Setting::Index => connection.index = value,
            Setting::Password => secrets.push((PASSWORD.to_owned(), value)),
            Setting::Methods => {
                connection.methods = value.split(',').map(|method| method.trim().to_uppercase()).collect();
            }
            Setting::PrivateNetwork => {
                let read = value.to_lowercase().parse();
                connection.private_network =
                    read.map_err(|_| Error::Invalid(format!("{option} is 'true' or 'false', not '{value}'")))?;
            }
            Setting::Header(name) => drop(connection.headers.insert(name, value)),
            Setting::Secret(name) => secrets.push((name, value)),
            Setting::BearerToken => {
                connection.headers.insert(AUTHORIZATION.to_owned(), format!("Bearer {{{{{BEARER_TOKEN}}}}}"));
                secrets.push((BEARER_TOKEN.to_owned(), value));
            }
        }
    }
    for (name, secret) in &secrets {
        if secret.is_empty() || value(secret).is_err() {
            return Err(Error::Invalid(format!(
                "the secret '{name}' is empty, or has characters that no header can hold"
            )));
        }
    }
    Ok(secrets)
}

/// An index lies where its connection leads.
fn check_index(connection: &spec::Connection, destination: &Destination) -> Result<()> {
    if connection.index.is_empty() {
        return Ok(());
    }
    let index: Reference = connection.index.parse()?;
    match destination.covers(&index.url(destination.scheme())?) {
        true => Ok(()),
        false => {
            Err(Error::Invalid(format!("the index {index} is not where the connection leads: {}", connection.url)))
        }
    }
}

/// Every secret that a header needs is there, and none leaves in clear text.
fn check_secrets(connection: &spec::Connection, destination: &Destination, held: &[String]) -> Result<()> {
    let needed =
        destination.headers().iter().flat_map(|(header, template)| template.secrets().map(move |name| (header, name)));
    for (header, name) in needed {
        if !held.iter().any(|held| held == name) {
            return Err(Error::Invalid(format!(
                "the header '{header}' needs the secret '{name}': add secret.{name} = '…'"
            )));
        }
    }
    if connection.protocol == Protocol::Oci
        && connection.username.is_empty() == held.iter().any(|name| name == PASSWORD)
    {
        return Err(Error::Invalid("a registry is told a username and a password, or neither".to_owned()));
    }
    if !held.is_empty() && !destination.keeps_secrets() {
        return Err(Error::Invalid("a connection with secrets has a url that begins with https://".to_owned()));
    }
    Ok(())
}
