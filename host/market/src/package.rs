//! A component in a registry, as the field's tools store it: a manifest with one layer, which is the component, and a
//! config that says what it exports and imports.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use semver::Version;
use serde::{Deserialize, Serialize};

use crate::shelf::source::Source;
use crate::shelf::{tag, version};
use crate::{Digest, Error, Pick, Reference, Registry, Result};

/// The media type of manifests.
pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// That of lists of manifests.
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// As large as the protocol lets registries refuse more.
pub(crate) const MANIFEST_BYTES: u64 = 4 << 20;
/// Those of a component's config and layer.
pub(crate) const CONFIG: &str = "application/vnd.wasm.config.v0+json";
const LAYER: &str = "application/wasm";

/// The config is not needed to run the component; it is read only for tools.
pub(crate) const CONFIG_BYTES: u64 = 1 << 20;

/// Of a component, or of what refers to one.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Manifest {
    pub(crate) schema_version: u32,
    #[serde(default)]
    pub(crate) media_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) artifact_type: Option<String>,
    pub(crate) config: Descriptor,
    pub(crate) layers: Vec<Descriptor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<Descriptor>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) annotations: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Descriptor {
    pub(crate) media_type: String,
    pub(crate) digest: Digest,
    pub(crate) size: u64,
}

/// `application/vnd.wasm.config.v0+json`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Config<'a> {
    created: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    architecture: &'static str,
    os: &'static str,
    layer_digests: [Digest; 1],
    component: Surface<'a>,
}

#[derive(Debug, Serialize)]
struct Surface<'a> {
    exports: &'a [String],
    imports: &'a [String],
    target: Option<String>,
}

impl Manifest {
    /// The manifest of a package, with its one layer; or what is wrong with it.
    fn of_package(bytes: &[u8]) -> Result<(Self, Descriptor), String> {
        let manifest: Self = serde_json::from_slice(bytes).map_err(|error| shown(&error.to_string()))?;
        if manifest.schema_version != 2 || manifest.media_type.as_deref().is_some_and(|kind| kind != MANIFEST) {
            return Err("its manifest is not that of an artifact".to_owned());
        }
        if manifest.config.media_type != CONFIG {
            return Err(format!("its config is '{}', not '{CONFIG}'", shown(&manifest.config.media_type)));
        }
        let [layer] = manifest.layers.as_slice() else {
            return Err(format!("it has {} layers, not one", manifest.layers.len()));
        };
        if layer.media_type != LAYER {
            return Err(format!("its layer is '{}', not '{LAYER}'", shown(&layer.media_type)));
        }
        let layer = layer.clone();
        Ok((manifest, layer))
    }
}

/// What is said of a package where it can be read without the component.
#[derive(Clone, Debug, Default)]
pub struct About {
    pub name: String,
    pub version: Option<Version>,
    pub summary: String,
    pub license: String,
    pub authors: Vec<String>,
    pub homepage: String,
    /// Names of the interfaces.
    pub exports: Vec<String>,
    pub imports: Vec<String>,
    /// RFC 3339.
    pub created: String,
}

/// A package that was read, whole and unchanged.
#[derive(Clone, Debug)]
pub struct Package {
    /// Where it came from, with the digest of its manifest: this package and no other.
    pub reference: Reference,
    /// The version that its tag or manifest says.
    pub version: Option<Version>,
    /// Digest of the manifest, which signatures are made of.
    pub manifest: Digest,
    pub component: Vec<u8>,
    /// When it was made, by its own word.
    pub created: Option<DateTime<Utc>>,
}

/// What was published.
#[derive(Clone, Debug)]
pub struct Published {
    pub reference: Reference,
    pub manifest: Digest,
}

/// The manifest of a package, and what it says of the component.
async fn manifest<S: Source + ?Sized>(
    shelf: &S,
    reference: &Reference,
    pick: &Pick,
) -> Result<(Digest, Manifest, Descriptor)> {
    let found = shelf.document(reference, pick, MANIFEST, MANIFEST_BYTES).await?;
    let not = |why: String| Error::NotAPackage { what: reference.at(pick.clone()).to_string(), why };
    let (manifest, layer) = Manifest::of_package(&found.bytes).map_err(not)?;
    Ok((found.digest, manifest, layer))
}

