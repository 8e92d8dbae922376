//! Plugins: bringing a component in, replacing it, and what it says of itself.
//!
//! The component's bytes are kept under their digest before the catalog names them; the catalog pins
//! the digest, and nothing is ever run under another.

use std::sync::Arc;

use polder_catalog::spec::{Export, FunctionKind, Signature, Volatility};
use polder_catalog::{FullName, Kind, NewFunction, NewPlugin, Privilege, Securable, Upgrade, spec};
use polder_sandbox::{Capability, Plugin};
use semver::Version;

use super::consent;
use super::packages::warnings;
use crate::functions::{Function, type_name};
use crate::packages::{self, Found};
use crate::run::Run;
use crate::sql::{Consent, Name};
use crate::trust::{self, Policy};
use crate::{Answer, Error, Result};

/// How many versions a plugin can go back.
const FORMER: usize = 20;

pub(crate) async fn install(
    run: &Run<'_>,
    name: String,
    from: &str,
    version: Option<&str>,
    schema: Option<Name>,
    consent: Consent,
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
    let found = packages::read(run, from, version, &Policy::of(run.access.catalog(), &schema).await?).await?;
    let (plugin, new, wishes) = bring(run, schema.child(&name)?, found, consent).await?;
    let count = new.functions.len();
    let told = consent::settle(run, &plugin, &wishes, consent.grant).await? + &warnings(run, &new).await?;
    Ok(Answer::done(format!(
        "Installed plugin {} {} with {count} functions (sha256:{}{}).{told}",
        plugin.name,
        new.spec.version,
        new.spec.digest,
        signed(&new.spec.signature)
    )))
}

/// Makes what was found a plugin of that name.
pub(super) async fn bring(
    run: &Run<'_>,
    name: FullName,
    found: Found,
    consent: Consent,
) -> Result<(Securable, NewPlugin, Vec<Capability>)> {
    let (new, wishes) = examine(run, name, found, None, consent).await?;
    Ok((run.access.install(&new).await?, new, wishes))
}

pub(crate) async fn upgrade(
    run: &Run<'_>,
    name: Name,
    from: Option<String>,
    version: Option<&str>,
    consent: Consent,
) -> Result<Answer> {
    let (old, spec) = managed(run, &name).await?;
    let policy = Policy::of(run.access.catalog(), &old.name).await?;
    let found = match from {
        None => {
            let (place, fitting) = packages::newer(&old)?;
            packages::read(run, &place, Some(version.unwrap_or(&fitting)), &policy).await?
        }
        Some(from) => packages::read(run, &from, version, &policy).await?,
    };
    let pin = packages::pin(&old).map(str::to_owned);
    let (done, new, wishes) = replace(run, &old, found, consent, pin.as_deref()).await?;
    let told = consent::settle(run, &old, &wishes, consent.grant).await? + &warnings(run, &new).await?;
    Ok(Answer::done(match done {
        Some(done) => format!("Upgraded {}.{told}", became(&spec.version, &done, &new)),
        None => format!("Plugin {} is this component already (sha256:{}).{told}", old.name, spec.digest),
    }))
}

/// Makes a plugin what was found; none if it is that already.
pub(super) async fn replace(
    run: &Run<'_>,
    old: &Securable,
    found: Found,
    consent: Consent,
    pin: Option<&str>,
) -> Result<(Option<Upgrade>, NewPlugin, Vec<Capability>)> {
    let spec = old.as_plugin().cloned();
    let spec = spec.ok_or_else(|| Error::Invalid(format!("{} is not a plugin", old.name)))?;
    let (mut new, wishes) = examine(run, old.name.clone(), found, calls_itself(&spec), consent).await?;
    if let Some(pin) = pin {
        let fits = Version::parse(&new.spec.version)
            .is_ok_and(|version| packages::requirement(pin).is_ok_and(|pin| pin.matches(&version)));
        if !fits {
            return Err(Error::Invalid(format!(
                "plugin {} is pinned to '{pin}', which {} does not fit; UNPIN PLUGIN {} lets it go",
                old.name, new.spec.version, old.name
            )));
        }
    }
    if spec.digest == new.spec.digest {
        return Ok((None, new, wishes));
    }
    let mut former = spec.former;
    former.push(spec::Former {
        version: spec.version,
        digest: spec.digest,
        source: spec.source,
        signature: spec.signature,
    });
    let many = former.len().saturating_sub(FORMER);
    new.spec.former = former.split_off(many);
    Ok((Some(run.access.upgrade(old, &new).await?), new, wishes))
}

