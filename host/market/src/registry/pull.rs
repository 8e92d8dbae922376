//! Reading: tags, manifests, blobs. What came is compared with what was asked for.

use reqwest::header::{ACCEPT, LINK};
use reqwest::{Method, Response};
use semver::{Version, VersionReq};
use serde::Deserialize;
use url::Url;

use super::{Registry, Request};
use crate::package::MANIFEST;
use crate::reference::is_tag;
use crate::{Digest, Error, Pick, Reference, Result};

/// As large as the protocol lets registries refuse more.
const MANIFEST_BYTES: u64 = 4 << 20;
/// A page of tags, and how many pages there may be.
const TAGS_BYTES: u64 = 1 << 20;
const PAGES: usize = 20;

/// A manifest, and the digest that it has.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    pub(crate) digest: Digest,
    pub(crate) bytes: Vec<u8>,
}

impl Registry {
    /// All tags of a package; what can be none is left out.
    pub async fn tags(&self, reference: &Reference) -> Result<Vec<String>> {
        #[derive(Deserialize)]
        struct Tags {
            tags: Option<Vec<String>>,
        }
        let action = format!("list the tags of {}", reference.repository());
        let mut url = self.url(reference, "tags/list?n=1000")?;
        let mut found = Vec::new();
        for _page in 0..PAGES {
            let request = Request::new(Method::GET, url.clone(), action.clone());
            let response = self.accepted(self.send(&request).await?, &action).await?;
            let next = self.next_page(&url, &response)?;
            let body = self.read(response, TAGS_BYTES, "a list of tags").await?;
            let Tags { tags } = serde_json::from_slice(&body)
                .map_err(|error| self.deceived(&format!("its list of tags is none: {error}")))?;
            found.extend(tags.unwrap_or_default().into_iter().filter(|tag| is_tag(tag)));
            let Some(next) = next else { return Ok(found) };
            url = next;
        }
        Err(Error::TooLarge { what: format!("the list of tags of {reference}"), limit: TAGS_BYTES * PAGES as u64 })
    }

    /// Where a list goes on, if it does.
    pub(super) fn next_page(&self, url: &Url, response: &Response) -> Result<Option<Url>> {
        let link = response.headers().get(LINK).and_then(|link| link.to_str().ok()).and_then(next);
        let Some(link) = link else { return Ok(None) };
        let url = url.join(link).map_err(|_| self.deceived("its next page is no URL"))?;
        if url.origin() != self.base.origin() {
            return Err(self.deceived("its next page lies elsewhere"));
        }
        Ok(Some(url))
    }

    /// The versions of a package, highest first.
    pub async fn versions(&self, reference: &Reference) -> Result<Vec<Version>> {
        let tags = self.tags(reference).await?;
        let mut versions: Vec<_> = tags.iter().filter_map(|tag| version(tag)).collect();
        versions.sort_by(|a, b| b.cmp(a));
        versions.dedup();
        Ok(versions)
    }

    /// The tag or digest that a reference means.
    pub(crate) async fn pick(&self, reference: &Reference) -> Result<Pick> {
        let Pick::Fitting(wanted) = &reference.pick else { return Ok(reference.pick.clone()) };
        let versions = self.versions(reference).await?;
        match versions.iter().find(|version| wanted.matches(version)) {
            Some(version) => Ok(Pick::Tag(tag(version))),
            None => Err(no_version(reference, wanted, &versions)),
        }
    }

    /// The manifest that a tag or digest stands for.
    pub(crate) async fn manifest(&self, reference: &Reference, pick: &Pick) -> Result<Manifest> {
        self.document(reference, pick, MANIFEST, MANIFEST_BYTES).await
    }

    /// What is stored as a manifest of some kind, of at most `limit` bytes.
    pub(super) async fn document(
        &self,
        reference: &Reference,
        pick: &Pick,
        kind: &'static str,
        limit: u64,
    ) -> Result<Manifest> {
        let (name, expected) = match pick {
            Pick::Tag(tag) => (tag.clone(), None),
            Pick::Digest(digest) => (digest.to_string(), Some(*digest)),
            Pick::Fitting(_) => return Err(Error::NotFound(reference.to_string())),
        };
        let action = format!("read the manifest of {}", reference.at(pick.clone()));
        let url = self.url(reference, &format!("manifests/{name}"))?;
        let request = Request::new(Method::GET, url, action).with(ACCEPT, kind);
        let response = match self.fetch(request).await {
            Err(Error::NotFound(_)) => return Err(Error::NotFound(reference.at(pick.clone()).to_string())),
            other => other?,
        };
        let bytes = self.read(response, limit, "a manifest").await?;
        let digest = Digest::of(&bytes);
        match expected {
            Some(expected) if expected != digest => {
                let what = format!("the manifest that {} gave for {reference}", self.name);
                Err(Error::Digest { what, expected, found: digest })
            }
            _ => Ok(Manifest { digest, bytes }),
        }
    }

    /// The bytes of a digest, at most as many as was said.
    pub(crate) async fn blob(&self, reference: &Reference, digest: Digest, size: u64) -> Result<Vec<u8>> {
        let action = format!("read {digest} of {}", reference.repository());
        let url = self.url(reference, &format!("blobs/{digest}"))?;
        let response = self.fetch(Request::new(Method::GET, url, action)).await?;
        let bytes = self.read(response, size, "a blob").await?;
        let found = Digest::of(&bytes);
        if found != digest {
            return Err(Error::Digest { what: format!("a blob of {reference}"), expected: digest, found });
        }
        Ok(bytes)
    }
}

fn no_version(reference: &Reference, wanted: &VersionReq, versions: &[Version]) -> Error {
    let found: Vec<_> = versions.iter().take(10).map(Version::to_string).collect();
    Error::NoVersion { package: reference.to_string(), wanted: wanted.to_string(), found: found.join(", ") }
}

/// The tag of a version. Tags have no `+`; the field's tools write `_` for it.
pub(crate) fn tag(version: &Version) -> String {
    version.to_string().replace('+', "_")
}

/// The version that a tag stands for, if any.
pub(crate) fn version(tag: &str) -> Option<Version> {
    Version::parse(&tag.replace('_', "+")).ok()
}

/// The address in `<…>; rel="next"`.
fn next(link: &str) -> Option<&str> {
    let (address, rest) = link.trim().strip_prefix('<')?.split_once('>')?;
    rest.contains("next").then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_tags() {
        for (text, name) in [("1.2.3", "1.2.3"), ("1.0.0-rc.1+build.5", "1.0.0-rc.1_build.5")] {
            let read = Version::parse(text).unwrap();
            assert_eq!(tag(&read), name);
            assert_eq!(version(name), Some(read));
        }
        assert_eq!(version("latest"), None);
        assert_eq!(version("sha256-00"), None);
    }

    #[test]
    fn the_next_page() {
        assert_eq!(next("</v2/a/tags/list?last=x&n=2>; rel=\"next\""), Some("/v2/a/tags/list?last=x&n=2"));
        assert_eq!(next("<x>; rel=\"prev\""), None);
        assert_eq!(next("x"), None);
    }
}
