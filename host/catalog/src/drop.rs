//! DROP, UNDROP and the purge.
//!
//! DROP only marks: what was dropped can come back, with its grants, for seven days, and a managed
//! table or volume keeps its location for as long. Then the purge lists what may be deleted for good;
//! the caller deletes the files first and the row after, so that a crash between the two loses nothing.

use std::time::Duration;

use sqlx::SqliteConnection;

use crate::audit::Event;
use crate::bootstrap::SYSTEM;
use crate::create::{TRUST, reread, still_there};
use crate::securable::{self, select_securables};
use crate::store::now;
use crate::{Access, Error, FullName, Kind, Privilege, Result, Securable, dependency, location, plugin};

/// How long UNDROP works.
pub const RETENTION: Duration = Duration::from_secs(7 * 24 * 3600);

/// What DROP of a catalog or schema does when something is inside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DropMode {
    #[default]
    Restrict,
    /// Drop that too. What lies elsewhere and depends on it is never dropped: it stands in the way.
    Cascade,
}

impl Access {
    /// Drops a securable; a plugin goes with its functions. Returns all that went, itself first. Needs
    /// MANAGE on it.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::NotEmpty`]; [`Error::InUse`] with the names of what depends on it;
    /// [`Error::Unsupported`] for a function, which goes with its plugin.
    pub async fn drop(&self, securable: &Securable, mode: DropMode) -> Result<Vec<Securable>> {
        let action = format!("delete{}", securable.kind.title());
        let system = !securable.kind.is_apart() && securable.name.catalog() == Some(SYSTEM);
        if securable.kind == Kind::Metastore || system {
            return Err(Error::Reserved(securable.title()));
        }
        match securable.kind {
            Kind::Publisher => self.require_admin(TRUST, &action, &securable.name.to_string()).await?,
            _ => self.require_all(&action, securable, &[Privilege::Manage]).await?,
        }
        if let Some(function) = securable.as_function() {
            let plugin = securable::by_id(&mut *self.catalog().read().await?, function.plugin).await?;
            let plugin = plugin.map_or_else(|| "its plugin".into(), |plugin| plugin.title());
            return Err(Error::Unsupported(format!("{} belongs to {plugin}: drop or upgrade that", securable.title())));
        }

        let mut write = self.catalog().write().await?;
        let root = still_there(write.db(), securable).await?;
        if mode == DropMode::Restrict
            && root.kind.is_container()
            && let Some(what) = dependency::contents(write.db(), &root).await?
        {
            return Err(Error::NotEmpty { kind: root.kind, name: root.name, what });
        }
        let at = now();
        mark_inside(write.db(), &root, at).await?;
        mark(write.db(), &root, at, None).await?;
        let dependants = dependency::of_dropped(write.db(), &root, self.rights()).await?;
        if !dependants.is_empty() {
            return Err(Error::InUse { kind: root.kind, name: root.name, dependants });
        }
        // Nothing brings a connection back, and nobody should find its secrets meanwhile.
        if root.kind == Kind::Connection {
            self.catalog().forget_secrets(write.db(), root.id).await?;
        }
        let mut dropped = vec![reread(write.db(), root.id).await?];
        dropped.extend(dropped_with(write.db(), &root).await?);
        // An external location is free again at once: its files are not ours.
        for gone in dropped.iter().filter(|gone| gone.spec.location().is_some() && !gone.spec.is_managed()) {
            sqlx::query("UPDATE securable SET location = NULL WHERE id = $1")
                .bind(gone.id.to_string())
                .execute(write.db())
                .await?;
        }
        let mut event = Event::allowed(action).on(&root);
        if let Some(plugin) = root.as_plugin() {
            event = event.with("digest", plugin.digest.as_str());
        }
        if dropped.len() > 1 {
            event = event.with("with", dropped[1..].iter().map(Securable::title).collect::<Vec<_>>());
        }
        self.record(write.db(), event).await?;
        write.commit_change().await?;
        Ok(dropped)
    }

    /// What was dropped in a container, however deep, and can still come back: the latest first. Only
    /// what the principal could undrop.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the container is not there or may not be seen.
    pub async fn dropped(&self, kinds: &[Kind], within: &FullName) -> Result<Vec<Securable>> {
        let container = [Kind::Metastore, Kind::Catalog, Kind::Schema][within.parts().len().min(2)];
        let within = self.resolve(&[container], within).await?;
        let rows = sqlx::query(select_securables!(
            "WHERE s.dropped_at > $1 AND (p1.id = $2 OR p2.id = $2 OR p3.id = $2) ORDER BY s.dropped_at DESC, s.id"
        ))
        .bind(now() - retention())
        .bind(within.id.to_string())
        .fetch_all(&mut *self.catalog().read().await?)
        .await?;
        let all = rows.iter().map(securable::from_row).collect::<Result<Vec<_>>>()?;
        let mine = |gone: &Securable| self.may(gone, Privilege::Manage) && self.may_revive(gone);
        Ok(all.into_iter().filter(|gone| kinds.contains(&gone.kind) && mine(gone)).collect())
    }

