//! Plugins: a component and the functions that it exports come, change and go together, each time in
//! one transaction.

use std::collections::HashMap;

use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::audit::Event;
use crate::create::{check_name, name_taken, reread, still_there};
use crate::securable::{self, NewRow, select_securables, to_json};
use crate::spec::{Export, Function, Plugin};
use crate::store::now;
use crate::{Access, Catalog, Error, FullName, Kind, Privilege, Result, Securable, Spec, dependency, drop, principal};

/// A plugin to install; or what a plugin becomes, where the name is its own.
#[derive(Clone, Debug)]
pub struct NewPlugin {
    /// Where it goes: `catalog.schema.name`.
    pub name: FullName,
    pub spec: Plugin,
    pub comment: Option<String>,
    pub functions: Vec<NewFunction>,
}

/// A function that the component exports.
#[derive(Clone, Debug)]
pub struct NewFunction {
    /// Its name in the schema.
    pub name: String,
    pub export: Export,
}

/// What an upgrade did. Functions are told by name.
#[derive(Clone, Debug)]
pub struct Upgrade {
    pub plugin: Securable,
    pub added: Vec<FullName>,
    pub kept: Vec<FullName>,
    pub removed: Vec<FullName>,
}

impl Catalog {
    /// The plugin that a function came with. Whether somebody may know of it was decided with the function.
    pub async fn plugin(&self, id: Uuid) -> Result<Securable> {
        reread(&mut *self.read().await?, id).await
    }
}

impl Access {
    /// Records a plugin and its functions, which live in the plugin's schema and will be owned by the
    /// principal. Needs CREATE PLUGIN on the schema, CREATE FUNCTION if there are functions, and its use.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::AlreadyExists`] for the plugin's name or that of a function.
    pub async fn install(&self, new: &NewPlugin) -> Result<Securable> {
        let schema = self.may_install(new).await?;
        let mut write = self.catalog().write().await?;
        still_there(write.db(), &schema).await?;
        let spec = Spec::Plugin(new.spec.clone());
        let row = NewRow {
            id: Uuid::now_v7(),
            parent_id: Some(schema.id),
            name: new.name.last(),
            owner_id: self.rights().principal.id,
            comment: new.comment.as_deref(),
            properties: &Default::default(),
            spec: &spec,
            location: None,
            by: self.principal(),
        };
        row.insert(write.db()).await.map_err(|e| name_taken(e, Kind::Plugin, &new.name))?;
        principal::insert_plugin(write.db(), row.id, self.principal()).await?;
        let plugin = reread(write.db(), row.id).await?;
        for function in &new.functions {
            self.add_function(write.db(), &plugin, &new.spec.digest, function).await?;
        }
        let functions: Vec<_> = new.functions.iter().map(|function| function.name.as_str()).collect();
        let event = described(Event::allowed("installPlugin").on(&plugin), &new.spec).with("functions", functions);
        self.record(write.db(), event).await?;
        write.commit_change().await?;
        Ok(plugin)
    }

    /// Whether `install` would be allowed; the schema if so.
    ///
    /// # Errors
    /// As [`Access::install`].
    pub async fn may_install(&self, new: &NewPlugin) -> Result<Securable> {
        check_name(Kind::Plugin, &new.name)?;
        let schema = self.resolve(&[Kind::Schema], &new.name.parent()).await?;
        let mut needed = vec![Privilege::CreatePlugin, Privilege::UseSchema];
        if !new.functions.is_empty() {
            needed.push(Privilege::CreateFunction);
        }
        self.require_all("installPlugin", &schema, &needed).await?;
        Ok(schema)
    }

    /// Replaces a plugin's component. Functions that keep their name keep their id, owner and grants;
    /// one that a former version had gets its old ones back. Needs MANAGE on the plugin.
    ///
    /// # Errors
    /// [`Error::Denied`]; [`Error::InUse`] if a function would go on which something depends;
    /// [`Error::AlreadyExists`] if a new function's name is taken; [`Error::Conflict`] if the plugin was
    /// upgraded or dropped since `plugin` was resolved.
    pub async fn upgrade(&self, plugin: &Securable, new: &NewPlugin) -> Result<Upgrade> {
        self.replace("upgradePlugin", plugin, new).await
    }

    /// The same, to a component that it was before.
    ///
    /// # Errors
    /// As [`Access::upgrade`].
    pub async fn rollback(&self, plugin: &Securable, new: &NewPlugin) -> Result<Upgrade> {
        self.replace("rollbackPlugin", plugin, new).await
    }

