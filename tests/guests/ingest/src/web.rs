//! Requests over HTTP.

use std::io::Read;

use polder_sdk::http::{Request, Response};
use polder_sdk::prelude::*;
use polder_sdk::{Json, json, secrets};

/// One request, and its answer.
#[task]
fn fetch(
    url: &str,
    /// GET, if it is left out.
    method: Option<&str>,
    /// Lines such as `accept: text/plain`.
    headers: Option<Vec<String>>,
    body: Option<&str>,
) -> Result<Json> {
    let mut request = Request::new(method.unwrap_or("GET"), url).body(body.unwrap_or_default());
    for line in headers.unwrap_or_default() {
        let (name, value) = line.split_once(": ").ok_or("a header is a name and a value")?;
        request = request.header(name, value);
    }
    answer(request.send()?)
}

/// One request with a secret of a connection in one of its headers.
#[task]
fn fetch_with_secret(url: &str, connection: &str, secret: &str) -> Result<Json> {
    let stands = secrets::placeholder(connection, secret)?;
    let answer = answer(Request::new("GET", url).header("x-key", &format!("key={stands};")).send()?)?;
    Ok(json!({ "known": stands, "body": answer["body"] }))
}

fn answer(response: Response) -> Result<Json> {
    let (status, place) = (response.status(), response.header("location").map(str::to_owned));
    Ok(json!({ "status": status, "location": place, "body": response.text()? }))
}

/// Sends so many bytes, and counts those of the answer.
#[task]
fn exchange(url: &str, bytes: Option<i64>) -> Result<Json> {
    let body = vec![b'x'; usize::try_from(bytes.unwrap_or_default()).map_err(|_| "bytes are counted from 0")?];
    let method = if body.is_empty() { "GET" } else { "POST" };
    let mut response = Request::new(method, url).body(body).send()?.ok()?;
    let (mut part, mut received) = (vec![0; 1 << 16], 0);
    loop {
        match response.read(&mut part)? {
            0 => return Ok(json!({ "received": received })),
            read => received += read,
        }
    }
}

/// So many requests whose answers are not read, all at once.
#[task]
fn hold(url: &str, requests: i64) -> Result<Json> {
    let open: Result<Vec<Response>, HostError> = (0..requests).map(|_| Request::new("GET", url).send()).collect();
    Ok(json!({ "open": open?.len() }))
}
