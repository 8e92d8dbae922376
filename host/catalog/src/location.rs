//! Locations: a managed table or volume is the only owner of its path.
//!
//! Nobody else reads what lies there by its path, nor what is in the home folder of the metastore.
//!
//! A location is compared in one normal form, so that two spellings of a path cannot pass as two
//! paths. Following symbolic links is the affair of whoever gives us the URL.

use std::path::Path;

use sqlx::{QueryBuilder, SqliteConnection};
use url::Url;
use uuid::Uuid;

use crate::audit::Event;
use crate::rights::Rights;
use crate::securable::{self, select_securables, uuid};
use crate::{Access, Error, Result};

/// The normal form: scheme and host in lower case, one scheme for one kind of store, no dots, empty
/// segments or escapes in the path, no slash at the end.
pub(crate) fn normal(location: &str) -> Result<String> {
    let refuse = |why: &str| Err(Error::InvalidLocation(location.escape_debug().to_string(), why.into()));
    let Ok(url) = Url::parse(location) else {
        return refuse("it must be a URL, such as file:///data/t or s3://bucket/t");
    };
    if url.cannot_be_a_base() || url.query().is_some() || url.fragment().is_some() {
        return refuse("it must be a URL of a directory, without ? and #");
    }
    let scheme = match url.scheme() {
        "s3a" | "s3n" => "s3",
        "abfs" | "abfss" | "az" | "azure" | "adl" => "az",
        "gs" | "gcs" => "gs",
        other => other,
    };
    let mut normal = format!("{scheme}://");
    if !url.username().is_empty() {
        normal += &format!("{}@", url.username());
    }
    normal += url.host_str().unwrap_or_default();
    if let Some(port) = url.port() {
        normal += &format!(":{port}");
    }
    for segment in url.path().split('/').filter(|segment| !segment.is_empty()) {
        let Some(segment) = unescaped(segment) else { return refuse("its path is not UTF-8") };
        if segment == "." || segment == ".." || segment.contains('/') || segment.chars().any(char::is_control) {
            return refuse("its path holds a segment that is no name");
        }
        normal.push('/');
        normal += &segment;
    }
    Ok(normal)
}

/// Fails if another securable holds the location, something within it or something around it.
pub(crate) async fn check_free(db: &mut SqliteConnection, location: &str, me: Uuid, eyes: &Rights) -> Result<()> {
    let mut sql = QueryBuilder::new("SELECT id FROM securable WHERE id <> ");
    sql.push_bind(me.to_string());
    // What lies within sorts between "location/" and "location0", the character after the slash.
    sql.push(" AND ((location >= ").push_bind(format!("{location}/"));
    sql.push(" AND location < ").push_bind(format!("{location}0"));
    sql.push(") OR location IN ");
    push_around(&mut sql, location);
    sql.push(") LIMIT 1");
    let Some(row) = sql.build().fetch_optional(&mut *db).await? else { return Ok(()) };
    let holder = match securable::by_id(db, uuid(&row, "id")?).await? {
        Some(holder) if holder.dropped_at.is_some() && eyes.sees(&holder) => {
            format!(", {}, which was dropped but can still come back", holder.title())
        }
        Some(holder) if eyes.sees(&holder) => format!(", {}", holder.title()),
        _ => String::new(),
    };
    Err(Error::LocationTaken { location: location.into(), holder })
}

/// `(location, what is around it, …)`
fn push_around(sql: &mut QueryBuilder<sqlx::Sqlite>, location: &str) {
    sql.push("(");
    let mut around = sql.separated(", ");
    let root = location.find("://").map_or(0, |at| at + 3);
    for (at, _) in location[root..].match_indices('/') {
        around.push_bind(location[..root + at].to_owned());
    }
    around.push_bind(location.to_owned());
    sql.push(")");
}

/// The normal form of an existing folder on disk.
pub(crate) fn of_folder(folder: &Path) -> Result<String> {
    let refuse = || Error::InvalidLocation(folder.display().to_string(), "it is no folder".into());
    let url = Url::from_directory_path(folder.canonicalize()?).map_err(|()| refuse())?;
    normal(url.as_str())
}

