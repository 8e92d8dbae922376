//! What a plugin has cost since it was loaded.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Counts of one loaded plugin.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    calls: AtomicU64,
    nanos: AtomicU64,
    peak_memory: AtomicU64,
    instances: AtomicU64,
}

/// What a plugin has cost in this process, as far as it is still loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Calls into its instances.
    pub calls: u64,
    /// Time in those calls, together.
    pub time: Duration,
    /// Bytes of linear memory that one instance had at most.
    pub peak_memory: u64,
    /// Instances that are alive.
    pub instances: u64,
}

impl Counts {
    pub(crate) fn called(&self, time: Duration) {
        self.calls.fetch_add(1, Relaxed);
        self.nanos.fetch_add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX), Relaxed);
    }

    pub(crate) fn memory(&self, bytes: usize) {
        self.peak_memory.fetch_max(bytes as u64, Relaxed);
    }

    pub(crate) fn born(&self) {
        self.instances.fetch_add(1, Relaxed);
    }

    pub(crate) fn gone(&self) {
        self.instances.fetch_sub(1, Relaxed);
    }

    pub(crate) fn usage(&self) -> Usage {
        Usage {
            calls: self.calls.load(Relaxed),
            time: Duration::from_nanos(self.nanos.load(Relaxed)),
            peak_memory: self.peak_memory.load(Relaxed),
            instances: self.instances.load(Relaxed),
        }
    }
}
