//! Stops what runs for one statement.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A switch that its clones share: once triggered, every guest bound with it stops within an epoch tick,
/// and none starts again.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// A switch of its own, not yet triggered.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops the guests, for good.
    pub fn trigger(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was triggered.
    pub fn is_triggered(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
