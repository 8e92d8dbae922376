//! Tags: names with values that people put on securables.

use sqlx::Row;

use crate::audit::Event;
use crate::create::still_there;
use crate::{Access, Error, Privilege, Result, Securable};

/// Tags of one securable at most.
const MOST: i64 = 50;
/// Characters of a tag's name or value.
const LENGTH: usize = 256;

impl Access {
    /// The tags of something visible, by name.
    pub async fn tags(&self, securable: &Securable) -> Result<Vec<(String, String)>> {
        let rows = sqlx::query("SELECT key, value FROM tag WHERE securable_id = $1 ORDER BY key")
            .bind(securable.id.to_string())
            .fetch_all(&mut *self.catalog().read().await?)
            .await?;
        rows.iter().map(|row| Ok((row.try_get("key")?, row.try_get("value")?))).collect()
    }

    /// Sets tags, or removes those without a value. Needs MANAGE.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::InvalidTag`].
    pub async fn set_tags(&self, securable: &Securable, tags: &[(String, Option<String>)]) -> Result<()> {
        self.require_all("setTags", securable, &[Privilege::Manage]).await?;
        for (key, value) in tags {
            let fits = |text: &str| text.chars().count() <= LENGTH && !text.chars().any(char::is_control);
            if key.is_empty() || !fits(key) || !value.as_deref().is_none_or(fits) {
                let why = format!("names and values have at most {LENGTH} characters, and no control characters");
                return Err(Error::InvalidTag(key.escape_debug().to_string(), why));
            }
        }
        let id = securable.id.to_string();
        let mut write = self.catalog().write().await?;
        still_there(write.db(), securable).await?;
        for (key, value) in tags {
            sqlx::query("DELETE FROM tag WHERE securable_id = $1 AND key = $2")
                .bind(&id)
                .bind(key)
                .execute(write.db())
                .await?;
            let Some(value) = value else { continue };
            sqlx::query("INSERT INTO tag (securable_id, key, value) VALUES ($1, $2, $3)")
                .bind(&id)
                .bind(key)
                .bind(value)
                .execute(write.db())
                .await?;
        }
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM tag WHERE securable_id = $1")
            .bind(&id)
            .fetch_one(write.db())
            .await?;
        if count > MOST {
            return Err(Error::InvalidTag(tags[0].0.clone(), format!("a securable has at most {MOST} tags")));
        }
        let changes: serde_json::Map<_, _> =
            tags.iter().map(|(key, value)| (key.clone(), serde_json::json!(value))).collect();
        self.record(write.db(), Event::allowed("setTags").on(securable).with("tags", changes)).await?;
        write.commit_change().await
    }
}
