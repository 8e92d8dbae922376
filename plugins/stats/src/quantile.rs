//! Quantiles of any number of values in little memory: Dunning's t-digest.

use polder_sdk::prelude::*;
use tdigests::{Centroid, TDigest};

/// A digest is compressed to this many centroids; the error is then below 1 % of the rank, and far less near both ends.
const CENTROIDS: usize = 200;

#[derive(Debug, thiserror::Error)]
#[error("a quantile is a number from 0 to 1, not {0}")]
struct NoQuantile(f64);

/// Values as centroids: where each is, and how many values it stands for.
#[derive(Default, Row)]
struct Digest {
    means: Vec<f64>,
    weights: Vec<f64>,
}

impl Digest {
    fn push(&mut self, mean: f64, weight: f64) {
        if !mean.is_finite() {
            return;
        }
        if self.means.len() >= 5 * CENTROIDS {
            let mut digest = self.sorted();
            digest.compress(CENTROIDS);
            self.means = digest.centroids().iter().map(|centroid| centroid.mean).collect();
            self.weights = digest.centroids().iter().map(|centroid| centroid.weight).collect();
        }
        self.means.push(mean);
        self.weights.push(weight);
    }

    fn merge(&mut self, other: Self) {
        other.means.into_iter().zip(other.weights).for_each(|(mean, weight)| self.push(mean, weight));
    }

    /// The values at these ranks; none when there is no value.
    fn quantiles(&self, ranks: &[f64]) -> Result<Option<Vec<f64>>, NoQuantile> {
        if let Some(rank) = ranks.iter().find(|rank| !(0.0..=1.0).contains(*rank)) {
            return Err(NoQuantile(*rank));
        }
        if self.means.is_empty() {
            return Ok(None);
        }
        let digest = self.sorted();
        Ok(Some(ranks.iter().map(|rank| digest.estimate_quantile(*rank)).collect()))
    }

    fn sorted(&self) -> TDigest {
        let centroids = self.means.iter().zip(&self.weights).map(|(mean, weight)| Centroid::new(*mean, *weight));
        TDigest::from_centroids(centroids.collect())
    }
}

/// The value below which the part `q` of all values lies: 0.5 is the median, 0 the least, 1 the greatest.
///
/// Up to 1000 values it is exact (interpolated between neighbours, as `percentile_cont`), above that
/// a t-digest of 200 to 1000 centroids estimates it. Nulls and numbers that are not finite do not count; null where there is no value.
/// `q` is a constant; an error if it is not between 0 and 1.
///
/// ```sql
/// SELECT {schema}.approx_quantile(value, 0.5) FROM generate_series(1, 101)
/// -- 51.0
/// ```
#[aggregate]
#[derive(Default)]
struct ApproxQuantile {
    digest: Digest,
}

#[aggregate]
impl ApproxQuantile {
    fn update(&mut self, value: f64, _q: f64) {
        self.digest.push(value, 1.0);
    }

    fn merge(&mut self, other: Self) {
        self.digest.merge(other.digest);
    }

    fn evaluate(&self, q: f64) -> Result<Option<f64>, NoQuantile> {
        Ok(self.digest.quantiles(&[q])?.map(|values| values[0]))
    }
}

/// Several quantiles at once, in the order of the list `qs`; see `approx_quantile`.
///
/// ```sql
/// SELECT array_to_string({schema}.approx_quantiles(value, [0.5, 0.9]), ' ') FROM generate_series(1, 101)
/// -- 51 91
/// ```
#[aggregate]
#[derive(Default)]
struct ApproxQuantiles {
    digest: Digest,
}

#[aggregate]
impl ApproxQuantiles {
    fn update(&mut self, value: f64, _qs: &[f64]) {
        self.digest.push(value, 1.0);
    }

    fn merge(&mut self, other: Self) {
        self.digest.merge(other.digest);
    }

    fn evaluate(&self, qs: &[f64]) -> Result<Option<Vec<f64>>, NoQuantile> {
        self.digest.quantiles(qs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(values: impl IntoIterator<Item = f64>) -> ApproxQuantile {
        let mut state = ApproxQuantile::default();
        values.into_iter().for_each(|value| state.update(value, 0.5));
        state
    }

    /// What numpy.quantile returns.
    #[test]
    fn few_values_are_exact() {
        let state = digest([3.0, 1.0, f64::NAN, 2.0, f64::INFINITY, 10.0]);
        for (q, expected) in [(0.0, 1.0), (0.25, 1.75), (0.5, 2.5), (0.9, 7.9), (1.0, 10.0)] {
            let found = state.evaluate(q).unwrap().unwrap();
            assert!((found - expected).abs() < 1e-12, "{q}: {found}");
        }
        assert_eq!(digest([5.0]).evaluate(0.3).unwrap(), Some(5.0));
        assert_eq!(digest([]).evaluate(0.3).unwrap(), None);
    }

    /// 100,000 values in an order that is neither sorted nor random, in one go and merged from ten parts.
    #[test]
    fn many_values_are_close() {
        let values: Vec<f64> = (0..100_000_u64).map(|i| (i * 7919 % 100_000) as f64).collect();
        let mut merged = ApproxQuantile::default();
        values.chunks(10_000).for_each(|part| merged.merge(digest(part.iter().copied())));
        for state in [digest(values), merged] {
            assert!(state.digest.means.len() <= 5 * CENTROIDS);
            for q in [0.001_f64, 0.01, 0.25, 0.5, 0.75, 0.99, 0.999] {
                let found = state.evaluate(q).unwrap().unwrap() / 100_000.0;
                assert!((found - q).abs() < 0.02 * (q * (1.0 - q)).sqrt(), "{q}: {found}");
            }
            assert_eq!(state.evaluate(0.0).unwrap(), Some(0.0));
            assert_eq!(state.evaluate(1.0).unwrap(), Some(99_999.0));
        }
    }

    #[test]
    fn several_at_once() {
        let mut state = ApproxQuantiles::default();
        assert_eq!(state.evaluate(&[0.5]).unwrap(), None);
        (1..=5).for_each(|value| state.update(value.into(), &[]));
        assert_eq!(state.evaluate(&[0.75, 0.5]).unwrap(), Some(vec![4.0, 3.0]));
        assert_eq!(state.evaluate(&[]).unwrap(), Some(vec![]));
    }

    #[test]
    fn refused() {
        for q in [-0.1, 1.1, f64::NAN] {
            assert!(digest([1.0]).evaluate(q).is_err(), "{q}");
            assert!(ApproxQuantiles::default().evaluate(&[0.5, q]).is_err(), "{q}");
        }
    }
}
