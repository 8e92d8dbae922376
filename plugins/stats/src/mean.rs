//! The weighted mean.

use polder_sdk::prelude::*;

#[derive(Debug, thiserror::Error)]
#[error("a weight is a number that is not negative, not {0}")]
struct NoWeight(f64);

/// The mean of values of different weight: the sum of value times weight over the sum of weights.
///
/// Rows in which either is null do not count. Null where all weights are zero; a negative weight is an error.
///
/// ```sql
/// SELECT {schema}.weighted_mean(price, pieces) FROM (VALUES (10, 1), (20, 3)) AS t(price, pieces)
/// -- 17.5
/// ```
#[aggregate]
#[derive(Default)]
struct WeightedMean {
    mean: f64,
    weight: f64,
}

#[aggregate]
impl WeightedMean {
    fn update(&mut self, value: f64, weight: f64) -> Result<(), NoWeight> {
        if !(weight >= 0.0 && weight.is_finite()) {
            return Err(NoWeight(weight));
        }
        self.merge(Self { mean: value, weight });
        Ok(())
    }

    fn merge(&mut self, other: Self) {
        if other.weight > 0.0 {
            self.weight += other.weight;
            self.mean += (other.mean - self.mean) * (other.weight / self.weight);
        }
    }

    fn evaluate(&self) -> Option<f64> {
        (self.weight > 0.0).then_some(self.mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(rows: &[(f64, f64)]) -> WeightedMean {
        let mut state = WeightedMean::default();
        rows.iter().for_each(|(value, weight)| state.update(*value, *weight).unwrap());
        state
    }

    #[test]
    fn known() {
        assert_eq!(mean(&[(10.0, 1.0), (20.0, 3.0)]).evaluate(), Some(17.5));
        assert_eq!(mean(&[(10.0, 1.0), (f64::NAN, 0.0)]).evaluate(), Some(10.0));
        assert_eq!(mean(&[(10.0, 0.0)]).evaluate(), None);
        assert_eq!(mean(&[]).evaluate(), None);
        let mut merged = mean(&[(10.0, 1.0)]);
        merged.merge(mean(&[]));
        merged.merge(mean(&[(20.0, 3.0)]));
        assert_eq!(merged.evaluate(), Some(17.5));
    }

    #[test]
    fn refused() {
        for weight in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(WeightedMean::default().update(1.0, weight).is_err());
        }
    }
}