/// Back to a component that the plugin was, which is kept: nothing is fetched, and nothing is granted.
pub(crate) async fn rollback(run: &Run<'_>, name: Name, version: Option<String>) -> Result<Answer> {
    let (old, spec) = managed(run, &name).await?;
    let known: Vec<_> = spec.former.iter().map(|one| one.version.as_str()).collect();
    let at = match &version {
        None => known.len().checked_sub(1),
        Some(version) => known.iter().rposition(|one| one == version),
    };
    let Some(at) = at else {
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        return Err(Error::Invalid(format!("plugin {} was no such version before; it was: {known}", old.name)));
    };
    let (before, former) = (spec.version.clone(), spec.former[..at].to_vec());
    let spec::Former { digest, source, signature, .. } = spec.former[at].clone();
    trust::check_former(run, &old, &digest).await?;
    let bytes = run.polder().component_bytes(&digest.parse()?)?;
    let name = old.name.clone();
    let (mut new, _) = checked(run, name, bytes, source, signature, calls_itself(&spec)).await?;
    new.spec.former = former;
    let done = run.access.rollback(&old, &new).await?;
    Ok(Answer::done(format!("Rolled back {}.", became(&before, &done, &new))))
}

/// A plugin that the principal manages.
pub(super) async fn managed(run: &Run<'_>, name: &Name) -> Result<(Securable, spec::Plugin)> {
    let plugin = run.resolve(Kind::Plugin, name).await?;
    run.access.require(&plugin, Privilege::Manage).await?;
    let spec = plugin.as_plugin().cloned();
    let spec = spec.ok_or_else(|| Error::Invalid(format!("{} is not a plugin", plugin.name)))?;
    Ok((plugin, spec))
}

/// The name that a plugin has by its own word.
pub(super) fn calls_itself(spec: &spec::Plugin) -> Option<&str> {
    spec.description["name"].as_str()
}

/// "plugin main.m.greet from 1.0.0 to 2.0.0 (sha256:…)", and what came and went.
fn became(before: &str, done: &Upgrade, new: &NewPlugin) -> String {
    let list = |what: &str, names: &[FullName]| {
        if names.is_empty() {
            return String::new();
        }
        let names: Vec<_> = names.iter().map(FullName::last).collect();
        format!("; {what}: {}", names.join(", "))
    };
    format!(
        "plugin {} from {before} to {} (sha256:{}{}){}{}",
        done.plugin.name,
        new.spec.version,
        new.spec.digest,
        signed(&new.spec.signature),
        list("new functions", &done.added),
        list("functions that went", &done.removed),
    )
}

fn signed(signature: &Signature) -> String {
    match signature {
        Signature::File => String::new(),
        Signature::NotSigned { .. } => ", not signed".to_owned(),
        Signature::Verified { by, .. } => format!(", signed by {by}"),
    }
}

/// Whether a component may come in, and what it says of itself in the sandbox. It must be another version of the plugin that
/// calls itself so, if one is given.
async fn examine(
    run: &Run<'_>,
    name: FullName,
    found: Found,
    same: Option<&str>,
    consent: Consent,
) -> Result<(NewPlugin, Vec<Capability>)> {
    let Found { bytes, source, version, papers } = found;
    // Before any of it runs.
    let signature = trust::admit(run, &name, &source, papers.as_ref(), consent.unsigned).await?;
    let (new, wishes) = checked(run, name, bytes, source, signature, same).await?;
    // A tag is the registry's word, and would bring an old version back under the name of a new one.
    if let Some(version) = version.filter(|version| version.to_string() != new.spec.version) {
        return Err(Error::Invalid(format!(
            "{} is called version {version} there, but is {} {} by its own word",
            new.spec.source,
            calls_itself(&new.spec).unwrap_or_default(),
            new.spec.version
        )));
    }
    if let Some(papers) = papers {
        papers.keep(run.polder())?;
    }
    Ok((new, wishes))
}

/// Check a component in the sandbox, and keep it.
async fn checked(
    run: &Run<'_>,
    name: FullName,
    bytes: Vec<u8>,
    source: String,
    signature: Signature,
    same: Option<&str>,
) -> Result<(NewPlugin, Vec<Capability>)> {
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
            signature,
            former: Vec::new(),
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
