//! The one door to the catalog: everything is asked for as some principal, and checked here.
//!
//! An [`Access`] is made for each statement. It holds the principal's rights at one generation of the
//! catalog, so a statement is judged by one set of rights throughout, and a revoke by any process counts
//! from the next statement on.

use std::collections::HashMap;
use std::sync::Arc;

use sqlx::{QueryBuilder, SqliteConnection};
use uuid::Uuid;

use crate::audit::Event;
use crate::error::{Denied, grant_statement};
use crate::rights::Rights;
use crate::securable::{self, Place, Record, Securable, json, select_securables};
use crate::{Asked, Catalog, Error, FullName, Grantee, Kind, Privilege, Privileges, Result, pattern, principal};

/// The catalog as one principal may see and change it, for one statement. Cheap to clone.
#[derive(Clone)]
pub struct Access {
    catalog: Catalog,
    rights: Arc<Rights>,
    statement: Option<Arc<str>>,
    /// On whose behalf a view's owner acts.
    caller: Option<Arc<str>>,
    /// The plugin through which the principal acts.
    plugin: Option<Arc<FullName>>,
}

impl Catalog {
    /// The catalog as that user (or group) may see it, with the rights of now. Cheap: it reads one
    /// number, and the rights only when something has changed.
    ///
    /// # Errors
    /// [`Error::UnknownPrincipal`].
    pub async fn access(&self, principal: &str) -> Result<Access> {
        let name = principal.trim().to_lowercase();
        let rights = match self.cached_rights(&name, self.generation().await?) {
            Some(rights) => rights,
            None => self.keep_rights(Rights::load(&mut *self.snapshot().await?, &name).await?),
        };
        Ok(Access { catalog: self.clone(), rights, statement: None, caller: None, plugin: None })
    }

    /// The metastore itself: its properties are no secret within the host.
    pub async fn metastore(&self) -> Result<Securable> {
        let found = securable::by_name(&mut *self.read().await?, Kind::Metastore, &FullName::metastore()).await?;
        found.ok_or_else(|| Error::Corrupt("there is no metastore".into()))
    }

    /// The catalog of that name, which everything in it knows.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn catalog(&self, name: &str) -> Result<Securable> {
        let name = FullName::new([name])?;
        let found = securable::by_name(&mut *self.read().await?, Kind::Catalog, &name).await?;
        found.ok_or_else(|| Error::NotFound { what: "catalog".into(), name })
    }

    /// All publishers: whom they trust is no secret among those who are on one host.
    pub async fn publishers(&self) -> Result<Vec<Securable>> {
        let sql = select_securables!("WHERE s.dropped_at IS NULL AND s.kind = 'publisher' ORDER BY s.name");
        let rows = sqlx::query(sql).fetch_all(&mut *self.read().await?).await?;
        rows.iter().map(securable::from_row).collect()
    }

    fn keep_rights(&self, rights: Rights) -> Arc<Rights> {
        let rights = Arc::new(rights);
        self.cache_rights(Arc::clone(&rights));
        rights
    }

    /// The name of the owner of the metastore, who may do everything.
    pub async fn owner(&self) -> Result<String> {
        let sql = "SELECT o.name FROM securable s JOIN principal o ON o.id = s.owner_id WHERE s.parent_id IS NULL";
        Ok(sqlx::query_scalar(sql).fetch_one(&mut *self.read().await?).await?)
    }
}

impl Access {
    /// The same access with an id of the statement that the audit log will mention.
    #[must_use]
    pub fn for_statement(self, id: &str) -> Self {
        Self { statement: Some(id.into()), ..self }
    }

    /// The access of the same principal through a plugin: it may do what it may do itself and the plugin was granted
    /// too, as far as it asks for it; it owns nothing, and it administers nothing.
    pub async fn through(&self, plugin: &Securable, asked: Asked) -> Result<Self> {
        let bound = match self.catalog.cached_rights(&plugin.id.to_string(), self.generation()) {
            Some(rights) => rights,
            None => {
                let mut snapshot = self.catalog.snapshot().await?;
                let principal = principal::plugin(&mut snapshot, plugin).await?;
                self.catalog.keep_rights(Rights::of(&mut snapshot, principal).await?)
            }
        };
        let rights = Arc::new(self.rights.through(bound, asked));
        Ok(Self { rights, plugin: Some(Arc::new(plugin.name.clone())), ..self.clone() })
    }

