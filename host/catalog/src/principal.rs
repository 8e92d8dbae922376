//! Users and groups. Groups hold users and groups; every user is in the group `account users`. A plugin is a principal
//! as well, in no group.

use std::fmt;

use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use crate::audit::Event;
use crate::name::quoted;
use crate::securable::{self, Securable, select_securables, uuid};
use crate::store::now;
use crate::{Access, Error, FullName, Kind, Result, bootstrap, name, rights};

/// So many of the things that stand in the way are named.
const NAMED: usize = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PrincipalKind {
    User,
    Group,
    /// An installed component: it can be granted something, and own nothing.
    Plugin,
}

impl PrincipalKind {
    pub const fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Plugin => "plugin",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::Plugin => "Plugin",
        }
    }
}

/// Who can be granted something and own something. Names are lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    pub id: Uuid,
    pub kind: PrincipalKind,
    pub name: String,
    /// Milliseconds since 1970, UTC.
    pub created_at: i64,
    pub created_by: String,
}

/// Who a grant is for, as SQL names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grantee {
    /// A user or group.
    Principal(String),
    Plugin(FullName),
}

impl fmt::Display for Grantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Principal(name) => f.write_str(&quoted(name)),
            Self::Plugin(name) => write!(f, "PLUGIN {name}"),
        }
    }
}

impl Grantee {
    /// Its name alone.
    pub fn name(&self) -> String {
        match self {
            Self::Principal(name) => name.clone(),
            Self::Plugin(name) => name.to_string(),
        }
    }
}

impl From<&str> for Grantee {
    fn from(name: &str) -> Self {
        Self::Principal(name.to_owned())
    }
}

impl Access {
    /// The principal that is meant, if the asker may know of it.
    pub(crate) async fn grantee(&self, grantee: &Grantee) -> Result<Principal> {
        let mut db = self.catalog().read().await?;
        match grantee {
            Grantee::Principal(name) => get(&mut db, name).await,
            Grantee::Plugin(name) => plugin(&mut db, &self.resolve(&[Kind::Plugin], name).await?).await,
        }
    }
}

/// The principal that an installed plugin is.
pub(crate) async fn plugin(db: &mut SqliteConnection, plugin: &Securable) -> Result<Principal> {
    let row = sqlx::query("SELECT id, kind, name, created_at, created_by FROM principal WHERE id = $1")
        .bind(plugin.id.to_string())
        .fetch_one(db)
        .await?;
    from_row(&row)
}

/// Makes a plugin a principal.
pub(crate) async fn insert_plugin(db: &mut SqliteConnection, plugin: Uuid, by: &str) -> Result<()> {
    sqlx::query("INSERT INTO principal (id, kind, name, created_at, created_by) VALUES ($1, 'plugin', $1, $2, $3)")
        .bind(plugin.to_string())
        .bind(now())
        .bind(by)
        .execute(db)
        .await?;
    Ok(())
}

/// A user or group.
pub(crate) async fn find(db: &mut SqliteConnection, name: &str) -> Result<Option<Principal>> {
    let sql = "SELECT id, kind, name, created_at, created_by FROM principal WHERE name = $1 AND kind <> 'plugin'";
    let row = sqlx::query(sql).bind(name.trim().to_lowercase()).fetch_optional(db).await?;
    row.as_ref().map(from_row).transpose()
}

/// As [`find`], for one that must exist.
pub(crate) async fn get(db: &mut SqliteConnection, name: &str) -> Result<Principal> {
    find(db, name).await?.ok_or_else(|| Error::UnknownPrincipal(name.into()))
}

pub(crate) async fn insert(db: &mut SqliteConnection, kind: PrincipalKind, name: &str, by: &str) -> Result<Uuid> {
    let id = Uuid::now_v7();
    sqlx::query("INSERT INTO principal (id, kind, name, created_at, created_by) VALUES ($1, $2, $3, $4, $5)")
        .bind(id.to_string())
        .bind(kind.word())
        .bind(name)
        .bind(now())
        .bind(by)
        .execute(db)
        .await
        .map_err(|e| match e.as_database_error() {
            Some(violated) if violated.is_unique_violation() => Error::PrincipalExists(name.into()),
            _ => e.into(),
        })?;
    Ok(id)
}

fn from_row(row: &SqliteRow) -> Result<Principal> {
    let kind = match row.try_get("kind")? {
        "user" => PrincipalKind::User,
        "group" => PrincipalKind::Group,
        "plugin" => PrincipalKind::Plugin,
        other => return Err(Error::Corrupt(format!("principal kind `{other}`"))),
    };
    Ok(Principal {
        id: uuid(row, "id")?,
        kind,
        name: row.try_get("name")?,
        created_at: row.try_get("created_at")?,
        created_by: row.try_get("created_by")?,
    })
}

/// Principals are managed by the owner of the metastore; anybody may list them, to grant to them.
impl Access {
    /// # Errors
    /// [`Error::AdminOnly`], [`Error::PrincipalExists`], [`Error::InvalidName`].
    pub async fn create_principal(&self, kind: PrincipalKind, name: &str) -> Result<Principal> {
        let action = format!("create{}", kind.title());
        self.require_admin("create users and groups", &action, name).await?;
        let name = name::principal_name(name)?;
        let mut write = self.catalog().write().await?;
        insert(write.db(), kind, &name, self.principal()).await?;
        let made = get(write.db(), &name).await?;
        self.record(write.db(), Event::allowed(&action).named(&name)).await?;
        write.commit_change().await?;
        Ok(made)
    }

