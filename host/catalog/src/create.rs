//! Creating catalogs, schemas, tables, views, volumes and connections. Plugins and their functions are installed
//! instead: see [`crate::plugin`].

use std::collections::BTreeMap;

use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::audit::Event;
use crate::bootstrap::{DEFAULT_SCHEMA, INFORMATION_SCHEMA, SYSTEM};
use crate::securable::{self, NewRow};
use crate::{Access, Error, FullName, Kind, Privilege, Result, Securable, Spec, location, spec};

/// A securable to create. It has its id before it exists, so that a managed location can be named by it.
#[derive(Clone, Debug)]
pub struct NewSecurable {
    pub id: Uuid,
    pub name: FullName,
    pub spec: Spec,
    pub comment: Option<String>,
    pub properties: BTreeMap<String, String>,
    /// What it needs: a view's tables and functions, the functions of a table's constraints.
    pub dependencies: Vec<Uuid>,
    /// Of a connection: its secrets, by name.
    pub secrets: Vec<(String, String)>,
}

impl NewSecurable {
    pub fn new(name: FullName, spec: Spec) -> Self {
        Self {
            id: Uuid::now_v7(),
            name,
            spec,
            comment: None,
            properties: BTreeMap::new(),
            dependencies: Vec::new(),
            secrets: Vec::new(),
        }
    }

    #[must_use]
    pub fn with_comment(self, comment: Option<String>) -> Self {
        Self { comment, ..self }
    }

    #[must_use]
    pub fn with_properties(self, properties: BTreeMap<String, String>) -> Self {
        Self { properties, ..self }
    }

    #[must_use]
    pub fn with_secrets(self, secrets: Vec<(String, String)>) -> Self {
        Self { secrets, ..self }
    }

    #[must_use]
    pub fn with_dependencies(self, dependencies: Vec<Uuid>) -> Self {
        Self { dependencies, ..self }
    }
}

impl Access {
    /// Creates a catalog, schema, table, view, volume or connection, which the principal will own. A catalog begins
    /// with an empty schema `default`.
    ///
    /// Needs CREATE CATALOG, CREATE SCHEMA, CREATE TABLE (also for views), CREATE VOLUME or CREATE CONNECTION on what it
    /// goes into, and the use of that; a location that is not managed needs CREATE EXTERNAL TABLE or CREATE EXTERNAL VOLUME
    /// on the metastore, and so does choosing where a container's managed tables go. Only the owner of the metastore makes
    /// a connection into private networks.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::AlreadyExists`], [`Error::LocationTaken`], [`Error::InvalidLocation`],
    /// [`Error::Reserved`]; [`Error::NotFound`] when the container is not there.
    pub async fn create(&self, new: NewSecurable) -> Result<Securable> {
        let parent = self.may_create(&new).await?;
        let location = new.spec.location().map(location::normal).transpose()?;

        let mut write = self.catalog().write().await?;
        still_there(write.db(), &parent).await?;
        if let Some(location) = &location {
            location::check_free(write.db(), location, new.id, self.rights()).await?;
        }
        let row = NewRow {
            id: new.id,
            parent_id: Some(parent.id),
            name: new.name.last(),
            owner_id: self.rights().principal.id,
            comment: new.comment.as_deref(),
            properties: &new.properties,
            spec: &new.spec,
            location: location.as_deref(),
            by: self.principal(),
        };
        row.insert(write.db()).await.map_err(|e| name_taken(e, new.spec.kind(), &new.name))?;
        if new.spec.kind() == Kind::Catalog {
            let schema = NewRow {
                id: Uuid::new_v4(),
                parent_id: Some(new.id),
                name: DEFAULT_SCHEMA,
                comment: None,
                properties: &BTreeMap::new(),
                spec: &Spec::Schema(spec::Container::default()),
                location: None,
                ..row
            };
            schema.insert(write.db()).await?;
        }
        self.set_dependencies(write.db(), new.id, &new.dependencies).await?;
        for (name, value) in &new.secrets {
            self.catalog().keep_secret(write.db(), new.id, name, Some(value)).await?;
        }
        let made = reread(write.db(), new.id).await?;
        let mut event = Event::allowed(format!("create{}", made.kind.title())).on(&made);
        if let Some(location) = made.spec.location() {
            event = event.with("location", location);
        }
        self.record(write.db(), event).await?;
        write.commit_change().await?;
        Ok(made)
    }

