//! Pearson's correlation.

use polder_sdk::prelude::*;

/// Pearson's correlation coefficient of two values, from -1 to 1.
///
/// Rows in which either is null do not count. Null for fewer than two rows, or where all values of one
/// side are equal.
///
/// ```sql
/// SELECT {schema}.corr_pearson(x, y) FROM (VALUES (1, 2), (2, 4), (3, 6)) AS t(x, y)
/// -- 1.0
/// ```
#[aggregate]
#[derive(Default)]
struct CorrPearson {
    rows: i64,
    mean_x: f64,
    mean_y: f64,
    /// Sums of products of deviations from the means, as Welford computes them: stable where sums of
    /// squares would cancel out.
    xx: f64,
    yy: f64,
    xy: f64,
}

#[aggregate]
impl CorrPearson {
    fn update(&mut self, x: f64, y: f64) {
        self.merge(Self { rows: 1, mean_x: x, mean_y: y, ..Self::default() });
    }

    /// Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances".
    fn merge(&mut self, other: Self) {
        let rows = self.rows + other.rows;
        if rows == 0 {
            return;
        }
        let share = other.rows as f64 / rows as f64;
        let scale = self.rows as f64 * share;
        let (dx, dy) = (other.mean_x - self.mean_x, other.mean_y - self.mean_y);
        self.rows = rows;
        self.mean_x += dx * share;
        self.mean_y += dy * share;
        self.xx += other.xx + dx * dx * scale;
        self.yy += other.yy + dy * dy * scale;
        self.xy += other.xy + dx * dy * scale;
    }

    fn evaluate(&self) -> Option<f64> {
        let spread = (self.xx * self.yy).sqrt();
        (self.rows > 1 && spread != 0.0).then(|| (self.xy / spread).clamp(-1.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corr(rows: &[(f64, f64)]) -> CorrPearson {
        let mut state = CorrPearson::default();
        rows.iter().for_each(|(x, y)| state.update(*x, *y));
        state
    }

    /// Anscombe's first data set, whose correlation is famously 0.816.
    const ANSCOMBE: [(f64, f64); 11] = [
        (10.0, 8.04),
        (8.0, 6.95),
        (13.0, 7.58),
        (9.0, 8.81),
        (11.0, 8.33),
        (14.0, 9.96),
        (6.0, 7.24),
        (4.0, 4.26),
        (12.0, 10.84),
        (7.0, 4.82),
        (5.0, 5.68),
    ];

    #[test]
    fn anscombe() {
        assert!((corr(&ANSCOMBE).evaluate().unwrap() - 0.816_420_516_344_84).abs() < 1e-12);
    }

    #[test]
    fn parts_merge_to_the_whole() {
        for cut in 0..=ANSCOMBE.len() {
            let mut merged = corr(&ANSCOMBE[..cut]);
            merged.merge(corr(&ANSCOMBE[cut..]));
            assert!((merged.evaluate().unwrap() - 0.816_420_516_344_84).abs() < 1e-12, "{cut}");
        }
    }

    #[test]
    fn stable_far_from_zero() {
        let rows = ANSCOMBE.map(|(x, y)| (x + 1e9, y - 1e9));
        assert!((corr(&rows).evaluate().unwrap() - 0.816_420_516).abs() < 1e-6);
    }

    #[test]
    fn none() {
        assert_eq!(corr(&[]).evaluate(), None);
        assert_eq!(corr(&[(1.0, 2.0)]).evaluate(), None);
        assert_eq!(corr(&[(1.0, 2.0), (1.0, 3.0)]).evaluate(), None);
        assert_eq!(corr(&[(1.0, 2.0), (2.0, 0.0)]).evaluate(), Some(-1.0));
    }
}
