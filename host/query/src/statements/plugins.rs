//! Plugins: bringing a component in, replacing it, and what it says of itself.
//!
//! The component's bytes are kept under their digest before the catalog names them; the catalog pins
//! the digest, and nothing is ever run under another.

use std::sync::Arc;

use polder_catalog::spec::{Export, FunctionKind, Volatility};
use polder_catalog::{FullName, Kind, NewFunction, NewPlugin, Privilege, spec};
use polder_sandbox::{Capability, Plugin};

use super::consent;
use crate::functions::{Function, type_name};
use crate::packages::{self, Found};
use crate::run::Run;
use crate::sql::Name;
use crate::{Answer, Error, Result};

pub(crate) async fn install(
    run: &Run<'_>,
    name: String,
    from: &str,
    version: Option<&str>,
    schema: Option<Name>,
    grant: bool,
) -> Result<Answer> {
    let schema = match schema {
        Some(schema) => run.full(Kind::Schema, &schema)?,
        None => run.full(Kind::Schema, std::slice::from_ref(&run.current.schema))?,
    };
    let schema_found = run.access.resolve(&[Kind::Schema], &schema).await?;
    // Refuse before a stranger's bytes are even read.
    let (source, right) = packages::governor(run, from).await?;
    let into = [Privilege::CreatePlugin, Privilege::CreateFunction, Privilege::UseSchema];
    run.access.require_each("installPlugin", &[(&schema_found, &into), (&source, &[right])]).await?;
    let found = packages::read(run, from, version).await?;
    let (new, wishes) = examine(run, schema.child(&name)?, found, None).await?;
    let plugin = run.access.install(&new).await?;
    let count = new.functions.len();
    let told = consent::settle(run, &plugin, &wishes, grant).await?;
    Ok(Answer::done(format!(
        "Installed plugin {} {} with {count} functions (sha256:{}).{told}",
        plugin.name, new.spec.version, new.spec.digest
    )))
}

pub(crate) async fn upgrade(
    run: &Run<'_>,
    name: Name,
    from: Option<String>,
    version: Option<&str>,
    grant: bool,
) -> Result<Answer> {
    let old = run.resolve(Kind::Plugin, &name).await?;
    run.access.require(&old, Privilege::Manage).await?;
    let calls_itself = old.as_plugin().and_then(|plugin| plugin.description["name"].as_str());
    let found = match (from, old.as_plugin()) {
        (None, Some(plugin)) => {
            let (place, at_least) = packages::newer(plugin)?;
            packages::read(run, &place, Some(version.unwrap_or(&at_least))).await?
        }
        (from, _) => packages::read(run, &from.unwrap_or_default(), version).await?,
    };
    let (new, wishes) = examine(run, old.name.clone(), found, calls_itself).await?;
    let before = old.as_plugin().map(|plugin| (plugin.version.clone(), plugin.digest.clone())).unwrap_or_default();
    if before.1 == new.spec.digest {
        let told = consent::settle(run, &old, &wishes, grant).await?;
        return Ok(Answer::done(format!("Plugin {} is this component already (sha256:{}).{told}", old.name, before.1)));
    }
    let done = run.access.upgrade(&old, &new).await?;
    let told = consent::settle(run, &old, &wishes, grant).await?;
    let list = |what: &str, names: &[FullName]| {
        if names.is_empty() {
            return String::new();
        }
        let names: Vec<_> = names.iter().map(FullName::last).collect();
        format!("; {what}: {}", names.join(", "))
    };
    Ok(Answer::done(format!(
        "Upgraded plugin {} from {} to {} (sha256:{}){}{}.{told}",
        done.plugin.name,
        before.0,
        new.spec.version,
        new.spec.digest,
        list("new functions", &done.added),
        list("functions that went", &done.removed),
    )))
}

