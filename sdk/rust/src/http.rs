//! Requests over HTTP, to where a connection leads that the plugin may use: nothing else goes out.
//!
//! ```no_run
//! # fn main() -> polder_sdk::Result<()> {
//! use polder_sdk::http::{self, Request};
//!
//! let text = http::get("https://api.example.com/v1/rates?day=2013-01-05")?.ok()?.text()?;
//! let made = Request::post("https://api.example.com/v1/reports")
//!     .header("content-type", "application/json")
//!     .body(r#"{"day": "2013-01-05"}"#)
//!     .send()?
//!     .ok()?;
//! # Ok(()) }
//! ```
//!
//! A secret that the connection does not add itself goes out as what [`secrets::placeholder`](crate::secrets::placeholder)
//! gives. Redirects are answers like others: their place is asked for by a request of its own.

use crate::HostError;
#[cfg(target_family = "wasm")]
use crate::component::http as border;
#[cfg(not(target_family = "wasm"))]
use crate::native::http as border;
use std::io::{self, Read};

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

/// An answer. Its body comes as it is read, with the methods of [`Read`].
pub struct Response {
    head: Head,
    body: border::Incoming,
}

/// Status and headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
}

/// Asks for what is at a URL.
pub fn get(url: &str) -> Result<Response, HostError> {
    Request::new("GET", url).send()
}

impl Request {
    /// A request by any method, in upper case, to a URL with its scheme.
    pub fn new(method: &str, url: &str) -> Self {
        Self { method: method.into(), url: url.into(), headers: Vec::new(), body: Vec::new() }
    }

    pub fn post(url: &str) -> Self {
        Self::new("POST", url)
    }

    pub fn put(url: &str) -> Self {
        Self::new("PUT", url)
    }

    pub fn delete(url: &str) -> Self {
        Self::new("DELETE", url)
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Names the connection, where several lead to the same place.
    #[must_use]
    pub fn connection(self, name: &str) -> Self {
        self.header("polder-connection", name)
    }

    #[must_use]
    pub fn body(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = bytes.into();
        self
    }

    /// Sends it, and waits for the answer to begin. Any status is an answer: see [`Response::ok`].
    ///
    /// # Errors
    /// [`HostError::Denied`] if it may not go there; why, and which grant would allow it, is in the log.
    pub fn send(&self) -> Result<Response, HostError> {
        let (head, body) = border::send(self)?;
        Ok(Response { head, body })
    }
}

impl Response {
    pub fn status(&self) -> u16 {
        self.head.status
    }

    /// The first header of that name, in any case, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.head.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value).ok()
    }

    /// All headers, in order.
    pub fn headers(&self) -> &[(String, Vec<u8>)] {
        &self.head.headers
    }

    /// The answer, if its status is a success.
    ///
    /// # Errors
    /// [`HostError::Failed`] for any other status.
    pub fn ok(self) -> Result<Self, HostError> {
        match self.head.status {
            200..300 => Ok(self),
            status => Err(HostError::Failed(format!("the answer has the status {status}"))),
        }
    }

    /// The whole body.
    pub fn bytes(mut self) -> Result<Vec<u8>, HostError> {
        let mut bytes = Vec::new();
        self.read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }

    /// The whole body as text in UTF-8.
    pub fn text(mut self) -> Result<String, HostError> {
        let mut text = String::new();
        self.read_to_string(&mut text).map_err(failed)?;
        Ok(text)
    }
}

fn failed(error: io::Error) -> HostError {
    HostError::Failed(error.to_string())
}

impl Read for Response {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.body.read(buffer)
    }
}