    /// The one that was dropped last of that name and one of these kinds, and can still come back.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn find_dropped(&self, kinds: &[Kind], name: &FullName) -> Result<Securable> {
        let rows =
            sqlx::query(select_securables!("WHERE s.dropped_at > $1 AND s.name = $2 ORDER BY s.dropped_at DESC"))
                .bind(now() - retention())
                .bind(name.last())
                .fetch_all(&mut *self.catalog().read().await?)
                .await?;
        for row in &rows {
            let gone = securable::from_row(row)?;
            if gone.name == *name && kinds.contains(&gone.kind) && self.rights().sees(&gone) {
                return Ok(gone);
            }
        }
        let what = kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" or ");
        Err(Error::NotFound { what: format!("dropped {what}"), name: name.clone() })
    }

    /// Brings back what was dropped, with its grants and all that went with it. Needs MANAGE on it; a view
    /// runs with its owner's rights, so that only its owner may bring it back.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::OwnerOnly`]; [`Error::NameTaken`]; [`Error::LocationTaken`] for an external location that
    /// another has by now; [`Error::NeedsDropped`] when its container or what it needs is dropped too;
    /// [`Error::NotFound`] after seven days.
    pub async fn undrop(&self, dropped: &Securable) -> Result<Securable> {
        let action = format!("undrop{}", dropped.kind.title());
        self.require_all(&action, dropped, &[Privilege::Manage]).await?;
        if matches!(dropped.kind, Kind::Function | Kind::Connection | Kind::Publisher) {
            let why = match dropped.kind {
                Kind::Function => "a function comes back with its plugin",
                Kind::Publisher => "whom to trust is said anew: create it again",
                _ => "a connection's secrets went with it: create it again",
            };
            return Err(Error::Unsupported(why.into()));
        }
        if !self.may_revive(dropped) {
            self.audit(Event::denied(action).on(dropped).with("owner", dropped.owner.as_str())).await?;
            return Err(self.owner_only(dropped, "bring back a view"));
        }
        let mut write = self.catalog().write().await?;
        let gone = Error::NotFound { what: format!("dropped {}", dropped.kind.word()), name: dropped.name.clone() };
        let Some(root) = securable::by_id(write.db(), dropped.id).await? else { return Err(gone) };
        if root.dropped_at.is_none_or(|at| at <= now() - retention()) {
            return Err(gone);
        }
        let needs =
            |needs: &Securable| Error::NeedsDropped { kind: root.kind, name: root.name.clone(), needs: needs.title() };
        if let Some(parent) = root.parent_id() {
            let parent = reread(write.db(), parent).await?;
            if parent.dropped_at.is_some() {
                return Err(needs(&parent));
            }
        }
        if let Some(missing) = dependency::missing_for(write.db(), &root).await? {
            return Err(needs(&missing));
        }
        let mut back = vec![root.clone()];
        back.extend(dropped_with(write.db(), &root).await?);
        for securable in &back {
            self.restore(write.db(), securable).await?;
        }
        let mut event = Event::allowed(action).on(&root);
        if back.len() > 1 {
            event = event.with("with", back[1..].iter().map(Securable::title).collect::<Vec<_>>());
        }
        self.record(write.db(), event).await?;
        let root = reread(write.db(), root.id).await?;
        write.commit_change().await?;
        Ok(root)
    }

    fn may_revive(&self, dropped: &Securable) -> bool {
        dropped.kind != Kind::View || self.owns(dropped)
    }

    async fn restore(&self, db: &mut SqliteConnection, dropped: &Securable) -> Result<()> {
        let location = dropped.spec.location().map(location::normal).transpose()?;
        if let Some(location) = &location {
            location::check_free(&mut *db, location, dropped.id, self.rights()).await?;
        }
        sqlx::query("UPDATE securable SET dropped_at = NULL, dropped_with = NULL, location = $1 WHERE id = $2")
            .bind(location)
            .bind(dropped.id.to_string())
            .execute(db)
            .await
            .map_err(|e| match e.as_database_error() {
                Some(violated) if violated.is_unique_violation() => {
                    Error::NameTaken { kind: dropped.kind, name: dropped.name.clone() }
                }
                _ => e.into(),
            })?;
        Ok(())
    }

    /// What was dropped longer than `age` ago and may be deleted for good, innermost first: delete the
    /// files of managed tables and volumes, then [`Access::purge`] each. For the owner of the metastore.
    ///
    /// # Errors
    /// [`Error::AdminOnly`].
    pub async fn purgeable(&self, age: Duration) -> Result<Vec<Securable>> {
        self.require_admin("purge what was dropped", "purge", "").await?;
        let age = i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
        let rows = sqlx::query(select_securables!("WHERE s.dropped_at <= $1 ORDER BY s.dropped_at, s.id"))
            .bind(now().saturating_sub(age))
            .fetch_all(&mut *self.catalog().read().await?)
            .await?;
        let mut all = rows.iter().map(securable::from_row).collect::<Result<Vec<_>>>()?;
        all.sort_by_key(|gone| std::cmp::Reverse(gone.kind.depth()));
        Ok(all)
    }

    /// Forgets something dropped, for good; its location is free. Needs MANAGE on it.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::NotEmpty`] while something inside is not purged; [`Error::Conflict`]
    /// if it came back meanwhile.
    pub async fn purge(&self, dropped: &Securable) -> Result<()> {
        self.require_all("purge", dropped, &[Privilege::Manage]).await?;
        let mut write = self.catalog().write().await?;
        let inside: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM securable WHERE parent_id = $1")
            .bind(dropped.id.to_string())
            .fetch_one(write.db())
            .await?;
        if inside > 0 {
            let what = format!("{inside} securables that were dropped and not purged");
            return Err(Error::NotEmpty { kind: dropped.kind, name: dropped.name.clone(), what });
        }
        let done = sqlx::query("DELETE FROM securable WHERE id = $1 AND dropped_at IS NOT NULL")
            .bind(dropped.id.to_string())
            .execute(write.db())
            .await?;
        if done.rows_affected() == 0 {
            return Err(Error::Conflict { kind: dropped.kind, name: dropped.name.clone() });
        }
        if dropped.kind == Kind::Plugin {
            let plugin = dropped.id.to_string();
            sqlx::query("DELETE FROM principal WHERE id = $1").bind(plugin).execute(write.db()).await?;
        }
        self.record(write.db(), Event::allowed("purge").on(dropped)).await?;
        write.commit_change().await
    }
}

