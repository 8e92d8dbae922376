//! What plugins may cost: the host's limits, made tighter by the tenant, by whoever manages a plugin, and by a session.
//!
//! A home is one tenant. Its limits and a plugin's are properties in the catalog; those of a session are settings,
//! `SET polder.limits.memory = '64 MiB'`. The host's are in the file `limits.toml` of the home, for whoever operates it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use polder_catalog::{Change, FullName, Kind, Securable};
use polder_sandbox::{Limits, Terms};
use tokio::runtime::{Handle, RuntimeFlavor};
use toml_edit::DocumentMut;

use crate::memory::Share;
use crate::run::Run;
use crate::sql::Name;
use crate::{Answer, Error, Result};

/// Before the name of a limit among the properties of a securable.
const PROPERTY: &str = "limit.";
/// Before the name of a limit among the settings of a session.
pub(crate) const SETTING: &str = "polder.limits.";

/// The host's limits: `limits`, made tighter by `limits.toml` in the home.
pub(crate) fn of_host(home: &Path, limits: Limits) -> Result<Limits> {
    let path = home.join("limits.toml");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(limits),
        Err(error) => return Err(Error::File { path: path.display().to_string(), error }),
    };
    read(&text, limits).map_err(|why| Error::Invalid(format!("{}: {why}", path.display())))
}

/// `limits`, made tighter by the text of a `limits.toml`, or what is wrong with it.
pub(crate) fn read(text: &str, limits: Limits) -> Result<Limits, String> {
    let document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    let settings = document.iter().map(|(name, item)| {
        let text = item.as_str().map(str::to_owned).or_else(|| item.as_integer().map(|number| number.to_string()));
        let text = text.ok_or_else(|| format!("`{name}` is a text such as '64 MiB', or a number"))?;
        Ok((name.to_owned(), text))
    });
    let settings = settings.collect::<Result<Vec<_>, String>>()?;
    limits.tightened("limits.toml of the home", &settings).map_err(|error| error.to_string())
}

/// The limits that a securable's properties set.
fn of(securable: &Securable) -> Vec<(String, String)> {
    let limits = securable.properties.iter().filter_map(|(key, value)| Some((key.strip_prefix(PROPERTY)?, value)));
    limits.map(|(name, value)| (name.to_owned(), value.clone())).collect()
}

impl Run<'_> {
    /// What a plugin may cost in this statement.
    pub(crate) async fn limits(&self, plugin: &Securable) -> Result<Arc<Limits>> {
        let metastore = self.polder().catalog().metastore().await?;
        let sources = [
            ("the tenant (ALTER METASTORE SET LIMITS)".to_owned(), of(&metastore)),
            (format!("plugin {} (ALTER PLUGIN … SET LIMITS)", plugin.name), of(plugin)),
            (format!("the session (SET {SETTING}…)"), self.session.limits()),
        ];
        let mut limits = Arc::clone(self.polder().sandbox().limits());
        for (owner, settings) in sources.iter().filter(|(_, settings)| !settings.is_empty()) {
            limits = Arc::new(limits.tightened(owner, settings)?);
        }
        Ok(limits)
    }

    /// The terms on which a plugin runs in this statement, with nothing to reach.
    pub(crate) async fn terms(&self, plugin: &Securable) -> Result<Terms> {
        let limits = Some(self.limits(plugin).await?);
        // Within a home those who wait for each other are its users.
        let tenant = self.session.principal().into();
        let memory = Share::of(plugin, &self.engine.runtime_env().memory_pool);
        let interrupt = self.interrupt.clone();
        Ok(Terms { tenant, interrupt, limits, memory: Some(memory), make_way: Some(make_way), ..Terms::default() })
    }
}

/// A guest that computes for long holds the thread that it is on, of which there are as many as processors: the engine's
/// other tasks get another one. What takes them over needs a moment: whoever is not there by then comes too late, and this
/// thread takes them back until it is asked again.
fn make_way() {
    const MOMENT: Duration = Duration::from_millis(1);
    if Handle::try_current().is_ok_and(|runtime| runtime.runtime_flavor() == RuntimeFlavor::MultiThread) {
        tokio::task::block_in_place(|| std::thread::sleep(MOMENT));
    }
}

/// `ALTER PLUGIN p SET LIMITS (memory = '64 MiB')`, `ALTER METASTORE SET LIMITS …`; without a value a limit goes.
pub(crate) async fn alter(
    run: &Run<'_>,
    kind: Kind,
    name: Name,
    limits: Vec<(String, Option<String>)>,
) -> Result<Answer> {
    if !matches!(kind, Kind::Plugin | Kind::Metastore) {
        return Err(Error::Unsupported(format!("a {} has no limits; plugins and the metastore have", kind.word())));
    }
    for (name, value) in &limits {
        Limits::check(name, value.as_deref().unwrap_or("0")).or_else(|error| match value {
            // Of a limit that goes only the name matters.
            None if Limits::default().settings().iter().any(|known| known.name == name) => Ok(()),
            _ => Err(error),
        })?;
    }
    let securable = match kind {
        Kind::Metastore => run.access.resolve(&[Kind::Metastore], &FullName::metastore()).await?,
        _ => run.resolve(kind, &name).await?,
    };
    let (set, unset): (Vec<_>, Vec<_>) = limits.into_iter().partition(|(_, value)| value.is_some());
    let key = |name: String| format!("{PROPERTY}{name}");
    let set = set.into_iter().filter_map(|(name, value)| Some((key(name), value?))).collect();
    let unset = unset.into_iter().map(|(name, _)| key(name)).collect();
    run.access.alter(&securable, Change::Properties { set, unset }).await?;
    let of = if kind == Kind::Metastore { "the metastore".to_owned() } else { securable.name.to_string() };
    Ok(Answer::done(format!("Changed the limits of {of}.")))
}
