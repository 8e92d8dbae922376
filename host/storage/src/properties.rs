//! Table properties that Delta defines: their names and values are checked before they are committed,
//! because every reader of the table would stumble over a bad one.

use std::str::FromStr as _;

use deltalake::TableProperty;

use crate::{Error, Result};

/// What a property of Delta takes.
enum Takes {
    Flag,
    Count,
    Interval,
    Anything,
}

/// The most that an interval may count of its unit.
const LONGEST: u32 = 100_000;

/// Refuse what starts with `delta.` and is no property of Delta, or has a value that it does not take.
pub(crate) fn check(key: &str, value: &str) -> Result<()> {
    if !key.starts_with("delta.") {
        return Ok(());
    }
    let refuse = |reason: &str| Err(Error::Unsupported(format!("table property '{key}': {reason}")));
    if key.starts_with("delta.constraints.") {
        return refuse("write ALTER TABLE … ADD CONSTRAINT, which checks the rows that are there");
    }
    let Some(takes) = takes(key) else { return refuse("Delta defines no such property; its case matters") };
    match takes {
        Takes::Flag if !matches!(value, "true" | "false") => refuse(&format!("it is true or false, not '{value}'")),
        Takes::Count if value.parse::<u32>().is_err() => refuse(&format!("it is a number, not '{value}'")),
        Takes::Interval if !is_interval(value) => refuse(&format!("it is like 'interval 30 days', not '{value}'")),
        _ => Ok(()),
    }
}

fn takes(key: &str) -> Option<Takes> {
    Some(match key.strip_prefix("delta.")? {
        "appendOnly"
        | "autoOptimize.autoCompact"
        | "autoOptimize.optimizeWrite"
        | "checkpoint.writeStatsAsJson"
        | "checkpoint.writeStatsAsStruct"
        | "enableChangeDataFeed"
        | "enableDeletionVectors"
        | "enableExpiredLogCleanup"
        | "randomizeFilePrefixes" => Takes::Flag,
        "checkpointInterval" => Takes::Count,
        "deletedFileRetentionDuration" | "logRetentionDuration" | "setTransactionRetentionDuration" => Takes::Interval,
        _ if TableProperty::from_str(key).is_ok() => Takes::Anything,
        _ => return None,
    })
}

fn is_interval(value: &str) -> bool {
    let words: Vec<String> = value.split_whitespace().map(str::to_lowercase).collect();
    let [interval, number, unit] = words.as_slice() else { return false };
    interval == "interval"
        && number.parse::<u32>().is_ok_and(|number| number <= LONGEST)
        && matches!(unit.trim_end_matches('s'), "second" | "minute" | "hour" | "day" | "week")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_delta_takes() {
        for (key, value) in [
            ("owner", "anything"),
            ("delta.appendOnly", "true"),
            ("delta.checkpointInterval", "20"),
            ("delta.logRetentionDuration", "interval 30 days"),
            ("delta.dataSkippingNumIndexedCols", "-1"),
        ] {
            assert!(check(key, value).is_ok(), "{key}");
        }
        for (key, value) in [
            ("delta.appendOnly", "banana"),
            ("delta.appendonly", "true"),
            ("delta.nosuch", "1"),
            ("delta.checkpointInterval", "often"),
            ("delta.deletedFileRetentionDuration", "interval 99999999999999 weeks"),
            ("delta.logRetentionDuration", "30 days"),
            ("delta.constraints.c", "a > 0"),
        ] {
            assert!(check(key, value).is_err(), "{key}");
        }
    }
}
