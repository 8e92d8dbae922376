//! Tables that are not stored: `information_schema` in every catalog, and the records in `system.access`.
//!
//! `system.information_schema` is about all catalogs, for everybody: each row is one that the asker may see.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use datafusion::catalog::TableProvider;
use datafusion::datasource::MemTable;
use polder_catalog::{AuditFilter, FullName, Grant, Kind, LineageFilter, Privilege, Securable, Spec};

use crate::Result;
use crate::functions::type_name;
use crate::run::Run;
use crate::sql::Name;

const SYSTEM: &str = "system";

pub(crate) const INFORMATION_SCHEMA: &str = "information_schema";

/// The tables of an information schema.
pub(crate) const TABLES: [&str; 11] = [
    "catalogs",
    "schemata",
    "tables",
    "views",
    "columns",
    "volumes",
    "connections",
    "routines",
    "catalog_privileges",
    "schema_privileges",
    "table_privileges",
];

/// The table of that name, if it is one of these; filled with what the principal may see.
pub(crate) async fn provider(run: &Run<'_>, name: &Name) -> Result<Option<Arc<dyn TableProvider>>> {
    let Ok(full) = run.full(Kind::Table, name) else { return Ok(None) };
    let batch = match full.parts() {
        [catalog, schema, table] if schema == INFORMATION_SCHEMA => {
            let within = match catalog.as_str() {
                SYSTEM => FullName::metastore(),
                _ => run.access.resolve(&[Kind::Catalog], &FullName::new([catalog])?).await?.name,
            };
            match information(run, &within, table).await? {
                Some(batch) => batch,
                None => return Ok(None),
            }
        }
        [catalog, schema, table] if catalog == SYSTEM && schema == "access" => match table.as_str() {
            "audit" => audit(run).await?,
            "table_lineage" => table_lineage(run).await?,
            "column_lineage" => column_lineage(run).await?,
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(Some(Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]])?)))
}

fn texts<T: Into<String>>(values: impl IntoIterator<Item = T>) -> ArrayRef {
    Arc::new(values.into_iter().map(|value| Some(value.into())).collect::<StringArray>())
}

fn options<T: Into<String>>(values: impl IntoIterator<Item = Option<T>>) -> ArrayRef {
    Arc::new(values.into_iter().map(|value| value.map(Into::into)).collect::<StringArray>())
}

