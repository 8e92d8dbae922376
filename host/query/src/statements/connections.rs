//! Connections: where plugins may send requests, and the secrets for it.

use std::collections::BTreeMap;

use polder_catalog::{Change, Kind, NewSecurable, Spec, spec};

use super::ddl::create;
use crate::egress::{Destination, SECRET_NAME, is_secret_name, value};
use crate::run::Run;
use crate::sql::Name;
use crate::{Answer, Error, Result};

/// What a connection's options are.
const OPTIONS: &str = "url, methods, header.NAME, secret.NAME, bearer_token and private_network";

pub(crate) async fn make(
    run: &Run<'_>,
    name: Name,
    if_not_exists: bool,
    kind: &str,
    options: Vec<(String, String)>,
    comment: Option<String>,
) -> Result<Answer> {
    if !kind.eq_ignore_ascii_case("http") {
        return Err(Error::Unsupported(format!("a connection of type '{kind}': there is TYPE http")));
    }
    let name = run.full(Kind::Connection, &name)?;
    let mut connection = spec::Connection {
        url: String::new(),
        methods: vec!["GET".to_owned(), "HEAD".to_owned()],
        headers: BTreeMap::new(),
        private_network: false,
    };
    let secrets = set(&mut connection, options)?;
    let destination = Destination::of(&connection)?;
    check_secrets(&destination, &secrets.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>())?;
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
        match option.split_once('.') {
            Some((part, name)) if part.eq_ignore_ascii_case("header") => {
                connection.headers.remove(&name.to_lowercase());
            }
            Some((part, name)) if part.eq_ignore_ascii_case("secret") => secrets.push((name.to_owned(), None)),
            None if option.eq_ignore_ascii_case("bearer_token") => {
                connection.headers.remove("authorization");
                secrets.push(("bearer_token".to_owned(), None));
            }
            _ => {
                return Err(Error::Invalid(format!(
                    "the option '{option}' cannot be unset; header.NAME and secret.NAME can"
                )));
            }
        }
    }
    let destination = Destination::of(&connection)?;
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
            carried.iter().map(|name| format!("secret.{name}")).collect::<Vec<_>>().join(", ")
        )));
    }
    let given = secrets.iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name.clone());
    let held: Vec<_> = given.chain(carried.into_iter().map(str::to_owned)).collect();
    check_secrets(&destination, &held)?;
    run.access.alter(&securable, Change::Connection { connection, held: kept, secrets }).await?;
    Ok(Answer::done(format!("Changed connection {}.", securable.name)))
}

/// Sets options of a connection; gives its secrets.
fn set(connection: &mut spec::Connection, options: Vec<(String, String)>) -> Result<Vec<(String, String)>> {
    let mut secrets = Vec::new();
    for (option, value) in options {
        match (option.to_lowercase().as_str(), option.split_once('.')) {
            ("url", _) => connection.url = value,
            ("methods", _) => {
                connection.methods = value.split(',').map(|method| method.trim().to_uppercase()).collect();
            }
            ("private_network", _) => {
                connection.private_network = value
                    .to_lowercase()
                    .parse()
                    .map_err(|_| Error::Invalid(format!("private_network is 'true' or 'false', not '{value}'")))?;
            }
            ("bearer_token", _) => {
                connection.headers.insert("authorization".to_owned(), "Bearer {{bearer_token}}".to_owned());
                secrets.push(("bearer_token".to_owned(), value));
            }
            (_, Some((part, name))) if part.eq_ignore_ascii_case("header") => {
                connection.headers.insert(name.to_lowercase(), value);
            }
            (_, Some((part, name))) if part.eq_ignore_ascii_case("secret") && is_secret_name(name) => {
                secrets.push((name.to_owned(), value));
            }
            (_, Some((part, _))) if part.eq_ignore_ascii_case("secret") => {
                return Err(Error::Invalid(format!("'{option}': the name of a secret is made of {SECRET_NAME}")));
            }
            _ => return Err(Error::Invalid(format!("a connection has no option '{option}'; it has {OPTIONS}"))),
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

/// Every secret that a header needs is there, and none leaves in clear text.
fn check_secrets(destination: &Destination, held: &[String]) -> Result<()> {
    let needed =
        destination.headers().iter().flat_map(|(header, template)| template.secrets().map(move |name| (header, name)));
    for (header, name) in needed {
        if !held.iter().any(|held| held == name) {
            return Err(Error::Invalid(format!(
                "the header '{header}' needs the secret '{name}': add secret.{name} = '…'"
            )));
        }
    }
    if !held.is_empty() && !destination.keeps_secrets() {
        return Err(Error::Invalid("a connection with secrets has a url that begins with https://".to_owned()));
    }
    Ok(())
}
