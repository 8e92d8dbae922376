//! What is done to a row. polder-bench compiles this file as well, for its native functions.

pub fn add(a: i64, b: i64) -> i64 {
    a.wrapping_add(b)
}

pub fn upper(text: &str) -> String {
    text.to_ascii_uppercase()
}

/// `upper` of many texts at once, in rounds of 64 bytes: a guest is interrupted at the end of a round only.
pub fn upper_all(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let (blocks, rest) = bytes.as_chunks_mut::<64>();
    blocks.iter_mut().for_each(|block| block.make_ascii_uppercase());
    rest.make_ascii_uppercase();
    // SAFETY: text in which ASCII letters were replaced by ASCII letters is still text.
    unsafe { String::from_utf8_unchecked(bytes) }
}

/// The greatest common divisor.
pub fn gcd(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

pub fn gcd_int(mut a: i32, mut b: i32) -> i32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// What a European call option is worth after Black and Scholes, with the standard library's functions: those of the
/// system's C library natively, those of a Rust crate in WebAssembly.
pub fn black_scholes(spot: f64, strike: f64, years: f64, rate: f64, volatility: f64) -> f64 {
    price([spot, strike, years, rate, volatility], f64::ln, f64::exp)
}

/// The same with that crate everywhere.
pub fn black_scholes_libm(spot: f64, strike: f64, years: f64, rate: f64, volatility: f64) -> f64 {
    price([spot, strike, years, rate, volatility], libm::log, libm::exp)
}

#[inline]
fn price(
    [spot, strike, years, rate, volatility]: [f64; 5],
    ln: impl Fn(f64) -> f64,
    exp: impl Fn(f64) -> f64 + Copy,
) -> f64 {
    let deviation = volatility * years.sqrt();
    let d1 = (ln(spot / strike) + (rate + volatility * volatility / 2.0) * years) / deviation;
    let d2 = d1 - deviation;
    spot * normal(d1, exp) - strike * exp(-rate * years) * normal(d2, exp)
}

/// The normal distribution's cumulative probability, to seven digits (Abramowitz and Stegun, 26.2.17).
#[inline]
fn normal(x: f64, exp: impl Fn(f64) -> f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let polynomial =
        t * (0.319_381_530 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let tail = 0.398_942_280_401_432_7 * exp(-x * x / 2.0) * polynomial;
    if x < 0.0 { tail } else { 1.0 - tail }
}
