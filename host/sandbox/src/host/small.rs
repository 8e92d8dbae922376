//! `polder:host/state`, `metrics`, `clock`, `random` and `secrets`.

use std::time::SystemTime;

use chacha20::ChaCha20Rng;
use chacha20::rand_core::{Rng, SeedableRng};

use super::{Answer, answer, given, millis, text};
use crate::bindings::polder::host::{clock, metrics, random, secrets, state};
use crate::capabilities::{Refusal, Seed};
use crate::instance::State;

/// Keys of one page of a listing.
const PAGE: usize = 1000;
/// Bytes of a key of the state.
const KEY: usize = 512;
/// Random bytes of one call.
const RANDOM: u32 = 1 << 16;

impl state::Host for State {
    fn get(&mut self, key: String) -> Answer<Option<Vec<u8>>> {
        answer(text("a key", &key, KEY).and_then(|()| given(&self.capabilities.state, "state")?.get(&key)))
    }

    fn set(&mut self, key: String, value: Vec<u8>) -> Answer<()> {
        answer(text("a key", &key, KEY).and_then(|()| given(&self.capabilities.state, "state")?.set(&key, Some(value))))
    }

    fn delete(&mut self, key: String) -> Answer<()> {
        answer(text("a key", &key, KEY).and_then(|()| given(&self.capabilities.state, "state")?.set(&key, None)))
    }

    fn keys(&mut self, prefix: String, after: Option<String>) -> Answer<Vec<String>> {
        let keys = text("a key", &prefix, KEY)
            .and_then(|()| given(&self.capabilities.state, "state")?.keys(&prefix, after.as_deref(), PAGE));
        answer(keys)
    }
}

impl secrets::Host for State {
    fn placeholder(&mut self, connection: String, name: String) -> Answer<String> {
        let found = text("a connection's name", &connection, KEY)
            .and_then(|()| text("a secret's name", &name, KEY))
            .and_then(|()| given(&self.capabilities.http, "http")?.placeholder(&connection, &name));
        answer(found)
    }
}

impl State {
    /// Whether a metric of this name is kept: names are the guest's, so their number is bounded.
    fn keeps_metric(&mut self, name: &str) -> bool {
        let most = self.limits.metrics;
        let fits = text("a metric's name", name, self.limits.name_bytes).is_ok();
        fits && (self.metrics.contains(name) || self.metrics.len() < most && self.metrics.insert(name.to_owned()))
    }
}

impl metrics::Host for State {
    fn counter(&mut self, name: String, add: u64) -> wasmtime::Result<()> {
        if self.keeps_metric(&name)
            && let Some(metrics) = &self.capabilities.metrics
        {
            metrics.counter(&name, add);
        }
        Ok(())
    }

    fn gauge(&mut self, name: String, value: f64) -> wasmtime::Result<()> {
        if self.keeps_metric(&name)
            && let Some(metrics) = &self.capabilities.metrics
        {
            metrics.gauge(&name, value);
        }
        Ok(())
    }

    fn progress(&mut self, done: u64, total: Option<u64>) -> wasmtime::Result<()> {
        if let Some(metrics) = &self.capabilities.metrics {
            metrics.progress(done, total);
        }
        Ok(())
    }
}

impl clock::Host for State {
    fn now(&mut self) -> wasmtime::Result<u64> {
        let clock = given(&self.capabilities.clock, "clock")?;
        let now: SystemTime = clock.now();
        self.latest = self.latest.max(millis(now));
        Ok(self.latest)
    }
}

impl random::Host for State {
    fn bytes(&mut self, length: u32) -> wasmtime::Result<Vec<u8>> {
        let seed = self.capabilities.random.ok_or_else(|| Refusal::Denied("random is not available here".into()))?;
        if length > RANDOM {
            return Err(wasmtime::Error::msg(format!("{length} random bytes asked for; at most {RANDOM} in one call")));
        }
        let mut bytes = vec![0; length as usize];
        match seed {
            Seed::System => getrandom::fill(&mut bytes).map_err(|error| wasmtime::Error::msg(error.to_string()))?,
            Seed::Fixed(seed) => {
                self.random.get_or_insert_with(|| Box::new(ChaCha20Rng::seed_from_u64(seed))).fill_bytes(&mut bytes);
            }
        }
        Ok(bytes)
    }
}
