//! `exp` and `ln`, for WebAssembly.
//!
//! There `f64::exp` and `f64::ln` call functions that the compiler brings along: portable ones of long ago, which divide,
//! and which take twice as long as those of today's C libraries. These are made as the latter are: a table brings the
//! argument close to where a short polynomial does (P. T. P. Tang, 1989 and 1990). They take the names that the compiler
//! calls, so that authors go on writing `x.exp()`. Results are within a unit in the last place.
//!
//! There is no crate to do it: `libm` is what the compiler brings, and `pxfm`, which rounds correctly, takes half as long
//! again as these for `exp`, and more than `libm` for `ln`.

mod double;

use double::Double;

/// 2^52 and a half of it: to add it to a number below 2^51 rounds that to an integer, which is in the last bits.
const SHIFT: f64 = 6_755_399_441_055_744.0;
/// Bits of a table's index.
const INDEX: u32 = 7;
const ENTRIES: usize = 1 << INDEX;
/// Where an index begins in a fraction.
const BELOW: u32 = 52 - INDEX;

/// The natural logarithm of 2.
const LN_2: Double = Double::ln(2.0);

/// `ln(2) / 128` in two parts, of which the first times any number of steps is exact.
const STEP: Double = Double::new(LN_2.high / ENTRIES as f64, LN_2.low / ENTRIES as f64).cut(36);

/// For each of 128 steps from 1 to 2: the bits of `2^(i / 128)`, less those that the number of steps will add, and what the
/// rounded power lacks, in units of it.
static POWERS: [(u64, f64); ENTRIES] = {
    let mut table = [(0, 0.0); ENTRIES];
    let mut i = 0;
    while i < ENTRIES {
        let power = Double::exp(LN_2.times(i as f64 / ENTRIES as f64));
        table[i] = (power.high.to_bits().wrapping_sub((i as u64) << BELOW), power.low / power.high);
        i += 1;
    }
    table
};

/// Where the table of logarithms begins: at the bits of 0.6875, half of where it ends.
const FIRST: u64 = 0x3FE6_0000_0000_0000;

/// `ln(2)` in two parts, of which the first times any exponent is exact.
const LN_2_CUT: Double = LN_2.cut(42);

/// For each of 128 intervals from 0.6875 to 1.375: a number of few bits whose product with whatever is in the interval
/// is close to 1, and less its logarithm, in two parts. Beside 1 itself it is 1.
static LOGARITHMS: [(f64, Double); ENTRIES] = {
    let mut table = [(1.0, Double::new(0.0, 0.0)); ENTRIES];
    let mut i = 0;
    while i < ENTRIES {
        let (from, to) = (interval(i), interval(i + 1));
        if to != 1.0 && from != 1.0 {
            let inverse = (1024.0 / (from + to) + SHIFT - SHIFT) / 512.0;
            let logarithm = Double::ln(inverse);
            table[i] = (inverse, Double::new(-logarithm.high, -logarithm.low).cut(42));
        }
        i += 1;
    }
    table
};

/// Where interval number `i` of the table of logarithms begins.
const fn interval(i: usize) -> f64 {
    f64::from_bits(FIRST + ((i as u64) << BELOW))
}

/// The exponential function.
#[cfg_attr(target_family = "wasm", unsafe(no_mangle))]
pub(crate) extern "C" fn exp(x: f64) -> f64 {
    let shifted = x * (1.0 / (STEP.high + STEP.low)) + SHIFT;
    let steps = shifted - SHIFT;
    let r = (x - steps * STEP.high) - steps * STEP.low;
    let (power, rest) = POWERS[shifted.to_bits() as usize % ENTRIES];
    let power = power.wrapping_add(shifted.to_bits() << BELOW);
    let r2 = r * r;
    let more = rest + r + r2 * (1.0 / 2.0 + r * (1.0 / 6.0)) + r2 * r2 * (1.0 / 24.0 + r * (1.0 / 120.0));
    if x.abs() < 708.0 {
        let power = f64::from_bits(power);
        return power + power * more;
    }
    extreme(x, power, more)
}

