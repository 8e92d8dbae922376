//! Where a connection leads, and what is added on the way: checked when it is made, and read when a request goes out.

use polder_catalog::spec::{Connection, Protocol};
use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use url::Url;

use crate::{Error, Result};
use polder_egress::Zone;

/// What a secret's name is made of.
pub(crate) const SECRET_NAME: &str = "letters, digits, - and _";

/// Headers that say how a message is carried: they are the client's, or would let one request pass for two.
const CARRIED: [&str; 13] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "http2-settings",
];

/// A connection, read.
#[derive(Clone, Debug)]
pub(crate) struct Destination {
    base: Url,
    methods: Vec<Method>,
    headers: Vec<(HeaderName, Template)>,
    pub(crate) private_network: bool,
}

/// A header's value with places for secrets.
#[derive(Clone, Debug)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Secret(String),
}

impl Destination {
    /// Reads a definition.
    ///
    /// # Errors
    /// What in it means nothing, or nothing safe.
    pub(crate) fn of(connection: &Connection) -> Result<Self> {
        let base = base(&connection.url)?;
        match connection.protocol {
            Protocol::Http if connection.methods.is_empty() => return Err(invalid("methods", "there are none")),
            Protocol::Oci if base.scheme() != "https" && !connection.private_network => {
                return Err(invalid("url", "packages come by https://, or from within a private network"));
            }
            _ => {}
        }
        let methods = connection.methods.iter().map(|name| method(name)).collect::<Result<_>>()?;
        let headers = connection.headers.iter().map(|(name, value)| Ok((header(name)?, Template::read(value)?)));
        let headers = headers.collect::<Result<Vec<_>>>()?;
        let destination = Self { base, methods, headers, private_network: connection.private_network };
        match destination.literal_zone() {
            Some(zone) if !zone.is_open(destination.private_network) => Err(invalid("url", zone.closed())),
            _ => Ok(destination),
        }
    }

    pub(crate) fn methods(&self) -> &[Method] {
        &self.methods
    }

    pub(crate) fn headers(&self) -> &[(HeaderName, Template)] {
        &self.headers
    }

    /// Scheme, host and port: what a secret is given to.
    pub(crate) fn origin(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    pub(crate) fn scheme(&self) -> &str {
        self.base.scheme()
    }

    /// Secrets leave in clear text only within a private network, which such a connection cannot leave.
    pub(crate) fn keeps_secrets(&self) -> bool {
        self.base.scheme() == "https" || self.private_network
    }

    /// The zone of a host that is written as an address; a name's is known when it is resolved.
    pub(crate) fn literal_zone(&self) -> Option<Zone> {
        Zone::of_host(&self.base)
    }

    /// Whether a URL is this one or below it.
    pub(crate) fn covers(&self, url: &Url) -> bool {
        let below = self.prefix();
        self.base.scheme() == url.scheme()
            && self.base.host() == url.host()
            && self.base.port_or_known_default() == url.port_or_known_default()
            && url.username().is_empty()
            && url.password().is_none()
            && (below.is_empty()
                || !is_evasive(url.path())
                    && url.path().strip_prefix(below).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    }

    /// Whether all that another covers is covered by this one.
    pub(crate) fn holds(&self, other: &Self) -> bool {
        self.covers(&other.base)
    }

    /// The path that it covers; the longer, the more it is meant.
    pub(crate) fn prefix(&self) -> &str {
        self.base.path().trim_end_matches('/')
    }
}

impl Template {
    fn read(text: &str) -> Result<Self> {
        let wrong = |why: &str| invalid("headers", &format!("'{text}': {why}"));
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}").ok_or_else(|| wrong("'{{' without '}}'"))?;
            let name = name.trim();
            if !is_secret_name(name) {
                return Err(wrong(&format!("the name of a secret is made of {SECRET_NAME}")));
            }
            pieces.extend([Piece::Text(before.to_owned()), Piece::Secret(name.to_owned())]);
            rest = after;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        let template = Self(pieces);
        template.fill(|_| Ok(String::new()))?;
        Ok(template)
    }

    /// The names of its secrets.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Secret(name) => Some(name.as_str()),
        })
    }

    /// The header's value. What it holds is never printed.
    pub(crate) fn fill(&self, secret: impl Fn(&str) -> Result<String>) -> Result<HeaderValue> {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(part) => text += part,
                Piece::Secret(name) => text += &secret(name)?,
            }
        }
        value(&text)
    }
}

/// A header's value, such as a secret may be; it is never printed.
pub(crate) fn value(text: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| invalid("headers", "a value, or a secret in it, has characters that no header can hold"))?;
    value.set_sensitive(true);
    Ok(value)
}

pub(crate) fn is_secret_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= 64 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// What some server might read as a separator or a step upwards, and so could lead out of a path again. The plain ones
/// are resolved when a URL is read.
fn is_evasive(path: &str) -> bool {
    const PARTS: [&str; 11] = ["..", ";", "//", "%00", "%25", "%2e", "%2f", "%5c", "%c0", "%ef%bc%8e", "%ef%bc%8f"];
    let path = path.to_ascii_lowercase();
    PARTS.iter().any(|part| path.contains(part))
}

fn base(text: &str) -> Result<Url> {
    let url = Url::parse(text).map_err(|error| invalid("url", &format!("'{text}' is no URL: {error}")))?;
    let why = match () {
        () if !matches!(url.scheme(), "http" | "https") => "it begins with https:// or http://",
        () if url.host().is_none() => "it names a host",
        () if !url.username().is_empty() || url.password().is_some() => "it holds no user or password: use a secret",
        () if url.query().is_some() || url.fragment().is_some() => "it has no ? and no #",
        () if is_evasive(url.path()) => {
            "its path has parts that servers read differently, such as .. or encoded slashes"
        }
        () => return Ok(url),
    };
    Err(invalid("url", why))
}

