//! DESCRIBE: one thing in detail, as names and values, or a table's columns and history.
//!
//! Columns, versions and sizes are for those who may read a table or manage it. Where something lies and
//! how a view is defined is for those who manage it: a definition may hold what its readers must not know.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray, UInt64Array};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use chrono::DateTime;
use polder_catalog::{Kind, Privilege, Securable, Spec};

use crate::answer;
use crate::functions::type_name;
use crate::run::Run;
use crate::sql::Name;
use crate::{Answer, Error, Result, packages, system, trust};

/// `DESCRIBE [kind] [EXTENDED] name`; without a kind a table or view, and else whatever has the name.
pub(crate) async fn describe(run: &Run<'_>, kind: Option<Kind>, name: Name, extended: bool) -> Result<Answer> {
    if kind.is_none_or(|kind| Kind::RELATIONS.contains(&kind))
        && let Some(provider) = system::provider(run, &name).await?
    {
        return columns(&provider.schema(), Vec::new());
    }
    let kinds: &[Kind] = match (kind, name.len()) {
        (Some(Kind::Table | Kind::View), _) => &Kind::RELATIONS,
        (Some(kind), _) => return facts(run, &run.resolve(kind, &name).await?).await,
        (None, _) => &Kind::RELATIONS,
    };
    let full = run.full(Kind::Table, &name)?;
    let found = match run.access.find(kinds, &full).await? {
        Some(found) => found,
        None if kind.is_none() => {
            for other in [Kind::Function, Kind::Plugin, Kind::Volume] {
                if let Some(found) = run.access.find(&[other], &full).await? {
                    return facts(run, &found).await;
                }
            }
            run.access.resolve(kinds, &full).await?
        }
        None => run.access.resolve(kinds, &full).await?,
    };
    let (schema, _) = shape(run, &found).await?;
    let mut more = Vec::new();
    if extended {
        more.push((String::new(), String::new()));
        more.extend(about(run, &found).await?);
    }
    columns(&schema, more)
}

/// The columns of a table or view that may be inspected, and the version of a table.
pub(crate) async fn shape(run: &Run<'_>, relation: &Securable) -> Result<(SchemaRef, Option<u64>)> {
    if let Spec::Table(_) = &relation.spec {
        run.access.require_inspect(relation).await?;
        let table = run.open(relation, None).await?;
        return Ok((table.schema()?, Some(table.version())));
    }
    let query = format!("SELECT * FROM {}", relation.name);
    let (plan, _) = run.plan_query(crate::sql::parse_query(&query)?, 0).await?;
    Ok((Arc::new(plan.schema().as_arrow().clone()), None))
}

fn columns(schema: &Schema, more: Vec<(String, String)>) -> Result<Answer> {
    let mut rows: Vec<[Option<String>; 4]> = schema
        .fields()
        .iter()
        .map(|field| {
            let nullable = if field.is_nullable() { "YES" } else { "NO" };
            let comment = field.metadata().get("comment").cloned();
            [Some(field.name().clone()), Some(type_name(field.data_type())), Some(nullable.to_owned()), comment]
        })
        .collect();
    rows.extend(more.into_iter().map(|(name, value)| [Some(name), Some(value), None, None]));
    let text = |name, nullable| Field::new(name, DataType::Utf8, nullable);
    let schema = Schema::new(vec![
        text("col_name", false),
        text("data_type", false),
        text("is_nullable", true),
        text("comment", true),
    ]);
    let column = |at: usize| -> ArrayRef { Arc::new(rows.iter().map(|row| row[at].clone()).collect::<StringArray>()) };
    Ok(answer::rows(RecordBatch::try_new(Arc::new(schema), (0..4).map(column).collect())?))
}

async fn facts(run: &Run<'_>, securable: &Securable) -> Result<Answer> {
    let facts = about(run, securable).await?;
    let schema = Schema::new(vec![
        Field::new("info_name", DataType::Utf8, false),
        Field::new("info_value", DataType::Utf8, false),
    ]);
    let (names, values): (Vec<_>, Vec<_>) = facts.into_iter().unzip();
    let columns: Vec<ArrayRef> = vec![Arc::new(StringArray::from(names)), Arc::new(StringArray::from(values))];
    Ok(answer::rows(RecordBatch::try_new(Arc::new(schema), columns)?))
}

