//! On what terms a guest runs.

use std::fmt;
use std::sync::Arc;

use crate::{Capabilities, Interrupt, Limits};

/// How a guest is stopped, what it may cost, and what it may reach. An [`Interrupt`] alone makes terms, too: the
/// host's limits, and nothing to reach.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// For whom it runs: tenants wait for instances in turns.
    pub tenant: Arc<str>,
    /// Stops it.
    pub interrupt: Interrupt,
    /// What it may cost; none: what the host allows everybody.
    pub limits: Option<Arc<Limits>>,
    /// Whose memory it takes its part of, beside its own limit; none: nobody's.
    pub memory: Option<Arc<dyn Memory>>,
    /// Called once in a call that lasts longer than an epoch tick, on its thread: a chance to let what else would run
    /// there run elsewhere.
    pub make_way: Option<fn()>,
    /// What it may reach.
    pub capabilities: Capabilities,
}

/// The memory of a query, which guests share with whatever else the query does.
pub trait Memory: fmt::Debug + Send + Sync {
    /// Takes so many bytes more, or says why there are none.
    fn grow(&self, bytes: usize) -> Result<(), String>;
    /// Gives bytes back.
    fn shrink(&self, bytes: usize);
}

impl From<&Interrupt> for Terms {
    fn from(interrupt: &Interrupt) -> Self {
        Self { interrupt: interrupt.clone(), ..Self::default() }
    }
}

impl From<&Terms> for Terms {
    fn from(terms: &Terms) -> Self {
        terms.clone()
    }
}