fn method(name: &str) -> Result<Method> {
    match Method::from_bytes(name.as_bytes()) {
        // One opens a tunnel, the other shows the headers that were added.
        Ok(Method::CONNECT | Method::TRACE) => Err(invalid("methods", &format!("{name} is not allowed"))),
        Ok(method) if name.chars().all(|c| c.is_ascii_uppercase() || c == '-') => Ok(method),
        _ => Err(invalid("methods", &format!("'{name}' is no method"))),
    }
}

fn header(name: &str) -> Result<HeaderName> {
    match HeaderName::from_bytes(name.as_bytes()) {
        Ok(header) if CARRIED.contains(&header.as_str()) => Err(invalid(
            "headers",
            &format!("'{name}' says how a message is carried, which is not for a connection to say"),
        )),
        Ok(header) => Ok(header),
        Err(_) => Err(invalid("headers", &format!("'{name}' is no name of a header"))),
    }
}

/// Whether a guest's header is the client's to set.
pub(crate) fn is_carried(name: &HeaderName) -> bool {
    CARRIED.contains(&name.as_str()) && name != reqwest::header::CONTENT_LENGTH
}

fn invalid(option: &str, why: &str) -> Error {
    Error::Invalid(format!("a connection cannot have these {option}: {why}").replace("these url", "this url"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(url: &str) -> Connection {
        Connection {
            protocol: Protocol::Http,
            username: String::new(),
            index: String::new(),
            url: url.to_owned(),
            methods: vec!["GET".to_owned()],
            headers: [("authorization".to_owned(), "Bearer {{token}}".to_owned())].into(),
            private_network: false,
        }
    }

    fn covers(base: &str, url: &str) -> bool {
        Destination::of(&connection(base)).unwrap().covers(&Url::parse(url).unwrap())
    }

    #[test]
    fn a_connection_covers_its_url_and_what_is_below() {
        for url in
            ["https://api.example.com/v1", "https://API.example.com:443/v1/", "https://api.example.com/v1/a?b=/../c"]
        {
            assert!(covers("https://api.example.com/v1", url), "{url}");
            assert!(covers("https://api.example.com/v1/", url), "{url}");
        }
        for url in [
            "http://api.example.com/v1",
            "https://api.example.com:444/v1",
            "https://api.example.com/v10",
            "https://api.example.com/",
            "https://api.example.com/v1/../v2",
            "https://api.example.com/v1/%2e%2e/v2",
            "https://api.example.com/v1/..%2fv2",
            "https://api.example.com/v1/..%5Cv2",
            "https://api.example.com/v1\\..\\v2",
            "https://api.example.com/v1/..;/admin",
            "https://api.example.com/v1/.;/..;a=b/admin",
            "https://api.example.com/v1/%252e%252e/admin",
            "https://api.example.com/v1/..%00/x",
            "https://api.example.com/v1/..%ef%bc%8fadmin",
            "https://api.example.com/v1/%C0%AE%C0%AE/admin",
            "https://api.example.com.evil.org/v1",
            "https://user@api.example.com/v1",
            "https://api.example.com@evil.org/v1",
        ] {
            assert!(!covers("https://api.example.com/v1", url), "{url}");
        }
        assert!(covers("https://h", "https://h/a%2fb"), "all of a host has no outside");
    }

    #[test]
    fn what_means_nothing_safe_is_refused() {
        for url in [
            "ftp://h/",
            "https://",
            "h/v1",
            "https://u:p@h/",
            "https://h/?q",
            "https://h/#f",
            "https://h/a%2Fb",
            "http://169.254.169.254/",
        ] {
            assert!(Destination::of(&connection(url)).is_err(), "{url}");
        }
        for address in ["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "[::ffff:10.0.0.1]"] {
            let inside = connection(&format!("https://{address}/"));
            assert!(Destination::of(&inside).is_err(), "{address}");
            assert!(Destination::of(&Connection { private_network: true, ..inside }).is_ok(), "{address}");
        }
        let outside = Connection { private_network: true, ..connection("http://1.1.1.1/") };
        assert!(Destination::of(&outside).is_err(), "inside means inside");
        for methods in [&[][..], &["CONNECT"], &["TRACE"], &["get"], &["G T"]] {
            let methods = methods.iter().map(|&name| name.to_owned()).collect();
            assert!(Destination::of(&Connection { methods, ..connection("https://h") }).is_err());
        }
        for (name, value) in [
            ("host", "h"),
            ("transfer-encoding", "chunked"),
            ("a b", "x"),
            ("x", "{{"),
            ("x", "{{a b}}"),
            ("x", "a\r\nb: c"),
        ] {
            let headers = [(name.to_owned(), value.to_owned())].into();
            assert!(Destination::of(&Connection { headers, ..connection("https://h") }).is_err(), "{name}: {value:?}");
        }
    }

    #[test]
    fn a_secret_that_would_begin_another_header_is_refused() {
        let template = Template::read("Bearer {{token}}!").unwrap();
        assert_eq!(template.secrets().collect::<Vec<_>>(), ["token"]);
        assert_eq!(template.fill(|_| Ok("s".into())).unwrap(), "Bearer s!");
        assert!(template.fill(|_| Ok("s\r\nx: y".into())).is_err());
        assert_eq!(format!("{:?}", template.fill(|_| Ok("s".into())).unwrap()), "Sensitive");
    }
}
