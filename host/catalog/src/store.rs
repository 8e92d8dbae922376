//! The database file: opening, migrating, reading and writing.
//!
//! SQLite in WAL mode: readers never wait; writers of all processes take turns, each in one
//! `BEGIN IMMEDIATE` transaction, so a transaction that has begun cannot fail half-way for want of the
//! lock. Within a process writers queue at a pool of one connection, which is fairer than polling.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Sqlite, SqliteConnection, Transaction};

use crate::rights::Rights;
use crate::secret::Vault;
use crate::{Error, Result, bootstrap, location};

/// How long a statement waits for other processes' writes.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often a file lock that another holds is asked for.
const LOCK_POLL: Duration = Duration::from_millis(10);

/// Rights of this many principals are kept in memory.
const CACHED_PRINCIPALS: usize = 1024;

/// One metastore: what exists and who may touch it. Cheap to clone; safe to open by several processes.
#[derive(Clone)]
pub struct Catalog(Arc<Store>);

struct Store {
    path: PathBuf,
    /// The location of its folder, in normal form.
    home: String,
    readers: SqlitePool,
    writer: SqlitePool,
    rights: Mutex<HashMap<String, Arc<Rights>>>,
    vault: OnceLock<Vault>,
}

impl Catalog {
    /// Opens the catalog in the SQLite file `path`, or makes it, and brings its tables up to date.
    /// A new metastore belongs to the user `owner` (else a user called `owner`) and has the catalog
    /// `main` with the schema `default`, besides the reserved catalog `system`.
    ///
    /// # Errors
    /// [`Error::Open`] when the file or its folder cannot be used or a newer version wrote it.
    pub async fn open(path: impl AsRef<Path>, owner: Option<&str>) -> Result<Self> {
        let path = path.as_ref().to_path_buf();
        let failed =
            |source: Box<dyn std::error::Error + Send + Sync>| Error::Open { path: path.display().to_string(), source };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| failed(e.into()))?;
        }
        let home = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let home = location::of_folder(home).map_err(|e| failed(e.into()))?;
        // Two processes must not migrate at once; the lock goes with the process that holds it.
        let lock = lock_file(&sibling(&path, "lock")).await.map_err(|e| failed(e.into()))?;
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A revoke that was answered must survive a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What was a secret is gone from the file when it is gone.
            .pragma("secure_delete", "ON")
            .busy_timeout(PATIENCE)
            .disable_statement_logging();
        let pool = |size| SqlitePoolOptions::new().max_connections(size).acquire_timeout(PATIENCE);
        let writer = pool(1).connect_with(options.clone()).await.map_err(|e| failed(e.into()))?;
        sqlx::migrate!().run(&writer).await.map_err(|e| failed(e.into()))?;
        let readers = pool(4).connect_lazy_with(options);
        let catalog =
            Self(Arc::new(Store { path, home, readers, writer, rights: Mutex::default(), vault: OnceLock::new() }));
        bootstrap::metastore(&catalog, owner.unwrap_or("owner")).await?;
        drop(lock);
        Ok(catalog)
    }

    /// Waits for connections to end. Not needed for safety.
    pub async fn close(&self) {
        self.0.readers.close().await;
        self.0.writer.close().await;
    }

    /// Grows with every change of names or rights, by any process.
    pub async fn generation(&self) -> Result<i64> {
        Ok(sqlx::query_scalar("SELECT generation FROM catalog_state").fetch_one(&self.0.readers).await?)
    }

    /// The location of the folder that the catalog is in, in normal form.
    pub(crate) fn home(&self) -> &str {
        &self.0.home
    }

    /// The key of the secrets, which is made when the first one is kept.
    pub(crate) fn vault(&self) -> Result<&Vault> {
        match self.0.vault.get() {
            Some(vault) => Ok(vault),
            None => {
                let vault = Vault::open(&sibling(&self.0.path, "key"))?;
                Ok(self.0.vault.get_or_init(|| vault))
            }
        }
    }

    /// A connection for one query.
    pub(crate) async fn read(&self) -> Result<PoolConnection<Sqlite>> {
        Ok(self.0.readers.acquire().await?)
    }

    /// A transaction that sees one state of the database throughout.
    pub(crate) async fn snapshot(&self) -> Result<Transaction<'static, Sqlite>> {
        Ok(self.0.readers.begin().await?)
    }

    /// The right to write, alone among all processes until it is committed or dropped.
    pub(crate) async fn write(&self) -> Result<Write> {
        Ok(Write(self.0.writer.begin_with("BEGIN IMMEDIATE").await?))
    }

    pub(crate) fn cached_rights(&self, principal: &str, generation: i64) -> Option<Arc<Rights>> {
        let cache = self.0.rights.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        cache.get(principal).filter(|rights| rights.generation == generation).cloned()
    }

    pub(crate) fn cache_rights(&self, rights: Arc<Rights>) {
        let mut cache = self.0.rights.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if cache.len() >= CACHED_PRINCIPALS {
            cache.retain(|_, old| old.generation == rights.generation);
        }
        if cache.len() < CACHED_PRINCIPALS {
            cache.insert(rights.principal.name.clone(), rights);
        }
    }

    /// Takes a named lock, waiting for whoever holds it in any process; it goes with the file.
    pub(crate) async fn lock(&self, name: &str) -> Result<File> {
        let folder = sibling(&self.0.path, "locks");
        std::fs::create_dir_all(&folder)?;
        Ok(lock_file(&folder.join(name)).await?)
    }
}

/// A write transaction. Dropped without a commit, it leaves nothing behind.
pub(crate) struct Write(Transaction<'static, Sqlite>);

impl Write {
    pub(crate) fn db(&mut self) -> &mut SqliteConnection {
        &mut self.0
    }

    /// Commits what changed no name and no right.
    pub(crate) async fn commit(self) -> Result<()> {
        Ok(self.0.commit().await?)
    }

    /// Commits a change of names or rights, and lets all processes know.
    pub(crate) async fn commit_change(mut self) -> Result<()> {
        sqlx::query("UPDATE catalog_state SET generation = generation + 1").execute(self.db()).await?;
        self.commit().await
    }
}

/// Milliseconds since 1970, UTC.
pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

fn sibling(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

/// Waits by asking again, not by blocking a thread, so that whoever waits can give up.
async fn lock_file(path: &Path) -> std::io::Result<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_POLL).await,
            Err(TryLockError::Error(failed)) => return Err(failed),
        }
    }
}