/// Check a component in the sandbox, and keep it. It must be another version of the plugin that calls itself so, if one
/// is given.
async fn examine(
    run: &Run<'_>,
    name: FullName,
    found: Found,
    same: Option<&str>,
) -> Result<(NewPlugin, Vec<Capability>)> {
    let Found { bytes, source, version } = found;
    let size = bytes.len() as u64;
    let sandbox = run.polder().sandbox().clone();
    // Compiling takes a while: not on a thread that serves others.
    let (plugin, description, bytes) = tokio::task::spawn_blocking(move || {
        let plugin = sandbox.load(&bytes)?;
        let description = plugin.describe()?;
        Ok::<_, polder_sandbox::Error>((plugin, description, bytes))
    })
    .await
    .map_err(|error| Error::Invalid(format!("loading {source} failed: {error}")))??;
    if let Some(same) = same.filter(|same| *same != description.name) {
        return Err(Error::Invalid(format!(
            "{source} is the plugin {} {}, not another version of {same}; to have it instead, write DROP PLUGIN {name} and \
             INSTALL PLUGIN",
            description.name, description.version
        )));
    }
    // A tag is the registry's word, and would bring an old version back under the name of a new one.
    if let Some(version) = version.filter(|version| version.to_string() != description.version) {
        return Err(Error::Invalid(format!(
            "{source} is called version {version} there, but is {} {} by its own word",
            description.name, description.version
        )));
    }
    consent::check(&name, &description.capabilities)?;
    run.polder().keep_component(&plugin.digest(), &bytes)?;
    let description_json =
        serde_json::to_value(&description).map_err(|error| Error::Invalid(format!("{source}: {error}")))?;
    let functions = description
        .functions
        .iter()
        .map(|function| export(run, &name, &plugin, function))
        .collect::<Result<Vec<_>>>()?;
    let summary = Some(description.summary.clone()).filter(|summary| !summary.is_empty());
    let new = NewPlugin {
        name,
        spec: spec::Plugin {
            version: description.version.clone(),
            digest: plugin.digest().to_string(),
            size,
            description: description_json,
            source,
        },
        comment: summary,
        functions,
    };
    Ok((new, description.capabilities))
}

/// What the catalog keeps of a function.
fn export(
    run: &Run<'_>,
    plugin_name: &FullName,
    plugin: &Arc<Plugin>,
    said: &polder_sandbox::Function,
) -> Result<NewFunction> {
    let name = &said.name;
    let full = plugin_name.parent().child(name)?;
    let function = Function::new(full.to_string(), Arc::clone(plugin), said.clone(), (&run.interrupt).into());
    let returns = match &said.returns {
        None => "depends on the arguments".to_owned(),
        Some(schema) if function.takes_table() || said.kind == polder_sandbox::FunctionKind::Table => {
            let columns =
                schema.fields().iter().map(|field| format!("{} {}", field.name(), type_name(field.data_type())));
            format!("TABLE ({})", columns.collect::<Vec<_>>().join(", "))
        }
        Some(schema) => schema.fields().first().map_or(String::new(), |field| type_name(field.data_type())),
    };
    let signature = function.signature();
    let short = signature.strip_prefix(&format!("{}.", full.parent())).unwrap_or(&signature).to_owned();
    Ok(NewFunction {
        name: name.to_owned(),
        export: Export {
            export: name.to_owned(),
            kind: match said.kind {
                polder_sandbox::FunctionKind::Scalar => FunctionKind::Scalar,
                polder_sandbox::FunctionKind::Aggregate => FunctionKind::Aggregate,
                polder_sandbox::FunctionKind::Table => FunctionKind::Table,
                polder_sandbox::FunctionKind::Transform => FunctionKind::Transform,
                polder_sandbox::FunctionKind::Scorer => FunctionKind::Scorer,
                polder_sandbox::FunctionKind::Task => FunctionKind::Task,
            },
            signature: short,
            returns,
            doc: said.doc.clone(),
            volatility: match said.volatility {
                polder_sandbox::Volatility::Immutable => Volatility::Immutable,
                polder_sandbox::Volatility::Stable => Volatility::Stable,
                polder_sandbox::Volatility::Volatile => Volatility::Volatile,
            },
        },
    })
}