fn retention() -> i64 {
    i64::try_from(RETENTION.as_millis()).unwrap_or(i64::MAX)
}

/// Marks all that is live inside as dropped with `root`.
async fn mark_inside(db: &mut SqliteConnection, root: &Securable, at: i64) -> Result<()> {
    if root.kind == Kind::Plugin {
        for function in plugin::functions_of(&mut *db, root).await? {
            mark(&mut *db, &function, at, Some(root)).await?;
        }
        return Ok(());
    }
    // Deepest first: a catalog's schemas must be live for their contents to be found.
    for inside in [
        "UPDATE securable SET dropped_at = $1, dropped_with = $2 WHERE dropped_at IS NULL
         AND parent_id IN (SELECT id FROM securable WHERE dropped_at IS NULL AND parent_id = $2)",
        "UPDATE securable SET dropped_at = $1, dropped_with = $2 WHERE dropped_at IS NULL AND parent_id = $2",
    ] {
        sqlx::query(inside).bind(at).bind(root.id.to_string()).execute(&mut *db).await?;
    }
    Ok(())
}

/// Marks one as dropped.
pub(crate) async fn mark(
    db: &mut SqliteConnection,
    securable: &Securable,
    at: i64,
    with: Option<&Securable>,
) -> Result<()> {
    sqlx::query("UPDATE securable SET dropped_at = $1, dropped_with = $2 WHERE id = $3")
        .bind(at)
        .bind(with.map(|with| with.id.to_string()))
        .bind(securable.id.to_string())
        .execute(db)
        .await?;
    Ok(())
}

/// What went with the drop of `root`, outermost first.
async fn dropped_with(db: &mut SqliteConnection, root: &Securable) -> Result<Vec<Securable>> {
    let rows = sqlx::query(select_securables!("WHERE s.dropped_with = $1 ORDER BY p2.name, p1.name, s.name"))
        .bind(root.id.to_string())
        .fetch_all(db)
        .await?;
    let mut all = rows.iter().map(securable::from_row).collect::<Result<Vec<_>>>()?;
    all.sort_by_key(|gone| gone.kind.depth());
    Ok(all)
}