/// Fails if a location that somebody chose lies in the home folder or around it.
pub(crate) fn check_not_home(location: &str, home: &str) -> Result<()> {
    if within(location, home) || within(home, location) {
        let holder = ", the home folder of this metastore".to_owned();
        return Err(Error::LocationTaken { location: location.into(), holder });
    }
    Ok(())
}

fn within(location: &str, folder: &str) -> bool {
    location.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Access {
    /// Passes if files that lie directly in this folder (a URL, links followed) may be read by path: it is
    /// in no table's or volume's location, nor where managed ones are put, nor in the home folder. The
    /// same for everybody, the owner of the metastore too: names are how such files are governed.
    ///
    /// # Errors
    /// [`Error::Governed`], which is audited; [`Error::InvalidLocation`].
    pub async fn require_ungoverned(&self, folder: &str) -> Result<()> {
        let location = normal(folder)?;
        let Some(holder) = self.governor(&location).await? else { return Ok(()) };
        self.audit(Event::denied("readFiles").named(folder).with("reason", holder.as_str())).await?;
        Err(Error::Governed { location: folder.into(), holder })
    }

    async fn governor(&self, location: &str) -> Result<Option<String>> {
        if within(location, self.catalog().home()) {
            return Ok(Some("in the home folder of this metastore".to_owned()));
        }
        let mut read = self.catalog().read().await?;
        let mut sql = QueryBuilder::new("SELECT id FROM securable WHERE location IN ");
        push_around(&mut sql, location);
        if let Some(row) = sql.build().fetch_optional(&mut *read).await? {
            let holder = securable::by_id(&mut read, uuid(&row, "id")?).await?;
            let seen = holder.filter(|holder| self.rights().sees(holder));
            return Ok(Some(seen.map_or("the place of a table or volume".into(), |holder| {
                format!("the place of {}", holder.title())
            })));
        }
        let containers = sqlx::query(select_securables!(
            "WHERE s.kind IN ('catalog', 'schema') AND s.spec LIKE '%managed_location%'"
        ));
        for row in containers.fetch_all(&mut *read).await? {
            let managed = securable::from_row(&row)?.as_container().and_then(|it| it.managed_location.clone());
            if managed.is_some_and(|managed| normal(&managed).is_ok_and(|managed| within(location, &managed))) {
                return Ok(Some("where managed tables and volumes are put".to_owned()));
            }
        }
        Ok(None)
    }
}

/// Undoes %-escapes; none if what comes out is not UTF-8.
fn unescaped(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escape = tail
            .get(..2)
            .filter(|hex| first == b'%' && hex.iter().all(u8::is_ascii_hexdigit))
            .and_then(|hex| std::str::from_utf8(hex).ok());
        match escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_one_path() {
        for (spelling, form) in [
            ("file:///data/t", "file:///data/t"),
            ("file:///data/t/", "file:///data/t"),
            ("file:///data//t", "file:///data/t"),
            ("file:///data/x/../t", "file:///data/t"),
            ("file:///data/x/%2e%2e/t", "file:///data/t"),
            ("file:///data/%74", "file:///data/t"),
            ("file:///data/a%20b", "file:///data/a b"),
            ("FILE:///data/t", "file:///data/t"),
            ("s3a://Bucket/t", "s3://Bucket/t"),
            ("abfss://c@acc.dfs.core.windows.net/t", "az://c@acc.dfs.core.windows.net/t"),
            ("s3://bucket", "s3://bucket"),
        ] {
            assert_eq!(normal(spelling).unwrap(), form, "{spelling}");
        }
        for bad in [
            "",
            "/data/t",
            "data",
            "mailto:x@y",
            "s3://b/t?x=1",
            "s3://b/t#x",
            "s3://b/%2f",
            "s3://b/%00",
            "s3://b/%ff",
        ] {
            assert!(matches!(normal(bad), Err(Error::InvalidLocation(..))), "{bad:?}");
        }
    }
}