/// Times in milliseconds since 1970, UTC.
fn times(millis: impl IntoIterator<Item = i64>) -> ArrayRef {
    let micros = millis.into_iter().map(|time| Some(time * 1000));
    Arc::new(micros.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
}

fn part(name: &FullName, at: usize) -> String {
    name.parts().get(at).cloned().unwrap_or_default()
}

/// A table of the information schema about what is in a catalog, or in all.
async fn information(run: &Run<'_>, within: &FullName, table: &str) -> Result<Option<RecordBatch>> {
    let list = |kinds: &'static [Kind]| run.access.list(kinds, within, None);
    let manages = |one: &&Securable| run.access.may(one, Privilege::Manage);
    let catalogs = |all: &[Securable]| texts(all.iter().map(|one| part(&one.name, 0)));
    let schemas = |all: &[Securable]| texts(all.iter().map(|one| part(&one.name, 1)));
    let names = |all: &[Securable]| texts(all.iter().map(|one| one.name.last()));
    let owners = |all: &[Securable]| texts(all.iter().map(|one| one.owner.clone()));
    let comments = |all: &[Securable]| options(all.iter().map(|one| one.comment.clone()));
    let created = |all: &[Securable]| times(all.iter().map(|one| one.created_at));
    let columns: Vec<(&str, ArrayRef)> = match table {
        "catalogs" => {
            let all = run.access.list(&[Kind::Catalog], &FullName::metastore(), None).await?;
            vec![
                ("catalog_name", names(&all)),
                ("catalog_owner", owners(&all)),
                ("comment", comments(&all)),
                ("created", created(&all)),
            ]
        }
        "schemata" => {
            let all = list(&[Kind::Schema]).await?;
            vec![
                ("catalog_name", catalogs(&all)),
                ("schema_name", schemas(&all)),
                ("schema_owner", owners(&all)),
                ("comment", comments(&all)),
                ("created", created(&all)),
            ]
        }
        "tables" => {
            let all = list(&Kind::RELATIONS).await?;
            let kinds = all.iter().map(|one| match &one.spec {
                Spec::Table(table) if table.managed => "MANAGED",
                Spec::Table(_) => "EXTERNAL",
                _ => "VIEW",
            });
            let places =
                all.iter().map(|one| Some(one).filter(manages)?.as_table().and_then(|table| table.location.clone()));
            vec![
                ("table_catalog", catalogs(&all)),
                ("table_schema", schemas(&all)),
                ("table_name", names(&all)),
                ("table_type", texts(kinds)),
                ("table_owner", owners(&all)),
                ("storage_path", options(places)),
                ("comment", comments(&all)),
                ("created", created(&all)),
            ]
        }
        "views" => {
            let all = list(&[Kind::View]).await?;
            let queries = all.iter().map(|one| Some(one).filter(manages)?.as_view().map(|view| view.sql.clone()));
            vec![
                ("table_catalog", catalogs(&all)),
                ("table_schema", schemas(&all)),
                ("table_name", names(&all)),
                ("view_definition", options(queries)),
            ]
        }
        "volumes" => {
            let all = list(&[Kind::Volume]).await?;
            let managed = all.iter().map(|one| one.as_volume().is_some_and(|volume| volume.managed));
            vec![
                ("volume_catalog", catalogs(&all)),
                ("volume_schema", schemas(&all)),
                ("volume_name", names(&all)),
                ("volume_type", texts(managed.map(|managed| if managed { "MANAGED" } else { "EXTERNAL" }))),
                ("volume_owner", owners(&all)),
            ]
        }
        // They are in no catalog: each shows them all.
        "connections" => {
            let all = run.access.list(&[Kind::Connection], &FullName::metastore(), None).await?;
            let urls = all.iter().map(|one| one.as_connection().map(|connection| connection.url.clone()));
            let kinds =
                all.iter().map(|one| one.as_connection().map(|connection| connection.protocol.name().to_uppercase()));
            vec![
                ("connection_name", names(&all)),
                ("connection_type", options(kinds)),
                ("connection_owner", owners(&all)),
                ("url", options(urls)),
                ("comment", comments(&all)),
                ("created", created(&all)),
            ]
        }
        "routines" => {
            let all = list(&[Kind::Function]).await?;
            let functions: Vec<_> = all.iter().filter_map(Securable::as_function).collect();
            vec![
                ("routine_catalog", catalogs(&all)),
                ("routine_schema", schemas(&all)),
                ("routine_name", names(&all)),
                ("routine_type", texts(functions.iter().map(|one| format!("{:?}", one.export.kind).to_uppercase()))),
                ("data_type", texts(functions.iter().map(|one| one.export.returns.clone()))),
                ("routine_signature", texts(functions.iter().map(|one| one.export.signature.clone()))),
                (
                    "is_deterministic",
                    texts(functions.iter().map(|one| {
                        if one.export.volatility == polder_catalog::spec::Volatility::Volatile { "NO" } else { "YES" }
                    })),
                ),
                ("external_language", texts(functions.iter().map(|_| "WASM"))),
                ("digest", texts(functions.iter().map(|one| one.digest.clone()))),
                ("comment", texts(functions.iter().map(|one| one.export.doc.clone()))),
            ]
        }
        "table_privileges" => {
            let all = list(&Kind::RELATIONS).await?;
            privileges(run, &all, &["table_catalog", "table_schema", "table_name"]).await?
        }
        "schema_privileges" => privileges(run, &list(&[Kind::Schema]).await?, &["catalog_name", "schema_name"]).await?,
        "catalog_privileges" => {
            let mut all = run.access.list(&[Kind::Catalog], &FullName::metastore(), None).await?;
            all.retain(|one| within.parts().is_empty() || one.name == *within);
            privileges(run, &all, &["catalog_name"]).await?
        }
        "columns" => return columns(run, within).await.map(Some),
        _ => return Ok(None),
    };
    Ok(Some(RecordBatch::try_from_iter(columns)?))
}

/// Grants on these, and those that they inherit; `names` are the columns for the parts of their names.
async fn privileges(run: &Run<'_>, all: &[Securable], names: &[&'static str]) -> Result<Vec<(&'static str, ArrayRef)>> {
    let mut grants = Vec::new();
    for one in all {
        grants.extend(run.access.grants_on(one).await?.into_iter().map(|grant| (&one.name, grant)));
    }
    let mut columns = vec![
        ("grantor", texts(grants.iter().map(|(_, grant)| grant.granted_by.clone()))),
        ("grantee", texts(grants.iter().map(|(_, grant)| grant.principal.name()))),
    ];
    columns.extend(
        names.iter().enumerate().map(|(at, column)| (*column, texts(grants.iter().map(|(name, _)| part(name, at))))),
    );
    let inherited = |(name, grant): &(&FullName, Grant)| {
        if grant.name == **name { "NONE".to_owned() } else { grant.kind.to_string() }
    };
    columns.extend([
        ("privilege_type", texts(grants.iter().map(|(_, grant)| grant.privilege.to_string()))),
        ("inherited_from", texts(grants.iter().map(inherited))),
    ]);
    Ok(columns)
}

