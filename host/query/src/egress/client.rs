//! The client. It resolves a name itself and connects to nothing but the addresses that it has checked, follows no
//! redirect, and asks no proxy.

use std::error::Error as StdError;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http_body_util::{BodyDataStream, BodyExt};
use polder_sandbox::{HttpBody, HttpError, Unanswered};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use reqwest::{Body, Client, Method, Response};
use tokio::sync::Semaphore;
use url::Url;

use super::Destination;
use super::address::Zone;
use super::destination::closed;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a connection is kept for the next request.
const IDLE: Duration = Duration::from_secs(30);

/// Names that are looked up at once: the system's answer cannot be cancelled, however long it takes.
const LOOK_UPS: usize = 16;

/// A client for the Internet, and one that also reaches private networks: they share no connections.
#[derive(Default)]
pub(crate) struct Clients {
    public: OnceLock<Client>,
    private: OnceLock<Client>,
}

impl Clients {
    /// Sends a request to where it was decided that it may go.
    pub(crate) async fn send(
        &self,
        destination: &Destination,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: HttpBody,
    ) -> Result<http::Response<HttpBody>, Unanswered> {
        let mut request = reqwest::Request::new(method, url);
        *request.headers_mut() = headers;
        if !http_body::Body::is_end_stream(&body) {
            *request.body_mut() = Some(Body::wrap_stream(BodyDataStream::new(body)));
        }
        let response = self.client(destination.private_network)?.execute(request).await.map_err(unanswered)?;
        Ok(answer(response))
    }

    fn client(&self, private_network: bool) -> Result<Client, Unanswered> {
        let client = if private_network { &self.private } else { &self.public };
        if let Some(client) = client.get() {
            return Ok(client.clone());
        }
        let made = Client::builder()
            .dns_resolver(Arc::new(Checked { private_network, places: Arc::new(Semaphore::new(LOOK_UPS)) }))
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .user_agent(concat!("polder/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(unanswered)?;
        Ok(client.get_or_init(|| made).clone())
    }
}

/// A body that breaks off is told to the guest as the library's own errors are.
fn answer(response: Response) -> http::Response<HttpBody> {
    http::Response::from(response).map(|body| body.map_err(|_| HttpError::HttpResponseIncomplete).boxed_unsync())
}

/// Names, resolved by the system; if one of the addresses is closed, all are: nobody whose name leads both outside
/// and inside means well.
struct Checked {
    private_network: bool,
    places: Arc<Semaphore>,
}

#[derive(Debug, thiserror::Error)]
#[error("'{name}' has the address {address}: {}", closed(*.zone))]
struct Prohibited {
    name: String,
    address: std::net::IpAddr,
    zone: Zone,
}

#[derive(Debug, thiserror::Error)]
#[error("'{name}' has no address: {why}")]
struct Unresolved {
    name: String,
    why: String,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let (name, private_network) = (name.as_str().to_owned(), self.private_network);
        let places = Arc::clone(&self.places);
        Box::pin(async move {
            let place = places.acquire_owned().await?;
            let asked = name.clone();
            let found = tokio::task::spawn_blocking(move || {
                let _place = place;
                (asked.as_str(), 0).to_socket_addrs().map(Iterator::collect)
            });
            let found: std::io::Result<Vec<SocketAddr>> = found.await?;
            let addresses = found.map_err(|error| Unresolved { name: name.clone(), why: error.to_string() })?;
            if addresses.is_empty() {
                return Err(Unresolved { name, why: "the answer is empty".to_owned() }.into());
            }
            for address in addresses.iter().map(SocketAddr::ip) {
                let zone = Zone::of(address);
                if !zone.is_open(private_network) {
                    return Err(Prohibited { name, address, zone }.into());
                }
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// Why there is no response, without the URL: what is secret about it is not for a log.
fn unanswered(error: reqwest::Error) -> Unanswered {
    let error = error.without_url();
    let causes: Vec<_> =
        std::iter::successors(error.source(), |&cause: &&(dyn StdError + 'static)| cause.source()).collect();
    if let Some(prohibited) = causes.iter().find_map(|cause| cause.downcast_ref::<Prohibited>()) {
        return Unanswered { code: HttpError::DestinationIpProhibited, why: prohibited.to_string() };
    }
    if let Some(unresolved) = causes.iter().find_map(|cause| cause.downcast_ref::<Unresolved>()) {
        let code = HttpError::DnsError { rcode: None, info_code: None };
        return Unanswered { code, why: unresolved.to_string() };
    }
    // A request body that reached a limit says so itself.
    if let Some(HttpError::HttpRequestBodySize(size)) =
        causes.iter().find_map(|cause| cause.downcast_ref::<HttpError>())
    {
        return Unanswered {
            code: HttpError::HttpRequestBodySize(*size),
            why: "the request's body is too large".to_owned(),
        };
    }
    let code = match () {
        () if error.is_timeout() => HttpError::ConnectionTimeout,
        () if error.is_connect() && causes.iter().any(|cause| cause.to_string().contains("certificate")) => {
            HttpError::TlsCertificateError
        }
        () if error.is_connect() => HttpError::ConnectionRefused,
        () => HttpError::HttpProtocolError,
    };
    let why = causes.last().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
    Unanswered { code, why }
}
