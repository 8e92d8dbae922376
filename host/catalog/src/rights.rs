//! What a principal may do: its grants and those of its groups, as of one generation of the catalog,
//! and the rules that turn them into an answer. Pure but for the loading.
//!
//! The rules, as in Unity Catalog:
//! * a grant on a catalog or schema holds for everything inside; nothing is inherited from the metastore;
//! * the owner of a securable has every privilege on it;
//! * the owner of a container may walk through it and has MANAGE on what is inside, but not the data:
//!   that takes a grant, which they may give themselves;
//! * ALL PRIVILEGES is everything that applies but MANAGE;
//! * the owner of the metastore may do everything (an embedded catalog has no other administrator);
//! * a securable can be seen with any privilege on it, and a container also if something inside can.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};
use uuid::Uuid;

use crate::principal::{Principal, PrincipalKind};
use crate::securable::{Securable, uuid};
use crate::{Asked, Error, Kind, Privilege, Privileges, Result, bootstrap, principal};

/// The rights of one principal at one generation.
#[derive(Clone, Debug)]
pub(crate) struct Rights {
    pub(crate) generation: i64,
    pub(crate) principal: Principal,
    /// The owner of the metastore, or a member of the group that owns it.
    pub(crate) admin: bool,
    /// The principal and every group that it is in, however deep, in order.
    pub(crate) identities: Vec<Uuid>,
    granted: HashMap<Uuid, Privileges, BuildHasherDefault<OwnBits>>,
    /// Containers in which something is granted to or owned by the principal.
    leading: Ids,
    /// The rights of the plugin through which the principal acts, and what it asks for: what the principal may do is what
    /// both may and the plugin asked for.
    bound: Option<(Arc<Rights>, Arc<Asked>)>,
}

/// Ids of principals or securables.
pub(crate) type Ids = HashSet<Uuid, BuildHasherDefault<OwnBits>>;

/// An id is its own hash: the catalog drew it at random, and a check looks up a dozen.
#[derive(Clone, Default)]
pub(crate) struct OwnBits(u64);

impl Hasher for OwnBits {
    fn write(&mut self, bytes: &[u8]) {
        for half in bytes.as_chunks().0 {
            self.0 ^= u64::from_le_bytes(*half);
        }
    }

    /// The length of an id says nothing.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Rights {
    /// The rights of a user or group.
    pub(crate) async fn load(db: &mut SqliteConnection, name: &str) -> Result<Self> {
        let principal =
            principal::find(&mut *db, name).await?.ok_or_else(|| Error::UnknownPrincipal(name.to_owned()))?;
        Self::of(db, principal).await
    }

    /// The rights of any principal.
    pub(crate) async fn of(db: &mut SqliteConnection, principal: Principal) -> Result<Self> {
        let generation = sqlx::query_scalar("SELECT generation FROM catalog_state").fetch_one(&mut *db).await?;
        let identities = identities(&mut *db, &principal).await?;
        let owner: String =
            sqlx::query_scalar("SELECT owner_id FROM securable WHERE parent_id IS NULL").fetch_one(&mut *db).await?;
        let admin = identities.iter().any(|id| id.to_string() == owner);
        let (granted, leading) = (HashMap::default(), Ids::default());
        let mut rights = Self { generation, principal, admin, identities, granted, leading, bound: None };
        if !admin {
            rights.load_grants(&mut *db).await?;
            rights.load_leading(&mut *db).await?;
        }
        Ok(rights)
    }

    async fn load_grants(&mut self, db: &mut SqliteConnection) -> Result<()> {
        let mut sql = QueryBuilder::new("SELECT securable_id, privilege FROM privilege_grant WHERE principal_id IN ");
        self.push_identities(&mut sql);
        for row in sql.build().fetch_all(db).await? {
            // A privilege of a later version means nothing to this one.
            if let Ok(privilege) = row.try_get::<&str, _>("privilege")?.parse::<Privilege>() {
                let held = self.granted.entry(uuid(&row, "securable_id")?).or_default();
                *held = held.union(privilege.into());
            }
        }
        Ok(())
    }

    async fn load_leading(&mut self, db: &mut SqliteConnection) -> Result<()> {
        let mut sql = QueryBuilder::new(
            "WITH above (id) AS (
                SELECT s.parent_id FROM securable s JOIN privilege_grant g ON g.securable_id = s.id
                WHERE s.dropped_at IS NULL AND g.principal_id IN ",
        );
        self.push_identities(&mut sql);
        sql.push(" UNION SELECT parent_id FROM securable WHERE dropped_at IS NULL AND owner_id IN ");
        self.push_identities(&mut sql);
        sql.push(
            ") SELECT id FROM above WHERE id IS NOT NULL
               UNION SELECT s.parent_id AS id FROM securable s JOIN above a ON s.id = a.id WHERE s.parent_id IS NOT NULL",
        );
        for row in sql.build().fetch_all(db).await? {
            self.leading.insert(uuid(&row, "id")?);
        }
        Ok(())
    }

    fn push_identities(&self, sql: &mut QueryBuilder<Sqlite>) {
        push_ids(sql, &self.identities);
    }