    /// The plugin through which the principal acts.
    pub fn plugin(&self) -> Option<&FullName> {
        self.plugin.as_deref()
    }

    /// Whose access it is.
    pub fn principal(&self) -> &str {
        &self.rights.principal.name
    }

    /// The generation of the catalog whose rights it holds.
    pub fn generation(&self) -> i64 {
        self.rights.generation
    }

    /// Whether it may do everything: the owner of the metastore.
    pub fn is_admin(&self) -> bool {
        self.rights.is_admin()
    }

    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    pub fn statement(&self) -> Option<&str> {
        self.statement.as_deref()
    }

    pub(crate) fn caller(&self) -> Option<&str> {
        self.caller.as_deref()
    }

    pub(crate) fn rights(&self) -> &Rights {
        &self.rights
    }

    /// The live securable of that name and of one of these kinds, which must share a namespace; none
    /// if there is none or the principal may not see it. Leaves no trace in the audit log.
    ///
    /// # Errors
    /// [`Error::WrongKind`] when the name is another kind's; [`Error::InvalidName`] when the name has
    /// too few or too many parts.
    pub async fn find(&self, kinds: &[Kind], name: &FullName) -> Result<Option<Securable>> {
        let kind = *kinds.first().unwrap_or(&Kind::Metastore);
        if name.parts().len() != kind.depth() {
            let why = match kind.depth() {
                0 => "the metastore has no name".into(),
                1 => "the name of a catalog has one part".into(),
                2 => "the full name of a schema has two parts: catalog.schema".into(),
                _ => format!("the full name of a {} has three parts: catalog.schema.name", kind.word()),
            };
            return Err(Error::InvalidName { name: name.to_string(), why });
        }
        match securable::by_name(&mut *self.catalog.read().await?, kind, name).await? {
            // A plugin that lacks a grant is told which: the principal for whom it acts knows of the securable.
            Some(found) if !self.rights.sees_itself(&found) => Ok(None),
            Some(found) if !kinds.contains(&found.kind) => {
                Err(Error::WrongKind { name: found.name, is: found.kind.word(), expected: words(kinds) })
            }
            found => Ok(found),
        }
    }

    /// As [`Access::find`], for one that must be there.
    ///
    /// # Errors
    /// [`Error::NotFound`], the same and equally audited whether it does not exist or may not be seen.
    pub async fn resolve(&self, kinds: &[Kind], name: &FullName) -> Result<Securable> {
        if let Some(found) = self.find(kinds, name).await? {
            return Ok(found);
        }
        if !self.is_admin() {
            let kind = *kinds.first().unwrap_or(&Kind::Metastore);
            let event = Event::denied(format!("get{}", kind.title())).about(kind, name);
            self.audit(event.with("reason", "not found or not visible")).await?;
        }
        Err(Error::NotFound { what: words(kinds), name: name.clone() })
    }

    /// Passes if the principal has the privilege on the securable, and USE CATALOG and USE SCHEMA on
    /// what it lives in. The one place where rights are enforced; every denial is audited.
    ///
    /// # Errors
    /// [`Error::Denied`] with the statements that would allow it.
    pub async fn require(&self, securable: &Securable, privilege: Privilege) -> Result<()> {
        self.require_all(privilege.action(), securable, &[privilege]).await
    }

    /// Whether [`Access::require`] would pass; leaves no trace.
    pub fn may(&self, securable: &Securable, privilege: Privilege) -> bool {
        self.rights.asks(securable, privilege)
            && self.sides().all(|rights| missing(rights, securable, &[privilege]).is_empty())
    }

    /// The rights of those who all need one: of the principal, and of the plugin through which it acts.
    fn sides(&self) -> impl Iterator<Item = &Rights> {
        std::iter::once(&*self.rights).chain(self.rights.bound())
    }

    /// Who it is that has the rights of a side.
    fn side(&self, rights: &Rights) -> Grantee {
        match self.plugin() {
            Some(plugin) if !std::ptr::eq(rights, &*self.rights) => Grantee::Plugin(plugin.clone()),
            _ => Grantee::Principal(self.principal().to_owned()),
        }
    }

