//! One open home folder: the catalog, the tables and volumes, the sandbox, and the engine they share.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::execution::SessionState;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::SessionConfig;
use deltalake::delta_datafusion::planner::DeltaPlanner;
use polder_catalog::Catalog;
use polder_sandbox::{Digest, Limits, Plugin, Sandbox};
use polder_storage::{Location, Stores, Tables};

use crate::egress::Clients;
use crate::trust::Checked;
use crate::{Error, Result, Session, limits, memory};

/// Where everything of one Polder lives.
///
/// ```text
/// catalog.db        what exists and who may touch it
/// catalog.db.key    what the secrets in it are sealed with
/// tables/           managed Delta tables, one folder each
/// volumes/          managed volumes, one folder each
/// components/       installed plugins by digest
/// packages/         who signed them
/// compiled/         their machine code, which can be deleted at any time
/// spill/            what queries put aside while they run
/// limits.toml       what plugins may cost on this host, if its operator says so
/// ```
#[derive(Clone, Debug)]
pub struct Home(PathBuf);

impl Home {
    /// The folder that was given, else `POLDER_HOME`, else `.polder` here.
    pub fn find(given: Option<PathBuf>) -> Self {
        let named =
            given.or_else(|| std::env::var_os("POLDER_HOME").filter(|home| !home.is_empty()).map(PathBuf::from));
        Self(named.unwrap_or_else(|| PathBuf::from(".polder")))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// An open home. Cheap to clone.
#[derive(Clone)]
pub struct Polder(Arc<Inner>);

struct Inner {
    home: PathBuf,
    catalog: Catalog,
    tables: Tables,
    stores: Stores,
    sandbox: Sandbox,
    runtime: Arc<RuntimeEnv>,
    clients: Clients,
    checked: Checked,
}

impl Polder {
    /// Open a home, or make it: then `owner` (else `owner`) owns its metastore.
    pub async fn open(home: &Home) -> Result<Self> {
        Self::open_with(home, Limits::default()).await
    }

    /// Open a home whose plugins have other limits than the usual ones.
    pub async fn open_with(home: &Home, limits: Limits) -> Result<Self> {
        let io = |error| Error::File { path: home.0.display().to_string(), error };
        for folder in ["tables", "volumes", "components", "packages", "compiled", "spill"] {
            std::fs::create_dir_all(home.0.join(folder)).map_err(io)?;
        }
        let path = home.0.canonicalize().map_err(io)?;
        let catalog = Catalog::open(path.join("catalog.db"), None).await?;
        let limits = limits::of_host(&path, limits)?;
        let sandbox = Sandbox::new(polder_sandbox::Config { cache: path.join("compiled"), limits })?;
        let spill = DiskManagerBuilder::default().with_mode(DiskManagerMode::Directories(vec![path.join("spill")]));
        let runtime = RuntimeEnvBuilder::new()
            .with_disk_manager_builder(spill)
            .with_memory_limit(memory::limit(), 1.0)
            .build_arc()?;
        let stores = Stores::new();
        let tables = Tables::default();
        let (clients, checked) = (Clients::default(), Checked::default());
        Ok(Self(Arc::new(Inner { home: path, catalog, tables, stores, sandbox, runtime, clients, checked })))
    }

    /// A session of `principal`, or of the owner of the metastore.
    pub async fn session(&self, principal: Option<&str>) -> Result<Session> {
        let principal = match principal {
            Some(principal) => principal.to_owned(),
            None => self.0.catalog.owner().await?,
        };
        // Fails here, not at the first statement, when there is no such principal.
        self.0.catalog.access(&principal).await?;
        Ok(Session::new(self.clone(), principal))
    }

    pub fn home(&self) -> &Path {
        &self.0.home
    }

    pub fn catalog(&self) -> &Catalog {
        &self.0.catalog
    }

    pub fn sandbox(&self) -> &Sandbox {
        &self.0.sandbox
    }

    pub(crate) fn tables(&self) -> &Tables {
        &self.0.tables
    }

    pub(crate) fn stores(&self) -> &Stores {
        &self.0.stores
    }

    /// By which the requests of plugins leave.
    pub(crate) fn clients(&self) -> &Clients {
        &self.0.clients
    }

    /// Which plugins were found to be trusted.
    pub(crate) fn checked(&self) -> &Checked {
        &self.0.checked
    }

    /// A fresh engine state for one session.
    pub(crate) fn engine(&self) -> SessionState {
        let config = SessionConfig::new()
            .with_information_schema(false)
            .with_create_default_catalog_and_schema(false)
            .set_bool("datafusion.execution.parquet.schema_force_view_types", true)
            .set_str("datafusion.execution.time_zone", "UTC");
        SessionStateBuilder::new_with_default_features()
            .with_config(config)
            .with_runtime_env(Arc::clone(&self.0.runtime))
            .with_query_planner(DeltaPlanner::new())
            .build()
    }

    /// Where a new managed `table` or volume goes, below `root` if its schema or catalog names one.
    pub(crate) fn managed(&self, folder: &str, root: Option<&str>, id: &str) -> Result<Location> {
        let root = match root {
            Some(root) => Location::parse(root, &self.0.home)?,
            None => Location::folder(&self.0.home)?,
        };
        Ok(root.child(folder)?.child(id)?)
    }

    /// Read a location as a statement wrote it: relative paths are from the working folder.
    pub(crate) fn location(&self, text: &str) -> Result<Location> {
        let here = std::env::current_dir().unwrap_or_else(|_| self.0.home.clone());
        Ok(Location::parse(text, &here)?)
    }

    /// Keep a component; all at once, so that a file with a digest as its name is whole.
    pub(crate) fn keep_component(&self, digest: &Digest, bytes: &[u8]) -> Result<()> {
        let path = self.component(digest);
        if path.exists() { Ok(()) } else { self.keep(&path, bytes) }
    }

    /// Write a file of the home, all at once.
    pub(crate) fn keep(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let io = |error| Error::File { path: path.display().to_string(), error };
        let part = path.with_extension(format!("{}.part", uuid::Uuid::new_v4()));
        std::fs::write(&part, bytes).and_then(|()| std::fs::File::open(&part)?.sync_all()).map_err(io)?;
        std::fs::rename(&part, path).map_err(io)
    }

    /// An installed component, loaded: what runs has the digest that the catalog pins. Whether it may run is decided
    /// before, by [`Run::load`](crate::run::Run::load).
    pub(crate) fn plugin(&self, digest: &str) -> Result<Arc<Plugin>> {
        let digest: Digest = digest.parse()?;
        Ok(self.0.sandbox.installed(&digest, &self.component(&digest))?)
    }

    /// Whether an installed component is there, unchanged.
    pub(crate) fn whole(&self, digest: &str) -> Result<()> {
        self.component_bytes(&digest.parse()?).map(drop)
    }

    /// The bytes of an installed component, if they have its digest still.
    pub(crate) fn component_bytes(&self, digest: &Digest) -> Result<Vec<u8>> {
        Ok(self.0.sandbox.read(digest, &self.component(digest))?)
    }

    fn component(&self, digest: &Digest) -> PathBuf {
        self.0.home.join("components").join(format!("{digest}.wasm"))
    }
}
