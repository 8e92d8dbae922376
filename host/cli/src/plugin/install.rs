//! `polder plugin install` and `upgrade`: what is to come in is looked at and shown before anything is agreed to, and what was
//! agreed to is what comes in.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _};
use std::path::Path;

use polder_catalog::{FullName, Kind, Securable};
use polder_market::{SCHEME, State};
use polder_query::{Home, Session};
use polder_sandbox::{Capability, Description};

use super::{build, inspect, manage, size};
use crate::args::{As, Consent};
use crate::output::Format;
use crate::terminal::{note, plain};
use crate::{Error, Result, home, sql, terminal};

/// What is to be installed.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// A package, a file, or the folder of a project.
    pub(super) from: &'a str,
    /// Which version of a package.
    pub(super) version: Option<&'a str>,
    pub(super) consent: Consent,
}

/// What is installed, looked at before.
struct Chosen {
    description: Description,
    /// Where it is, as a text of SQL; of a package just this one, so that what was agreed to is what is installed.
    from: String,
    /// What follows where consent was given.
    clause: String,
}

pub(super) async fn install(home: &Home, who: &As, wanted: Wanted<'_>, schema: &str, name: Option<&str>) -> Result<()> {
    let into = sql::name(schema)?;
    let session = home::session(home, who.principal.as_deref()).await?;
    let Chosen { description, from, clause } = choose(&session, wanted, &schema.parse()?, None).await?;
    let name = sql::identifier(name.unwrap_or(&description.name));
    let answer = session.run(&format!("INSTALL PLUGIN {name} FROM {from} INTO SCHEMA {into}{clause}")).await?;
    manage::output(Format::Table).answer(answer).await.map(drop)
}

/// Without a place the next version comes from the registry that the plugin came from.
pub(super) async fn upgrade(
    home: &Home,
    who: &As,
    name: &str,
    from: Option<&str>,
    version: Option<&str>,
    consent: Consent,
) -> Result<()> {
    let session = home::session(home, who.principal.as_deref()).await?;
    let access = session.polder().catalog().access(session.principal()).await?;
    let plugin = access.resolve(&[Kind::Plugin], &name.parse()?).await?;
    let (place, fitting);
    let wanted = match from {
        Some(from) => Wanted { from, version, consent },
        None => {
            (place, fitting) = polder_query::newer(&plugin)?;
            Wanted { from: &place, version: version.or(Some(&fitting)), consent }
        }
    };
    let name = sql::name(name)?;
    let Chosen { from, clause, .. } = choose(&session, wanted, &plugin.name, Some(&plugin)).await?;
    let answer = session.run(&format!("UPGRADE PLUGIN {name} FROM {from}{clause}")).await?;
    manage::output(Format::Table).answer(answer).await.map(drop)
}

/// Look at what is wanted, show it, and ask where there is somebody to ask. Otherwise nothing is agreed to.
async fn choose(
    session: &Session,
    Wanted { from, version, consent }: Wanted<'_>,
    into: &FullName,
    before: Option<&Securable>,
) -> Result<Chosen> {
    let (bytes, from, signed) = if from.starts_with(SCHEME) {
        let found = session.package(from, version, into).await?;
        let signed = session.signed(&found, into).await?;
        (found.bytes, found.source, signed)
    } else {
        if version.is_some() {
            return Err(Error::invalid("--version is for packages; a file is what it is"));
        }
        let file = build::component(Path::new(from))?;
        (inspect::read(&file)?, sql::absolute(&file)?, None)
    };
    // Nothing of what may not come in is run.
    if let Some(State::Failed { why }) = &signed {
        return Err(Error::invalid(format_args!("{from} is not trusted: its signature failed: {why}")));
    }
    let description = session.polder().sandbox().load(&bytes)?.describe()?;
    let Description { name, version, license, .. } = &description;
    let license = if license.is_empty() { "no license" } else { license };
    note(plain(&format!("{name} {version} ({license}, {}) from {from}", size(bytes.len() as u64))));
    let asks = asks(&description, before);
    for line in signed.iter().map(ToString::to_string).chain(asks.iter().cloned()) {
        note(plain(&format!("  {line}")));
    }
    let mut clause = String::new();
    let unsigned = signed == Some(State::NotSigned);
    if consent.allow_unsigned || (unsigned && agrees("Nobody signed it. Install it nevertheless?")?) {
        clause.push_str(" ALLOW UNSIGNED");
    }
    let new = asks.iter().any(|line| line.starts_with(ASKS));
    if consent.grant_requested || (new && agrees("Grant what it asks for?")?) {
        clause.push_str(" GRANT REQUESTED");
    }
    Ok(Chosen { description, from: sql::text(&from), clause })
}

const ASKS: &str = "asks for";

/// What a plugin asks for, or how that differs from what it asked for before.
fn asks(plugin: &Description, before: Option<&Securable>) -> Vec<String> {
    let wish = |one: &Capability| {
        let on = if one.on.is_empty() { "…" } else { &one.on };
        format!("{} ON {} {on}", one.privilege, one.kind)
    };
    let granted = |one: &&Capability| !one.privilege.is_empty();
    let old: Vec<Capability> = before
        .and_then(|plugin| serde_json::from_value(plugin.as_plugin()?.description.get("capabilities")?.clone()).ok())
        .unwrap_or_default();
    let had: BTreeSet<_> = old.iter().filter(granted).map(wish).collect();
    let wants: BTreeSet<_> = plugin.capabilities.iter().filter(granted).map(wish).collect();
    let new = plugin.capabilities.iter().filter(granted).filter(|one| !had.contains(&wish(one)));
    let more = if before.is_some() { " besides" } else { "" };
    let asks = new.map(|one| format!("{ASKS}{more}: {}  -- {}", wish(one), one.reason));
    asks.chain(had.difference(&wants).map(|gone| format!("no longer asks for: {gone}"))).collect()
}

/// A question to whoever sits there; nobody is no.
pub(super) fn agrees(question: &str) -> Result<bool> {
    if !io::stdin().is_terminal() || !terminal::stderr_is_terminal() {
        return Ok(false);
    }
    eprint!("{question} [y/N] ");
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
