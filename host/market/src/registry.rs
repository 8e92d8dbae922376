//! One registry, spoken to by the distribution protocol.

mod auth;
mod pull;
mod push;
mod referrers;

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use polder_egress::Zone;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, LOCATION, WWW_AUTHENTICATE};
use reqwest::{Method, Response, StatusCode};
use semver::Version;
use url::Url;

use self::auth::Challenge;
use crate::shelf::Shelf;
use crate::shelf::source::{Document, Entry, Source};
use crate::{Attestation, Digest, Error, Package, Pick, Reference, Result, Signatures};

/// How long a registry may be silent.
const SILENCE: Duration = Duration::from_secs(30);
/// How long one answer may take in all.
const ANSWER: Duration = Duration::from_secs(600);
/// How often a file may be said to lie elsewhere.
const HOPS: usize = 3;
/// What of a refusal, or of a token, is read.
const WORDS: u64 = 64 << 10;

/// A name and a password, or what stands for one.
#[derive(Clone)]
pub struct Login {
    pub username: String,
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("username", &self.username).finish_non_exhaustive()
    }
}

/// How a registry may be reached.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// Without TLS.
    pub plain_http: bool,
    /// In a private network, or on this machine; then nowhere else.
    pub private_network: bool,
    pub login: Option<Login>,
}

/// A registry. What it was asked for before it may be asked again: tokens are kept.
pub struct Registry {
    client: reqwest::Client,
    /// For what takes long to send: the registry is silent meanwhile.
    sender: reqwest::Client,
    base: Url,
    /// Host and port, for errors.
    name: String,
    access: Access,
    /// What satisfied the last challenge.
    authorization: Mutex<Option<HeaderValue>>,
}

/// A request that can be sent again.
struct Request {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Bytes,
    /// What is being done, for errors: "read the manifest of acme/geo".
    action: String,
}

impl Request {
    fn new(method: Method, url: Url, action: String) -> Self {
        Self { method, url, headers: HeaderMap::new(), body: Bytes::new(), action }
    }

    fn with(mut self, name: reqwest::header::HeaderName, value: &'static str) -> Self {
        self.headers.insert(name, HeaderValue::from_static(value));
        self
    }

    fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }
}

#[async_trait]
impl Source for Registry {
    async fn tags(&self, place: &Reference) -> Result<Vec<String>> {
        self.read_tags(place).await
    }

    async fn document(&self, place: &Reference, pick: &Pick, kind: &'static str, limit: u64) -> Result<Document> {
        self.read_document(place, pick, kind, limit).await
    }

    async fn blob(&self, place: &Reference, digest: Digest, size: u64) -> Result<Vec<u8>> {
        self.read_blob(place, digest, size).await
    }

    async fn entries(&self, place: &Reference, manifest: Digest) -> Result<Vec<Entry>> {
        self.list(place, manifest).await
    }
}

impl Registry {
    /// The registry of a reference. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Unreachable`] if its address is one that `access` does not lead to.
    pub fn open(reference: &Reference, access: Access) -> Result<Self> {
        let name = reference.registry().to_owned();
        let unreachable = |why: String| Error::Unreachable { registry: name.clone(), why };
        let scheme = if access.plain_http { "http" } else { "https" };
        let base = Url::parse(&format!("{scheme}://{name}/")).map_err(|error| unreachable(error.to_string()))?;
        if let Some(zone) = Zone::of_host(&base).filter(|zone| !zone.is_open(access.private_network)) {
            return Err(unreachable(zone.closed().to_owned()));
        }
        let client = || polder_egress::client(access.private_network).timeout(ANSWER);
        let [client, sender] = [client().read_timeout(SILENCE), client()].map(|client| client.build());
        let client = client.map_err(|error| unreachable(error.to_string()))?;
        let sender = sender.map_err(|error| unreachable(error.to_string()))?;
        Ok(Self { client, sender, base, name, access, authorization: Mutex::new(None) })
    }