/// The digest of a package's component.
pub(crate) async fn component<S: Source + ?Sized>(shelf: &S, reference: &Reference, pick: &Pick) -> Result<Digest> {
    manifest(shelf, reference, pick).await.map(|(_, _, layer)| layer.digest)
}

/// Reads the package that a tag or digest stands for.
pub(crate) async fn pull<S: Source + ?Sized>(
    shelf: &S,
    reference: &Reference,
    pick: &Pick,
    limit: u64,
) -> Result<Package> {
    let (digest, manifest, layer) = manifest(shelf, reference, pick).await?;
    if layer.size > limit {
        return Err(Error::TooLarge { what: format!("the component of {reference}"), limit });
    }
    let component = shelf.blob(reference, layer.digest, layer.size).await?;
    let said = manifest.annotations.get("org.opencontainers.image.version");
    let version = match pick {
        Pick::Tag(tag) => version(tag),
        _ => said.and_then(|text| Version::parse(text).ok()),
    };
    let created = manifest.annotations.get("org.opencontainers.image.created");
    let created = created.and_then(|text| DateTime::parse_from_rfc3339(text).ok()).map(|time| time.to_utc());
    let reference = reference.at(Pick::Digest(digest));
    Ok(Package { reference, version, manifest: digest, component, created })
}

impl Registry {
    /// Publishes a component under its version.
    ///
    /// # Errors
    /// [`Error::Exists`] if there is that version; nothing is overwritten.
    pub async fn publish(&self, place: &Reference, component: &[u8], about: &About) -> Result<Published> {
        let version = about.version.as_ref().ok_or_else(|| Error::NotAPackage {
            what: place.to_string(),
            why: "it says no semantic version".to_owned(),
        })?;
        let tag = tag(version);
        let reference = place.at(Pick::Tag(tag.clone()));
        if self.has(place, &tag).await? {
            return Err(Error::Exists(reference.to_string()));
        }
        let author = Some(about.authors.join(", ")).filter(|authors| !authors.is_empty());
        let digest = Digest::of(component);
        let config = Config {
            created: &about.created,
            author,
            architecture: "wasm",
            os: "wasip2",
            layer_digests: [digest],
            component: Surface { exports: &about.exports, imports: &about.imports, target: None },
        };
        let unwritable =
            |error: serde_json::Error| Error::NotAPackage { what: reference.to_string(), why: error.to_string() };
        let config = serde_json::to_vec(&config).map_err(unwritable)?;
        if config.len() as u64 > CONFIG_BYTES {
            return Err(Error::TooLarge { what: format!("the config of {reference}"), limit: CONFIG_BYTES });
        }
        let manifest = Manifest {
            schema_version: 2,
            media_type: Some(MANIFEST.to_owned()),
            artifact_type: None,
            config: Descriptor {
                media_type: CONFIG.to_owned(),
                digest: Digest::of(&config),
                size: config.len() as u64,
            },
            layers: vec![Descriptor { media_type: LAYER.to_owned(), digest, size: component.len() as u64 }],
            subject: None,
            annotations: about.annotations(version),
        };
        let manifest = serde_json::to_vec(&manifest).map_err(unwritable)?;
        self.put_blob(place, component).await?;
        self.put_blob(place, &config).await?;
        let manifest = self.put_manifest(place, &reference.pick, MANIFEST, manifest).await?.digest;
        Ok(Published { reference, manifest })
    }
}

impl About {
    /// In the words of <https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md>
    fn annotations(&self, version: &Version) -> BTreeMap<String, String> {
        let authors = self.authors.join(", ");
        let version = version.to_string();
        let said = [
            ("title", &self.name),
            ("version", &version),
            ("description", &self.summary),
            ("licenses", &self.license),
            ("authors", &authors),
            ("url", &self.homepage),
            ("created", &self.created),
        ];
        let said = said.into_iter().filter(|(_, text)| !text.is_empty());
        said.map(|(name, text)| (format!("org.opencontainers.image.{name}"), text.clone())).collect()
    }
}

/// A stranger's word, as far as it can be shown.
pub(crate) fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(300).collect()
}
