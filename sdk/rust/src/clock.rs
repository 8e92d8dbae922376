//! The time.

use crate::Timestamp;
use crate::host::clock;

/// The moment, to the millisecond; it never goes back within a run.
pub fn now() -> Timestamp {
    timestamp(clock::now())
}

/// The moment so many milliseconds after 1970 began.
pub(crate) fn timestamp(millis: u64) -> Timestamp {
    Timestamp(i64::try_from(millis).map_or(i64::MAX, |millis| millis.saturating_mul(1_000)))
}
