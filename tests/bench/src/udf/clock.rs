//! Times of two that take turns: the shortest counts, for what else the machine does can only add to it.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::Result;

/// The shortest times of both.
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub(super) ours: Duration,
    pub(super) theirs: Duration,
}

impl Pair {
    pub(super) const NONE: Pair = Pair { ours: Duration::MAX, theirs: Duration::MAX };
}

/// Rounds of calls that take microseconds, and how long a round is.
const ROUNDS: usize = 200;
const ROUND: Duration = Duration::from_millis(1);

/// One call of each.
pub(super) fn calls<A, B>(mut ours: impl FnMut() -> Result<A>, mut theirs: impl FnMut() -> Result<B>) -> Result<Pair> {
    let (our_calls, their_calls) = (in_a_round(&mut ours)?, in_a_round(&mut theirs)?);
    let mut best = Pair::NONE;
    for _ in 0..ROUNDS {
        best.ours = best.ours.min(round(our_calls, &mut ours)?);
        best.theirs = best.theirs.min(round(their_calls, &mut theirs)?);
    }
    Ok(best)
}

/// One call of what is compared with nothing.
pub(super) fn call<T>(mut f: impl FnMut() -> Result<T>) -> Result<Duration> {
    let calls = in_a_round(&mut f)?;
    (0..ROUNDS).try_fold(Duration::MAX, |best, _| Ok(best.min(round(calls, &mut f)?)))
}

/// Warms up, and tells how many calls make a round.
fn in_a_round<T>(f: &mut impl FnMut() -> Result<T>) -> Result<u32> {
    let mut once = Duration::MAX;
    for _ in 0..20 {
        once = once.min(round(1, f)?);
    }
    Ok((ROUND.as_nanos() / once.as_nanos().max(1)).clamp(1, 100_000) as u32)
}

/// The time of one of `calls` calls.
fn round<T>(calls: u32, f: &mut impl FnMut() -> Result<T>) -> Result<Duration> {
    let start = Instant::now();
    for _ in 0..calls {
        black_box(f()?);
    }
    Ok(start.elapsed() / calls)
}

/// What takes milliseconds or more, such as a statement: both warm up once, then take `runs` turns. Gives their
/// answers as well.
pub(super) async fn statements<T>(
    runs: usize,
    mut ours: impl AsyncFnMut() -> Result<T>,
    mut theirs: impl AsyncFnMut() -> Result<T>,
) -> Result<(Pair, T, T)> {
    let answers = (ours().await?, theirs().await?);
    let mut best = Pair::NONE;
    for _ in 0..runs.max(1) {
        let start = Instant::now();
        ours().await?;
        best.ours = best.ours.min(start.elapsed());
        let start = Instant::now();
        theirs().await?;
        best.theirs = best.theirs.min(start.elapsed());
    }
    Ok((best, answers.0, answers.1))
}