/// Columns come from the tables themselves: the Delta log is the truth about them. What cannot be opened is left out,
/// and so is what the principal may not look into.
async fn columns(run: &Run<'_>, within: &FullName) -> Result<RecordBatch> {
    let mut rows: Vec<(FullName, i64, arrow::datatypes::FieldRef)> = Vec::new();
    for one in run.access.list(&Kind::RELATIONS, within, None).await? {
        let schema = match &one.spec {
            Spec::Table(_) if !run.access.may_inspect(&one) => continue,
            // A view is planned as a query is, which its readers may.
            Spec::View(_) if !run.access.may(&one, Privilege::Select) => continue,
            Spec::Table(_) => match run.open(&one, None).await {
                Ok(table) => table.schema()?,
                Err(_) => continue,
            },
            _ => {
                let Ok(query) = crate::sql::parse_query(&format!("SELECT * FROM {}", one.name)) else { continue };
                let Ok((plan, _)) = Box::pin(run.plan_query(query, 0)).await else { continue };
                Arc::new(plan.schema().as_arrow().clone())
            }
        };
        let fields = schema.fields().iter().cloned().zip(1..);
        rows.extend(fields.map(|(field, position)| (one.name.clone(), position, field)));
    }
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("table_catalog", texts(rows.iter().map(|(name, ..)| part(name, 0)))),
        ("table_schema", texts(rows.iter().map(|(name, ..)| part(name, 1)))),
        ("table_name", texts(rows.iter().map(|(name, ..)| name.last().to_owned()))),
        ("column_name", texts(rows.iter().map(|(_, _, field)| field.name().clone()))),
        ("ordinal_position", Arc::new(rows.iter().map(|(_, position, _)| *position).collect::<Int64Array>())),
        ("is_nullable", texts(rows.iter().map(|(_, _, field)| if field.is_nullable() { "YES" } else { "NO" }))),
        ("data_type", texts(rows.iter().map(|(_, _, field)| type_name(field.data_type())))),
        ("comment", options(rows.iter().map(|(_, _, field)| field.metadata().get("comment").cloned()))),
    ];
    Ok(RecordBatch::try_from_iter(columns)?)
}