    /// Removes a user or group with its grants and memberships. What it dropped becomes the owner's of the
    /// metastore, if it comes back; but its views never do, for they would run with other rights than before.
    ///
    /// # Errors
    /// [`Error::StillOwner`] while it owns something; [`Error::Reserved`] for `account users`.
    pub async fn drop_principal(&self, name: &str) -> Result<()> {
        self.require_admin("drop users and groups", "deletePrincipal", name).await?;
        let mut write = self.catalog().write().await?;
        let principal = get(write.db(), name).await?;
        if principal.name == bootstrap::ALL_USERS {
            return Err(Error::Reserved(format!("the group `{}`", bootstrap::ALL_USERS)));
        }
        let owned = sqlx::query(select_securables!("WHERE s.owner_id = $1 ORDER BY p2.name, p1.name, s.name, s.kind"))
            .bind(principal.id.to_string())
            .fetch_all(write.db())
            .await?;
        let owned = owned.iter().map(securable::from_row).collect::<Result<Vec<_>>>()?;
        let (dropped, live): (Vec<_>, Vec<_>) = owned.into_iter().partition(|one| one.dropped_at.is_some());
        if !live.is_empty() {
            let count = i64::try_from(live.len()).unwrap_or(i64::MAX);
            let some = live.into_iter().take(NAMED).map(|one| (one.kind, one.name)).collect();
            return Err(Error::StillOwner { name: principal.name, count, some });
        }
        let views: Vec<_> = dropped.iter().filter(|gone| gone.kind == Kind::View).map(Securable::title).collect();
        sqlx::query("DELETE FROM securable WHERE owner_id = $1 AND kind = 'view'")
            .bind(principal.id.to_string())
            .execute(write.db())
            .await?;
        sqlx::query(
            "UPDATE securable SET owner_id = (SELECT owner_id FROM securable WHERE parent_id IS NULL)
             WHERE owner_id = $1",
        )
        .bind(principal.id.to_string())
        .execute(write.db())
        .await?;
        sqlx::query("DELETE FROM principal WHERE id = $1").bind(principal.id.to_string()).execute(write.db()).await?;
        let mut event = Event::allowed("deletePrincipal").named(&principal.name);
        if !views.is_empty() {
            event = event.with("purged", views);
        }
        self.record(write.db(), event).await?;
        write.commit_change().await
    }

    /// Puts a user or group into a group; nothing happens if it is in already.
    ///
    /// # Errors
    /// [`Error::NotAGroup`]; [`Error::MembershipCycle`] if the group would contain itself.
    pub async fn add_member(&self, group: &str, member: &str) -> Result<()> {
        self.require_admin("change groups", "addPrincipalToGroup", group).await?;
        let mut write = self.catalog().write().await?;
        let (group, member) = pair(write.db(), group, member).await?;
        if group.id == member.id || rights::groups_of(write.db(), group.id).await?.contains(&member.id) {
            return Err(Error::MembershipCycle { group: group.name, member: member.name });
        }
        sqlx::query("INSERT INTO membership (group_id, member_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(group.id.to_string())
            .bind(member.id.to_string())
            .execute(write.db())
            .await?;
        let event = Event::allowed("addPrincipalToGroup").named(&group.name).with("member", member.name);
        self.record(write.db(), event).await?;
        write.commit_change().await
    }

    /// Takes a member out of a group; nothing happens if it is not in.
    pub async fn remove_member(&self, group: &str, member: &str) -> Result<()> {
        self.require_admin("change groups", "removePrincipalFromGroup", group).await?;
        let mut write = self.catalog().write().await?;
        let (group, member) = pair(write.db(), group, member).await?;
        sqlx::query("DELETE FROM membership WHERE group_id = $1 AND member_id = $2")
            .bind(group.id.to_string())
            .bind(member.id.to_string())
            .execute(write.db())
            .await?;
        let event = Event::allowed("removePrincipalFromGroup").named(&group.name).with("member", member.name);
        self.record(write.db(), event).await?;
        write.commit_change().await
    }

    /// Every user and group, by name.
    pub async fn principals(&self) -> Result<Vec<Principal>> {
        let sql = "SELECT id, kind, name, created_at, created_by FROM principal WHERE kind <> 'plugin' ORDER BY name";
        let rows = sqlx::query(sql).fetch_all(&mut *self.catalog().read().await?).await?;
        rows.iter().map(from_row).collect()
    }

    /// The direct members of a group, by name; of `account users`, all users.
    pub async fn members(&self, group: &str) -> Result<Vec<Principal>> {
        let mut read = self.catalog().read().await?;
        let group = get(&mut read, group).await?;
        if group.kind != PrincipalKind::Group {
            return Err(Error::NotAGroup(group.name));
        }
        let everybody = group.name == bootstrap::ALL_USERS;
        let rows = sqlx::query(
            "SELECT id, kind, name, created_at, created_by FROM principal
             WHERE ($1 AND kind = 'user') OR id IN (SELECT member_id FROM membership WHERE group_id = $2) ORDER BY name",
        )
        .bind(everybody)
        .bind(group.id.to_string())
        .fetch_all(&mut *read)
        .await?;
        rows.iter().map(from_row).collect()
    }
}

async fn pair(db: &mut SqliteConnection, group: &str, member: &str) -> Result<(Principal, Principal)> {
    let (group, member) = (get(&mut *db, group).await?, get(db, member).await?);
    if group.kind != PrincipalKind::Group {
        return Err(Error::NotAGroup(group.name));
    }
    if group.name == bootstrap::ALL_USERS || member.name == bootstrap::ALL_USERS {
        return Err(Error::Reserved(format!("the group `{}`, which all users are in,", bootstrap::ALL_USERS)));
    }
    Ok((group, member))
}