    /// These rights, as far as a plugin has them too.
    #[must_use]
    pub(crate) fn through(&self, plugin: Arc<Self>, asked: Asked) -> Self {
        Self { bound: Some((plugin, Arc::new(asked))), ..self.clone() }
    }

    /// Whether the plugin through which the principal acts, if there is one, asks for the privilege on it.
    pub(crate) fn asks(&self, securable: &Securable, privilege: Privilege) -> bool {
        self.bound.as_ref().is_none_or(|(_, asked)| asked.covers(securable, privilege))
    }

    /// The rights of the plugin through which the principal acts.
    pub(crate) fn bound(&self) -> Option<&Self> {
        self.bound.as_ref().map(|(plugin, _)| &**plugin)
    }

    /// Whether the principal may do everything. Through a plugin nobody may.
    pub(crate) fn is_admin(&self) -> bool {
        self.admin && self.bound.is_none()
    }

    /// Every privilege that the principal has on it, granted, inherited or by ownership.
    pub(crate) fn on(&self, securable: &Securable) -> Privileges {
        let own = self.own(securable);
        self.bound
            .as_ref()
            .map_or(own, |(plugin, asked)| own.intersection(plugin.own(securable)).intersection(asked.on(securable)))
    }

    /// As [`Rights::on`], whatever the plugin may.
    pub(crate) fn own(&self, securable: &Securable) -> Privileges {
        let mut own = Privileges::NONE;
        self.along(securable, |_, held| own = held);
        own
    }

    /// What the principal has, whatever the plugin may, on what a securable lives in, outermost first, and at last on the
    /// securable itself.
    pub(crate) fn along(&self, securable: &Securable, mut visit: impl FnMut(Kind, Privileges)) {
        let itself = (securable.kind, securable.id, securable.owner_id);
        let above = securable.ancestors.iter().rev().map(|above| (above.kind, above.id, above.owner_id));
        let above = above.filter(|(kind, ..)| *kind != Kind::Metastore);
        // Granted here or above, or due to the owner of what is above.
        let mut inherited = Privileges::NONE;
        for (kind, id, owner) in above.chain([itself]) {
            let all = Privileges::all_on(kind);
            inherited = inherited.union(self.granted.get(&id).copied().unwrap_or_default());
            let owns = self.admin || self.stands_for(owner);
            let held = match inherited.contains(Privilege::AllPrivileges) {
                _ if owns => all,
                true => inherited.union(all.without(Privilege::Manage)),
                false => inherited,
            };
            visit(kind, held.intersection(all));
            if owns {
                inherited = inherited.union([Privilege::Manage, Privilege::UseSchema].into_iter().collect());
            }
        }
    }

    /// Whether the principal may know that it exists.
    pub(crate) fn sees(&self, securable: &Securable) -> bool {
        self.sees_itself(securable) && self.bound().is_none_or(|plugin| plugin.sees(securable))
    }

    /// As [`Rights::sees`], whatever the plugin may.
    pub(crate) fn sees_itself(&self, securable: &Securable) -> bool {
        self.admin
            || securable.kind == Kind::Metastore
            || !self.own(securable).is_empty()
            || self.leading.contains(&securable.id)
    }

    /// Whether the principal is, or is a member of, that principal. Through a plugin it stands for nobody.
    pub(crate) fn is(&self, principal: Uuid) -> bool {
        self.bound.is_none() && self.stands_for(principal)
    }

    fn stands_for(&self, principal: Uuid) -> bool {
        self.identities.binary_search(&principal).is_ok()
    }
}

/// `(id, id, …)`
pub(crate) fn push_ids<'a>(sql: &mut QueryBuilder<Sqlite>, ids: impl IntoIterator<Item = &'a Uuid>) {
    sql.push("(");
    let mut list = sql.separated(", ");
    for id in ids {
        list.push_bind(id.to_string());
    }
    sql.push(")");
}

/// A principal and every group that it is in, however deep, in order.
pub(crate) async fn identities(db: &mut SqliteConnection, principal: &Principal) -> Result<Vec<Uuid>> {
    let mut found = groups_of(&mut *db, principal.id).await?;
    found.insert(principal.id);
    if principal.kind == PrincipalKind::User
        && let Some(everybody) = principal::find(db, bootstrap::ALL_USERS).await?
    {
        // It is in no group itself, so that its closure is itself.
        found.insert(everybody.id);
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_unstable();
    Ok(found)
}

/// Every group that a principal is in, directly or through others; not itself.
pub(crate) async fn groups_of(db: &mut SqliteConnection, principal: Uuid) -> Result<Ids> {
    let rows = sqlx::query(
        "WITH RECURSIVE within (id) AS (
            SELECT group_id FROM membership WHERE member_id = $1
            UNION SELECT m.group_id FROM membership m JOIN within w ON m.member_id = w.id)
         SELECT id FROM within",
    )
    .bind(principal.to_string())
    .fetch_all(db)
    .await?;
    rows.iter().map(|row| uuid(row, "id")).collect()
}
