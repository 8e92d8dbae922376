//! Shannon's entropy.

use polder_sdk::prelude::*;

use crate::hash::hash;

/// How often a value was seen; a 64-bit hash stands for it.
#[derive(Row)]
struct Count {
    hash: u64,
    count: i64,
}

/// Shannon's entropy of values in bits: 0 where all are equal, log2(n) where n values are equally frequent.
///
/// Of any type but decimals and nested ones. Nulls do not count; null where there is no value. Memory grows with the number of different values.
///
/// ```sql
/// SELECT {schema}.entropy(coin) FROM (VALUES ('heads'), ('tails')) AS t(coin)
/// -- 1.0
/// ```
#[aggregate]
#[derive(Default)]
struct Entropy {
    counts: Vec<Count>,
}

#[aggregate]
impl Entropy {
    fn update(&mut self, value: Value<'_>) -> Result<()> {
        if let Some(hash) = hash(value)? {
            self.push(Count { hash, count: 1 });
        }
        Ok(())
    }

    fn merge(&mut self, other: Self) {
        other.counts.into_iter().for_each(|count| self.push(count));
    }

    fn evaluate(&mut self) -> Option<f64> {
        let counts = settle(std::mem::take(&mut self.counts));
        let all: i64 = counts.iter().map(|count| count.count).sum();
        let share = |count: &Count| count.count as f64 / all as f64;
        (all > 0).then(|| counts.iter().map(|count| -share(count) * share(count).log2()).sum::<f64>().abs())
    }

    /// Counts of equal values are added up only when memory for more would be needed.
    fn push(&mut self, count: Count) {
        if self.counts.len() == self.counts.capacity() {
            self.counts = settle(std::mem::take(&mut self.counts));
            self.counts.reserve_exact(self.counts.len().max(64));
        }
        self.counts.push(count);
    }
}

/// One count for each value.
fn settle(mut counts: Vec<Count>) -> Vec<Count> {
    counts.sort_unstable_by_key(|count| count.hash);
    counts.dedup_by(|next, kept| {
        let same = next.hash == kept.hash;
        kept.count += if same { next.count } else { 0 };
        same
    });
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use xxhash_rust::xxh3::xxh3_64;

    fn entropy(values: &[&str]) -> Entropy {
        let mut state = Entropy::default();
        values.iter().for_each(|value| state.push(Count { hash: xxh3_64(value.as_bytes()), count: 1 }));
        state
    }

    #[test]
    fn known() {
        assert_eq!(entropy(&[]).evaluate(), None);
        assert_eq!(entropy(&["a"]).evaluate(), Some(0.0));
        assert_eq!(entropy(&["a", "a", "a"]).evaluate(), Some(0.0));
        assert_eq!(entropy(&["heads", "tails"]).evaluate(), Some(1.0));
        assert_eq!(entropy(&["a", "b", "c", "d"].repeat(1000)).evaluate(), Some(2.0));
        // 1/4 log2 4 + 3/4 log2 4/3
        assert!((entropy(&["a", "b", "b", "b"]).evaluate().unwrap() - 0.811_278_124_459_133).abs() < 1e-12);
    }

    #[test]
    fn merged_and_bounded() {
        let mut state = Entropy::default();
        for _ in 0..1000 {
            state.merge(entropy(&["a", "b", "b", "b"]));
        }
        assert!((state.evaluate().unwrap() - 0.811_278_124_459_133).abs() < 1e-12);
        assert!(state.counts.capacity() <= 128);
    }
}