/// What a plugin asks for, what it was granted, and what it may cost and has cost in this process.
async fn plugin_facts(
    run: &Run<'_>,
    securable: &Securable,
    digest: &str,
    manages: bool,
) -> Result<Vec<(String, String)>> {
    // What may not run says nothing of itself.
    let component = match run.load(securable, digest).await {
        Err(Error::Untrusted { .. }) => return Ok(Vec::new()),
        other => other?,
    };
    let mut facts = Vec::new();
    for capability in component.describe()?.capabilities {
        let polder_sandbox::Capability { name, privilege, kind, on, reason } = capability;
        let what = [privilege, if kind.is_empty() { kind } else { format!("ON {kind}") }, on].join(" ");
        facts.push((format!("asks for {name}"), format!("{} ({reason})", what.trim()).trim().to_owned()));
    }
    if manages {
        for grant in run.access.grants_to(polder_catalog::Grantee::Plugin(securable.name.clone())).await? {
            facts.push(("granted".to_owned(), format!("{} ON {} {}", grant.privilege, grant.kind, grant.name)));
        }
    }
    let limits = run.limits(securable).await?;
    let kept = run.polder().catalog().state_size(securable).await?;
    let usage = component.usage();
    for polder_sandbox::Setting { name, value, owner } in limits.settings() {
        let used = match name {
            "memory" => format!(", {} bytes at most so far", usage.peak_memory),
            "call_time" => format!(", {:?} in {} calls so far", usage.time, usage.calls),
            "state_bytes" => format!(", {kept} bytes kept"),
            _ => String::new(),
        };
        facts.push((format!("limit {name}"), format!("{value} (set by {owner}{used})")));
    }
    facts.push(("instances".to_owned(), format!("{} alive", usage.instances)));
    Ok(facts)
}

/// What there is to say of a securable.
async fn about(run: &Run<'_>, securable: &Securable) -> Result<Vec<(String, String)>> {
    let manages = run.access.may(securable, Privilege::Manage);
    let mut facts: Vec<(String, String)> = Vec::new();
    let mut fact = |name: &str, value: String| facts.push((name.to_owned(), value));
    fact("name", securable.name.to_string());
    fact("kind", securable.kind.to_string());
    fact("owner", securable.owner.clone());
    if let Some(comment) = &securable.comment {
        fact("comment", comment.clone());
    }
    for (key, value) in run.access.tags(securable).await? {
        fact(&format!("tag {key}"), value);
    }
    fact("created", time(securable.created_at));
    fact("created by", securable.created_by.clone());
    match &securable.spec {
        Spec::Metastore => {
            for (name, value) in trust::settings(securable) {
                fact(&format!("trust {name}"), value);
            }
        }
        Spec::Publisher(publisher) => {
            for key in &publisher.keys {
                let from = key.not_before.map_or_else(String::new, |at| format!(" from {}", time(at)));
                let until = key.not_after.map_or_else(String::new, |at| format!(" until {}", time(at)));
                fact("key", format!("{}{from}{until}", key.fingerprint));
            }
        }
        Spec::Catalog(container) | Spec::Schema(container) => {
            for (name, value) in trust::settings(securable) {
                fact(&format!("trust {name}"), value);
            }
            if let Some(location) = container.managed_location.as_ref().filter(|_| manages) {
                fact("managed location", location.clone());
            }
        }
        Spec::Table(table) => {
            fact("type", if table.managed { "MANAGED" } else { "EXTERNAL" }.to_owned());
            if let Some(location) = table.location.as_ref().filter(|_| manages) {
                fact("location", location.clone());
            }
            let detail = run.open(securable, None).await?.detail()?;
            fact("version", detail.version.to_string());
            fact("files", detail.files.to_string());
            fact("bytes", detail.size.to_string());
            fact("partition columns", detail.partition_columns.join(", "));
            for (name, value) in detail.properties {
                fact(&name, value);
            }
        }
        Spec::View(view) if manages => fact("query", view.sql.clone()),
        Spec::View(_) => {}
        Spec::Volume(volume) => {
            fact("type", if volume.managed { "MANAGED" } else { "EXTERNAL" }.to_owned());
            if manages {
                fact("location", volume.location.clone());
            }
        }
        Spec::Connection(connection) => {
            fact("type", connection.protocol.name().to_uppercase());
            fact("url", connection.url.clone());
            if !connection.methods.is_empty() {
                fact("methods", connection.methods.join(", "));
            }
            if !connection.username.is_empty() {
                fact("username", connection.username.clone());
            }
            if !connection.index.is_empty() {
                fact("index", connection.index.clone());
            }
            fact("private network", connection.private_network.to_string());
            if manages {
                for (name, value) in &connection.headers {
                    fact(&format!("header {name}"), value.clone());
                }
                fact("secrets", run.access.secret_names(securable).await?.join(", "));
            }
        }
        Spec::Function(function) => {
            fact("function type", format!("{:?}", function.export.kind).to_uppercase());
            fact("signature", function.export.signature.clone());
            fact("returns", function.export.returns.clone());
            fact("volatility", format!("{:?}", function.export.volatility).to_uppercase());
            fact("documentation", function.export.doc.clone());
            fact("digest", format!("sha256:{}", function.digest));
        }
        Spec::Plugin(plugin) => {
            fact("version", plugin.version.clone());
            fact("digest", format!("sha256:{}", plugin.digest));
            fact("bytes", plugin.size.to_string());
            fact("source", plugin.source.clone());
            fact("signature", trust::verify(run, securable).await?.1);
            if let Some(pin) = packages::pin(securable) {
                fact("pinned to", pin.to_owned());
            }
            for former in plugin.former.iter().rev() {
                fact("was before", format!("{} (sha256:{}) from {}", former.version, former.digest, former.source));
            }
            for key in ["summary", "license", "homepage"] {
                if let Some(text) =
                    plugin.description.get(key).and_then(|text| text.as_str()).filter(|text| !text.is_empty())
                {
                    fact(key, text.to_owned());
                }
            }
            for (key, value) in plugin_facts(run, securable, &plugin.digest, manages).await? {
                fact(&key, value);
            }
            let functions = run.access.list(&[Kind::Function], &securable.name.parent(), None).await?;
            for function in functions {
                if let Some(spec) = function.as_function().filter(|spec| spec.plugin == securable.id) {
                    fact("function", format!("{} → {}", spec.export.signature, spec.export.returns));
                }
            }
        }
    }
    Ok(facts)
}

