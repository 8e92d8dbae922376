//! On what terms a guest runs.

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
    /// What it may reach.
    pub capabilities: Capabilities,
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
