//! Limits from several sources, of which the tightest holds: the host's, a tenant's, a plugin's, a statement's.

use std::time::Duration;

use crate::{Error, Limits, Result};

/// What a limit is counted in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Bytes,
    Count,
    Time,
}

/// A value of a limit as a number: bytes, a count, or milliseconds.
trait Amount {
    fn get(&self) -> u64;
    fn set(&mut self, amount: u64);
}

macro_rules! amounts {
    ($($number:ty),*) => {
        $(impl Amount for $number {
            fn get(&self) -> u64 {
                u64::try_from(*self).unwrap_or(u64::MAX)
            }

            fn set(&mut self, amount: u64) {
                *self = Self::try_from(amount).unwrap_or(Self::MAX);
            }
        })*
    };
}

amounts!(usize, u32, u64);

impl Amount for Duration {
    fn get(&self) -> u64 {
        u64::try_from(self.as_millis()).unwrap_or(u64::MAX)
    }

    fn set(&mut self, amount: u64) {
        *self = Self::from_millis(amount);
    }
}

macro_rules! adjustable {
    ({ $($name:ident $unit:ident,)* } { $($fixed:ident $fixed_unit:ident,)* }) => {
        /// The limits of a running guest, which may be made tighter than the host's. Others are of the engine, or of
        /// components before they run.
        const ADJUSTABLE: &[(&str, Unit)] = &[$((stringify!($name), Unit::$unit)),*];

        /// Others that a guest may run into, which are the same for all.
        const FIXED: &[(&str, Unit)] = &[$((stringify!($fixed), Unit::$fixed_unit)),*];

        fn amount<'a>(limits: &'a mut Limits, name: &str) -> Option<&'a mut dyn Amount> {
            Some(match name {
                $(stringify!($name) => &mut limits.$name,)*
                _ => return None,
            })
        }

        fn value(limits: &Limits, name: &str) -> Option<u64> {
            Some(match name {
                $(stringify!($name) => limits.$name.get(),)*
                $(stringify!($fixed) => limits.$fixed.get(),)*
                _ => return None,
            })
        }
    };
}

adjustable! { {
    memory Bytes,
    table_elements Count,
    instance_wait Time,
    call_time Time,
    task_time Time,
    result_bytes Bytes,
    rows Count,
    table_rows Count,
    table_bytes Bytes,
    handles Count,
    read_bytes Bytes,
    write_bytes Bytes,
    model_bytes Bytes,
    statement_bytes Bytes,
    state_bytes Bytes,
    metrics Count,
    http_requests Count,
    http_connections Count,
    http_request_bytes Bytes,
    http_response_bytes Bytes,
    http_time Time,
    log_bytes Bytes,
    log_rate Count,
    log_line_bytes Bytes,
} {
    instances Count,
    stack Bytes,
    parameters Count,
} }

/// A limit as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// As in [`Limits`].
    pub name: &'static str,
    /// With its unit.
    pub value: String,
    /// Who set it.
    pub owner: String,
}

/// Who sets limits when nobody else does.
pub(crate) const HOST: &str = "the host";

impl Limits {
    /// Limits that hold for one run: of these and those that `owner` sets, each the tighter one.
    ///
    /// # Errors
    /// [`Error::Setting`] for a name that is no limit of a running guest, or a value that is none of its unit.
    pub fn tightened(&self, owner: &str, settings: &[(String, String)]) -> Result<Self> {
        let mut limits = self.clone();
        for (name, text) in settings {
            let given = parse(name, text)?;
            let (name, _) = find(name)?;
            let Some(amount) = amount(&mut limits, name) else { continue };
            if given < amount.get() {
                amount.set(given);
                limits.owners.insert(name, owner.to_owned());
            }
        }
        Ok(limits)
    }

    /// Every limit of a running guest, with its value and who set it.
    pub fn settings(&self) -> Vec<Setting> {
        let shown = ADJUSTABLE.iter().map(|(name, _)| Setting {
            name,
            value: self.value(name),
            owner: self.owner(name).to_owned(),
        });
        shown.collect()
    }

    /// The error of whoever reached a limit.
    pub fn reached(&self, what: impl Into<String>, limit: &'static str) -> Error {
        Error::Limit { what: what.into(), limit, value: self.value(limit), owner: self.owner(limit).to_owned() }
    }

