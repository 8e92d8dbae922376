//! What a plugin asks for, and the grants that give it: only those that whoever installs it agrees to.

use std::fmt::Write as _;

use polder_catalog::{FullName, Grantee, Kind, Privilege, Securable, Wish};
use polder_sandbox::Capability;

use crate::reach::wish;
use crate::run::Run;
use crate::{Error, Result};

/// Check that what a plugin asks for can be granted at all.
pub(super) fn check(plugin: &FullName, capabilities: &[Capability]) -> Result<()> {
    for capability in capabilities {
        wish(plugin, capability).map_err(|error| {
            Error::Invalid(format!(
                "the plugin asks for the capability '{}' in words that make no grant: {error}",
                capability.name
            ))
        })?;
    }
    Ok(())
}

/// Grant what an installed plugin asks for, or tell how. What is there already is not told.
pub(super) async fn settle(
    run: &Run<'_>,
    plugin: &Securable,
    capabilities: &[Capability],
    grant: bool,
) -> Result<String> {
    let grantee = Grantee::Plugin(plugin.name.clone());
    let held = run.access.grants_to(grantee.clone()).await?;
    let mut told = String::new();
    for capability in capabilities {
        let Some(Wish { privilege, kind, on }) = wish(&plugin.name, capability)? else {
            let _ = write!(told, "\n  uses {}: {}", capability.name, capability.reason);
            continue;
        };
        let Some(on) = on else {
            let _ = write!(told, "\n  asks for: GRANT {privilege} ON {kind} … TO {grantee};  -- {}", capability.reason);
            continue;
        };
        let path = [(Kind::Catalog, Privilege::UseCatalog), (Kind::Schema, Privilege::UseSchema)];
        let path = path.into_iter().filter(|(above, _)| above.depth() < kind.depth());
        let path = path.map(|(above, usage)| (usage, above, on.ancestor(above.depth())));
        for (privilege, kind, on) in path.chain([(privilege, kind, on.clone())]) {
            if held.iter().any(|one| (one.privilege, one.kind, &one.name) == (privilege, kind, &on)) {
                continue;
            }
            let statement = format!("GRANT {privilege} ON {kind} {on} TO {grantee}");
            if told.contains(&statement) {
                continue;
            }
            if !grant {
                let _ = write!(told, "\n  asks for: {statement};  -- {}", capability.reason);
                continue;
            }
            let given = match run.access.resolve(&[kind], &on).await {
                Ok(securable) => run.access.grant(&[privilege], &securable, grantee.clone()).await,
                Err(error) => Err(error),
            };
            let _ = match given {
                Ok(()) => write!(told, "\n  granted: {statement};  -- {}", capability.reason),
                Err(error) => write!(told, "\n  not granted: {statement};  -- {error}"),
            };
        }
    }
    Ok(told)
}
