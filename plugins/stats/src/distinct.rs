//! How many different values there are, in little memory: HyperLogLog.

use polder_sdk::prelude::*;

use crate::hash::hash;

/// Bits of a hash that choose a register: 4096 registers, one byte each.
const INDEX_BITS: u32 = 12;
const REGISTERS: usize = 1 << INDEX_BITS;
/// Bits of a hash among which the first one is looked for.
const RANK_BITS: usize = 64 - INDEX_BITS as usize;
/// Up to so many different values their hashes are kept, which takes less than the registers.
const FEW: usize = 256;

/// About how many different values there are, of any type but decimals and nested ones; nulls do not count.
///
/// Up to 256 it is exact. Above that HyperLogLog with 4096 registers (xxh3 hashes, Ertl's improved
/// estimator of 2017) has a standard error of 1.6 %.
///
/// ```sql
/// SELECT {schema}.approx_distinct(value % 10) FROM generate_series(1, 1000)
/// -- 10
/// ```
#[aggregate]
#[derive(Default)]
struct ApproxDistinct {
    /// The different hashes, while they are few.
    hashes: Vec<u64>,
    /// Then: for all hashes of an index, the greatest rank.
    registers: Vec<u8>,
}

#[aggregate]
impl ApproxDistinct {
    fn update(&mut self, value: Value<'_>) -> Result<()> {
        if let Some(hash) = hash(value)? {
            self.insert(hash);
        }
        Ok(())
    }

    fn merge(&mut self, mut other: Self) {
        if self.registers.len() < other.registers.len() {
            std::mem::swap(self, &mut other);
        }
        self.registers.iter_mut().zip(other.registers).for_each(|(mine, rank)| *mine = rank.max(*mine));
        other.hashes.into_iter().for_each(|hash| self.insert(hash));
    }

    fn evaluate(&self) -> i64 {
        if self.registers.is_empty() { self.hashes.len() as i64 } else { estimate(&self.registers).round() as i64 }
    }

    fn insert(&mut self, hash: u64) {
        if self.registers.is_empty() {
            if self.hashes.contains(&hash) {
                return;
            }
            if self.hashes.len() < FEW {
                return self.hashes.push(hash);
            }
            self.registers = vec![0; REGISTERS];
            std::mem::take(&mut self.hashes).into_iter().for_each(|hash| self.insert(hash));
        }
        let register = &mut self.registers[(hash >> RANK_BITS) as usize];
        // The bit after the last one ends the search.
        let rank = (hash << INDEX_BITS | 1 << (INDEX_BITS - 1)).leading_zeros() + 1;
        *register = (rank as u8).max(*register);
    }
}

/// Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6:
/// right over the whole range, without tables of corrections.
fn estimate(registers: &[u8]) -> f64 {
    let mut counts = [0.0; RANK_BITS + 2];
    registers.iter().for_each(|rank| counts[usize::from(*rank).min(RANK_BITS + 1)] += 1.0);
    let all = REGISTERS as f64;
    let mut z = all * tau(1.0 - counts[RANK_BITS + 1] / all);
    for count in counts[1..=RANK_BITS].iter().rev() {
        z = 0.5 * (z + count);
    }
    z += all * sigma(counts[0] / all);
    all * all / (2.0 * std::f64::consts::LN_2 * z)
}

/// x + Σ x^(2^k) 2^(k-1), which corrects for empty registers.
fn sigma(mut x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let (mut sum, mut scale) = (x, 1.0);
    loop {
        x *= x;
        let before = sum;
        sum += x * scale;
        if sum == before {
            return sum;
        }
        scale *= 2.0;
    }
}

/// (1 - x - Σ (1 - x^(2^-k))² 2^-k) / 3, which corrects for full registers.
fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut sum, mut scale) = (1.0 - x, 1.0);
    loop {
        x = x.sqrt();
        let before = sum;
        scale *= 0.5;
        sum -= (1.0 - x) * (1.0 - x) * scale;
        if sum == before {
            return sum / 3.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xxhash_rust::xxh3::xxh3_64;

    fn count(values: impl Iterator<Item = u64>) -> ApproxDistinct {
        let mut state = ApproxDistinct::default();
        values.for_each(|value| state.insert(xxh3_64(&value.to_le_bytes())));
        state
    }

    #[test]
    fn few_are_exact() {
        for n in [0, 1, 200, 256] {
            assert_eq!(count((0..n).chain(0..n)).evaluate(), n as i64);
        }
    }

    /// Three standard errors at most, where 4096 registers are hardly and where they are well filled.
    #[test]
    fn many_are_close() {
        for n in [257, 1000, 5000, 10_000, 20_000, 100_000, 1_000_000] {
            let found = count((0..n).chain(0..n / 2)).evaluate() as f64;
            assert!((found / n as f64 - 1.0).abs() < 3.0 * 0.0163, "{n}: {found}");
        }
    }

    #[test]
    fn parts_merge_to_the_whole() {
        for n in [100_u64, 1000, 30_000] {
            let whole = count(0..n).evaluate();
            for cut in [0, 10, n / 2, n - 10, n] {
                let mut merged = count(0..cut);
                merged.merge(count(cut / 2..n));
                assert_eq!(merged.evaluate(), whole, "{cut} of {n}");
            }
        }
    }

    #[test]
    fn every_hash_has_a_register_and_rank() {
        let mut state = count(0..1000);
        [0, u64::MAX, 1 << 51, (1 << 52) - 1].into_iter().for_each(|hash| state.insert(hash));
        assert_eq!(state.registers[0], RANK_BITS as u8 + 1);
    }
}