    /// The value of a limit, with its unit.
    pub fn value(&self, limit: &str) -> String {
        let mut all = ADJUSTABLE.iter().chain(FIXED);
        let unit = all.find(|(name, _)| *name == limit).map_or(Unit::Count, |(_, unit)| *unit);
        match (value(self, limit), unit) {
            (Some(amount), Unit::Bytes) => bytes(amount),
            (Some(amount), Unit::Time) => format!("{:?}", Duration::from_millis(amount)),
            (Some(amount), Unit::Count) => amount.to_string(),
            (None, _) => String::new(),
        }
    }

    /// Who set a limit.
    pub fn owner(&self, limit: &str) -> &str {
        self.owners.get(limit).map_or(HOST, String::as_str)
    }

    /// Checks a setting without making it.
    ///
    /// # Errors
    /// As [`Limits::tightened`].
    pub fn check(name: &str, text: &str) -> Result<()> {
        parse(name, text).map(drop)
    }
}

fn find(name: &str) -> Result<(&'static str, Unit)> {
    ADJUSTABLE.iter().copied().find(|(known, _)| *known == name).ok_or_else(|| {
        let known: Vec<_> = ADJUSTABLE.iter().map(|(name, _)| *name).collect();
        Error::Setting { name: name.to_owned(), why: format!("the limits are {}", known.join(", ")) }
    })
}

/// Reads "64 MiB", "10 s", "1000".
fn parse(name: &str, text: &str) -> Result<u64> {
    let (_, unit) = find(name)?;
    let refuse = || {
        let example = match unit {
            Unit::Bytes => "'64 MiB'",
            Unit::Time => "'10 s' or '500 ms'",
            Unit::Count => "'1000'",
        };
        Error::Setting { name: name.to_owned(), why: format!("'{text}' is not a value of it; write such as {example}") }
    };
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().map_err(|_| refuse())?;
    let scale = match (unit, text[digits..].trim().to_ascii_lowercase().as_str()) {
        (Unit::Bytes, "" | "b" | "bytes") | (Unit::Count, "") | (Unit::Time, "ms") => 1,
        (Unit::Bytes, "kib" | "kb") => 1 << 10,
        (Unit::Bytes, "mib" | "mb") => 1 << 20,
        (Unit::Bytes, "gib" | "gb") => 1 << 30,
        (Unit::Time, "s") => 1_000,
        (Unit::Time, "min" | "m") => 60_000,
        (Unit::Time, "h") => 3_600_000,
        _ => return Err(refuse()),
    };
    number.checked_mul(scale).ok_or_else(refuse)
}

/// A number of bytes, for people.
pub(crate) fn bytes(n: u64) -> String {
    match n {
        n if n >= 1 << 30 && n.is_multiple_of(1 << 30) => format!("{} GiB", n >> 30),
        n if n >= 1 << 20 && n.is_multiple_of(1 << 20) => format!("{} MiB", n >> 20),
        n if n >= 1 << 10 && n.is_multiple_of(1 << 10) => format!("{} KiB", n >> 10),
        n => format!("{n} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_tightest_wins_and_says_whose_it_is() {
        let host = Limits::default();
        let tenant = host.tightened("the tenant", &settings(&[("memory", "64 MiB"), ("call_time", "2 h")])).unwrap();
        let plugin = tenant.tightened("the plugin", &settings(&[("memory", "1 GiB"), ("rows", "10")])).unwrap();
        assert_eq!((plugin.memory, plugin.call_time, plugin.rows), (64 << 20, host.call_time, 10));
        let owners = ["memory", "call_time", "rows"].map(|limit| plugin.owner(limit));
        assert_eq!(owners, ["the tenant", HOST, "the plugin"]);
        let error = plugin.reached("f", "memory").to_string();
        assert!(error.contains("`memory` of 64 MiB") && error.contains("the tenant"), "{error}");
    }

    #[test]
    fn values_have_units() {
        for (name, text, amount) in
            [("memory", "64 MiB", 64 << 20), ("memory", "1000", 1000), ("call_time", "1500 ms", 1500), ("rows", "7", 7)]
        {
            assert_eq!(parse(name, text).unwrap(), amount, "{name} {text}");
        }
        for (name, text) in [("memory", "-1"), ("memory", "1 s"), ("call_time", "5"), ("rows", "many"), ("stack", "1")]
        {
            assert!(matches!(parse(name, text), Err(Error::Setting { .. })), "{name} {text}");
        }
    }
}
