//! Reading: tags, manifests, blobs. What came is compared with what was asked for.

use reqwest::header::{ACCEPT, LINK};
use reqwest::{Method, Response};
use serde::Deserialize;
use url::Url;

use super::{Registry, Request};
use crate::reference::is_tag;
use crate::shelf::source::Document;
use crate::{Digest, Error, Pick, Reference, Result};

/// A page of tags, and how many pages there may be.
const TAGS_BYTES: u64 = 1 << 20;
const PAGES: usize = 20;

impl Registry {
    /// All tags of a package; what can be none is left out.
    pub(super) async fn read_tags(&self, reference: &Reference) -> Result<Vec<String>> {
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

    /// What is stored as a manifest of some kind, of at most `limit` bytes.
    pub(super) async fn read_document(
        &self,
        reference: &Reference,
        pick: &Pick,
        kind: &'static str,
        limit: u64,
    ) -> Result<Document> {
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
            _ => Ok(Document { digest, bytes }),
        }
    }

    /// The bytes of a digest, at most as many as was said.
    pub(super) async fn read_blob(&self, reference: &Reference, digest: Digest, size: u64) -> Result<Vec<u8>> {
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

/// The address in `<…>; rel="next"`.
fn next(link: &str) -> Option<&str> {
    let (address, rest) = link.trim().strip_prefix('<')?.split_once('>')?;
    rest.contains("next").then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page() {
        assert_eq!(next("</v2/a/tags/list?last=x&n=2>; rel=\"next\""), Some("/v2/a/tags/list?last=x&n=2"));
        assert_eq!(next("<x>; rel=\"prev\""), None);
        assert_eq!(next("x"), None);
    }
}
