//! Requests of plugins: to connections that both the plugin and whoever runs it may use, with secrets that no plugin sees.
//!
//! A request names a URL, not a connection: the one that covers it is found among those that the caller may see. USE
//! CONNECTION is required for each request; the plugin's headers go through, those of the connection take their place.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use parking_lot::Mutex;
use polder_catalog::spec::Protocol;
use polder_catalog::{Event, FullName, Kind, Privilege, Securable};
use polder_sandbox::{Granted, Http, HttpBody, HttpError, Sending, Unanswered};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName};
use tokio::sync::OnceCell;
use url::Url;
use uuid::Uuid;

use super::Reach;
use crate::egress::{Destination, closest, is_carried, value};
use crate::{Error, Result};

/// The header in which a plugin may name the connection, where several lead to the same place. It does not go out.
const NAMED: HeaderName = HeaderName::from_static("polder-connection");

/// Before what is random in a stand-in for a secret.
const PLACEHOLDER: &str = "polder-secret-";

/// The way out of one run.
pub(super) struct Egress(Arc<Run>);

struct Run {
    reach: Reach,
    connections: OnceCell<Vec<Connection>>,
    /// What stands for which secret of which connection: one for each, however often it is asked for.
    placeholders: Mutex<HashMap<(Uuid, String), String>>,
    /// The connections and refused origins that are in the audit log: once for each run.
    audited: Mutex<HashSet<String>>,
}

struct Connection {
    securable: Securable,
    destination: Destination,
}

impl Egress {
    pub(super) fn new(reach: Reach) -> Self {
        let (connections, placeholders, audited) = Default::default();
        Self(Arc::new(Run { reach, connections, placeholders, audited }))
    }
}

impl Http for Egress {
    fn send(&self, request: http::Request<HttpBody>) -> Sending {
        let run = Arc::clone(&self.0);
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let url = Url::parse(&parts.uri.to_string());
            let url = url.map_err(|error| refused(Error::Invalid(format!("'{}' is no URL: {error}", parts.uri))))?;
            let (destination, headers) = match run.decide(&parts.method, &url, parts.headers).await {
                Ok(decided) => decided,
                Err(error) => {
                    run.note(&url, &error).await.map_err(refused)?;
                    return Err(refused(error));
                }
            };
            run.reach.session.polder().clients().send(destination, parts.method, url, headers, body).await
        })
    }

    fn placeholder(&self, connection: &str, secret: &str) -> Granted<String> {
        let Run { reach, placeholders, .. } = &*self.0;
        reach.wait(async {
            let found = reach.access.resolve(&[Kind::Connection], &FullName::new([connection])?).await?;
            // Opened here only to say at once that it is not there, or not for this plugin.
            reach.access.secret(&found, secret).await?;
            let mut placeholders = placeholders.lock();
            let stands = placeholders.entry((found.id, secret.to_owned()));
            Ok(stands.or_insert_with(|| format!("{PLACEHOLDER}{}", Uuid::new_v4().simple())).clone())
        })
    }
}

fn refused(error: Error) -> Unanswered {
    let code = match &error {
        Error::Catalog(polder_catalog::Error::Database(_)) => HttpError::InternalError(None),
        _ => HttpError::HttpRequestDenied,
    };
    Unanswered { code, why: error.to_string() }
}

impl Run {
    /// Whether a request may go out, and with which headers. The one place where it is decided.
    async fn decide(&self, method: &Method, url: &Url, mut given: HeaderMap) -> Result<(&Destination, HeaderMap)> {
        let named = given.remove(NAMED);
        let named = named.as_ref().map(|name| name.to_str().unwrap_or_default().to_lowercase());
        let Connection { securable, destination } = self.connection(method, url, named.as_deref()).await?;
        self.reach.access.require(securable, Privilege::UseConnection).await?;
        if !destination.methods().contains(method) {
            let name = &securable.name;
            let methods = destination.methods().iter().map(Method::as_str).collect::<Vec<_>>().join(", ");
            return Err(Error::Invalid(format!(
                "connection {name} takes {methods}, not {method}: ALTER CONNECTION {name} OPTIONS (methods = '{methods}, \
                 {method}') allows it"
            )));
        }
        let event = Event::allowed("useConnection").on(securable).with("origin", destination.origin());
        self.audit(securable.id.to_string(), event).await?;
        Ok((destination, self.headers(securable, destination, given).await?))
    }

