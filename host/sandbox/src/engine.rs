//! The one engine, and the one place that configures it.
//!
//! Compiled code fits only the configuration that it was compiled with, so there is exactly one: pooled instances with
//! copy-on-write memories (a fresh one costs microseconds), Cranelift, and epochs to interrupt guests with.

use std::sync::Arc;

use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, Strategy};

use crate::log::LogSink;
use crate::places::Places;
use crate::ticker::Ticker;
use crate::{Error, Limits, Result};

/// What every instance of every plugin shares.
pub(crate) struct Runtime {
    pub(crate) engine: Engine,
    pub(crate) ticker: Ticker,
    pub(crate) limits: Arc<Limits>,
    pub(crate) places: Places,
    pub(crate) log: Arc<dyn LogSink>,
}

impl Runtime {
    pub(crate) fn new(limits: Limits, log: Arc<dyn LogSink>) -> Result<Self> {
        let engine = Engine::new(&config(&limits)).map_err(failed)?;
        let ticker = Ticker::start(&engine).map_err(|error| Error::Engine(error.to_string()))?;
        let places = Places::new(limits.instances as usize);
        Ok(Self { engine, ticker, limits: Arc::new(limits), places, log })
    }
}

/// A failure that no guest caused.
pub(crate) fn failed(error: wasmtime::Error) -> Error {
    Error::Engine(format!("{error:#}"))
}

fn config(limits: &Limits) -> Config {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(limits.instances)
        .total_core_instances(limits.instances.saturating_mul(limits.modules))
        .total_memories(limits.instances.saturating_mul(MEMORIES).min(limits.instances.max(ALL_MEMORIES)))
        .total_tables(limits.instances.saturating_mul(4))
        .max_core_instances_per_component(limits.modules)
        .max_memories_per_component(MOST_MEMORIES)
        .max_tables_per_component(64)
        .max_memory_size(limits.memory)
        .table_elements(limits.table_elements)
        .linear_memory_keep_resident(KEEP_RESIDENT)
        .table_keep_resident(KEEP_RESIDENT)
        // Where Linux can tell which pages were written, only those are restored.
        .pagemap_scan(Enabled::Auto);

    let mut config = Config::new();
    config
        .strategy(Strategy::Cranelift)
        .cranelift_opt_level(OptLevel::Speed)
        .parallel_compilation(true)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .memory_init_cow(true)
        .epoch_interruption(true)
        .max_wasm_stack(limits.stack)
        .async_stack_size(limits.stack.saturating_mul(4))
        // Results must not depend on the processor.
        .relaxed_simd_deterministic(true)
        .wasm_memory64(false)
        .generate_address_map(false);
    config
}

/// Memories of one instance: interpreters bring small ones beside their own, and so does each component inside a plugin.
/// So many are there for each instance, and so many one may have at most.
const MEMORIES: u32 = 4;
const MOST_MEMORIES: u32 = 16;

/// Each takes some gibibytes of addresses, of which a process has 128 tebibytes.
const ALL_MEMORIES: u32 = 16_000;

/// Bytes of a pooled slot that are zeroed rather than given back to the system between instances.
const KEEP_RESIDENT: usize = 64 << 10;
