//! GRANT, REVOKE and SHOW GRANTS.

use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row};
use uuid::Uuid;

use crate::audit::Event;
use crate::create::{TRUST, still_there};
use crate::rights::{self, push_ids};
use crate::{Access, Error, FullName, Grantee, Kind, Privilege, Result, Securable};

/// A privilege that a principal was given on a securable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub principal: Grantee,
    pub privilege: Privilege,
    /// Where it was granted: the securable asked for, or one that it lives in.
    pub kind: Kind,
    pub name: FullName,
    /// Milliseconds since 1970, UTC.
    pub granted_at: i64,
    pub granted_by: String,
}

/// What a REVOKE found and left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revoked {
    /// What was not granted there, so that there was nothing to take back.
    pub absent: Vec<Privilege>,
    /// By which the principal has one of the privileges all the same: granted on what the securable lives
    /// in, to a group, or within ALL PRIVILEGES.
    pub remaining: Vec<Grant>,
}

impl Access {
    /// Gives privileges on the securable to a user or group. Needs MANAGE on it (on the metastore:
    /// to own it). Granting again changes nothing.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::UnknownPrincipal`]; [`Error::NotApplicable`] for a privilege that
    /// means nothing on such a securable.
    pub async fn grant(
        &self,
        privileges: &[Privilege],
        securable: &Securable,
        grantee: impl Into<Grantee>,
    ) -> Result<()> {
        let grantee = grantee.into();
        self.may_grant(securable).await?;
        if let Some(&privilege) = privileges.iter().find(|privilege| !privilege.grantable_on(securable.kind)) {
            return Err(Error::NotApplicable { privilege, kind: securable.kind });
        }
        let principal = self.grantee(&grantee).await?;
        let mut write = self.catalog().write().await?;
        still_there(write.db(), securable).await?;
        for privilege in privileges {
            sqlx::query(
                "INSERT INTO privilege_grant (securable_id, principal_id, privilege, granted_at, granted_by)
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            )
            .bind(securable.id.to_string())
            .bind(principal.id.to_string())
            .bind(privilege.name())
            .bind(crate::store::now())
            .bind(self.principal())
            .execute(write.db())
            .await?;
        }
        self.record(write.db(), permissions(securable, &grantee, "add", privileges)).await?;
        write.commit_change().await
    }

    /// Takes privileges back. What was not granted there is told, and so is what stays: what is inherited or
    /// comes with ALL PRIVILEGES.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::UnknownPrincipal`].
    pub async fn revoke(
        &self,
        privileges: &[Privilege],
        securable: &Securable,
        grantee: impl Into<Grantee>,
    ) -> Result<Revoked> {
        let grantee = grantee.into();
        self.may_grant(securable).await?;
        let principal = self.grantee(&grantee).await?;
        let mut write = self.catalog().write().await?;
        still_there(write.db(), securable).await?;
        let mut revoked = Revoked::default();
        for privilege in privileges {
            let done = sqlx::query(
                "DELETE FROM privilege_grant WHERE securable_id = $1 AND principal_id = $2 AND privilege = $3",
            )
            .bind(securable.id.to_string())
            .bind(principal.id.to_string())
            .bind(privilege.name())
            .execute(write.db())
            .await?;
            if done.rows_affected() == 0 {
                revoked.absent.push(*privilege);
            }
        }
        let identities = rights::identities(write.db(), &principal).await?;
        self.record(write.db(), permissions(securable, &grantee, "remove", privileges)).await?;
        write.commit_change().await?;
        revoked.remaining = self.grants_at(securable, Some(&identities)).await?;
        revoked.remaining.retain(|grant| privileges.iter().any(|privilege| grant.privilege.includes(*privilege)));
        Ok(revoked)
    }

    /// The grants on a securable and those it inherits: all for those who may grant, else one's own.
    pub async fn grants_on(&self, securable: &Securable) -> Result<Vec<Grant>> {
        let own = (!self.manages(securable)).then_some(&*self.rights().identities);
        self.grants_at(securable, own).await
    }

    async fn grants_at(&self, securable: &Securable, to: Option<&[Uuid]>) -> Result<Vec<Grant>> {
        let path = securable.ancestors.iter().filter(|above| above.kind != Kind::Metastore).map(|above| above.id);
        let ids: Vec<_> = [securable.id].into_iter().chain(path).collect();
        let mut sql = QueryBuilder::new(GRANTS);
        sql.push(" WHERE s.dropped_at IS NULL AND s.id IN ");
        push_ids(&mut sql, &ids);
        if let Some(to) = to {
            sql.push(" AND g.principal_id IN ");
            push_ids(&mut sql, to);
        }
        sql.push(" ORDER BY p2.name, p1.name, s.name, o.name, g.privilege");
        let mut grants = self.fetch_grants(sql).await?;
        grants.retain(|grant| {
            grant.name == securable.name
                || grant.privilege == Privilege::AllPrivileges
                || grant.privilege.grantable_on(securable.kind)
        });
        Ok(grants)
    }