pub(crate) fn time(millis: i64) -> String {
    DateTime::from_timestamp_millis(millis).map_or_else(String::new, |time| time.to_rfc3339())
}

pub(crate) async fn history(run: &Run<'_>, name: Name, limit: Option<usize>) -> Result<Answer> {
    let securable = run.resolve(Kind::Table, &name).await?;
    run.access.require(&securable, Privilege::Select).await?;
    let commits = run.open(&securable, None).await?.history(limit).await?;
    let text = |name| Field::new(name, DataType::Utf8, true);
    let zone: Option<Arc<str>> = Some("UTC".into());
    let schema = Schema::new(vec![
        Field::new("version", DataType::UInt64, false),
        Field::new("timestamp", DataType::Timestamp(TimeUnit::Microsecond, zone.clone()), true),
        text("user"),
        text("operation"),
        text("operation_parameters"),
        text("operation_metrics"),
        text("engine"),
    ]);
    let times = commits.iter().map(|commit| commit.timestamp.map(|time| time.timestamp_micros()));
    let texts = |of: fn(&polder_storage::Commit) -> &Option<String>| -> ArrayRef {
        Arc::new(commits.iter().map(|commit| of(commit).clone()).collect::<StringArray>())
    };
    let columns: Vec<ArrayRef> = vec![
        Arc::new(commits.iter().map(|commit| commit.version).collect::<UInt64Array>()),
        Arc::new(times.collect::<TimestampMicrosecondArray>().with_timezone_opt(zone)),
        texts(|commit| &commit.user),
        texts(|commit| &commit.operation),
        texts(|commit| &commit.parameters),
        texts(|commit| &commit.metrics),
        texts(|commit| &commit.engine),
    ];
    Ok(answer::rows(RecordBatch::try_new(Arc::new(schema), columns)?))
}

pub(crate) async fn detail(run: &Run<'_>, name: Name) -> Result<Answer> {
    let securable = run.resolve(Kind::Table, &name).await?;
    run.access.require_inspect(&securable).await?;
    let detail = run.open(&securable, None).await?.detail()?;
    let location = run.access.may(&securable, Privilege::Manage).then_some(detail.location);
    let text = |value: String| -> ArrayRef { Arc::new(StringArray::from(vec![value])) };
    let number = |value: i64| -> ArrayRef { Arc::new(Int64Array::from(vec![value])) };
    let properties =
        serde_json::to_string(&detail.properties.iter().cloned().collect::<std::collections::BTreeMap<_, _>>())
            .map_err(|error| Error::Invalid(error.to_string()))?;
    let columns = [
        ("format", text("delta".to_owned())),
        ("id", text(detail.id)),
        ("location", Arc::new(StringArray::from(vec![location]))),
        ("created_at", text(detail.created_at.map(|time| time.to_rfc3339()).unwrap_or_default())),
        ("partition_columns", text(detail.partition_columns.join(", "))),
        ("version", number(detail.version as i64)),
        ("num_files", number(detail.files as i64)),
        ("size_in_bytes", number(detail.size as i64)),
        ("properties", text(properties)),
        ("min_reader_version", number(detail.min_reader_version.into())),
        ("min_writer_version", number(detail.min_writer_version.into())),
    ];
    Ok(answer::rows(RecordBatch::try_from_iter(columns)?))
}
