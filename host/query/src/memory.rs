//! How much memory queries may use at once, and the part of it that their plugins have.

use std::fs::read_to_string;
use std::sync::Arc;

use datafusion::execution::memory_pool::{MemoryConsumer, MemoryPool, MemoryReservation};
use polder_catalog::Securable;
use polder_sandbox::Memory;

/// Where the system does not tell how much there is.
const UNKNOWN: usize = 8 << 30;

/// Three quarters of what this process may have, in bytes: the rest is for what plans do not account for. Beyond it operators that can spill to disk do, and others fail.
pub(crate) fn limit() -> usize {
    let installed = read_to_string("/proc/meminfo").ok().and_then(|text| total(&text));
    let group = read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| text.trim().parse().ok());
    [installed, group].into_iter().flatten().min().unwrap_or(UNKNOWN) / 4 * 3
}

/// What the instances of a plugin have of it.
#[derive(Debug)]
pub(crate) struct Share(MemoryReservation);

impl Share {
    pub(crate) fn of(plugin: &Securable, pool: &Arc<dyn MemoryPool>) -> Arc<dyn Memory> {
        Arc::new(Self(MemoryConsumer::new(format!("plugin {}", plugin.name)).register(pool)))
    }
}

impl Memory for Share {
    fn grow(&self, bytes: usize) -> Result<(), String> {
        self.0.try_grow(bytes).map_err(|error| error.strip_backtrace())
    }

    fn shrink(&self, bytes: usize) {
        self.0.shrink(bytes);
    }
}

/// `MemTotal` of Linux's meminfo, which counts in KiB.
fn total(meminfo: &str) -> Option<usize> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meminfo_is_read() {
        assert_eq!(total("MemTotal:       24576 kB\nMemFree: 1 kB\n"), Some(24 << 20));
        assert_eq!(total("MemFree: 1 kB\n"), None);
        assert!(limit() > 64 << 20);
    }
}