/// What overflows, or loses bits as it underflows, or is no number.
#[cold]
fn extreme(x: f64, power: u64, more: f64) -> f64 {
    // 2^64 apart from the result, where there is room.
    let scaled = |room: i64, back: f64| {
        let power = f64::from_bits(power.wrapping_add_signed(room << 52));
        (power + power * more) * back
    };
    match x {
        x if x.is_nan() => x,
        x if x > 710.0 => f64::INFINITY,
        x if x < -746.0 => 0.0,
        x if x > 0.0 => scaled(-64, (1u128 << 64) as f64),
        _ => scaled(64, 1.0 / (1u128 << 64) as f64),
    }
}

/// The natural logarithm.
#[cfg_attr(target_family = "wasm", unsafe(export_name = "log"))]
pub(crate) extern "C" fn ln(x: f64) -> f64 {
    let normal = f64::MIN_POSITIVE.to_bits()..f64::INFINITY.to_bits();
    if normal.contains(&x.to_bits()) {
        return ln_of_normal(x.to_bits(), 0.0);
    }
    match x {
        0.0 => f64::NEG_INFINITY,
        x if x < 0.0 => f64::NAN,
        x if x < f64::MIN_POSITIVE => ln_of_normal((x * (1u64 << 52) as f64).to_bits(), -52.0),
        _ => x,
    }
}

/// Of a number, given as its bits, times a power of 2.
#[inline]
fn ln_of_normal(bits: u64, exponent: f64) -> f64 {
    let past = bits.wrapping_sub(FIRST);
    let exponent = exponent + f64::from((past as i64 >> 52) as i32);
    let z = bits.wrapping_sub(past & 0xFFF << 52);
    let (inverse, logarithm) = LOGARITHMS[(past >> BELOW) as usize % ENTRIES];
    // Both products are exact, so there is one rounding.
    let high = f64::from_bits(z & !0x7FF_FFFF);
    let low = f64::from_bits(z) - high;
    let r = (high * inverse - 1.0) + low * inverse;
    let base = exponent * LN_2_CUT.high + logarithm.high;
    let sum = base + r;
    let lost = (base - sum) + r + (exponent * LN_2_CUT.low + logarithm.low);
    let r2 = r * r;
    let series = (-1.0 / 2.0 + r * (1.0 / 3.0))
        + r2 * ((-1.0 / 4.0 + r * (1.0 / 5.0)) + r2 * ((-1.0 / 6.0 + r * (1.0 / 7.0)) - r2 * (1.0 / 8.0)));
    lost + r2 * series + sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units in the last place from one number to another.
    fn apart(a: f64, b: f64) -> u64 {
        if a.is_nan() && b.is_nan() { 0 } else { (a.to_bits() as i64).abs_diff(b.to_bits() as i64) }
    }

    /// Numbers from `from` to `to`, in steps that hit no pattern.
    fn numbers(from: f64, to: f64) -> impl Iterator<Item = f64> {
        (0..400_000).map(move |i| from + (to - from) * (f64::from(i) * 0.618_033_988_749_894_9).fract())
    }

    #[test]
    fn results_are_those_of_the_standard_library() {
        for x in numbers(-746.0, 711.0).chain(numbers(-1.0, 1.0)).chain(numbers(-1e-9, 1e-9)) {
            assert!(apart(exp(x), x.exp()) <= 1, "exp({x:e}) = {:e}, not {:e}", exp(x), x.exp());
        }
        let wide = numbers(-745.0, 709.0).map(f64::exp);
        for x in wide.chain(numbers(0.5, 2.0)).chain(numbers(0.99, 1.01)).chain(numbers(1e-320, 1e-300)) {
            assert!(apart(ln(x), x.ln()) <= 1, "ln({x:e}) = {:e}, not {:e}", ln(x), x.ln());
        }
    }

    #[test]
    fn extremes_are_those_of_the_standard_library() {
        let max = f64::MAX;
        for x in [0.0, -0.0, 1.0, -1.0, f64::INFINITY, -f64::INFINITY, f64::NAN, max, -max, 5e-324, -5e-324, 1e-310] {
            assert_eq!(apart(exp(x), x.exp()), 0, "exp({x:e})");
            assert_eq!(apart(ln(x), x.ln()), 0, "ln({x:e})");
        }
        let nearest =
            [709.782712893384, 709.7827128933841, -745.1332191019411, -745.1332191019412, -708.4, 708.0, -708.0];
        for x in nearest {
            assert!(apart(exp(x), x.exp()) <= 1, "exp({x:e})");
        }
    }
}
