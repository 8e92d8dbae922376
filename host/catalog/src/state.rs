//! Small durable values of plugins, each plugin's its own.

use crate::{Catalog, Error, Result, Securable};

/// The start of a prefix's successor in the order of text: keys have no control characters, and none above this one.
const AFTER_ALL: char = '\u{10ffff}';

impl Catalog {
    /// The value of a key.
    pub async fn state(&self, plugin: &Securable, key: &str) -> Result<Option<Vec<u8>>> {
        let sql = "SELECT value FROM plugin_state WHERE plugin_id = $1 AND key = $2";
        let query = sqlx::query_scalar(sql).bind(plugin.id.to_string()).bind(key.to_owned());
        Ok(query.fetch_optional(&mut *self.read().await?).await?)
    }

    /// Sets a key, or removes it. All keys and values of a plugin have at most `most` bytes.
    ///
    /// # Errors
    /// [`Error::StateFull`].
    pub async fn set_state(&self, plugin: &Securable, key: &str, value: Option<Vec<u8>>, most: usize) -> Result<()> {
        let id = plugin.id.to_string();
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM plugin_state WHERE plugin_id = $1 AND key = $2")
            .bind(&id)
            .bind(key)
            .execute(write.db())
            .await?;
        if let Some(value) = value {
            let sum = "SELECT COALESCE(SUM(LENGTH(CAST(key AS BLOB)) + LENGTH(value)), 0) FROM plugin_state WHERE plugin_id = $1";
            let held: i64 = sqlx::query_scalar(sum).bind(&id).fetch_one(write.db()).await?;
            let total = usize::try_from(held).unwrap_or(usize::MAX).saturating_add(key.len() + value.len());
            if total > most {
                return Err(Error::StateFull { plugin: plugin.name.clone(), most });
            }
            sqlx::query("INSERT INTO plugin_state (plugin_id, key, value) VALUES ($1, $2, $3)")
                .bind(&id)
                .bind(key)
                .bind(value)
                .execute(write.db())
                .await?;
        }
        write.commit().await
    }

    /// Bytes of all keys and values.
    pub async fn state_size(&self, plugin: &Securable) -> Result<u64> {
        let sum =
            "SELECT COALESCE(SUM(LENGTH(CAST(key AS BLOB)) + LENGTH(value)), 0) FROM plugin_state WHERE plugin_id = $1";
        let held: i64 = sqlx::query_scalar(sum).bind(plugin.id.to_string()).fetch_one(&mut *self.read().await?).await?;
        Ok(held.unsigned_abs())
    }

    /// Keys that begin with `prefix`, after the key `after`, in order.
    pub async fn state_keys(
        &self,
        plugin: &Securable,
        prefix: &str,
        after: Option<&str>,
        most: usize,
    ) -> Result<Vec<String>> {
        let sql = "SELECT key FROM plugin_state
                   WHERE plugin_id = $1 AND key >= $2 AND key < $3 AND key > $4 ORDER BY key LIMIT $5";
        let query = sqlx::query_scalar(sql)
            .bind(plugin.id.to_string())
            .bind(prefix.to_owned())
            .bind(format!("{prefix}{AFTER_ALL}"))
            .bind(after.unwrap_or_default().to_owned())
            .bind(i64::try_from(most).unwrap_or(i64::MAX));
        Ok(query.fetch_all(&mut *self.read().await?).await?)
    }
}