    /// As [`Shelf::pull`].
    ///
    /// # Errors
    /// Its.
    pub async fn pull(&self, reference: &Reference, limit: u64) -> Result<Package> {
        Shelf::pull(self, reference, limit).await
    }

    /// As [`Shelf::versions`].
    ///
    /// # Errors
    /// Its.
    pub async fn versions(&self, reference: &Reference) -> Result<Vec<Version>> {
        Shelf::versions(self, reference).await
    }

    /// As [`Shelf::signatures`].
    ///
    /// # Errors
    /// Its.
    pub async fn signatures(&self, place: &Reference, manifest: Digest) -> Result<Signatures> {
        Shelf::signatures(self, place, manifest).await
    }

    /// As [`Shelf::attestations`].
    ///
    /// # Errors
    /// Its.
    pub async fn attestations(&self, place: &Reference, manifest: Digest) -> Result<Vec<Attestation>> {
        Shelf::attestations(self, place, manifest).await
    }

    /// A URL of the protocol.
    fn url(&self, reference: &Reference, rest: &str) -> Result<Url> {
        let path = format!("v2/{}/{rest}", reference.repository());
        self.base.join(&path).map_err(|error| self.deceived(&format!("'{path}' makes no URL: {error}")))
    }

    /// Sends a request, and again when the registry asks who is there.
    async fn send(&self, request: &Request) -> Result<Response> {
        let known = self.authorization.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let response = self.send_once(request, known).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        let challenges = response.headers().get_all(WWW_AUTHENTICATE).iter();
        let challenge = challenges.filter_map(|header| Challenge::read(header.to_str().ok()?)).next();
        let Some(authorization) = self.satisfy(challenge, request).await? else {
            return Err(self.unauthorized(response).await);
        };
        let response = self.send_once(request, Some(authorization.clone())).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            return Err(self.unauthorized(response).await);
        }
        *self.authorization.lock().unwrap_or_else(PoisonError::into_inner) = Some(authorization);
        Ok(response)
    }

    async fn send_once(&self, request: &Request, authorization: Option<HeaderValue>) -> Result<Response> {
        let mut sent = reqwest::Request::new(request.method.clone(), request.url.clone());
        sent.headers_mut().clone_from(&request.headers);
        if !request.body.is_empty() || matches!(request.method, Method::POST | Method::PUT) {
            *sent.body_mut() = Some(request.body.clone().into());
        }
        if let Some(authorization) = authorization.filter(|_| request.url.origin() == self.base.origin()) {
            sent.headers_mut().insert(AUTHORIZATION, authorization);
        }
        let client = if request.method == Method::PUT { &self.sender } else { &self.client };
        client.execute(sent).await.map_err(|error| self.unreachable(error))
    }

    /// The header that a challenge asks for; none if there is nothing to answer it with.
    async fn satisfy(&self, challenge: Option<Challenge>, request: &Request) -> Result<Option<HeaderValue>> {
        let login = self.access.login.as_ref();
        let (realm, service, scope) = match challenge {
            None => return Ok(None),
            Some(Challenge::Basic) => return Ok(login.and_then(auth::basic)),
            Some(Challenge::Bearer { realm, service, scope }) => (realm, service, scope),
        };
        let url = auth::token_url(&self.base, &realm, service.as_deref(), scope.as_deref());
        let url = url.map_err(|why| self.deceived(why))?;
        self.check_place(&url)?;
        let mut asked = reqwest::Request::new(Method::GET, url);
        if let Some(login) = login.and_then(auth::basic) {
            asked.headers_mut().insert(AUTHORIZATION, login);
        }
        let answer = self.client.execute(asked).await.map_err(|error| self.unreachable(error))?;
        let answer = match answer.status() {
            StatusCode::FORBIDDEN => return Err(self.unauthorized(answer).await),
            _ => self.accepted(answer, &format!("give a token for {}", request.action)).await?,
        };
        #[derive(serde::Deserialize)]
        struct Token {
            token: Option<String>,
            /// The same, for those that know it by OAuth's name; many say both.
            access_token: Option<String>,
        }
        let body = self.read(answer, WORDS, "a token").await?;
        let token: Token = serde_json::from_slice(&body)
            .map_err(|error| self.deceived(&format!("no token came for {}: {error}", request.action)))?;
        let token = token.token.or(token.access_token);
        Ok(token.as_deref().and_then(auth::bearer))
    }

    /// Sends a request for a file, which may lie elsewhere: there nobody is told who asks.
    async fn fetch(&self, mut request: Request) -> Result<Response> {
        for _hop in 0..=HOPS {
            let response = if request.url.origin() == self.base.origin() {
                self.send(&request).await?
            } else {
                self.send_once(&request, None).await?
            };
            if !response.status().is_redirection() {
                return self.accepted(response, &request.action).await;
            }
            let place = response.headers().get(LOCATION).and_then(|place| place.to_str().ok()).unwrap_or_default();
            let place = request.url.join(place).map_err(|_| self.deceived("it leads to what is no URL"))?;
            self.check_place(&place)?;
            request.url = place;
        }
        Err(self.deceived("it leads from one place to the next"))
    }

    /// Whether a registry may lead there: to no address that it could not have itself, and not out of TLS.
    fn check_place(&self, url: &Url) -> Result<()> {
        if let Some(zone) = Zone::of_host(url).filter(|zone| !zone.is_open(self.access.private_network)) {
            return Err(self.deceived(&format!(
                "it leads to {}: {}",
                url.host_str().unwrap_or_default(),
                zone.closed()
            )));
        }
        match url.scheme() {
            "https" => Ok(()),
            "http" if self.access.plain_http => Ok(()),
            _ => Err(self.deceived("it leads to where there is no TLS")),
        }
    }

    /// An answer that is no refusal.
    async fn accepted(&self, response: Response, action: &str) -> Result<Response> {
        match response.status() {
            status if status.is_success() => Ok(response),
            StatusCode::NOT_FOUND => Err(Error::NotFound(format!("what was asked for to {action}"))),
            StatusCode::UNAUTHORIZED => Err(self.unauthorized(response).await),
            _ => {
                let why = self.words(response).await;
                Err(Error::Refused { registry: self.name.clone(), action: action.to_owned(), why })
            }
        }
    }

    /// A body of at most `limit` bytes.
    async fn read(&self, mut response: Response, limit: u64, what: &str) -> Result<Vec<u8>> {
        let too_large = || Error::TooLarge { what: format!("{what} from {}", self.name), limit };
        if response.content_length().is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.unreachable(error))? {
            if (bytes.len() + chunk.len()) as u64 > limit {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    /// Why a registry refuses, in its own words, as far as they can be shown.
    async fn words(&self, response: Response) -> String {
        #[derive(serde::Deserialize)]
        struct Refusals {
            errors: Vec<Refusal>,
        }
        #[derive(serde::Deserialize)]
        struct Refusal {
            code: String,
            #[serde(default)]
            message: String,
        }
        let status = response.status();
        let said = self.read(response, WORDS, "a refusal").await.unwrap_or_default();
        let text = match serde_json::from_slice::<Refusals>(&said) {
            Ok(Refusals { errors }) => {
                let each = errors.into_iter().map(|Refusal { code, message }| format!("{code} {message}"));
                format!("{status}: {}", each.collect::<Vec<_>>().join("; "))
            }
            Err(_) => status.to_string(),
        };
        text.chars().filter(|c| !c.is_control()).take(300).collect::<String>().trim().to_owned()
    }

    async fn unauthorized(&self, response: Response) -> Error {
        Error::Unauthorized { registry: self.name.clone(), why: self.words(response).await }
    }

    fn deceived(&self, why: &str) -> Error {
        let why = why.chars().filter(|c| !c.is_control()).take(300).collect();
        Error::Deceived { registry: self.name.clone(), why }
    }

    /// The innermost cause says most.
    fn unreachable(&self, error: reqwest::Error) -> Error {
        let error = error.without_url();
        let mut cause: &dyn std::error::Error = &error;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        Error::Unreachable { registry: self.name.clone(), why: cause.to_string() }
    }
}
