//! Changing what exists: names, owners, comments, properties, definitions.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::audit::Event;
use crate::bootstrap::SYSTEM;
use crate::create::{TRUST, check_name, name_taken, reread, still_there};
use crate::securable::to_json;
use crate::store::now;
use crate::{Access, Error, Kind, Privilege, Result, Securable, Spec, dependency, location, principal, secret, spec};

/// One change of one securable.
#[derive(Clone, Debug)]
pub enum Change {
    /// A new last part of its name.
    Rename(String),
    /// The name of the principal to own it.
    Owner(String),
    Comment(Option<String>),
    Properties {
        set: BTreeMap<String, String>,
        unset: Vec<String>,
    },
    /// A new definition of the same kind, and what it needs.
    Spec {
        spec: Box<Spec>,
        dependencies: Vec<Uuid>,
    },
    /// A new definition of a connection that holds the secrets `held`, and what becomes of them: those without a value go.
    Connection {
        connection: spec::Connection,
        held: Vec<String>,
        secrets: Vec<(String, Option<String>)>,
    },
    /// What it needs: after a constraint was added or removed.
    Dependencies(Vec<Uuid>),
}

impl Access {
    /// Makes the change and returns what has become of the securable. Needs MANAGE on it.
    ///
    /// A view's query runs with its owner's rights. Hence only its owner may give it another query, and
    /// one who is not the owner of the metastore can give it only to themselves or a group they are in.
    ///
    /// # Errors
    /// [`Error::Denied`], [`Error::OwnerOnly`], [`Error::Reserved`], [`Error::AlreadyExists`];
    /// [`Error::InUse`] for renaming what others name in their definitions.
    pub async fn alter(&self, securable: &Securable, change: Change) -> Result<Securable> {
        self.may_alter(securable, &change).await?;
        let mut write = self.catalog().write().await?;
        let now_is = still_there(write.db(), securable).await?;
        let id = securable.id.to_string();
        let mut event = Event::allowed(format!("update{}", securable.kind.title())).on(&now_is);
        match change {
            Change::Rename(to) => {
                let to = now_is.name.parent().child(&to)?;
                check_name(now_is.kind, &to)?;
                let dependants = dependency::of_tree(write.db(), &now_is, self.rights()).await?;
                if !dependants.is_empty() {
                    return Err(Error::InUse { kind: now_is.kind, name: now_is.name, dependants });
                }
                sqlx::query("UPDATE securable SET name = $1 WHERE id = $2")
                    .bind(to.last())
                    .bind(&id)
                    .execute(write.db())
                    .await
                    .map_err(|e| name_taken(e, now_is.kind, &to))?;
                event = event.with("new_name", to.to_string());
            }
            Change::Owner(to) => {
                let to = principal::get(write.db(), &to).await?;
                if now_is.kind == Kind::View && !self.is_admin() && !self.rights().is(to.id) {
                    return Err(self.owner_only(&now_is, "give a view to somebody else than themselves"));
                }
                sqlx::query("UPDATE securable SET owner_id = $1 WHERE id = $2")
                    .bind(to.id.to_string())
                    .bind(&id)
                    .execute(write.db())
                    .await?;
                event = event.with("old_owner", now_is.owner).with("owner", to.name);
            }
            Change::Comment(comment) => {
                sqlx::query("UPDATE securable SET comment = $1 WHERE id = $2")
                    .bind(&comment)
                    .bind(&id)
                    .execute(write.db())
                    .await?;
                event = event.with("comment", comment);
            }
            Change::Properties { set, unset } => {
                let mut properties = now_is.properties;
                properties.retain(|key, _| !unset.contains(key));
                properties.extend(set);
                sqlx::query("UPDATE securable SET properties = $1 WHERE id = $2")
                    .bind(to_json(&properties)?)
                    .bind(&id)
                    .execute(write.db())
                    .await?;
                event = event.with("properties", serde_json::json!(properties));
            }
            Change::Spec { spec, dependencies } => {
                let location = spec.location().map(location::normal).transpose()?;
                if let Some(location) = &location {
                    location::check_free(write.db(), location, securable.id, self.rights()).await?;
                }
                sqlx::query("UPDATE securable SET spec = $1, location = $2 WHERE id = $3")
                    .bind(to_json(&*spec)?)
                    .bind(location)
                    .bind(&id)
                    .execute(write.db())
                    .await?;
                self.set_dependencies(write.db(), securable.id, &dependencies).await?;
            }
            Change::Connection { connection, held, secrets } => {
                // What was decided of its secrets was decided of the connection as it was read.
                if now_is.spec != securable.spec || held != secret::names(write.db(), securable.id).await? {
                    return Err(Error::Conflict { kind: now_is.kind, name: now_is.name });
                }
                sqlx::query("UPDATE securable SET spec = $1 WHERE id = $2")
                    .bind(to_json(&Spec::Connection(connection))?)
                    .bind(&id)
                    .execute(write.db())
                    .await?;
                for (name, value) in &secrets {
                    self.catalog().keep_secret(write.db(), securable.id, name, value.as_deref()).await?;
                }
                event = event.with("secrets", secrets.into_iter().map(|(name, _)| name).collect::<Vec<_>>());
            }
            Change::Dependencies(dependencies) => {
                self.set_dependencies(write.db(), securable.id, &dependencies).await?;
            }
        }
        sqlx::query("UPDATE securable SET updated_at = $1, updated_by = $2 WHERE id = $3")
            .bind(now())
            .bind(self.principal())
            .bind(&id)
            .execute(write.db())
            .await?;
        let changed = reread(write.db(), securable.id).await?;
        self.record(write.db(), event).await?;
        write.commit_change().await?;
        Ok(changed)
    }