    /// Has it on record that a request was refused. A missing grant is already.
    async fn note(&self, url: &Url, error: &Error) -> Result<()> {
        use polder_catalog::Error as Catalog;
        if matches!(error, Error::Catalog(Catalog::Denied(_) | Catalog::NotAsked { .. })) {
            return Ok(());
        }
        let origin = url.origin().ascii_serialization();
        let event = Event::denied("useConnection").named(&origin).with("reason", error.to_string());
        self.audit(origin, event.with("plugin", self.reach.plugin.name.to_string())).await
    }

    /// Records an event, unless one of the same key is on record: of two at once, both may be.
    async fn audit(&self, key: String, event: Event) -> Result<()> {
        let known = self.audited.lock().contains(&key);
        if !known {
            self.reach.access.audit(event).await?;
            self.audited.lock().insert(key);
        }
        Ok(())
    }

    /// The connection that a URL belongs to: of those that the plugin may use the one that says most of the path.
    async fn connection(&self, method: &Method, url: &Url, named: Option<&str>) -> Result<&Connection> {
        let all = self.connections.get_or_try_init(|| self.list()).await?;
        let covering = || {
            let covers = |one: &&Connection| named.is_none_or(|name| one.securable.name.last() == name);
            all.iter().filter(covers).filter(|one| one.destination.covers(url))
        };
        let usable: Vec<_> =
            covering().filter(|one| self.reach.access.may(&one.securable, Privilege::UseConnection)).collect();
        let found: Vec<&Connection> = if usable.is_empty() { covering().collect() } else { usable };
        let best = closest(found, |one| &one.destination);
        match best[..] {
            [one] => Ok(one),
            [] => {
                let (origin, plugin) = (url.origin().ascii_serialization(), &self.reach.plugin.name);
                Err(Error::Invalid(format!(
                    "no connection leads to {method} {origin}{}: nothing goes out but by CREATE CONNECTION … TYPE http \
                     OPTIONS (url = '{origin}/') and GRANT USE CONNECTION ON CONNECTION … TO PLUGIN {plugin}",
                    url.path()
                )))
            }
            _ => {
                let names = best.iter().map(|one| one.securable.name.to_string()).collect::<Vec<_>>().join(", ");
                Err(Error::Invalid(format!(
                    "the connections {names} all lead to {}{}: name one in the header `{NAMED}`",
                    url.origin().ascii_serialization(),
                    url.path()
                )))
            }
        }
    }

    /// Those that the caller may see: what the plugin itself lacks is then told by its name.
    async fn list(&self) -> Result<Vec<Connection>> {
        let visible = self.reach.callers.list(&[Kind::Connection], &FullName::metastore(), None).await?;
        let read = visible.into_iter().filter_map(|securable| {
            let connection = securable.as_connection().filter(|one| one.protocol == Protocol::Http)?;
            let destination = Destination::of(connection).ok()?;
            Some(Connection { securable, destination })
        });
        Ok(read.collect())
    }

    /// What goes out: the plugin's headers with secrets in place of what stands for them, and the connection's.
    async fn headers(&self, connection: &Securable, destination: &Destination, given: HeaderMap) -> Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        for (name, text) in given.iter().filter(|(name, _)| !is_carried(name)) {
            let filled = match text.to_str() {
                Ok(text) if text.contains(PLACEHOLDER) => value(&self.filled(connection, destination, text).await?)?,
                _ => text.clone(),
            };
            headers.append(name, filled);
        }
        for (name, template) in destination.headers() {
            let mut secrets = HashMap::new();
            for secret in template.secrets() {
                secrets.insert(secret, self.secret(connection, destination, secret).await?);
            }
            headers.insert(name, template.fill(|name| Ok(secrets.get(name).cloned().unwrap_or_default()))?);
        }
        Ok(headers)
    }

    async fn filled(&self, connection: &Securable, destination: &Destination, text: &str) -> Result<String> {
        let mut filled = text.to_owned();
        let known = self.placeholders.lock().clone().into_iter();
        for ((of, name), stands) in known.filter(|(_, stands)| text.contains(stands)) {
            if of != connection.id {
                return Err(Error::Invalid(format!(
                    "the secret '{name}' goes out only to where its own connection leads, and not by connection {}",
                    connection.name
                )));
            }
            filled = filled.replace(&stands, &self.secret(connection, destination, &name).await?);
        }
        Ok(filled)
    }

    async fn secret(&self, connection: &Securable, destination: &Destination, name: &str) -> Result<String> {
        if !destination.keeps_secrets() {
            return Err(Error::Invalid(format!(
                "connection {} would send the secret '{name}' in clear text: its url has to begin with https://",
                connection.name
            )));
        }
        Ok(self.reach.access.secret(connection, name).await?)
    }
}
