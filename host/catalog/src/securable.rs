//! A securable, and how it is read from the database: always whole, with its ancestors, so that rights
//! can be decided without another query.

use std::collections::BTreeMap;

use serde::Deserialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use uuid::Uuid;

use crate::store::now;
use crate::{Error, FullName, Kind, Result, Spec};

/// Anything that can be granted, as it was when it was read: resolve it again for each statement.
/// Times are milliseconds since 1970, UTC.
#[derive(Clone, Debug, PartialEq)]
pub struct Securable {
    pub id: Uuid,
    pub kind: Kind,
    pub name: FullName,
    pub owner: String,
    pub comment: Option<String>,
    pub properties: BTreeMap<String, String>,
    pub spec: Spec,
    pub created_at: i64,
    pub created_by: String,
    pub updated_at: i64,
    pub updated_by: String,
    /// When it was dropped; it can come back until it is purged.
    pub dropped_at: Option<i64>,
    pub(crate) owner_id: Uuid,
    /// What it lives in, nearest first; the metastore is the last.
    pub(crate) ancestors: Vec<Ancestor>,
}

/// What is needed of a container to decide about something inside.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ancestor {
    pub(crate) id: Uuid,
    pub(crate) kind: Kind,
    pub(crate) owner_id: Uuid,
}

impl Securable {
    /// The id of what it lives in; none for the metastore.
    pub fn parent_id(&self) -> Option<Uuid> {
        self.ancestors.first().map(|parent| parent.id)
    }

    /// The full name of one of its ancestors.
    pub(crate) fn ancestor_name(&self, kind: Kind) -> FullName {
        self.name.ancestor(kind.depth())
    }

    /// "table main.x.y", for messages.
    pub(crate) fn title(&self) -> String {
        format!("{} {}", self.kind.word(), self.name)
    }

    pub fn as_table(&self) -> Option<&crate::spec::Table> {
        if let Spec::Table(table) = &self.spec { Some(table) } else { None }
    }

    pub fn as_view(&self) -> Option<&crate::spec::View> {
        if let Spec::View(view) = &self.spec { Some(view) } else { None }
    }

    pub fn as_volume(&self) -> Option<&crate::spec::Volume> {
        if let Spec::Volume(volume) = &self.spec { Some(volume) } else { None }
    }

    pub fn as_function(&self) -> Option<&crate::spec::Function> {
        if let Spec::Function(function) = &self.spec { Some(function) } else { None }
    }

    pub fn as_plugin(&self) -> Option<&crate::spec::Plugin> {
        if let Spec::Plugin(plugin) = &self.spec { Some(plugin) } else { None }
    }

    pub fn as_connection(&self) -> Option<&crate::spec::Connection> {
        if let Spec::Connection(connection) = &self.spec { Some(connection) } else { None }
    }

    pub fn as_publisher(&self) -> Option<&crate::spec::Publisher> {
        if let Spec::Publisher(publisher) = &self.spec { Some(publisher) } else { None }
    }

    /// A catalog or schema.
    pub fn as_container(&self) -> Option<&crate::spec::Container> {
        if let Spec::Catalog(container) | Spec::Schema(container) = &self.spec { Some(container) } else { None }
    }
}

