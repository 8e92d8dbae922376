//! History and housekeeping: what was committed, going back to it, compacting, and removing what is no longer needed.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use datafusion::execution::SessionState;
use deltalake::operations::optimize::OptimizeType;
use deltalake::operations::vacuum::VacuumMode;
use futures::TryStreamExt;
use object_store::ObjectStoreExt as _;
use object_store::path::Path;

use crate::table::travel;
use crate::write::STATEMENT;
use crate::{AsOf, Result, Stamp, Table};

/// One commit, as `DESCRIBE HISTORY` shows it.
#[derive(Clone, Debug)]
pub struct Commit {
    pub version: u64,
    pub timestamp: Option<DateTime<Utc>>,
    pub user: Option<String>,
    pub operation: Option<String>,
    /// JSON.
    pub parameters: Option<String>,
    /// JSON.
    pub metrics: Option<String>,
    pub engine: Option<String>,
}

/// What `OPTIMIZE` did.
#[derive(Clone, Copy, Debug)]
pub struct Optimized {
    pub files_added: u64,
    pub files_removed: u64,
}

impl Table {
    /// Commits, the newest first.
    pub async fn history(&self, limit: Option<usize>) -> Result<Vec<Commit>> {
        let commits: Vec<_> = self.delta.history(limit).try_collect().await?;
        let newest = self.version();
        Ok(commits
            .into_iter()
            .zip((0..=newest).rev())
            .map(|(commit, version)| Commit {
                version,
                timestamp: commit.in_commit_timestamp.or(commit.timestamp).and_then(DateTime::from_timestamp_millis),
                user: commit.user_name.or_else(|| text(commit.info.get("userName"))),
                operation: commit.operation,
                parameters: commit.operation_parameters.and_then(|map| serde_json::to_string(&map).ok()),
                metrics: commit.info.get("operationMetrics").map(ToString::to_string),
                engine: commit.engine_info.or_else(|| text(commit.info.get("clientVersion"))),
            })
            .collect())
    }

    /// Whether a commit carries the id of that statement.
    pub async fn has_statement(&self, id: &str) -> Result<bool> {
        let commits: Vec<_> = self.delta.history(None).try_collect().await?;
        Ok(commits.iter().any(|commit| commit.info.get(STATEMENT).and_then(|value| value.as_str()) == Some(id)))
    }

    /// Make an older state the newest one; the history stays.
    pub async fn restore(&self, to: AsOf, stamp: &Stamp) -> Result<Self> {
        let mut past = self.delta.clone();
        travel(&mut past, to).await?;
        let version = past.version().unwrap_or_default();
        if version == self.version() {
            return Ok(self.clone());
        }
        let restore = self.delta.clone().restore().with_commit_properties(stamp.properties());
        let (delta, _) = restore.with_version_to_restore(version).await?;
        Ok(self.next(delta))
    }

    /// Rewrite small files into large ones, sorted along a space-filling curve over `z_order` columns if any.
    pub async fn optimize(
        &self,
        z_order: Vec<String>,
        session: &SessionState,
        stamp: &Stamp,
    ) -> Result<(Self, Optimized)> {
        let kind = if z_order.is_empty() { OptimizeType::Compact } else { OptimizeType::ZOrder(z_order) };
        let (delta, metrics) = self
            .delta
            .clone()
            .optimize()
            .with_type(kind)
            .with_session_state(Arc::new(session.clone()))
            .with_commit_properties(stamp.properties())
            .await?;
        let done = Optimized { files_added: metrics.num_files_added, files_removed: metrics.num_files_removed };
        Ok((self.next(delta), done))
    }

    /// Delete files that no version of the last `retain` needs; with `dry_run` only name them.
    /// Less than the table's retention period (a week unless set) breaks readers of older versions
    /// and is refused unless `force`.
    pub async fn vacuum(
        &self,
        retain: Option<Duration>,
        dry_run: bool,
        force: bool,
        stamp: &Stamp,
    ) -> Result<(Self, Vec<String>)> {
        let vacuum = |dry_run| {
            let vacuum = self
                .delta
                .clone()
                .vacuum()
                // Also what no version ever named, which interrupted statements leave.
                .with_mode(VacuumMode::Full)
                .with_dry_run(dry_run)
                .with_enforce_retention_duration(!force)
                .with_commit_properties(stamp.properties());
            match retain {
                Some(retain) => vacuum.with_retention_period(retain),
                None => vacuum,
            }
        };
        // The log goes on naming files that an earlier VACUUM deleted.
        let store = self.delta.log_store().object_store(None);
        let (_, found) = vacuum(true).await?;
        let mut files = Vec::new();
        for file in found.files_deleted {
            let path = Path::parse(&file).unwrap_or_else(|_| Path::from(file.as_str()));
            if !matches!(store.head(&path).await, Err(object_store::Error::NotFound { .. })) {
                files.push(file);
            }
        }
        if dry_run {
            return Ok((self.clone(), files));
        }
        let (delta, _) = vacuum(false).await?;
        Ok((self.next(delta), files))
    }
}

fn text(value: Option<&serde_json::Value>) -> Option<String> {
    value.and_then(|value| value.as_str()).map(str::to_owned)
}
