//! Object stores by URL. Credentials and endpoints come from the operator's environment
//! (`AWS_*`, `AZURE_*`, `GOOGLE_*`, as the `object_store` crate names them), never from SQL.

use std::collections::HashMap;
use std::future::ready;
use std::sync::{Arc, LazyLock};

use deltalake::logstore::{
    LogStore, LogStoreFactory, ObjectStoreFactory, ObjectStoreRef, StorageConfig, default_logstore, logstore_factories,
    object_store_factories,
};
use deltalake::{DeltaResult, DeltaTableError};
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, parse_url_opts};
use url::Url;

use crate::{Location, Result};

/// Schemes of remote stores. All of them commit to Delta logs by conditional put.
pub(crate) const SCHEMES: [&str; 9] = ["s3", "s3a", "az", "azure", "abfs", "abfss", "gs", "gcs", "adl"];

/// The prefixes of environment variables that configure stores.
const SETTINGS: [&str; 3] = ["AWS_", "AZURE_", "GOOGLE_"];

/// Makes object stores. Creating one registers the remote schemes with delta-rs.
#[derive(Clone, Debug, Default)]
pub struct Stores(());

impl Stores {
    pub fn new() -> Self {
        static REGISTERED: LazyLock<()> = LazyLock::new(|| {
            for scheme in SCHEMES {
                let Ok(url) = Url::parse(&format!("{scheme}://")) else { continue };
                object_store_factories().insert(url.clone(), Arc::new(Remote));
                logstore_factories().insert(url, Arc::new(Remote));
            }
        });
        LazyLock::force(&REGISTERED);
        Self(())
    }

    /// The store that holds `location`, and the path of `location` in it.
    pub fn open(&self, location: &Location) -> Result<(Arc<dyn ObjectStore>, Path)> {
        let (store, path) = parse_url_opts(location.url(), settings())?;
        Ok((Arc::from(store), path))
    }
}

impl Stores {
    /// Delete everything below a location, for good.
    pub async fn delete_all(&self, location: &Location) -> Result<()> {
        let (store, root) = self.open(location)?;
        let found = store.list(Some(&root)).map_ok(|meta| meta.location).boxed();
        store.delete_stream(found).try_for_each(|_| ready(Ok(()))).await?;
        if let Some(folder) = location.local()
            && folder.exists()
        {
            std::fs::remove_dir_all(folder)?;
        }
        Ok(())
    }
}

/// What the environment says of stores, in the words of `object_store`'s options.
pub(crate) fn settings() -> HashMap<String, String> {
    std::env::vars()
        .filter(|(name, _)| SETTINGS.iter().any(|prefix| name.starts_with(prefix)))
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect()
}

/// Lets delta-rs reach remote stores through the same crate as volumes do.
struct Remote;

impl ObjectStoreFactory for Remote {
    fn parse_url_opts(&self, url: &Url, config: &StorageConfig) -> DeltaResult<(ObjectStoreRef, Path)> {
        let mut options = settings();
        options.extend(config.raw.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone())));
        let (store, path) = parse_url_opts(url, options).map_err(DeltaTableError::from)?;
        Ok((Arc::from(store), path))
    }
}

impl LogStoreFactory for Remote {
    fn with_options(
        &self,
        prefixed_store: ObjectStoreRef,
        root_store: ObjectStoreRef,
        location: &Url,
        options: &StorageConfig,
    ) -> DeltaResult<Arc<dyn LogStore>> {
        Ok(default_logstore(prefixed_store, root_store, location, options))
    }
}