async fn audit(run: &Run<'_>) -> Result<RecordBatch> {
    let log = run.access.audit_log(&AuditFilter::default()).await?;
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("event_time", times(log.iter().map(|event| event.at))),
        ("event_id", texts(log.iter().map(|event| event.id.to_string()))),
        ("principal", texts(log.iter().map(|event| event.principal.clone()))),
        ("action_name", texts(log.iter().map(|event| event.action.clone()))),
        ("object_type", options(log.iter().map(|event| event.kind.clone()))),
        ("object_name", options(log.iter().map(|event| event.name.clone()))),
        ("outcome", texts(log.iter().map(|event| event.outcome.clone()))),
        ("detail", texts(log.iter().map(|event| event.detail.to_string()))),
        ("statement_id", options(log.iter().map(|event| event.statement_id.clone()))),
    ];
    Ok(RecordBatch::try_from_iter_with_nullable(nullable(columns))?)
}

async fn table_lineage(run: &Run<'_>) -> Result<RecordBatch> {
    let records = run.access.lineage_log(&LineageFilter::default()).await?;
    // One row for each source; a target without sources has one row all the same.
    let rows: Vec<_> = records
        .iter()
        .flat_map(|record| {
            let sources: Vec<Option<&polder_catalog::TableVersion>> =
                if record.sources.is_empty() { vec![None] } else { record.sources.iter().map(Some).collect() };
            sources.into_iter().map(move |source| (record, source))
        })
        .collect();
    let target = |at: fn(&polder_catalog::TableVersion) -> Option<i64>| {
        rows.iter().map(|(record, _)| record.target.as_ref().and_then(at)).collect::<Int64Array>()
    };
    let components = rows.iter().map(|(record, _)| {
        let used: serde_json::Map<_, _> = record
            .functions
            .iter()
            .map(|function| (function.name.clone(), format!("sha256:{}", function.digest).into()))
            .collect();
        serde_json::Value::Object(used).to_string()
    });
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("event_time", times(rows.iter().map(|(record, _)| record.at))),
        ("statement_id", texts(rows.iter().map(|(record, _)| record.statement_id.clone()))),
        ("principal", texts(rows.iter().map(|(record, _)| record.principal.clone()))),
        ("source_table", options(rows.iter().map(|(_, source)| source.map(|table| table.name.clone())))),
        (
            "source_version",
            Arc::new(rows.iter().map(|(_, source)| source.and_then(|table| table.version)).collect::<Int64Array>()),
        ),
        (
            "target_table",
            options(rows.iter().map(|(record, _)| record.target.as_ref().map(|table| table.name.clone()))),
        ),
        ("target_version", Arc::new(target(|table| table.version))),
        ("components", texts(components)),
        ("statement", texts(rows.iter().map(|(record, _)| record.statement.clone()))),
    ];
    Ok(RecordBatch::try_from_iter_with_nullable(nullable(columns))?)
}

async fn column_lineage(run: &Run<'_>) -> Result<RecordBatch> {
    let records = run.access.lineage_log(&LineageFilter::default()).await?;
    let rows: Vec<_> =
        records.iter().flat_map(|record| record.columns.iter().map(move |edge| (record, edge))).collect();
    let target = rows.iter().map(|(record, _)| record.target.as_ref());
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("event_time", times(rows.iter().map(|(record, _)| record.at))),
        ("statement_id", texts(rows.iter().map(|(record, _)| record.statement_id.clone()))),
        ("source_table", texts(rows.iter().map(|(_, edge)| edge.source.clone()))),
        ("source_column", texts(rows.iter().map(|(_, edge)| edge.source_column.clone()))),
        ("target_table", options(target.clone().map(|table| table.map(|table| table.name.clone())))),
        ("target_version", Arc::new(target.map(|table| table.and_then(|table| table.version)).collect::<Int64Array>())),
        ("target_column", texts(rows.iter().map(|(_, edge)| edge.target_column.clone()))),
    ];
    Ok(RecordBatch::try_from_iter_with_nullable(nullable(columns))?)
}

fn nullable(columns: Vec<(&str, ArrayRef)>) -> impl Iterator<Item = (&str, ArrayRef, bool)> {
    columns.into_iter().map(|(name, column)| (name, column, true))
}
