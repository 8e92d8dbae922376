//! What `wkg` and its library `oci-wasm` ask of a package, restated over what is stored here; and packages as they push them
//! (wasm-pkg-tools of August 2026, oci-wasm 0.4).

use chrono::{DateTime, Utc};
use polder_market::{Digest, Reference, Registry};
use semver::Version;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::liar::Liar;
use crate::real::{COMPONENT, LIMIT, about, inside};
use crate::shelf::{MANIFEST, Shelf};

/// The config as `oci-wasm` reads it: these fields have to be there, and to be of these types.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WasmConfig {
    #[serde(rename = "created")]
    _created: DateTime<Utc>,
    author: Option<String>,
    architecture: String,
    os: String,
    layer_digests: Vec<String>,
    component: Option<Component>,
}

#[derive(Deserialize)]
struct Component {
    exports: Vec<String>,
    imports: Vec<String>,
    target: Option<String>,
}

fn place(liar: &Liar) -> (Registry, Reference) {
    let place: Reference = format!("oci://{}/acme/geo", liar.host).parse().unwrap();
    (Registry::open(&place, inside(None)).unwrap(), place)
}

#[tokio::test]
async fn what_wkg_asks_of_a_package() {
    let shelf = Shelf::new(false);
    let liar = shelf.serve();
    let (registry, place) = place(&liar);
    registry.publish(&place, COMPONENT, &about("1.2.3")).await.unwrap();
    // The tag is the version, as `Version` writes it.
    let manifest: Value = serde_json::from_slice(&shelf.get("manifests/1.2.3").unwrap()).unwrap();
    assert_eq!(manifest["schemaVersion"], 2);
    assert_eq!(manifest["mediaType"], MANIFEST);
    assert_eq!(manifest["config"]["mediaType"], "application/vnd.wasm.config.v0+json");
    let layers = manifest["layers"].as_array().unwrap();
    assert_eq!((layers.len(), &layers[0]["mediaType"]), (1, &json!("application/wasm")));
    assert_eq!(layers[0]["digest"], json!(Digest::of(COMPONENT)));
    assert_eq!(manifest["annotations"]["org.opencontainers.image.version"], "1.2.3");
    for field in ["description", "licenses", "authors"] {
        assert!(manifest["annotations"][format!("org.opencontainers.image.{field}")].is_string(), "{field}");
    }
    let config = shelf.get(&format!("blobs/{}", manifest["config"]["digest"].as_str().unwrap())).unwrap();
    let config: WasmConfig = serde_json::from_slice(&config).unwrap();
    assert_eq!((config.architecture.as_str(), config.os.as_str()), ("wasm", "wasip2"));
    assert_eq!(config.layer_digests, [Digest::of(COMPONENT).to_string()]);
    assert_eq!(config.author.as_deref(), Some("Ada"));
    let component = config.component.unwrap();
    assert_eq!((component.exports, component.imports.len()), (about("1.2.3").exports, 0));
    assert!(component.target.is_none());
}

#[tokio::test]
async fn what_wkg_pushes_is_pulled() {
    let config = json!({
        "created": "2026-08-19T09:50:20.123456789Z", "author": null, "architecture": "wasm", "os": "wasip2",
        "layerDigests": [Digest::of(COMPONENT)],
        "component": { "exports": ["acme:geo/area@1.2.3"], "imports": [], "target": null },
    })
    .to_string();
    let described =
        |kind: &str, bytes: &[u8]| json!({ "mediaType": kind, "digest": Digest::of(bytes), "size": bytes.len() });
    let mut layer = described("application/wasm", COMPONENT);
    layer["annotations"] = json!({ "org.opencontainers.image.title": "geo.wasm" });
    // `wkg publish` says the version; `wkg oci push` says nothing unless it is told to.
    for annotations in [json!({ "org.opencontainers.image.version": "1.2.3" }), Value::Null] {
        let mut manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": described("application/vnd.wasm.config.v0+json", config.as_bytes()), "layers": [layer],
        });
        if !annotations.is_null() {
            manifest["annotations"] = annotations;
        }
        let shelf = Shelf::new(true);
        shelf.put("manifests/1.2.3", MANIFEST, manifest.to_string().as_bytes());
        shelf.put("tags/list", "application/json", br#"{"name":"acme/geo","tags":["latest","1.2.3"]}"#);
        shelf.put(&format!("blobs/{}", Digest::of(COMPONENT)), "", COMPONENT);
        shelf.put(&format!("blobs/{}", Digest::of(config.as_bytes())), "", config.as_bytes());
        let liar = shelf.serve();
        let (registry, place) = place(&liar);
        let package = registry.pull(&place, LIMIT).await.unwrap();
        assert_eq!((package.component.as_slice(), package.version), (COMPONENT, Some(Version::new(1, 2, 3))));
    }
}
