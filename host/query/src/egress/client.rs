//! The client by which the requests of plugins leave.

use std::error::Error as StdError;
use std::sync::OnceLock;

use http_body_util::{BodyDataStream, BodyExt};
use polder_egress::{Prohibited, Unresolved};
use polder_sandbox::{HttpBody, HttpError, Unanswered};
use reqwest::header::HeaderMap;
use reqwest::{Body, Client, Method, Response};
use url::Url;

use super::Destination;

/// A client for the Internet, and one for private networks, which reaches nothing else: they share no connections.
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
        let made = polder_egress::client(private_network).build().map_err(unanswered)?;
        Ok(client.get_or_init(|| made).clone())
    }
}

/// A body that breaks off is told to the guest as the library's own errors are.
fn answer(response: Response) -> http::Response<HttpBody> {
    http::Response::from(response).map(|body| body.map_err(|_| HttpError::HttpResponseIncomplete).boxed_unsync())
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
