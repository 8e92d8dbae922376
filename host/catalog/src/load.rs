//! Files that COPY INTO loaded, so that each is loaded once.
//!
//! The rows go into the Delta log and the list of files into this database; a crash between the two
//! must not load a file twice. So a load first records its files as pending, under an id that the Delta
//! commit carries; who comes next asks the Delta log whether that commit exists and settles the matter.
//! Loads into one table take turns, in all processes, by a file lock that goes with its process.

use std::fs::File;

use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use crate::securable::uuid;
use crate::store::now;
use crate::{Access, Error, Privilege, Result, Securable};

/// A file to load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileVersion {
    /// URL. A file is known by this alone: rewritten, it is not loaded again (unless forced).
    pub path: String,
    pub etag: Option<String>,
    /// Bytes.
    pub size: u64,
    /// Milliseconds since 1970, UTC.
    pub modified: i64,
}

/// What of the files is to be loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// Not loaded before: load these.
    pub fresh: Vec<FileVersion>,
    /// Loaded before; skip these.
    pub loaded: usize,
    /// Loaded before, and different by now; skip these, but tell.
    pub changed: Vec<FileVersion>,
}

/// The right to load files into a table, alone among all processes while it lives.
///
/// [`Load::interrupted`] and [`Load::settle`] first, then [`Load::claim`], then the Delta commit with
/// [`Load::id`] in its metadata, then [`Load::finish`]. Dropped before that, it leaves its files pending,
/// for the next load to settle.
pub struct Load {
    access: Access,
    table: Securable,
    id: Uuid,
    interrupted: Vec<Uuid>,
    /// Files that are loaded again by force: their rows stay as they are until the load is done.
    again: Vec<FileVersion>,
    _lock: File,
}

impl Access {
    /// Begins to load files into a table, once no other load into it runs. Needs MODIFY.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub async fn begin_load(&self, table: &Securable) -> Result<Load> {
        self.require(table, Privilege::Modify).await?;
        let lock = self.catalog().lock(&format!("load-{}", table.id)).await?;
        let rows = sqlx::query("SELECT DISTINCT load_id FROM loaded_file WHERE table_id = $1 AND state = 'pending'")
            .bind(table.id.to_string())
            .fetch_all(&mut *self.catalog().read().await?)
            .await?;
        let interrupted = rows.iter().map(|row| uuid(row, "load_id")).collect::<Result<_>>()?;
        let again = Vec::new();
        Ok(Load { access: self.clone(), table: table.clone(), id: Uuid::now_v7(), interrupted, again, _lock: lock })
    }
}

impl Load {
    /// What the Delta commit of this load must carry.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// Earlier loads that ended before it was known whether their Delta commit succeeded. Each must be
    /// settled before anything is claimed.
    pub fn interrupted(&self) -> &[Uuid] {
        &self.interrupted
    }

    /// Says whether an interrupted load's id is in the Delta log.
    pub async fn settle(&mut self, load: Uuid, committed: bool) -> Result<()> {
        let mut write = self.access.catalog().write().await?;
        self.close(write.db(), load, committed).await?;
        write.commit().await?;
        self.interrupted.retain(|open| *open != load);
        Ok(())
    }

    /// Records those of the files as pending that were not loaded before. With `force` all are to be
    /// loaded, again if need be.
    ///
    /// # Errors
    /// [`Error::Unsupported`] while interrupted loads are not settled.
    pub async fn claim(&mut self, files: &[FileVersion], force: bool) -> Result<Claim> {
        if !self.interrupted.is_empty() {
            return Err(Error::Unsupported("an interrupted load into this table is not settled".into()));
        }
        let mut write = self.access.catalog().write().await?;
        let mut claim = Claim::default();
        for file in files {
            match self.earlier(write.db(), &file.path).await? {
                None => {
                    self.insert(write.db(), file, "pending").await?;
                    claim.fresh.push(file.clone());
                }
                Some(_) if force => {
                    self.again.push(file.clone());
                    claim.fresh.push(file.clone());
                }
                Some(known) if known == *file => claim.loaded += 1,
                Some(_) => claim.changed.push(file.clone()),
            }
        }
        write.commit().await?;
        Ok(claim)
    }

    /// The Delta commit is done: the files are loaded.
    pub async fn finish(self) -> Result<()> {
        let mut write = self.access.catalog().write().await?;
        for file in &self.again {
            self.insert(write.db(), file, "loaded").await?;
        }
        self.close(write.db(), self.id, true).await?;
        write.commit().await
    }

    /// There will be no Delta commit: the files were not loaded.
    pub async fn abandon(self) -> Result<()> {
        let mut write = self.access.catalog().write().await?;
        self.close(write.db(), self.id, false).await?;
        write.commit().await
    }

    async fn close(&self, db: &mut SqliteConnection, load: Uuid, committed: bool) -> Result<()> {
        let sql = if committed {
            "UPDATE loaded_file SET state = 'loaded' WHERE table_id = $1 AND load_id = $2"
        } else {
            "DELETE FROM loaded_file WHERE table_id = $1 AND load_id = $2 AND state = 'pending'"
        };
        sqlx::query(sql).bind(self.table.id.to_string()).bind(load.to_string()).execute(db).await?;
        Ok(())
    }

    async fn earlier(&self, db: &mut SqliteConnection, path: &str) -> Result<Option<FileVersion>> {
        let row = sqlx::query("SELECT etag, size, modified FROM loaded_file WHERE table_id = $1 AND path = $2")
            .bind(self.table.id.to_string())
            .bind(path)
            .fetch_optional(db)
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(FileVersion {
            path: path.to_owned(),
            etag: row.try_get("etag")?,
            size: row.try_get::<i64, _>("size")?.unsigned_abs(),
            modified: row.try_get("modified")?,
        }))
    }

    async fn insert(&self, db: &mut SqliteConnection, file: &FileVersion, state: &str) -> Result<()> {
        sqlx::query(
            "INSERT INTO loaded_file (table_id, path, etag, size, modified, load_id, state, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (table_id, path) DO UPDATE SET etag = excluded.etag, size = excluded.size,
                modified = excluded.modified, load_id = excluded.load_id, state = excluded.state, at = excluded.at",
        )
        .bind(self.table.id.to_string())
        .bind(&file.path)
        .bind(&file.etag)
        .bind(i64::try_from(file.size).unwrap_or(i64::MAX))
        .bind(file.modified)
        .bind(self.id.to_string())
        .bind(state)
        .bind(now())
        .execute(db)
        .await?;
        Ok(())
    }
}
