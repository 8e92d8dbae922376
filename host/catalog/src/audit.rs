//! The audit log: who did, or tried to do, what. Append only; written in the transaction of the change
//! that it speaks of, so that neither is there without the other.

use serde_json::{Map, Value};
use sqlx::{QueryBuilder, Row, SqliteConnection};
use uuid::Uuid;

use crate::securable::{json, to_json, uuid};
use crate::store::now;
use crate::{Access, Error, FullName, Kind, Privilege, Result, Securable, bootstrap};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Allowed,
    Denied,
}

impl Outcome {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Denied => "denied",
        }
    }
}

/// Something to record; the access adds who, when and for which statement.
#[derive(Clone, Debug)]
pub struct Event {
    action: String,
    outcome: Outcome,
    kind: Option<Kind>,
    name: Option<String>,
    detail: Map<String, Value>,
}

impl Event {
    /// `action` is in the style of `createTable`, `updatePermissions`, `installPlugin`.
    pub fn allowed(action: impl Into<String>) -> Self {
        Self { action: action.into(), outcome: Outcome::Allowed, kind: None, name: None, detail: Map::new() }
    }

    pub fn denied(action: impl Into<String>) -> Self {
        Self { outcome: Outcome::Denied, ..Self::allowed(action) }
    }

    #[must_use]
    pub fn on(self, securable: &Securable) -> Self {
        self.about(securable.kind, &securable.name)
    }

    #[must_use]
    pub fn about(mut self, kind: Kind, name: &FullName) -> Self {
        self.kind = Some(kind);
        self.named(name.to_string())
    }

    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(key.into(), value.into());
        self
    }
}

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRecord {
    pub id: Uuid,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    pub principal: String,
    pub action: String,
    /// The kind of securable, where it speaks of one.
    pub kind: Option<String>,
    /// The full name of a securable, or of a principal.
    pub name: Option<String>,
    /// `allowed` or `denied`.
    pub outcome: String,
    /// Depends on the action: `remedy`, `changes`, `digest`, `caller` …
    pub detail: Value,
    pub statement_id: Option<String>,
}

/// Which lines of the audit log; the default is all.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Milliseconds since 1970, UTC, inclusive.
    pub since: Option<i64>,
    pub principal: Option<String>,
    pub action: Option<String>,
    pub outcome: Option<Outcome>,
    /// Only the latest so many.
    pub limit: Option<u32>,
}

impl Access {
    /// Writes a line of the audit log that the floors above want there.
    pub async fn audit(&self, event: Event) -> Result<()> {
        let mut write = self.catalog().write().await?;
        self.record(write.db(), event).await?;
        write.commit().await
    }

    pub(crate) async fn record(&self, db: &mut SqliteConnection, mut event: Event) -> Result<()> {
        if let Some(caller) = self.caller() {
            event = event.with("caller", caller);
        }
        if let Some(plugin) = self.plugin() {
            event = event.with("plugin", plugin.to_string());
        }
        sqlx::query(
            "INSERT INTO audit (id, at, principal, action, kind, name, outcome, detail, statement_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(Uuid::now_v7().to_string())
        .bind(now())
        .bind(self.principal())
        .bind(event.action)
        .bind(event.kind.map(Kind::word))
        .bind(event.name)
        .bind(event.outcome.word())
        .bind(to_json(&event.detail)?)
        .bind(self.statement())
        .execute(db)
        .await?;
        Ok(())
    }

    /// The audit log, oldest first: what `system.access.audit` shows.
    ///
    /// # Errors
    /// [`Error::Denied`] or [`Error::NotFound`] without SELECT on that table.
    pub async fn audit_log(&self, filter: &AuditFilter) -> Result<Vec<AuditRecord>> {
        self.require_system("audit").await?;
        let mut sql = QueryBuilder::new(
            "SELECT * FROM (SELECT id, at, principal, action, kind, name, outcome, detail, statement_id
             FROM audit WHERE TRUE",
        );
        if let Some(since) = filter.since {
            sql.push(" AND at >= ").push_bind(since);
        }
        if let Some(principal) = &filter.principal {
            sql.push(" AND principal = ").push_bind(principal.clone());
        }
        if let Some(action) = &filter.action {
            sql.push(" AND action = ").push_bind(action.clone());
        }
        if let Some(outcome) = filter.outcome {
            sql.push(" AND outcome = ").push_bind(outcome.word());
        }
        sql.push(" ORDER BY at DESC, id DESC");
        if let Some(limit) = filter.limit {
            sql.push(" LIMIT ").push_bind(i64::from(limit));
        }
        sql.push(") latest ORDER BY at, id");
        let rows = sql.build().fetch_all(&mut *self.catalog().read().await?).await?;
        let record = |row| -> Result<AuditRecord> {
            Ok(AuditRecord {
                id: uuid(row, "id")?,
                at: row.try_get("at")?,
                principal: row.try_get("principal")?,
                action: row.try_get("action")?,
                kind: row.try_get("kind")?,
                name: row.try_get("name")?,
                outcome: row.try_get("outcome")?,
                detail: json(row, "detail")?,
                statement_id: row.try_get("statement_id")?,
            })
        };
        rows.iter().map(record).collect()
    }

    /// SELECT on a table of `system.access`.
    pub(crate) async fn require_system(&self, table: &str) -> Result<(), Error> {
        let name = FullName::new([bootstrap::SYSTEM, "access", table])?;
        let table = self.resolve(&[Kind::Table], &name).await?;
        self.require(&table, Privilege::Select).await
    }
}
