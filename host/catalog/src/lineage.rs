//! Lineage: which statement made which table version from which, and with which components.

use std::collections::{HashMap, HashSet, VecDeque};

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, SqliteConnection};
use uuid::Uuid;

use crate::securable::{self, uuid};
use crate::store::now;
use crate::{Access, Error, Result, Securable};

/// A table at a version, or files (a name without an id).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TableVersion {
    /// Full name, as SQL spells it, or a URL.
    pub name: String,
    pub id: Option<Uuid>,
    /// Of the Delta log: what was read, or what was written.
    pub version: Option<i64>,
}

/// A function of a component that took part.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FunctionUse {
    pub name: String,
    /// sha256 of the component, in hex.
    pub digest: String,
}

/// A column that went into a column.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ColumnEdge {
    /// The name of one of the sources.
    pub source: String,
    pub source_column: String,
    pub target_column: String,
}

/// What one statement read and made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lineage {
    pub statement_id: String,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
    pub principal: String,
    /// Its text; empty where it is not the asker's to read.
    pub statement: String,
    /// None for a query whose rows went to the client.
    pub target: Option<TableVersion>,
    pub sources: Vec<TableVersion>,
    pub functions: Vec<FunctionUse>,
    pub columns: Vec<ColumnEdge>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// What it was made from.
    Upstream,
    /// What was made from it.
    Downstream,
}

/// Which lineage; the default is all.
#[derive(Clone, Debug, Default)]
pub struct LineageFilter {
    /// Milliseconds since 1970, UTC, inclusive.
    pub since: Option<i64>,
    /// Only the latest so many.
    pub limit: Option<u32>,
}

/// At most so many records are followed from one table.
const TRACE_LIMIT: usize = 10_000;

/// Records that are read at a time.
const BATCH: usize = 500;

