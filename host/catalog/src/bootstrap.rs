//! What a new metastore holds.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::principal::PrincipalKind;
use crate::securable::NewRow;
use crate::spec::{Container, Table, TableFormat};
use crate::{Catalog, Result, Spec, name, principal};

/// The group that every user is a member of, without a row to say so.
pub(crate) const ALL_USERS: &str = "account users";

/// The catalog that nobody can change: its tables are served from this database.
pub(crate) const SYSTEM: &str = "system";

/// The schema that every catalog begins with.
pub const DEFAULT_SCHEMA: &str = "default";

/// The schema that every catalog seems to have; it is made up by the query engine.
pub(crate) const INFORMATION_SCHEMA: &str = "information_schema";

const SYSTEM_TABLES: [(&str, &str); 3] = [
    ("audit", "Who did, or tried to do, what, when, and the outcome"),
    ("table_lineage", "Which statement made which table version from which, with the components that took part"),
    ("column_lineage", "Which column was made from which"),
];

/// Makes the metastore, its owner and its first catalogs, unless there is one: all or nothing.
pub(crate) async fn metastore(catalog: &Catalog, owner: &str) -> Result<()> {
    let mut write = catalog.write().await?;
    let made: Option<i64> =
        sqlx::query_scalar("SELECT generation FROM catalog_state").fetch_optional(write.db()).await?;
    if made.is_some() {
        return Ok(());
    }
    let owner = name::principal_name(owner)?;
    sqlx::query("INSERT INTO catalog_state (one, generation) VALUES (1, 0)").execute(write.db()).await?;
    let owner_id = principal::insert(write.db(), PrincipalKind::User, &owner, &owner).await?;
    principal::insert(write.db(), PrincipalKind::Group, ALL_USERS, &owner).await?;

    let mut by = Founder { write, owner, owner_id };
    let container = Container::default;
    let metastore = by.insert(None, "metastore", Spec::Metastore, None).await?;
    let main = by.insert(Some(metastore), "main", Spec::Catalog(container()), None).await?;
    by.insert(Some(main), DEFAULT_SCHEMA, Spec::Schema(container()), None).await?;
    let system =
        by.insert(Some(metastore), SYSTEM, Spec::Catalog(container()), Some("What Polder records of itself")).await?;
    let access = by.insert(Some(system), "access", Spec::Schema(container()), Some("Audit and lineage")).await?;
    for (name, comment) in SYSTEM_TABLES {
        let table = Table { location: None, managed: true, format: TableFormat::System };
        by.insert(Some(access), name, Spec::Table(table), Some(comment)).await?;
    }
    by.write.commit_change().await
}

struct Founder {
    write: crate::store::Write,
    owner: String,
    owner_id: Uuid,
}

impl Founder {
    async fn insert(&mut self, parent: Option<Uuid>, name: &str, spec: Spec, comment: Option<&str>) -> Result<Uuid> {
        let row = NewRow {
            id: Uuid::now_v7(),
            parent_id: parent,
            name,
            owner_id: self.owner_id,
            comment,
            properties: &BTreeMap::new(),
            spec: &spec,
            location: None,
            by: &self.owner,
        };
        row.insert(self.write.db()).await?;
        Ok(row.id)
    }
}