    /// Every privilege on the securable, granted, inherited or by ownership (of itself: what it lives in
    /// may still lack USE CATALOG or USE SCHEMA).
    pub fn privileges(&self, securable: &Securable) -> Privileges {
        self.rights.on(securable)
    }

    /// Whether the principal may know what a table or view is made of, such as its columns: whoever may
    /// read or manage it. Leaves no trace.
    pub fn may_inspect(&self, securable: &Securable) -> bool {
        self.may(securable, Privilege::Select) || self.may(securable, Privilege::Manage)
    }

    /// Passes if [`Access::may_inspect`]; a denial asks for SELECT, the lesser of the two.
    ///
    /// # Errors
    /// [`Error::Denied`].
    pub async fn require_inspect(&self, securable: &Securable) -> Result<()> {
        if self.may_inspect(securable) { Ok(()) } else { self.require(securable, Privilege::Select).await }
    }

    pub(crate) async fn require_all(
        &self,
        action: &str,
        securable: &Securable,
        privileges: &[Privilege],
    ) -> Result<()> {
        self.require_each(action, &[(securable, privileges)]).await
    }

    /// As [`Access::require`], for all that a statement needs, so that one denial names everything that is
    /// missing. `action` is the statement's name in the audit log; what it is about comes first.
    ///
    /// # Errors
    /// As [`Access::require`].
    pub async fn require_each(&self, action: &str, needed: &[(&Securable, &[Privilege])]) -> Result<()> {
        for (securable, privileges) in needed {
            if let Some(&privilege) = privileges.iter().find(|privilege| !privilege.applies_to(securable.kind)) {
                return Err(Error::NotApplicable { privilege, kind: securable.kind });
            }
            let unasked = privileges.iter().find(|privilege| !self.rights.asks(securable, **privilege));
            if let (Some(&privilege), Some(plugin)) = (unasked, self.plugin()) {
                self.audit(Event::denied(action).on(securable).with("unasked", privilege.name())).await?;
                let (kind, name) = (securable.kind, securable.name.clone());
                return Err(Error::NotAsked { plugin: plugin.clone(), privilege, kind, name });
            }
        }
        let mut lacking = Vec::new();
        for rights in self.sides() {
            let all = needed.iter().flat_map(|(securable, privileges)| missing(rights, securable, privileges));
            let mut all: Vec<Missing> = all.collect();
            all.sort_by(|a, b| (a.1.depth(), &a.2, a.0).cmp(&(b.1.depth(), &b.2, b.0)));
            all.dedup();
            if !all.is_empty() {
                lacking.push((self.side(rights), all));
            }
        }
        let remedy = lacking.iter().flat_map(|(side, missing)| remedy(missing, side)).collect();
        let Some((principal, missing)) = lacking.into_iter().next() else { return Ok(()) };
        let (Some((securable, privileges)), Some(&(innermost, ..))) = (needed.first(), missing.last()) else {
            return Ok(());
        };
        let asked = *privileges.first().unwrap_or(&innermost);
        let (kind, name) = (securable.kind, securable.name.clone());
        let denied = Denied { principal, privilege: asked, kind, name, missing, remedy };
        let event = Event::denied(action).on(securable).with("privilege", asked.name());
        self.audit(event.with("remedy", denied.remedy.clone())).await?;
        Err(denied.into())
    }

    pub(crate) async fn require_admin(&self, what: &'static str, action: &str, name: &str) -> Result<()> {
        if self.is_admin() {
            return Ok(());
        }
        self.audit(Event::denied(action).named(name)).await?;
        Err(Error::AdminOnly { what, principal: self.principal().to_owned() })
    }

    /// The access of a view's owner, with which its query runs: whoever may SELECT from a view needs
    /// no right on what it reads.
    ///
    /// # Errors
    /// [`Error::Denied`] without SELECT on the view.
    pub async fn definer(&self, view: &Securable) -> Result<Self> {
        self.require(view, Privilege::Select).await?;
        let caller = self.caller.clone().unwrap_or_else(|| self.principal().into());
        let owner = self.catalog.access(&view.owner).await?;
        Ok(Self { statement: self.statement.clone(), caller: Some(caller), ..owner })
    }