    async fn may_alter(&self, securable: &Securable, change: &Change) -> Result<()> {
        let action = format!("update{}", securable.kind.title());
        if securable.kind == Kind::Metastore {
            self.require_admin("change the metastore", &action, "").await?;
        } else if securable.kind == Kind::Publisher {
            self.require_admin(TRUST, &action, &securable.name.to_string()).await?;
        } else {
            self.require_all(&action, securable, &[Privilege::Manage]).await?;
        }
        if !securable.kind.is_apart() && securable.name.catalog() == Some(SYSTEM) {
            return Err(Error::Reserved(format!("the catalog `{SYSTEM}`")));
        }
        match change {
            Change::Rename(_) if matches!(securable.kind, Kind::Metastore | Kind::Function) => {
                Err(Error::Unsupported(format!("a {} cannot be renamed", securable.kind.word())))
            }
            Change::Spec { spec, .. } if spec.kind() != securable.kind => {
                Err(Error::Unsupported(format!("{} cannot become a {}", securable.title(), spec.kind().word())))
            }
            Change::Spec { .. } if matches!(securable.kind, Kind::Plugin | Kind::Function | Kind::Metastore) => {
                Err(Error::Unsupported("a plugin and its functions change by UPGRADE PLUGIN".into()))
            }
            Change::Connection { .. } if securable.kind != Kind::Connection => {
                Err(Error::Unsupported(format!("{} cannot become a connection", securable.title())))
            }
            Change::Connection { connection, .. } => self.may_lead_inside(connection, &action).await,
            Change::Spec { .. } if securable.kind == Kind::View && !self.owns(securable) => {
                Err(self.owner_only(securable, "change its query"))
            }
            Change::Spec { spec, .. } if spec.location() != securable.spec.location() => {
                Err(Error::Unsupported(format!("{} keeps its location: create another", securable.title())))
            }
            Change::Spec { spec, .. } => match (&**spec, securable.as_container()) {
                (Spec::Catalog(new) | Spec::Schema(new), Some(old)) if new != old => {
                    self.require_admin("move where a container's managed tables go", &action, &securable.title()).await
                }
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Whether the principal owns it, itself or through a group, or owns the metastore.
    pub fn owns(&self, securable: &Securable) -> bool {
        self.is_admin() || self.rights().is(securable.owner_id)
    }

    pub(crate) fn owner_only(&self, securable: &Securable, what: &'static str) -> Error {
        Error::OwnerOnly {
            what,
            name: securable.name.clone(),
            owner: securable.owner.clone(),
            principal: self.principal().to_owned(),
        }
    }
}
