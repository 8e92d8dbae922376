//! Requests by `wasi:http`.

use super::bindings::wasi::http::outgoing_handler::handle;
use super::bindings::wasi::http::types::{
    ErrorCode, Fields, IncomingBody, IncomingResponse, Method, OutgoingBody, OutgoingRequest, Scheme,
};
use super::bindings::wasi::io::streams::{InputStream, OutputStream, StreamError};
use crate::HostError;
use crate::http::{Head, Request};
use std::io::{self, Read};

/// Bytes that are asked for at once.
const PART: u64 = 1 << 20;

/// The body of an answer. A stream ends before its body, and that before the answer: in this order they are dropped.
pub(crate) struct Incoming {
    stream: InputStream,
    _body: IncomingBody,
    _response: IncomingResponse,
    /// What was received and not read yet.
    part: io::Cursor<Vec<u8>>,
}

pub(crate) fn send(request: &Request) -> Result<(Head, Incoming), HostError> {
    let wrong = |what: &str| HostError::Invalid(format!("{what} of a request to {}", request.url));
    let headers = Fields::from_list(&request.headers).map_err(|error| wrong(&format!("{error:?} in the headers")))?;
    let outgoing = OutgoingRequest::new(headers);
    let (scheme, rest) = request.url.split_once("://").ok_or_else(|| wrong("there is no scheme in the URL"))?;
    let scheme = match scheme {
        "https" => Scheme::Https,
        "http" => Scheme::Http,
        other => Scheme::Other(other.into()),
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let path = path.split('#').next().unwrap_or_default();
    let path = if path.starts_with('/') { path.into() } else { format!("/{path}") };
    outgoing.set_method(&method(&request.method)).map_err(|()| wrong("no method"))?;
    outgoing.set_scheme(Some(&scheme)).map_err(|()| wrong("no scheme"))?;
    outgoing.set_authority(Some(authority)).map_err(|()| wrong("no host"))?;
    outgoing.set_path_with_query(Some(&path)).map_err(|()| wrong("no path"))?;
    let body = if request.body.is_empty() { None } else { Some(outgoing.body().map_err(|()| wrong("no body"))?) };
    let coming = handle(outgoing, None).map_err(refused)?;
    if let Some(body) = body {
        // Whoever answers before the body has ended has something to say: that is what counts.
        if let Ok(stream) = body.write() {
            let _ = write(&stream, &request.body);
        }
        let _ = OutgoingBody::finish(body, None);
    }
    let response = loop {
        match coming.get() {
            Some(Ok(answer)) => break answer.map_err(refused)?,
            Some(Err(())) => return Err(HostError::Failed("the answer was taken before".into())),
            None => coming.subscribe().block(),
        }
    };
    let head = Head { status: response.status(), headers: response.headers().entries() };
    let taken = |()| HostError::Failed("the answer has no body".into());
    let body = response.consume().map_err(taken)?;
    let stream = body.stream().map_err(taken)?;
    Ok((head, Incoming { stream, _body: body, _response: response, part: io::Cursor::default() }))
}

fn write(stream: &OutputStream, mut bytes: &[u8]) -> Result<(), StreamError> {
    while !bytes.is_empty() {
        let most = usize::try_from(stream.check_write()?).unwrap_or(usize::MAX).min(bytes.len());
        if most == 0 {
            stream.subscribe().block();
            continue;
        }
        let (part, rest) = bytes.split_at(most);
        stream.write(part)?;
        bytes = rest;
    }
    stream.flush()
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.part.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match self.stream.blocking_read(PART) {
                Ok(part) => self.part = io::Cursor::new(part),
                Err(StreamError::Closed) => return Ok(0),
                Err(StreamError::LastOperationFailed(error)) => {
                    return Err(io::Error::other(error.to_debug_string()));
                }
            }
        }
    }
}

fn method(name: &str) -> Method {
    match name {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        "PATCH" => Method::Patch,
        "OPTIONS" => Method::Options,
        other => Method::Other(other.into()),
    }
}

/// Only codes cross the border: the words are in the log.
fn refused(code: ErrorCode) -> HostError {
    let text = format!("the request has no answer: {code:?}");
    match code {
        ErrorCode::HttpRequestDenied | ErrorCode::DestinationIpProhibited => HostError::Denied(text),
        ErrorCode::ConnectionLimitReached | ErrorCode::HttpRequestBodySize(_) | ErrorCode::HttpResponseBodySize(_) => {
            HostError::Limit(text)
        }
        ErrorCode::HttpRequestUriInvalid | ErrorCode::HttpRequestMethodInvalid => HostError::Invalid(text),
        _ => HostError::Failed(text),
    }
}