    /// Whether `create` would be allowed, in rights and names; the container if so. For a caller who has
    /// work to do before it can create (files to write), which would be in vain.
    ///
    /// # Errors
    /// As [`Access::create`].
    pub async fn may_create(&self, new: &NewSecurable) -> Result<Securable> {
        let kind = new.spec.kind();
        let (privilege, elsewhere) = match &new.spec {
            Spec::Catalog(container) => {
                (Privilege::CreateCatalog, container.managed_location.as_ref().map(|_| Privilege::CreateExternalTable))
            }
            Spec::Schema(container) => {
                (Privilege::CreateSchema, container.managed_location.as_ref().map(|_| Privilege::CreateExternalTable))
            }
            Spec::Table(table) => (Privilege::CreateTable, (!table.managed).then_some(Privilege::CreateExternalTable)),
            Spec::View(_) => (Privilege::CreateTable, None),
            Spec::Volume(volume) => {
                (Privilege::CreateVolume, (!volume.managed).then_some(Privilege::CreateExternalVolume))
            }
            Spec::Connection(_) => (Privilege::CreateConnection, None),
            Spec::Publisher(_) => {
                check_name(kind, &new.name)?;
                self.require_admin(TRUST, "createPublisher", &new.name.to_string()).await?;
                return self.resolve(&[Kind::Metastore], &FullName::metastore()).await;
            }
            Spec::Metastore => return Err(Error::Reserved("the metastore".into())),
            Spec::Function(_) | Spec::Plugin(_) => {
                return Err(Error::Unsupported("functions come with a plugin: INSTALL PLUGIN … INTO SCHEMA …".into()));
            }
        };
        check_name(kind, &new.name)?;
        let parent = self.resolve(&[kind.parent()], &new.name.parent()).await?;
        let action = format!("create{}", kind.title());
        let here: Vec<_> = [privilege].into_iter().chain(Privilege::usage(parent.kind)).collect();
        let metastore = self.resolve(&[Kind::Metastore], &FullName::metastore()).await?;
        let elsewhere: Vec<_> = elsewhere.into_iter().collect();
        self.require_each(&action, &[(&parent, &here), (&metastore, &elsewhere)]).await?;
        if let Spec::Connection(connection) = &new.spec {
            self.may_lead_inside(connection, &action).await?;
        }
        if let Some(location) = new.spec.location().filter(|location| !location.is_empty()) {
            let location = location::normal(location)?;
            if !new.spec.is_managed() {
                location::check_not_home(&location, self.catalog().home())?;
            }
            location::check_free(&mut *self.catalog().read().await?, &location, new.id, self.rights()).await?;
        }
        Ok(parent)
    }

    /// What lies in private networks is the operator's: a connection that leads there is theirs to make.
    pub(crate) async fn may_lead_inside(&self, connection: &spec::Connection, action: &str) -> Result<()> {
        match connection.private_network {
            true => self.require_admin("let a connection lead into private networks", action, "").await,
            false => Ok(()),
        }
    }

    /// Replaces what a securable needs. Each must be live and visible.
    pub(crate) async fn set_dependencies(
        &self,
        db: &mut SqliteConnection,
        dependant: Uuid,
        dependencies: &[Uuid],
    ) -> Result<()> {
        sqlx::query("DELETE FROM dependency WHERE dependant_id = $1")
            .bind(dependant.to_string())
            .execute(&mut *db)
            .await?;
        for id in dependencies {
            match securable::by_id(&mut *db, *id).await? {
                Some(needed) if needed.dropped_at.is_none() && self.rights().sees(&needed) => {}
                _ => {
                    let what = format!("securable {id}, which this depends on,");
                    return Err(Error::NotFound { what, name: FullName::metastore() });
                }
            }
            sqlx::query("INSERT INTO dependency (dependant_id, dependency_id) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(dependant.to_string())
                .bind(id.to_string())
                .execute(&mut *db)
                .await?;
        }
        Ok(())
    }
}

/// Whom to trust is not for those to say who want to be trusted.
pub(crate) const TRUST: &str = "say whom to trust";

/// Whether something of that kind may have that name.
pub(crate) fn check_name(kind: Kind, name: &FullName) -> Result<()> {
    if name.parts().len() != kind.depth() {
        let why = format!("the full name of a {} has {} parts", kind.word(), kind.depth());
        return Err(Error::InvalidName { name: name.to_string(), why });
    }
    if !kind.is_apart() && name.catalog() == Some(SYSTEM) {
        return Err(Error::Reserved(format!("the catalog `{SYSTEM}`")));
    }
    if name.schema() == Some(INFORMATION_SCHEMA) {
        return Err(Error::Reserved(format!("the schema `{INFORMATION_SCHEMA}`")));
    }
    Ok(())
}

/// A violated unique index on names, told as what it means.
pub(crate) fn name_taken(error: sqlx::Error, kind: Kind, name: &FullName) -> Error {
    match error.as_database_error() {
        Some(violated) if violated.is_unique_violation() => Error::AlreadyExists { kind, name: name.clone() },
        _ => error.into(),
    }
}

/// The securable as it is now, within a transaction; it must still be live.
pub(crate) async fn still_there(db: &mut SqliteConnection, seen: &Securable) -> Result<Securable> {
    match securable::by_id(db, seen.id).await? {
        Some(now) if now.dropped_at.is_none() => Ok(now),
        _ => Err(Error::Conflict { kind: seen.kind, name: seen.name.clone() }),
    }
}

/// A securable that this transaction wrote.
pub(crate) async fn reread(db: &mut SqliteConnection, id: Uuid) -> Result<Securable> {
    securable::by_id(db, id).await?.ok_or_else(|| Error::Corrupt(format!("securable {id} vanished as it was written")))
}
