//! Aggregate functions: fixed and growing states, constants at the end.

use polder_sdk::prelude::*;

/// Pearson's correlation.
///
/// ```sql
/// SELECT {schema}.corr(x, y) FROM (VALUES (1.0, 2.0), (2.0, 4.0)) AS t(x, y)
/// -- 1.0
/// ```
#[aggregate]
#[derive(Default)]
struct Corr {
    n: i64,
    x: f64,
    y: f64,
    xx: f64,
    yy: f64,
    xy: f64,
}

#[aggregate]
impl Corr {
    fn update(&mut self, x: f64, y: f64) {
        self.merge(Corr { n: 1, x, y, xx: x * x, yy: y * y, xy: x * y });
    }

    fn merge(&mut self, other: Self) {
        self.n += other.n;
        self.x += other.x;
        self.y += other.y;
        self.xx += other.xx;
        self.yy += other.yy;
        self.xy += other.xy;
    }

    fn evaluate(&self) -> Option<f64> {
        let n = self.n as f64;
        let spread = ((n * self.xx - self.x * self.x) * (n * self.yy - self.y * self.y)).sqrt();
        (spread > 0.0).then(|| (n * self.xy - self.x * self.y) / spread)
    }
}

/// The value at a rank from 0 to 1, which must be a constant.
#[aggregate(name = "exact_quantile")]
#[derive(Default)]
struct Quantile {
    values: Vec<f64>,
}

#[aggregate]
impl Quantile {
    fn update(&mut self, value: f64, _rank: f64) {
        self.values.push(value);
    }

    fn merge(&mut self, mut other: Self) {
        self.values.append(&mut other.values);
    }

    fn evaluate(&mut self, rank: f64) -> Result<Option<f64>, String> {
        if !(0.0..=1.0).contains(&rank) {
            return Err(format!("a rank is a number from 0 to 1, not {rank}"));
        }
        self.values.sort_by(f64::total_cmp);
        Ok(self.values.get((rank * self.values.len().saturating_sub(1) as f64).round() as usize).copied())
    }
}

/// The texts of a group, nulls as question marks.
#[aggregate]
#[derive(Default)]
struct Joined {
    text: Option<String>,
}

#[aggregate]
impl Joined {
    fn update(&mut self, text: Option<&str>) -> Result<(), &'static str> {
        if text == Some("forbidden") {
            return Err("this text is forbidden");
        }
        self.merge(Joined { text: Some(text.unwrap_or("?").to_owned()) });
        Ok(())
    }

    fn merge(&mut self, other: Self) {
        let Some(other) = other.text else { return };
        self.text = Some(self.text.take().map_or(other.clone(), |text| format!("{text},{other}")));
    }

    fn evaluate(&self) -> Option<String> {
        self.text.clone()
    }
}
