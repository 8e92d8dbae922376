//! Who needs whom: views need tables and functions, tables need the functions of their constraints.

use sqlx::{Row, SqliteConnection};

use crate::bootstrap::DEFAULT_SCHEMA;
use crate::error::Dependants;
use crate::rights::Rights;
use crate::securable::{self, select_securables};
use crate::{Access, FullName, Kind, Result, Securable};

impl Access {
    /// What needs the securable, directly: the visible ones.
    pub async fn dependants(&self, securable: &Securable) -> Result<Vec<Securable>> {
        let sql = select_securables!(
            "JOIN dependency d ON d.dependant_id = s.id WHERE d.dependency_id = $1 AND s.dropped_at IS NULL
             ORDER BY p2.name, p1.name, s.name"
        );
        self.linked(sql, securable).await
    }

    /// What the securable needs, directly: the visible ones.
    pub async fn dependencies(&self, securable: &Securable) -> Result<Vec<Securable>> {
        let sql = select_securables!(
            "JOIN dependency d ON d.dependency_id = s.id WHERE d.dependant_id = $1 ORDER BY p2.name, p1.name, s.name"
        );
        self.linked(sql, securable).await
    }

    async fn linked(&self, sql: &'static str, securable: &Securable) -> Result<Vec<Securable>> {
        let rows =
            sqlx::query(sql).bind(securable.id.to_string()).fetch_all(&mut *self.catalog().read().await?).await?;
        let all = rows.iter().map(securable::from_row).collect::<Result<Vec<_>>>()?;
        Ok(all.into_iter().filter(|linked| self.rights().sees(linked)).collect())
    }
}

/// Live dependants of a securable or of anything live inside it.
pub(crate) async fn of_tree(db: &mut SqliteConnection, root: &Securable, eyes: &Rights) -> Result<Dependants> {
    let sql = select_securables!(
        "WHERE s.dropped_at IS NULL AND s.id IN (
            SELECT d.dependant_id FROM dependency d
            JOIN securable n ON n.id = d.dependency_id
            LEFT JOIN securable above ON above.id = n.parent_id
            WHERE n.dropped_at IS NULL AND (n.id = $1 OR n.parent_id = $1 OR above.parent_id = $1))
         ORDER BY p2.name, p1.name, s.name"
    );
    gather(db, sql, root, eyes).await
}

/// Live dependants of what was just marked as dropped with `root`.
pub(crate) async fn of_dropped(db: &mut SqliteConnection, root: &Securable, eyes: &Rights) -> Result<Dependants> {
    let sql = select_securables!(
        "WHERE s.dropped_at IS NULL AND s.id IN (
            SELECT d.dependant_id FROM dependency d JOIN securable n ON n.id = d.dependency_id
            WHERE n.id = $1 OR n.dropped_with = $1)
         ORDER BY p2.name, p1.name, s.name"
    );
    gather(db, sql, root, eyes).await
}

/// Something dropped that `root`, or what comes back with it, needs and that does not come back with it.
pub(crate) async fn missing_for(db: &mut SqliteConnection, root: &Securable) -> Result<Option<Securable>> {
    let row = sqlx::query(select_securables!(
        "WHERE s.dropped_at IS NOT NULL AND s.id <> $1 AND (s.dropped_with IS NULL OR s.dropped_with <> $1)
         AND s.id IN (
            SELECT d.dependency_id FROM dependency d JOIN securable n ON n.id = d.dependant_id
            WHERE n.id = $1 OR n.dropped_with = $1)
         ORDER BY s.id LIMIT 1"
    ))
    .bind(root.id.to_string())
    .fetch_optional(db)
    .await?;
    row.as_ref().map(securable::from_row).transpose()
}

async fn gather(db: &mut SqliteConnection, sql: &'static str, root: &Securable, eyes: &Rights) -> Result<Dependants> {
    let rows = sqlx::query(sql).bind(root.id.to_string()).fetch_all(db).await?;
    let mut dependants = Dependants::default();
    for row in &rows {
        let dependant = securable::from_row(row)?;
        if eyes.sees(&dependant) {
            dependants.names.push((dependant.kind, dependant.name));
        } else {
            dependants.hidden += 1;
        }
    }
    Ok(dependants)
}

/// "2 tables, 1 view", of what is live inside a container; none if nothing is but a schema that every
/// catalog begins with, and nothing in that.
pub(crate) async fn contents(db: &mut SqliteConnection, container: &Securable) -> Result<Option<String>> {
    let rows = sqlx::query(
        "SELECT kind, COUNT(*) AS count, MIN(name) AS example FROM securable
         WHERE parent_id = $1 AND dropped_at IS NULL AND NOT (kind = 'schema' AND name = $2 AND NOT EXISTS (
             SELECT 1 FROM securable AS inner WHERE inner.parent_id = securable.id AND inner.dropped_at IS NULL))
         GROUP BY kind ORDER BY kind",
    )
    .bind(container.id.to_string())
    .bind(DEFAULT_SCHEMA)
    .fetch_all(db)
    .await?;
    let mut parts = Vec::with_capacity(rows.len());
    for row in &rows {
        let kind: Kind = row.try_get::<&str, _>("kind")?.parse()?;
        let count: i64 = row.try_get("count")?;
        let example: FullName = container.name.child(row.try_get("example")?)?;
        parts.push(match count {
            1 => format!("{} {example}", kind.word()),
            _ => format!("{count} {}s such as {example}", kind.word()),
        });
    }
    Ok((!parts.is_empty()).then(|| parts.join(", ")))
}