    /// The grants to a user or group, not those of its groups, on all that is visible to the asker:
    /// all of them for oneself and one's groups and for the owner of the metastore, else those on
    /// securables that the asker may grant.
    ///
    /// # Errors
    /// [`Error::UnknownPrincipal`].
    pub async fn grants_to(&self, grantee: impl Into<Grantee>) -> Result<Vec<Grant>> {
        let grantee = self.grantee(&grantee.into()).await?;
        let mut sql = QueryBuilder::new(GRANTS);
        sql.push(" WHERE s.dropped_at IS NULL AND g.principal_id = ").push_bind(grantee.id.to_string());
        sql.push(" ORDER BY p2.name, p1.name, s.name, o.name, g.privilege");
        let grants = self.fetch_grants(sql).await?;
        if self.is_admin() || self.rights().is(grantee.id) {
            return Ok(grants);
        }
        let mut mine = Vec::new();
        for grant in grants {
            if let Some(securable) = self.find(&[grant.kind], &grant.name).await?
                && self.manages(&securable)
            {
                mine.push(grant);
            }
        }
        Ok(mine)
    }

    async fn fetch_grants(&self, mut sql: QueryBuilder<sqlx::Sqlite>) -> Result<Vec<Grant>> {
        let rows = sql.build().fetch_all(&mut *self.catalog().read().await?).await?;
        rows.iter().map(from_row).collect()
    }

    fn manages(&self, securable: &Securable) -> bool {
        self.privileges(securable).contains(Privilege::Manage) || self.is_admin()
    }

    async fn may_grant(&self, securable: &Securable) -> Result<()> {
        if securable.kind == Kind::Metastore {
            return self.require_admin("grant on the metastore", "updatePermissions", "").await;
        }
        if securable.kind == Kind::Publisher {
            return self.require_admin(TRUST, "updatePermissions", &securable.name.to_string()).await;
        }
        self.require_all("updatePermissions", securable, &[Privilege::Manage]).await
    }
}

const GRANTS: &str = "SELECT o.name AS principal, o.kind AS principal_kind, t.name AS t_name, t1.name AS t1_name, t2.name AS t2_name, g.privilege, g.granted_at, g.granted_by,
        s.kind, s.name, p1.name AS p1_name, p1.parent_id AS p1_parent, p2.name AS p2_name, p2.parent_id AS p2_parent
     FROM privilege_grant g
     JOIN securable s ON s.id = g.securable_id
     JOIN principal o ON o.id = g.principal_id
     LEFT JOIN securable t ON t.id = o.id
     LEFT JOIN securable t1 ON t1.id = t.parent_id
     LEFT JOIN securable t2 ON t2.id = t1.parent_id
     LEFT JOIN securable p1 ON p1.id = s.parent_id
     LEFT JOIN securable p2 ON p2.id = p1.parent_id";

fn from_row(row: &SqliteRow) -> Result<Grant> {
    let kind: Kind = row.try_get::<&str, _>("kind")?.parse()?;
    let mut parts = Vec::with_capacity(3);
    for (name, parent) in [("p2_name", "p2_parent"), ("p1_name", "p1_parent")] {
        // The metastore has no parent, and no part in names.
        if row.try_get::<Option<&str>, _>(parent)?.is_some() {
            parts.push(row.try_get(name)?);
        }
    }
    if kind != Kind::Metastore {
        parts.push(row.try_get("name")?);
    }
    Ok(Grant {
        principal: match row.try_get("principal_kind")? {
            "plugin" => {
                let parts = ["t2_name", "t1_name", "t_name"].map(|part| row.try_get(part));
                Grantee::Plugin(FullName::trusted(parts.into_iter().collect::<sqlx::Result<_>>()?))
            }
            _ => Grantee::Principal(row.try_get("principal")?),
        },
        privilege: row.try_get::<&str, _>("privilege")?.parse()?,
        kind,
        name: FullName::trusted(parts),
        granted_at: row.try_get("granted_at")?,
        granted_by: row.try_get("granted_by")?,
    })
}

fn permissions(securable: &Securable, grantee: &Grantee, change: &str, privileges: &[Privilege]) -> Event {
    let names: Vec<_> = privileges.iter().map(|privilege| privilege.name()).collect();
    Event::allowed("updatePermissions")
        .on(securable)
        .with("changes", json!({"principal": grantee.name(), change: names}))
}
