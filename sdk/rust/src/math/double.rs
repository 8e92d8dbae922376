//! Numbers of twice the precision, with which the compiler makes tables. The sums and products of two floats, without
//! what rounding takes, are those of Knuth and Dekker.

/// The sum of two floats, of which the second is what the first lacks.
#[derive(Clone, Copy)]
pub(super) struct Double {
    pub(super) high: f64,
    pub(super) low: f64,
}

impl Double {
    pub(super) const fn new(high: f64, low: f64) -> Self {
        Self { high, low }
    }

    /// The exact sum of two floats.
    const fn sum(a: f64, b: f64) -> Self {
        let high = a + b;
        let of_b = high - a;
        Self { high, low: (a - (high - of_b)) + (b - of_b) }
    }

    /// The exact product of two floats.
    const fn product(a: f64, b: f64) -> Self {
        let (high, [a0, a1], [b0, b1]) = (a * b, halves(a), halves(b));
        Self { high, low: ((a0 * b0 - high) + a0 * b1 + a1 * b0) + a1 * b1 }
    }

    const fn plus(self, other: Self) -> Self {
        let sum = Self::sum(self.high, other.high);
        Self::sum(sum.high, sum.low + self.low + other.low)
    }

    pub(super) const fn times(self, factor: f64) -> Self {
        let product = Self::product(self.high, factor);
        Self::sum(product.high, product.low + self.low * factor)
    }

    const fn times_double(self, other: Self) -> Self {
        let product = Self::product(self.high, other.high);
        Self::sum(product.high, product.low + self.high * other.low + self.low * other.high)
    }

    const fn over(self, divisor: f64) -> Self {
        let quotient = self.high / divisor;
        let back = Self::product(quotient, divisor);
        Self::sum(quotient, ((self.high - back.high) - back.low + self.low) / divisor)
    }

    /// The same number, its first part cut to a multiple of `2^-digits`.
    pub(super) const fn cut(self, digits: u32) -> Self {
        let unit = 1.0 / (1u64 << digits) as f64;
        let high = (self.high / unit) as i64 as f64 * unit;
        Self { high, low: (self.high - high) + self.low }
    }

    /// `e^x`, for small `x`.
    pub(super) const fn exp(x: Self) -> Self {
        let (mut sum, mut term, mut n) = (Self::new(1.0, 0.0), Self::new(1.0, 0.0), 1);
        while n < 32 {
            term = term.times_double(x).over(n as f64);
            sum = sum.plus(term);
            n += 1;
        }
        sum
    }

    /// `ln(x)`, for `x` near 1, by the series of `artanh((x - 1) / (x + 1))`.
    pub(super) const fn ln(x: f64) -> Self {
        let t = Self::new(x - 1.0, 0.0).over(x + 1.0);
        let (mut sum, mut power, mut n) = (Self::new(0.0, 0.0), t, 1);
        while n < 80 {
            sum = sum.plus(power.over(n as f64));
            power = power.times_double(t).times_double(t);
            n += 2;
        }
        sum.times(2.0)
    }
}

/// A float as the sum of two of half its bits.
const fn halves(a: f64) -> [f64; 2] {
    let scaled = a * 134_217_729.0;
    let high = scaled - (scaled - a);
    [high, a - high]
}