/// The one way to select securables: `select_securables!("WHERE s.id = $1")`. What they live in comes with each; `all in
/// places`, only the id of that does, and all of them come as one array: a row costs more than what is in it.
macro_rules! select_securables {
    (all in places $rest:literal) => {
        select_securables!("json_group_array(", ") AS records", $rest)
    };
    ($rest:literal) => {
        select_securables!(
            "",
            " AS record,
             p1.id AS p1_id, p1.kind AS p1_kind, p1.name AS p1_name, p1.owner_id AS p1_owner_id,
             p2.id AS p2_id, p2.kind AS p2_kind, p2.name AS p2_name, p2.owner_id AS p2_owner_id,
             p3.id AS p3_id, p3.kind AS p3_kind, p3.name AS p3_name, p3.owner_id AS p3_owner_id",
            "LEFT JOIN securable p1 ON p1.id = s.parent_id
             LEFT JOIN securable p2 ON p2.id = p1.parent_id
             LEFT JOIN securable p3 ON p3.id = p2.parent_id ",
            $rest
        )
    };
    ($before:literal, $after:literal, $($rest:literal),+) => {
        concat!(
            "SELECT ", $before,
            "json_object('id', s.id, 'kind', s.kind, 'name', s.name, 'parent_id', s.parent_id, 'owner_id', s.owner_id,
                'owner', o.name, 'comment', s.comment, 'properties', json(s.properties), 'spec', s.spec,
                'created_at', s.created_at, 'created_by', s.created_by, 'updated_at', s.updated_at,
                'updated_by', s.updated_by, 'dropped_at', s.dropped_at)", $after,
            " FROM securable s JOIN principal o ON o.id = s.owner_id ", $($rest),+
        )
    };
}
pub(crate) use select_securables;

/// The live securable of that name in the namespace of `kind`.
pub(crate) async fn by_name(db: &mut SqliteConnection, kind: Kind, name: &FullName) -> Result<Option<Securable>> {
    let row = match name.parts() {
        [] => sqlx::query(select_securables!("WHERE s.parent_id IS NULL")).fetch_optional(db).await?,
        [name] => {
            let sql = select_securables!(
                "WHERE s.dropped_at IS NULL AND s.namespace = $1 AND s.name = $2
                 AND s.parent_id = (SELECT id FROM securable WHERE parent_id IS NULL)"
            );
            sqlx::query(sql).bind(kind.namespace()).bind(name).fetch_optional(db).await?
        }
        [catalog, schema] => {
            let sql = select_securables!(
                "WHERE s.dropped_at IS NULL AND s.namespace = 'schema' AND s.name = $1
                 AND s.parent_id = (SELECT id FROM securable
                    WHERE dropped_at IS NULL AND namespace = 'catalog' AND name = $2
                    AND parent_id = (SELECT id FROM securable WHERE parent_id IS NULL))"
            );
            sqlx::query(sql).bind(schema).bind(catalog).fetch_optional(db).await?
        }
        [catalog, schema, object, ..] => {
            let sql = select_securables!(
                "WHERE s.dropped_at IS NULL AND s.namespace = $1 AND s.name = $2
                 AND s.parent_id = (SELECT id FROM securable
                    WHERE dropped_at IS NULL AND namespace = 'schema' AND name = $3
                    AND parent_id = (SELECT id FROM securable
                        WHERE dropped_at IS NULL AND namespace = 'catalog' AND name = $4
                        AND parent_id = (SELECT id FROM securable WHERE parent_id IS NULL)))"
            );
            sqlx::query(sql).bind(kind.namespace()).bind(object).bind(schema).bind(catalog).fetch_optional(db).await?
        }
    };
    row.as_ref().map(from_row).transpose()
}

/// The securable of that id, dropped or not.
pub(crate) async fn by_id(db: &mut SqliteConnection, id: Uuid) -> Result<Option<Securable>> {
    let row = sqlx::query(select_securables!("WHERE s.id = $1")).bind(id.to_string()).fetch_optional(db).await?;
    row.as_ref().map(from_row).transpose()
}

/// What is inserted for a new securable.
pub(crate) struct NewRow<'a> {
    pub(crate) id: Uuid,
    pub(crate) parent_id: Option<Uuid>,
    pub(crate) name: &'a str,
    pub(crate) owner_id: Uuid,
    pub(crate) comment: Option<&'a str>,
    pub(crate) properties: &'a BTreeMap<String, String>,
    pub(crate) spec: &'a Spec,
    pub(crate) location: Option<&'a str>,
    pub(crate) by: &'a str,
}

