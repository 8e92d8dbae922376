//! What a registry asks for before it answers, and the header that satisfies it: Basic, or a token from where it says
//! (<https://distribution.github.io/distribution/spec/auth/token/>).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use url::Url;

use super::Login;

/// The value of a `WWW-Authenticate` header, as far as registries use it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    Basic,
    Bearer { realm: String, service: Option<String>, scope: Option<String> },
}

impl Challenge {
    /// Reads a challenge; of several in one header the first.
    pub(super) fn read(header: &str) -> Option<Self> {
        let (scheme, rest) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let (mut realm, mut service, mut scope) = (None, None, None);
        for (name, value) in parameters(rest) {
            match name.as_str() {
                "realm" => realm = Some(value),
                "service" => service = Some(value),
                "scope" => scope = Some(value),
                _ => {}
            }
        }
        Some(Self::Bearer { realm: realm?, service, scope })
    }
}

/// `a="x, y",b=z`
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some((name, after)) = rest.split_once('=') {
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => match quoted.split_once('"') {
                Some((value, after)) => (value, after),
                None => break,
            },
            None => after.split_at(after.find(',').unwrap_or(after.len())),
        };
        found.push((name.trim().to_ascii_lowercase(), value.to_owned()));
        rest = after.trim_start_matches([',', ' ']);
    }
    found
}

/// Where a token comes from, with what it is for. It is asked for at the registry's own host in whatever way the registry
/// is, elsewhere by https only: a password goes with it.
pub(super) fn token_url(
    registry: &Url,
    realm: &str,
    service: Option<&str>,
    scope: Option<&str>,
) -> Result<Url, &'static str> {
    let mut url = Url::parse(realm).map_err(|_| "it names no URL for its tokens")?;
    if url.scheme() != "https" && url.origin() != registry.origin() {
        return Err("it sends passwords elsewhere in clear text");
    }
    let query = [("service", service), ("scope", scope)];
    url.query_pairs_mut().extend_pairs(query.into_iter().filter_map(|(name, value)| Some((name, value?))));
    Ok(url)
}

pub(super) fn basic(login: &Login) -> Option<HeaderValue> {
    secret(&format!("Basic {}", STANDARD.encode(format!("{}:{}", login.username, login.password))))
}

pub(super) fn bearer(token: &str) -> Option<HeaderValue> {
    secret(&format!("Bearer {token}"))
}

/// A header that is never printed.
fn secret(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges() {
        assert_eq!(Challenge::read("Basic realm=\"Registry\""), Some(Challenge::Basic));
        let bearer = Challenge::read(
            "Bearer realm=\"https://a.example/token\",service=\"r\", scope=\"repository:a/b:pull,push\"",
        );
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            bearer,
            Some(Challenge::Bearer {
                realm: "https://a.example/token".to_owned(),
                service: text("r"),
                scope: text("repository:a/b:pull,push")
            })
        );
        for odd in ["", "Negotiate", "Bearer", "Bearer service=\"x\"", "Bearer realm=\"open", "Bearer ,,,="] {
            assert!(!matches!(Challenge::read(odd), Some(Challenge::Basic)), "{odd}");
        }
    }

    #[test]
    fn tokens_come_from_where_a_password_may_go() {
        let registry = Url::parse("http://127.0.0.1:5000/").unwrap();
        let url = |realm| token_url(&registry, realm, Some("a b"), Some("repository:x:pull"));
        assert_eq!(
            url("https://auth.example/token").unwrap().as_str(),
            "https://auth.example/token?service=a+b&scope=repository%3Ax%3Apull"
        );
        assert!(url("http://127.0.0.1:5000/token").is_ok());
        for bad in ["http://auth.example/token", "http://127.0.0.1:5001/token", "token", "file:///etc/passwd"] {
            assert!(url(bad).is_err(), "{bad}");
        }
    }
}
