//! Quantiles of any number of values in little memory: Dunning's t-digest.

use tdigests::{Centroid, TDigest};

/// A digest is compressed to this many centroids; the error is then below 1 % of the rank, and far less near both ends.
const CENTROIDS: usize = 200;

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("a quantile is a number from 0 to 1, not {0}")]
    Quantile(f64),
    #[error("the quantile must be the same in all rows of a group, but here are {0} and {1}")]
    Different(f64, f64),
    #[error("the list of quantiles must be the same in all rows of a group")]
    DifferentLists,
}

/// Values as centroids: where it is, and how many values it stands for. Up to `CENTROIDS` values are all kept.
#[derive(Default)]
struct Digest {
    means: Vec<f64>,
    weights: Vec<f64>,
}

impl Digest {
    fn push(&mut self, mean: f64, weight: f64) {
        if mean.is_nan() {
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
    fn quantiles(&self, ranks: &[f64]) -> Option<Vec<f64>> {
        (!self.means.is_empty()).then(|| {
            let digest = self.sorted();
            ranks.iter().map(|rank| digest.estimate_quantile(*rank)).collect()
        })
    }

    fn sorted(&self) -> TDigest {
        let centroids = self.means.iter().zip(&self.weights).map(|(mean, weight)| Centroid::new(*mean, *weight));
        TDigest::from_centroids(centroids.collect())
    }
}

/// The value below which the part `q` of all values lies: 0.5 is the median, 0 the least, 1 the greatest.
///
/// Up to 1000 values it is exact (interpolated between neighbours, as `percentile_cont`), above that
/// a t-digest of 200 to 1000 centroids estimates it. Nulls and NaN do not count; null where there is no value.
/// An error if `q` is not between 0 and 1, or not the same in all rows of a group.
#[derive(Default)]
struct ApproxQuantile {
    q: Option<f64>,
    digest: Digest,
}

impl ApproxQuantile {
    fn update(&mut self, value: f64, q: f64) -> Result<(), Error> {
        match self.q {
            Some(before) if before == q => {}
            Some(before) => return Err(Error::Different(before, q)),
            None => self.q = Some(rank(q)?),
        }
        self.digest.push(value, 1.0);
        Ok(())
    }

    fn merge(&mut self, other: Self) {
        self.q = self.q.or(other.q);
        self.digest.merge(other.digest);
    }

    fn evaluate(&self) -> Option<f64> {
        self.digest.quantiles(&[self.q?])?.pop()
    }
}

/// Several quantiles at once, in the order of the list `qs`; see `approx_quantile`.
#[derive(Default)]
struct ApproxQuantiles {
    qs: Option<Vec<f64>>,
    digest: Digest,
}

impl ApproxQuantiles {
    fn update(&mut self, value: f64, qs: Vec<f64>) -> Result<(), Error> {
        match &self.qs {
            Some(before) if *before == qs => {}
            Some(_) => return Err(Error::DifferentLists),
            None => self.qs = Some(qs.into_iter().map(rank).collect::<Result<_, _>>()?),
        }
        self.digest.push(value, 1.0);
        Ok(())
    }

    fn merge(&mut self, other: Self) {
        self.qs = self.qs.take().or(other.qs);
        self.digest.merge(other.digest);
    }

    fn evaluate(&self) -> Option<Vec<f64>> {
        self.digest.quantiles(self.qs.as_deref()?)
    }
}

fn rank(q: f64) -> Result<f64, Error> {
    if (0.0..=1.0).contains(&q) { Ok(q) } else { Err(Error::Quantile(q)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantile(values: impl IntoIterator<Item = f64>, q: f64) -> ApproxQuantile {
        let mut state = ApproxQuantile::default();
        values.into_iter().for_each(|value| state.update(value, q).unwrap());
        state
    }

    /// What numpy.quantile returns.
    #[test]
    fn few_values_are_exact() {
        let values = [3.0, 1.0, f64::NAN, 2.0, 10.0];
        for (q, expected) in [(0.0, 1.0), (0.25, 1.75), (0.5, 2.5), (0.9, 7.9), (1.0, 10.0)] {
            let found = quantile(values, q).evaluate().unwrap();
            assert!((found - expected).abs() < 1e-12, "{q}: {found}");
        }
        assert_eq!(quantile([5.0], 0.3).evaluate(), Some(5.0));
        assert_eq!(quantile([], 0.3).evaluate(), None);
    }

    /// 100,000 values in an order that is neither sorted nor random, in one go and merged from ten parts.
    #[test]
    fn many_values_are_close() {
        let values: Vec<f64> = (0..100_000_u64).map(|i| (i * 7919 % 100_000) as f64).collect();
        for q in [0.001, 0.01, 0.25, 0.5, 0.75, 0.99, 0.999] {
            let mut merged = ApproxQuantile::default();
            values.chunks(10_000).for_each(|part| merged.merge(quantile(part.iter().copied(), q)));
            for state in [quantile(values.iter().copied(), q), merged] {
                let found = state.evaluate().unwrap() / 100_000.0;
                let allowed = 0.02 * (q * (1.0 - q)).sqrt();
                assert!((found - q).abs() < allowed, "{q}: {found}");
                assert!(state.digest.means.len() <= 5 * CENTROIDS);
            }
        }
        assert_eq!(quantile(values.iter().copied(), 0.0).evaluate(), Some(0.0));
        assert_eq!(quantile(values, 1.0).evaluate(), Some(99_999.0));
    }

    #[test]
    fn several_at_once() {
        let mut state = ApproxQuantiles::default();
        assert_eq!(state.evaluate(), None);
        (1..=5).for_each(|value| state.update(value.into(), vec![0.75, 0.5]).unwrap());
        assert_eq!(state.evaluate(), Some(vec![4.0, 3.0]));
        assert!(state.update(1.0, vec![0.5]).is_err());
    }

    #[test]
    fn refused() {
        for q in [-0.1, 1.1, f64::NAN] {
            assert!(ApproxQuantile::default().update(1.0, q).is_err(), "{q}");
            assert!(ApproxQuantiles::default().update(1.0, vec![q]).is_err(), "{q}");
        }
        assert!(quantile([1.0], 0.5).update(1.0, 0.6).is_err());
    }
}