    /// Every visible, live securable of these kinds in a container, however deep, by full name. `like`
    /// is a pattern for the last part of the name: `%` or `*` any characters, `_` any one, `|` or.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the container is not there or may not be seen.
    pub async fn list(&self, kinds: &[Kind], within: &FullName, like: Option<&str>) -> Result<Vec<Securable>> {
        let container = match within.parts().len() {
            0 => Kind::Metastore,
            1 => Kind::Catalog,
            _ => Kind::Schema,
        };
        let within = self.resolve(&[container], within).await?;
        let mut snapshot = self.catalog.snapshot().await?;
        let places = places(&mut snapshot, &within).await?;
        let mut sql = QueryBuilder::new(select_securables!(all in places "WHERE s.dropped_at IS NULL AND (FALSE"));
        for kind in kinds.iter().filter(|kind| kind.depth() > container.depth()) {
            sql.push(" OR (s.kind = ").push_bind(kind.word());
            let below = kind.depth() - container.depth();
            for _ in 1..below {
                sql.push(" AND s.parent_id IN (SELECT s.id FROM securable s WHERE s.dropped_at IS NULL");
            }
            sql.push(" AND s.parent_id = ").push_bind(within.id.to_string());
            sql.push(")".repeat(below));
        }
        sql.push(")");
        let records: Vec<Record> = json(&sql.build().fetch_one(&mut *snapshot).await?, "records")?;
        let mut found = Vec::with_capacity(records.len());
        for record in records {
            let Some(place) = record.parent_id.and_then(|id| places.get(&id)) else { continue };
            let securable = record.within(place.clone())?;
            if self.rights.sees(&securable) && like.is_none_or(|like| pattern::matches(like, securable.name.last())) {
                found.push(securable);
            }
        }
        found.sort_by(|a, b| (&a.name, a.kind.word()).cmp(&(&b.name, b.kind.word())));
        Ok(found)
    }
}

/// A container and every live one inside it, however deep, by id. There are few of them, so that a list of what they
/// hold need not say it in each row.
async fn places(db: &mut SqliteConnection, within: &Securable) -> Result<HashMap<Uuid, Place>> {
    let mut places = HashMap::from([(within.id, Place::within(within))]);
    for inside in [Kind::Catalog, Kind::Schema].into_iter().filter(|kind| kind.depth() > within.kind.depth()) {
        let sql = select_securables!(all in places "WHERE s.dropped_at IS NULL AND s.kind = $1");
        let row = sqlx::query(sql).bind(inside.word()).fetch_one(&mut *db).await?;
        for record in json::<Vec<Record>>(&row, "records")? {
            if let Some(place) = record.parent_id.and_then(|id| places.get(&id)).cloned() {
                let container = record.within(place)?;
                places.insert(container.id, Place::within(&container));
            }
        }
    }
    Ok(places)
}

/// A privilege that somebody lacks, and on what.
type Missing = (Privilege, Kind, FullName);

/// What one principal lacks, whoever else it needs.
fn missing(rights: &Rights, securable: &Securable, privileges: &[Privilege]) -> Vec<Missing> {
    let mut missing = Vec::new();
    if rights.admin {
        return missing;
    }
    rights.along(securable, |kind, held| {
        let itself = kind == securable.kind;
        let usage = Privilege::usage(kind).filter(|_| !itself && privileges != [Privilege::Browse]);
        let needed = if itself { privileges } else { usage.as_slice() };
        let lacking = needed.iter().filter(|privilege| !held.contains(**privilege));
        missing.extend(lacking.map(|privilege| (*privilege, kind, securable.ancestor_name(kind))));
    });
    missing
}

/// One GRANT for each securable, in order.
fn remedy(missing: &[Missing], principal: &Grantee) -> Vec<String> {
    let on_same = missing.chunk_by(|a, b| (a.1, &a.2) == (b.1, &b.2));
    on_same
        .map(|same| {
            let privileges: Vec<_> = same.iter().map(|(privilege, ..)| *privilege).collect();
            grant_statement(&privileges, same[0].1, &same[0].2, principal)
        })
        .collect()
}

/// "table or view"
fn words(kinds: &[Kind]) -> String {
    kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" or ")
}
