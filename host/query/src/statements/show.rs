//! SHOW: lists of what the principal may see.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema};
use polder_catalog::{FullName, Kind, PrincipalKind, Securable, Spec};

use super::{describe, packages, sync};
use crate::answer;
use crate::run::Run;
use crate::sql::{Name, Show};
use crate::{Answer, Error, Result, system};

pub(crate) async fn show(run: &Run<'_>, what: Show, within: Option<Name>, like: Option<String>) -> Result<Answer> {
    let like = like.as_deref();
    match what {
        Show::Catalogs => {
            let found = run.access.list(&[Kind::Catalog], &FullName::metastore(), like).await?;
            securables(&found, &["catalog", "owner", "comment"], |one| vec![one.name.last().to_owned()])
        }
        Show::Schemas => {
            let within = catalog(run, within)?;
            let found = run.access.list(&[Kind::Schema], &within, like).await?;
            securables(&found, &["schema", "owner", "comment"], |one| vec![one.name.last().to_owned()])
        }
        Show::Tables => {
            in_schema(run, &Kind::RELATIONS, &["schema", "name", "type"], within, like, |one| {
                vec![relation(one).to_owned()]
            })
            .await
        }
        Show::Views => in_schema(run, &[Kind::View], &["schema", "name"], within, like, |_| vec![]).await,
        Show::Volumes => {
            in_schema(run, &[Kind::Volume], &["schema", "name", "type"], within, like, |one| {
                let managed = one.as_volume().is_some_and(|volume| volume.managed);
                vec![if managed { "MANAGED" } else { "EXTERNAL" }.to_owned()]
            })
            .await
        }
        Show::Functions => {
            in_schema(
                run,
                &[Kind::Function],
                &["schema", "name", "signature", "returns", "description"],
                within,
                like,
                |one| {
                    let Some(function) = one.as_function() else { return vec![String::new(); 3] };
                    let summary = function.export.doc.split("\n\n").next().unwrap_or_default().replace('\n', " ");
                    vec![function.export.signature.clone(), function.export.returns.clone(), summary]
                },
            )
            .await
        }
        Show::Plugins => {
            in_schema(
                run,
                &[Kind::Plugin],
                &["schema", "name", "version", "digest", "bytes", "source"],
                within,
                like,
                |one| {
                    let Some(plugin) = one.as_plugin() else { return vec![String::new(); 4] };
                    vec![
                        plugin.version.clone(),
                        format!("sha256:{}", plugin.digest),
                        plugin.size.to_string(),
                        plugin.source.clone(),
                    ]
                },
            )
            .await
        }
        Show::Connections => {
            let found = run.access.list(&[Kind::Connection], &FullName::metastore(), like).await?;
            securables(&found, &["connection", "type", "url", "methods", "owner", "comment"], |one| {
                let Some(connection) = one.as_connection() else { return vec![String::new(); 4] };
                let (kind, url) = (connection.protocol.name().to_uppercase(), connection.url.clone());
                vec![one.name.last().to_owned(), kind, url, connection.methods.join(", ")]
            })
        }
        Show::PluginsOutdated => packages::outdated(run).await,
        Show::PluginsLock => sync::show(run).await,
        Show::Publishers => {
            let found = run.access.list(&[Kind::Publisher], &FullName::metastore(), like).await?;
            securables(&found, &["publisher", "keys", "owner", "comment"], |one| {
                let keys = one.as_publisher().map(|publisher| publisher.keys.as_slice()).unwrap_or_default();
                let keys: Vec<_> = keys.iter().map(|key| key.fingerprint.as_str()).collect();
                vec![one.name.last().to_owned(), keys.join(", ")]
            })
        }
        Show::TablesDropped => {
            let within = schema(run, within).await?;
            let found = run.access.dropped(&Kind::RELATIONS, &within).await?;
            let rows = found.iter().map(|one| {
                vec![
                    one.name.schema().unwrap_or_default().to_owned(),
                    one.name.last().to_owned(),
                    relation(one).to_owned(),
                    one.dropped_at.map(describe::time).unwrap_or_default(),
                ]
            });
            table(&["schema", "name", "type", "dropped"], rows)
        }
        Show::Users | Show::Groups => {
            let kind = if what == Show::Users { PrincipalKind::User } else { PrincipalKind::Group };
            let all = run.access.principals().await?;
            let rows = all.into_iter().filter(|one| one.kind == kind).map(|one| vec![one.name]);
            table(&[if what == Show::Users { "user" } else { "group" }], rows)
        }
        Show::Columns => {
            let name = within.ok_or_else(|| Error::Syntax("SHOW COLUMNS IN table".to_owned()))?;
            describe::describe(run, None, name, false).await
        }
    }
}

/// What kind of table it is.
fn relation(one: &Securable) -> &'static str {
    match &one.spec {
        Spec::Table(table) if table.managed => "MANAGED",
        Spec::Table(_) => "EXTERNAL",
        _ => "VIEW",
    }
}

fn catalog(run: &Run<'_>, within: Option<Name>) -> Result<FullName> {
    run.full(Kind::Catalog, &within.unwrap_or_else(|| vec![run.current.catalog.clone()]))
}

/// `IN catalog.schema`, `IN schema`, `IN catalog` where no such schema is, or the current schema.
async fn schema(run: &Run<'_>, within: Option<Name>) -> Result<FullName> {
    let Some(name) = within else {
        return run.full(Kind::Schema, std::slice::from_ref(&run.current.schema));
    };
    let full = run.full(Kind::Schema, &name)?;
    if name.len() == 1 && run.access.find(&[Kind::Schema], &full).await?.is_none() {
        let catalog = run.full(Kind::Catalog, &name)?;
        if run.access.find(&[Kind::Catalog], &catalog).await?.is_some() {
            return Ok(catalog);
        }
    }
    Ok(full)
}

async fn in_schema(
    run: &Run<'_>,
    kinds: &[Kind],
    columns: &[&str],
    within: Option<Name>,
    like: Option<&str>,
    more: impl Fn(&Securable) -> Vec<String>,
) -> Result<Answer> {
    let within = schema(run, within).await?;
    if within.schema() == Some(system::INFORMATION_SCHEMA) {
        let rows = system::TABLES
            .iter()
            .map(|name| vec![system::INFORMATION_SCHEMA.to_owned(), (*name).to_owned(), "VIEW".to_owned()]);
        return table(&["schema", "name", "type"], rows);
    }
    let found = run.access.list(kinds, &within, like).await?;
    let rows = found.iter().map(|one| {
        let mut row = vec![one.name.schema().unwrap_or_default().to_owned(), one.name.last().to_owned()];
        row.extend(more(one));
        row
    });
    table(columns, rows)
}

fn securables(found: &[Securable], columns: &[&str], first: impl Fn(&Securable) -> Vec<String>) -> Result<Answer> {
    let rows = found.iter().map(|one| {
        let mut row = first(one);
        row.extend([one.owner.clone(), one.comment.clone().unwrap_or_default()]);
        row
    });
    table(columns, rows)
}

/// Rows of texts.
pub(super) fn table(names: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<Answer> {
    let schema = Schema::new(names.iter().map(|name| Field::new(*name, DataType::Utf8, false)).collect::<Vec<_>>());
    let mut columns: Vec<_> = names.iter().map(|_| StringBuilder::new()).collect();
    for row in rows {
        std::iter::zip(&mut columns, row).for_each(|(column, text)| column.append_value(text));
    }
    let columns = columns.into_iter().map(|mut column| Arc::new(column.finish()) as ArrayRef).collect();
    Ok(answer::rows(RecordBatch::try_new(Arc::new(schema), columns)?))
}
