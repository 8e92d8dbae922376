//! A check: its name, the rule that it checks, and how.

use crate::report::{Report, Verdict};

/// A check of a subject, such as a bound function.
pub(crate) struct Check<S: ?Sized> {
    pub(crate) name: &'static str,
    /// The rule, for people.
    pub(crate) rule: &'static str,
    pub(crate) run: fn(&S) -> Verdict,
}

/// A check's name, and the rule that it checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Such as `scalar.batches`.
    pub name: &'static str,
    /// What must be so.
    pub rule: &'static str,
}

pub(crate) fn rules<S>(checks: &'static [Check<S>]) -> impl Iterator<Item = Rule> {
    checks.iter().map(|check| Rule { name: check.name, rule: check.rule })
}

/// Runs all checks of a subject.
pub(crate) fn run<S>(checks: &[Check<S>], of: &str, subject: &S, report: &mut Report) {
    for check in checks {
        report.add(check.name, of, (check.run)(subject));
    }
}
