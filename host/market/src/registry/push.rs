//! Writing: blobs first, then the manifest that names them, so that what can be found is whole.

use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use reqwest::{Method, StatusCode};

use super::{Registry, Request};
use crate::package::MANIFEST;
use crate::{Digest, Pick, Reference, Result};

/// A manifest that was stored.
pub(crate) struct Stored {
    pub(crate) digest: Digest,
    /// What the registry will list it for, if it keeps such lists.
    pub(crate) subject: Option<Digest>,
}

impl Registry {
    /// Stores bytes under their digest, unless they are there.
    pub(crate) async fn put_blob(&self, reference: &Reference, bytes: &[u8]) -> Result<Digest> {
        let digest = Digest::of(bytes);
        let action = format!("store {digest} in {}", reference.repository());
        let url = self.url(reference, &format!("blobs/{digest}"))?;
        if self.send(&Request::new(Method::HEAD, url, action.clone())).await?.status().is_success() {
            return Ok(digest);
        }
        let start = Request::new(Method::POST, self.url(reference, "blobs/uploads/")?, action.clone());
        let response = self.accepted(self.send(&start).await?, &action).await?;
        let place = response.headers().get(LOCATION).and_then(|place| place.to_str().ok()).unwrap_or_default();
        let mut place = start.url.join(place).map_err(|_| self.deceived("it wants the upload at what is no URL"))?;
        if place.origin() != self.base.origin() {
            return Err(self.deceived("it wants the upload elsewhere"));
        }
        place.query_pairs_mut().append_pair("digest", &digest.to_string());
        let upload = Request::new(Method::PUT, place, action.clone()).with(CONTENT_TYPE, "application/octet-stream");
        self.accepted(self.send(&upload.body(bytes.to_vec())).await?, &action).await?;
        Ok(digest)
    }

    /// Stores a manifest of some kind under a tag or its digest.
    pub(crate) async fn put_manifest(
        &self,
        reference: &Reference,
        pick: &Pick,
        kind: &'static str,
        bytes: Vec<u8>,
    ) -> Result<Stored> {
        let digest = Digest::of(&bytes);
        let name = match pick {
            Pick::Tag(tag) => tag.clone(),
            Pick::Digest(_) | Pick::Fitting(_) => digest.to_string(),
        };
        let action = format!("publish {}", reference.at(pick.clone()));
        let url = self.url(reference, &format!("manifests/{name}"))?;
        let request = Request::new(Method::PUT, url, action.clone()).with(CONTENT_TYPE, kind);
        let response = self.accepted(self.send(&request.body(bytes)).await?, &action).await?;
        let subject = response.headers().get("OCI-Subject").and_then(|said| said.to_str().ok()?.parse().ok());
        Ok(Stored { digest, subject })
    }

    /// Whether there is a tag.
    pub(crate) async fn has(&self, reference: &Reference, tag: &str) -> Result<bool> {
        let url = self.url(reference, &format!("manifests/{tag}"))?;
        let request = Request::new(Method::HEAD, url, format!("look for {tag}")).with(ACCEPT, MANIFEST);
        let response = self.send(&request).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(false);
        }
        // A registry that cannot tell is no registry that has none.
        self.accepted(response, &request.action).await.map(|_| true)
    }
}