    async fn replace(&self, action: &str, plugin: &Securable, new: &NewPlugin) -> Result<Upgrade> {
        self.require_all(action, plugin, &[Privilege::Manage]).await?;
        let mut write = self.catalog().write().await?;
        let old = still_there(write.db(), plugin).await?;
        if old.spec != plugin.spec {
            return Err(Error::Conflict { kind: old.kind, name: old.name });
        }
        self.write_spec(write.db(), old.id, &Spec::Plugin(new.spec.clone()), new.comment.as_deref()).await?;

        let mut before: HashMap<String, Securable> = functions_of(write.db(), &old)
            .await?
            .into_iter()
            .map(|function| (function.name.last().to_owned(), function))
            .collect();
        let (mut added, mut kept, mut removed) = (Vec::new(), Vec::new(), Vec::new());
        for function in &new.functions {
            let name = old.name.parent().child(&function.name)?;
            if let Some(same) = before.remove(name.last()) {
                let spec = function_spec(old.id, &new.spec.digest, &function.export);
                self.write_spec(write.db(), same.id, &spec, Some(&function.export.doc)).await?;
                kept.push(name);
            } else {
                self.add_function(write.db(), &old, &new.spec.digest, function).await?;
                added.push(name);
            }
        }
        for (_, gone) in before {
            let dependants = dependency::of_tree(write.db(), &gone, self.rights()).await?;
            if !dependants.is_empty() {
                return Err(Error::InUse { kind: gone.kind, name: gone.name, dependants });
            }
            drop::mark(write.db(), &gone, now(), None).await?;
            removed.push(gone.name);
        }
        removed.sort();

        let names = |names: &[FullName]| names.iter().map(|name| name.last().to_owned()).collect::<Vec<_>>();
        let mut event = described(Event::allowed(action).on(&old), &new.spec)
            .with("added", names(&added))
            .with("removed", names(&removed));
        if let Some(before) = old.as_plugin() {
            event = event.with("old_digest", before.digest.as_str()).with("old_version", before.version.as_str());
        }
        self.record(write.db(), event).await?;
        let plugin = reread(write.db(), old.id).await?;
        write.commit_change().await?;
        Ok(Upgrade { plugin, added, kept, removed })
    }

    /// The functions of a plugin, by name: the visible ones.
    pub async fn plugin_functions(&self, plugin: &Securable) -> Result<Vec<Securable>> {
        let all = functions_of(&mut *self.catalog().read().await?, plugin).await?;
        Ok(all.into_iter().filter(|function| self.rights().sees(function)).collect())
    }

    /// Adds a function, or brings back the one of that name that an upgrade had removed.
    async fn add_function(
        &self,
        db: &mut SqliteConnection,
        plugin: &Securable,
        digest: &str,
        new: &NewFunction,
    ) -> Result<()> {
        let name = plugin.name.parent().child(&new.name)?;
        let spec = function_spec(plugin.id, digest, &new.export);
        if let Some(former) = former_function(&mut *db, plugin, name.last()).await? {
            sqlx::query("UPDATE securable SET dropped_at = NULL WHERE id = $1")
                .bind(former.id.to_string())
                .execute(&mut *db)
                .await
                .map_err(|e| name_taken(e, Kind::Function, &name))?;
            return self.write_spec(db, former.id, &spec, Some(&new.export.doc)).await;
        }
        let row = NewRow {
            id: Uuid::now_v7(),
            parent_id: plugin.parent_id(),
            name: name.last(),
            owner_id: plugin.owner_id,
            comment: Some(&new.export.doc),
            properties: &Default::default(),
            spec: &spec,
            location: None,
            by: self.principal(),
        };
        row.insert(db).await.map_err(|e| name_taken(e, Kind::Function, &name))
    }

    async fn write_spec(&self, db: &mut SqliteConnection, id: Uuid, spec: &Spec, comment: Option<&str>) -> Result<()> {
        sqlx::query("UPDATE securable SET spec = $1, comment = $2, updated_at = $3, updated_by = $4 WHERE id = $5")
            .bind(to_json(spec)?)
            .bind(comment)
            .bind(now())
            .bind(self.principal())
            .bind(id.to_string())
            .execute(db)
            .await?;
        Ok(())
    }
}

/// The live functions of a plugin, by name.
pub(crate) async fn functions_of(db: &mut SqliteConnection, plugin: &Securable) -> Result<Vec<Securable>> {
    let rows = sqlx::query(select_securables!(
        "WHERE s.dropped_at IS NULL AND s.kind = 'function' AND s.parent_id = $1 ORDER BY s.name"
    ))
    .bind(plugin.parent_id().map(|id| id.to_string()))
    .fetch_all(db)
    .await?;
    let all = rows.iter().map(securable::from_row).collect::<Result<Vec<_>>>()?;
    Ok(all.into_iter().filter(|function| belongs(function, plugin)).collect())
}

/// The function of that name that an upgrade of this plugin removed last.
async fn former_function(db: &mut SqliteConnection, plugin: &Securable, name: &str) -> Result<Option<Securable>> {
    let rows = sqlx::query(select_securables!(
        "WHERE s.dropped_at IS NOT NULL AND s.kind = 'function' AND s.parent_id = $1 AND s.name = $2
         ORDER BY s.dropped_at DESC"
    ))
    .bind(plugin.parent_id().map(|id| id.to_string()))
    .bind(name)
    .fetch_all(db)
    .await?;
    let all = rows.iter().map(securable::from_row).collect::<Result<Vec<_>>>()?;
    Ok(all.into_iter().find(|function| belongs(function, plugin)))
}

fn belongs(function: &Securable, plugin: &Securable) -> bool {
    function.as_function().is_some_and(|function| function.plugin == plugin.id)
}

fn function_spec(plugin: Uuid, digest: &str, export: &Export) -> Spec {
    Spec::Function(Function { plugin, digest: digest.to_owned(), export: export.clone() })
}

fn described(event: Event, spec: &Plugin) -> Event {
    event
        .with("version", spec.version.as_str())
        .with("digest", spec.digest.as_str())
        .with("source", spec.source.as_str())
        .with("signature", serde_json::json!(spec.signature))
}
