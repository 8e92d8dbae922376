//! A session: who asks, and where short names are looked up.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use datafusion::execution::SessionState;
use polder_catalog::DEFAULT_SCHEMA;
use polder_sandbox::{Interrupt, Limits};

use crate::reach::Conduct;
use crate::{Error, Polder, Result, limits};

/// The catalog and schema that complete short names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Current {
    pub(crate) catalog: String,
    pub(crate) schema: String,
}

/// Statements of one principal. Several may run at once.
pub struct Session {
    polder: Polder,
    principal: String,
    current: Mutex<Current>,
    engine: Mutex<SessionState>,
    interrupt: Mutex<Interrupt>,
    short_retention: AtomicBool,
    conduct: Conduct,
    /// Limits of plugins, by name.
    limits: Mutex<BTreeMap<String, String>>,
}

/// The setting that lets VACUUM retain less than the table's retention period.
const SHORT_RETENTION: &str = "polder.vacuum.short_retention";

impl Session {
    pub(crate) fn new(polder: Polder, principal: String) -> Self {
        let current = Current { catalog: "main".to_owned(), schema: DEFAULT_SCHEMA.to_owned() };
        let engine = Mutex::new(polder.engine());
        Self {
            polder,
            principal,
            current: Mutex::new(current),
            engine,
            interrupt: Mutex::default(),
            short_retention: AtomicBool::new(false),
            conduct: Conduct::default(),
            limits: Mutex::default(),
        }
    }

    /// The same session, whose plugins run like that.
    #[must_use]
    pub fn conducted(self, conduct: Conduct) -> Self {
        Self { conduct, ..self }
    }

    pub(crate) fn conduct(&self) -> &Conduct {
        &self.conduct
    }

    /// Cancel what runs now: guests stop within an epoch tick. Later statements run as usual.
    pub fn interrupt(&self) {
        let running = std::mem::take(&mut *self.interrupt.lock().unwrap_or_else(PoisonError::into_inner));
        running.trigger();
    }

    pub fn principal(&self) -> &str {
        &self.principal
    }

    /// The current catalog and schema, as `catalog.schema`.
    pub fn current_schema(&self) -> String {
        let Current { catalog, schema } = self.current();
        format!("{catalog}.{schema}")
    }

    pub fn polder(&self) -> &Polder {
        &self.polder
    }

    pub(crate) fn current(&self) -> Current {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_current(&self, current: Current) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = current;
    }

    pub(crate) fn engine(&self) -> SessionState {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Change a setting of the engine, for this session.
    pub(crate) fn set(&self, name: &str, value: &str) -> Result<()> {
        if name == SHORT_RETENTION {
            let flag = value.parse().map_err(|_| Error::Invalid(format!("{name} is true or false, not '{value}'")))?;
            self.short_retention.store(flag, Ordering::Relaxed);
            return Ok(());
        }
        if let Some(limit) = name.strip_prefix(limits::SETTING) {
            Limits::check(limit, value)?;
            let mut limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
            limits.insert(limit.to_owned(), value.to_owned());
            return Ok(());
        }
        let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        let name = if name == "timezone" { "datafusion.execution.time_zone" } else { name };
        engine.config_mut().options_mut().set(name, value).map_err(|_| {
            Error::Invalid(format!("there is no setting '{name}' that takes '{value}'; settings are the engine's, such as datafusion.execution.target_partitions"))
        })
    }

    /// The limits that this session sets plugins.
    pub(crate) fn limits(&self) -> Vec<(String, String)> {
        let limits = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        limits.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Whether this session said that VACUUM may delete files younger than the retention period.
    pub(crate) fn allows_short_retention(&self) -> bool {
        self.short_retention.load(Ordering::Relaxed)
    }

    pub(crate) fn running(&self) -> Interrupt {
        self.interrupt.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
