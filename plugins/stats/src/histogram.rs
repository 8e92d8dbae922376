//! Histograms.

use polder_sdk::prelude::*;

/// A bin of a histogram; the first is 1. A value belongs to it from `low` up to, but not including, `high`;
/// in the last bin `high` is included.
#[derive(Row, Debug, PartialEq)]
struct Bin {
    bin: i64,
    low: f64,
    high: f64,
    count: i64,
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("a histogram has 1 to 10000 bins, not {0}")]
    Bins(i64),
    #[error("a histogram needs finite values, not {0}")]
    Value(f64),
}

/// How many of the values fall into each of `bins` bins of equal width, from the least to the greatest.
///
/// Nulls in the list do not count; without any value there is no bin. Where all values are equal,
/// the bins reach from half below to half above (as in NumPy).
///
/// ```sql
/// SELECT * FROM {schema}.histogram([1.0, 2.0, 5.0], 2)
/// -- bin,low,high,count
/// -- 1,1.0,3.0,2
/// -- 2,3.0,5.0,1
/// ```
#[table]
fn histogram(values: Vec<Option<f64>>, bins: i64) -> Result<impl Iterator<Item = Bin>, Error> {
    if !(1..=10_000).contains(&bins) {
        return Err(Error::Bins(bins));
    }
    let values: Vec<f64> = values.into_iter().flatten().collect();
    if let Some(value) = values.iter().find(|value| !value.is_finite()) {
        return Err(Error::Value(*value));
    }
    let (mut low, mut high) = values
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(*value), high.max(*value)));
    if low == high {
        (low, high) = (low - 0.5, high + 0.5);
    }
    // Weighted from both ends, so that the last edge is exactly the greatest value, without overflow.
    let edge = move |i: i64| {
        let part = i as f64 / bins as f64;
        low * (1.0 - part) + high * part
    };
    let mut counts = vec![0; bins as usize];
    for value in &values {
        let guess = ((value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0) * bins as f64) as i64;
        let mut bin = guess.clamp(0, bins - 1);
        // Rounding can put a value that is on an edge on its wrong side.
        if *value < edge(bin) {
            bin -= 1;
        } else if bin < bins - 1 && *value >= edge(bin + 1) {
            bin += 1;
        }
        counts[bin.max(0) as usize] += 1;
    }
    let bins =
        counts.into_iter().zip(0..).map(move |(count, i)| Bin { bin: i + 1, low: edge(i), high: edge(i + 1), count });
    Ok(bins.take(if values.is_empty() { 0 } else { usize::MAX }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(values: &[f64], bins: i64) -> Vec<(f64, f64, i64)> {
        let values = values.iter().copied().map(Some).collect();
        histogram(values, bins).unwrap().map(|bin| (bin.low, bin.high, bin.count)).collect()
    }

    /// What numpy.histogram returns.
    #[test]
    fn as_numpy() {
        assert_eq!(counts(&[1.0, 2.0, 2.0, 3.0, 5.0], 4), [(1.0, 2.0, 1), (2.0, 3.0, 2), (3.0, 4.0, 1), (4.0, 5.0, 1)]);
        assert_eq!(counts(&[7.0, 7.0], 2), [(6.5, 7.0, 0), (7.0, 7.5, 2)]);
        assert_eq!(counts(&[-f64::MAX, f64::MAX], 2), [(-f64::MAX, 0.0, 1), (0.0, f64::MAX, 1)]);
        assert_eq!(counts(&[0.1, 0.2, 0.3], 3).iter().map(|bin| bin.2).collect::<Vec<_>>(), [1, 1, 1]);
        assert_eq!(counts(&[], 2), []);
    }

    #[test]
    fn nulls_do_not_count() {
        let bins: Vec<Bin> = histogram(vec![None, Some(1.0), None, Some(2.0)], 1).unwrap().collect();
        assert_eq!(bins, [Bin { bin: 1, low: 1.0, high: 2.0, count: 2 }]);
    }

    #[test]
    fn refused() {
        assert!(histogram(vec![Some(1.0)], 0).is_err());
        assert!(histogram(vec![Some(1.0)], 10_001).is_err());
        assert!(histogram(vec![Some(f64::NAN)], 1).is_err());
    }
}
