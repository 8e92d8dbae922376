//! Points in time, as counts since 1970 in the proleptic Gregorian calendar.

use std::fmt;

/// A day: days since 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub i32);

/// A moment: microseconds since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// A reading of calendar and clock, without a zone: microseconds since 1970-01-01 00:00.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTimestamp(pub i64);

const MICROS_PER_DAY: i64 = 86_400_000_000;
/// Days from 0000-03-01, where years of the calculation begin, to 1970-01-01.
const EPOCH: i64 = 719_468;
/// Days of 400 years, after which the calendar repeats.
const DAYS_PER_CYCLE: i64 = 146_097;

impl Date {
    /// The day with this number in the month, both counted from 1; none when there is no such day.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        // Years begin in March, so that the leap day is their last.
        let (year_from_march, month_from_march) = (i64::from(year) - i64::from(month < 3), i64::from((month + 9) % 12));
        let (cycle, year_of_cycle) = (year_from_march.div_euclid(400), year_from_march.rem_euclid(400));
        let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
        let day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
        let date = Self(i32::try_from(cycle * DAYS_PER_CYCLE + day_of_cycle - EPOCH).ok()?);
        (date.ymd() == (year, month, day)).then_some(date)
    }

    /// Year, month and day, the latter two counted from 1.
    pub fn ymd(self) -> (i32, u32, u32) {
        let days = i64::from(self.0) + EPOCH;
        let (cycle, day_of_cycle) = (days.div_euclid(DAYS_PER_CYCLE), days.rem_euclid(DAYS_PER_CYCLE));
        let leap_days = day_of_cycle / 1_460 - day_of_cycle / 36_524 + day_of_cycle / 146_096;
        let year_of_cycle = (day_of_cycle - leap_days) / 365;
        let day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12 + 1;
        let year = cycle * 400 + year_of_cycle + i64::from(month < 3);
        (year as i32, month as u32, day as u32)
    }
}

macro_rules! clock {
    ($type:ident) => {
        impl $type {
            /// The day, in the calendar of the value.
            pub fn date(self) -> Date {
                Date(self.0.div_euclid(MICROS_PER_DAY) as i32)
            }

            /// Microseconds since midnight.
            pub fn time(self) -> i64 {
                self.0.rem_euclid(MICROS_PER_DAY)
            }

            /// The first moment of a day.
            pub fn midnight(date: Date) -> Self {
                Self(i64::from(date.0) * MICROS_PER_DAY)
            }
        }
    };
}

clock!(Timestamp);
clock!(LocalTimestamp);

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Display for LocalTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, micros) = (self.time() / 1_000_000, self.time() % 1_000_000);
        write!(f, "{} {:02}:{:02}:{:02}", self.date(), seconds / 3_600, seconds / 60 % 60, seconds % 60)?;
        if micros > 0 { write!(f, ".{micros:06}") } else { Ok(()) }
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}Z", LocalTimestamp(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_agree() {
        for (days, text) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (-25_508, "1900-03-01"),
            (-719_162, "0001-01-01"),
            (2_932_896, "9999-12-31"),
        ] {
            assert_eq!(Date(days).to_string(), text);
        }
        for days in (-800_000..800_000).step_by(7) {
            let (year, month, day) = Date(days).ymd();
            assert_eq!(Date::from_ymd(year, month, day), Some(Date(days)));
        }
        for (year, month, day) in
            [(2023, 2, 29), (1900, 2, 29), (2024, 4, 31), (2024, 13, 1), (2024, 0, 1), (2024, 1, 0)]
        {
            assert_eq!(Date::from_ymd(year, month, day), None);
        }
    }

    #[test]
    fn clocks_before_1970_count_from_midnight() {
        let second_to_midnight = Timestamp(-1_000_000);
        assert_eq!(second_to_midnight.to_string(), "1969-12-31 23:59:59Z");
        assert_eq!(second_to_midnight.time(), MICROS_PER_DAY - 1_000_000);
        assert_eq!(LocalTimestamp::midnight(Date(1)).0, MICROS_PER_DAY);
        assert_eq!(LocalTimestamp(1).to_string(), "1970-01-01 00:00:00.000001");
    }
}