impl Access {
    /// Records what a statement read and made. Time and principal are filled in here; the statement id
    /// too where it is empty.
    pub async fn record_lineage(&self, lineage: &Lineage) -> Result<()> {
        let mut write = self.catalog().write().await?;
        let id = Uuid::now_v7().to_string();
        let statement_id =
            if lineage.statement_id.is_empty() { self.statement().unwrap_or(&id) } else { &lineage.statement_id };
        let target = lineage.target.as_ref();
        sqlx::query(
            "INSERT INTO lineage (id, statement_id, at, principal, statement, target_name, target_id, target_version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&id)
        .bind(statement_id)
        .bind(now())
        .bind(self.caller().unwrap_or(self.principal()))
        .bind(&lineage.statement)
        .bind(target.map(|target| &target.name))
        .bind(target.and_then(|target| target.id).map(|id| id.to_string()))
        .bind(target.and_then(|target| target.version))
        .execute(write.db())
        .await?;
        for (position, source) in (0_i64..).zip(&lineage.sources) {
            sqlx::query("INSERT INTO lineage_source VALUES ($1, $2, $3, $4, $5)")
                .bind(&id)
                .bind(position)
                .bind(&source.name)
                .bind(source.id.map(|id| id.to_string()))
                .bind(source.version)
                .execute(write.db())
                .await?;
        }
        for function in &lineage.functions {
            sqlx::query("INSERT INTO lineage_function VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
                .bind(&id)
                .bind(&function.name)
                .bind(&function.digest)
                .execute(write.db())
                .await?;
        }
        for (position, edge) in (0_i64..).zip(&lineage.columns) {
            sqlx::query("INSERT INTO lineage_column VALUES ($1, $2, $3, $4, $5)")
                .bind(&id)
                .bind(position)
                .bind(&edge.source)
                .bind(&edge.source_column)
                .bind(&edge.target_column)
                .execute(write.db())
                .await?;
        }
        write.commit().await
    }

    /// All lineage, oldest first: what `system.access.table_lineage` and `column_lineage` show.
    ///
    /// # Errors
    /// [`crate::Error::Denied`] or [`crate::Error::NotFound`] without SELECT on `system.access.table_lineage`.
    pub async fn lineage_log(&self, filter: &LineageFilter) -> Result<Vec<Lineage>> {
        self.require_system("table_lineage").await?;
        let mut sql = QueryBuilder::new("SELECT id FROM lineage WHERE at >= ");
        sql.push_bind(filter.since.unwrap_or(i64::MIN)).push(" ORDER BY at DESC, id DESC");
        if let Some(limit) = filter.limit {
            sql.push(" LIMIT ").push_bind(i64::from(limit));
        }
        let mut read = self.catalog().snapshot().await?;
        let mut ids: Vec<String> = sql.build_query_scalar().fetch_all(&mut *read).await?;
        ids.reverse();
        fetch(&mut read, &ids).await
    }

    /// What a table was made from, or what was made from it, through at most `depth` statements in a
    /// row; oldest first. Tables that the principal may not see are left out, and so are the columns of
    /// those that it may neither read nor manage, and the texts of other principals' statements.
    pub async fn lineage(&self, table: &Securable, direction: Direction, depth: usize) -> Result<Vec<Lineage>> {
        let mut read = self.catalog().snapshot().await?;
        let mut records: HashMap<String, Lineage> = HashMap::new();
        let mut seen = HashSet::from([table.id]);
        let mut queue = VecDeque::from([(table.id, 0)]);
        while let Some((id, steps)) = queue.pop_front() {
            if steps >= depth || records.len() >= TRACE_LIMIT {
                break;
            }
            let ids: Vec<String> = sqlx::query_scalar(match direction {
                Direction::Upstream => "SELECT id FROM lineage WHERE target_id = $1 ORDER BY id",
                Direction::Downstream => {
                    "SELECT DISTINCT l.id FROM lineage l JOIN lineage_source s ON s.lineage_id = l.id
                     WHERE s.table_id = $1 AND l.target_name IS NOT NULL ORDER BY l.id"
                }
            })
            .bind(id.to_string())
            .fetch_all(&mut *read)
            .await?;
            let fresh: Vec<_> = ids.into_iter().filter(|id| !records.contains_key(id)).collect();
            for (id, record) in fresh.iter().zip(fetch(&mut read, &fresh).await?) {
                let Some(record) = self.redacted(&mut read, record).await? else { continue };
                let next = match direction {
                    Direction::Upstream => record.sources.iter().filter_map(|source| source.id).collect(),
                    Direction::Downstream => record.target.iter().filter_map(|target| target.id).collect::<Vec<_>>(),
                };
                queue.extend(next.into_iter().filter(|id| seen.insert(*id)).map(|id| (id, steps + 1)));
                records.insert(id.clone(), record);
            }
        }
        let mut records: Vec<_> = records.into_iter().collect();
        records.sort_by(|a, b| (a.1.at, &a.0).cmp(&(b.1.at, &b.0)));
        Ok(records.into_iter().map(|(_, record)| record).collect())
    }

    /// The record without what the principal may not see; none if that is its target.
    async fn redacted(&self, db: &mut SqliteConnection, mut record: Lineage) -> Result<Option<Lineage>> {
        if self.is_admin() {
            return Ok(Some(record));
        }
        let mine = record.principal == self.principal();
        if let Some(target) = &record.target {
            match self.sight(&mut *db, target, mine).await? {
                Sight::None => return Ok(None),
                Sight::Name => record.columns.clear(),
                Sight::Columns => {}
            }
        }
        let mut open = HashSet::new();
        for source in std::mem::take(&mut record.sources) {
            match self.sight(&mut *db, &source, mine).await? {
                Sight::None => continue,
                Sight::Name => {}
                Sight::Columns => drop(open.insert(source.name.clone())),
            }
            record.sources.push(source);
        }
        record.columns.retain(|edge| open.contains(&edge.source));
        if !mine {
            record.statement.clear();
            record.functions.clear();
        }
        Ok(Some(record))
    }

    async fn sight(&self, db: &mut SqliteConnection, table: &TableVersion, mine: bool) -> Result<Sight> {
        let Some(id) = table.id else { return Ok(if mine { Sight::Columns } else { Sight::None }) };
        Ok(match securable::by_id(db, id).await? {
            Some(table) if self.may_inspect(&table) => Sight::Columns,
            Some(table) if self.rights().sees(&table) => Sight::Name,
            _ => Sight::None,
        })
    }
}

/// What a principal may know of a table.
enum Sight {
    None,
    Name,
    Columns,
}

/// The records of these ids, in that order.
async fn fetch(db: &mut SqliteConnection, ids: &[String]) -> Result<Vec<Lineage>> {
    let mut records = Vec::with_capacity(ids.len());
    for ids in ids.chunks(BATCH) {
        records.extend(fetch_batch(&mut *db, ids).await?);
    }
    Ok(records)
}

async fn fetch_batch(db: &mut SqliteConnection, ids: &[String]) -> Result<Vec<Lineage>> {
    let mut records: HashMap<String, Lineage> = HashMap::with_capacity(ids.len());
    for row in rows_of(&mut *db, "SELECT * FROM lineage WHERE id IN ", "id", ids).await? {
        let mut record = Lineage {
            statement_id: row.try_get("statement_id")?,
            at: row.try_get("at")?,
            principal: row.try_get("principal")?,
            statement: row.try_get("statement")?,
            ..Lineage::default()
        };
        if let Some(name) = row.try_get("target_name")? {
            let (id, version) = (optional_uuid(&row, "target_id")?, row.try_get("target_version")?);
            record.target = Some(TableVersion { name, id, version });
        }
        records.insert(row.try_get("id")?, record);
    }
    for row in rows_of(&mut *db, "SELECT * FROM lineage_source WHERE lineage_id IN ", "position", ids).await? {
        let (id, version) = (optional_uuid(&row, "table_id")?, row.try_get("version")?);
        let source = TableVersion { name: row.try_get("name")?, id, version };
        part_of(&mut records, &row)?.sources.push(source);
    }
    for row in rows_of(&mut *db, "SELECT * FROM lineage_function WHERE lineage_id IN ", "name", ids).await? {
        let function = FunctionUse { name: row.try_get("name")?, digest: row.try_get("digest")? };
        part_of(&mut records, &row)?.functions.push(function);
    }
    for row in rows_of(&mut *db, "SELECT * FROM lineage_column WHERE lineage_id IN ", "position", ids).await? {
        let edge = ColumnEdge {
            source: row.try_get("source")?,
            source_column: row.try_get("source_column")?,
            target_column: row.try_get("target_column")?,
        };
        part_of(&mut records, &row)?.columns.push(edge);
    }
    Ok(ids.iter().filter_map(|id| records.remove(id)).collect())
}

async fn rows_of(
    db: &mut SqliteConnection,
    select: &'static str,
    order: &'static str,
    ids: &[String],
) -> Result<Vec<SqliteRow>> {
    let mut sql = QueryBuilder::new(select);
    sql.push("(");
    let mut list = sql.separated(", ");
    for id in ids {
        list.push_bind(id.clone());
    }
    sql.push(") ORDER BY ").push(order);
    Ok(sql.build().fetch_all(db).await?)
}

/// The record that a row of a side table belongs to.
fn part_of<'r>(records: &'r mut HashMap<String, Lineage>, row: &SqliteRow) -> Result<&'r mut Lineage> {
    let id: &str = row.try_get("lineage_id")?;
    records.get_mut(id).ok_or_else(|| Error::Corrupt(format!("lineage {id} is not there")))
}

fn optional_uuid(row: &SqliteRow, column: &str) -> Result<Option<Uuid>> {
    if row.try_get::<Option<&str>, _>(column)?.is_some() { uuid(row, column).map(Some) } else { Ok(None) }
}
