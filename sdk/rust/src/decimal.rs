//! Exact decimal numbers.

use std::fmt;

/// A number with `P` digits in all, `S` of them behind the point, as a count of units of 10^-`S`:
/// `Decimal::<10, 2>(1234)` is 12.34.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal<const P: u8, const S: i8>(pub i128);

impl<const P: u8, const S: i8> Decimal<P, S> {
    /// The nearest floating-point number.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / 10f64.powi(i32::from(S))
    }
}

impl<const P: u8, const S: i8> fmt::Display for Decimal<P, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&digits(self.0, S))
    }
}

/// The digits of `units` of 10^-`scale`.
pub(crate) fn digits(units: i128, scale: i8) -> String {
    let places = usize::from(scale.unsigned_abs());
    if scale <= 0 {
        return format!("{units}{}", "0".repeat(if units == 0 { 0 } else { places }));
    }
    let digits = format!("{:0width$}", units.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    format!("{}{whole}.{fraction}", if units < 0 { "-" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_its_digits() {
        assert_eq!(Decimal::<10, 2>(-5).to_string(), "-0.05");
        assert_eq!(Decimal::<10, 2>(123_456).to_string(), "1234.56");
        assert_eq!(Decimal::<10, 0>(7).to_string(), "7");
        assert_eq!(Decimal::<3, -2>(7).to_string(), "700");
        assert_eq!(Decimal::<10, 2>(123_456).to_f64(), 1234.56);
    }
}