impl NewRow<'_> {
    pub(crate) async fn insert(&self, db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let kind = self.spec.kind();
        let json = |e: Error| sqlx::Error::Encode(e.into());
        sqlx::query(
            "INSERT INTO securable (id, kind, namespace, parent_id, name, owner_id, comment, properties, spec,
                location, created_at, created_by, updated_at, updated_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11, $12)",
        )
        .bind(self.id.to_string())
        .bind(kind.word())
        .bind(kind.namespace())
        .bind(self.parent_id.map(|id| id.to_string()))
        .bind(self.name)
        .bind(self.owner_id.to_string())
        .bind(self.comment)
        .bind(to_json(self.properties).map_err(json)?)
        .bind(to_json(self.spec).map_err(json)?)
        .bind(self.location)
        .bind(now())
        .bind(self.by)
        .execute(db)
        .await?;
        Ok(())
    }
}

/// Where something lives: in these, nearest first, called so.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    ancestors: Vec<Ancestor>,
    parts: Vec<String>,
}

impl Place {
    /// Inside a container.
    pub(crate) fn within(container: &Securable) -> Self {
        let own = Ancestor { id: container.id, kind: container.kind, owner_id: container.owner_id };
        let ancestors = std::iter::once(own).chain(container.ancestors.iter().cloned()).collect();
        Self { ancestors, parts: container.name.parts().to_vec() }
    }

    /// The one that is selected along with a securable.
    fn from_row(row: &SqliteRow) -> Result<Self> {
        let mut place = Self::default();
        for [id, kind, name, owner] in [
            ["p1_id", "p1_kind", "p1_name", "p1_owner_id"],
            ["p2_id", "p2_kind", "p2_name", "p2_owner_id"],
            ["p3_id", "p3_kind", "p3_name", "p3_owner_id"],
        ] {
            if row.try_get::<Option<&str>, _>(id)?.is_some() {
                let kind = row.try_get::<&str, _>(kind)?.parse()?;
                place.ancestors.push(Ancestor { id: uuid(row, id)?, kind, owner_id: uuid(row, owner)? });
                place.parts.push(row.try_get(name)?);
            }
        }
        // The metastore's own name is not part of any full name.
        place.parts.pop();
        place.parts.reverse();
        Ok(place)
    }
}

pub(crate) fn from_row(row: &SqliteRow) -> Result<Securable> {
    json::<Record>(row, "record")?.within(Place::from_row(row)?)
}

/// What is selected of a securable itself.
#[derive(Deserialize)]
pub(crate) struct Record {
    id: Uuid,
    kind: Kind,
    name: String,
    pub(crate) parent_id: Option<Uuid>,
    owner_id: Uuid,
    owner: String,
    comment: Option<String>,
    properties: BTreeMap<String, String>,
    spec: String,
    created_at: i64,
    created_by: String,
    updated_at: i64,
    updated_by: String,
    dropped_at: Option<i64>,
}

impl Record {
    /// The securable, where it lives.
    pub(crate) fn within(self, place: Place) -> Result<Securable> {
        let Place { ancestors, mut parts } = place;
        if self.kind != Kind::Metastore {
            parts.push(self.name);
        }
        let spec = Spec::read(self.kind, &self.spec);
        Ok(Securable {
            id: self.id,
            kind: self.kind,
            name: FullName::trusted(parts),
            owner: self.owner,
            comment: self.comment,
            properties: self.properties,
            spec: spec.map_err(|e| Error::Corrupt(format!("{}: {e}", self.kind.word())))?,
            created_at: self.created_at,
            created_by: self.created_by,
            updated_at: self.updated_at,
            updated_by: self.updated_by,
            dropped_at: self.dropped_at,
            owner_id: self.owner_id,
            ancestors,
        })
    }
}

pub(crate) fn uuid(row: &SqliteRow, column: &str) -> Result<Uuid> {
    let text: &str = row.try_get(column)?;
    text.parse().map_err(|_| Error::Corrupt(format!("{column} `{text}` is no UUID")))
}

pub(crate) fn json<T: serde::de::DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T> {
    serde_json::from_str(row.try_get(column)?).map_err(|e| Error::Corrupt(format!("{column}: {e}")))
}

/// JSON of our own types, which have nothing that JSON lacks.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::Corrupt(e.to_string()))
}
