//! What was found: a line for each check of each function, for people and for machines.

use std::fmt;

use serde::Serialize;

/// Everything that was checked of one component.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Name and version of the plugin; none if it could not be asked.
    pub plugin: Option<String>,
    /// What was checked, in order.
    pub findings: Vec<Finding>,
}

/// One check of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which check: one of [`rules`](crate::rules).
    pub check: &'static str,
    /// The function, or `component`.
    pub of: String,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", content = "why", rename_all = "snake_case")]
pub enum Outcome {
    /// The rule was kept, as far as was tried.
    Passed,
    /// The rule was broken: how.
    Failed(String),
    /// There was nothing to check: why.
    NotOffered(String),
}

impl Report {
    /// What failed.
    pub fn failures(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| matches!(finding.outcome, Outcome::Failed(_)))
    }

    /// Whether nothing failed.
    pub fn passed(&self) -> bool {
        self.failures().next().is_none()
    }

    pub(crate) fn add(&mut self, check: &'static str, of: &str, verdict: Verdict) {
        let outcome = match verdict {
            Ok(()) => Outcome::Passed,
            Err(Problem::Broken(why)) => Outcome::Failed(why),
            Err(Problem::Absent(why)) => Outcome::NotOffered(why),
        };
        self.findings.push(Finding { check, of: of.to_owned(), outcome });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = |text: fn(&Finding) -> &str| self.findings.iter().map(|finding| text(finding).len()).max();
        let (checks, names) = (width(|finding| finding.check), width(|finding| &finding.of));
        let (checks, names) = (checks.unwrap_or_default(), names.unwrap_or_default());
        writeln!(f, "{}", self.plugin.as_deref().unwrap_or("no plugin"))?;
        let mut counts = [0; 3];
        for Finding { check, of, outcome } in &self.findings {
            let (word, why, count) = match outcome {
                Outcome::Passed => ("passed", "", 0),
                Outcome::Failed(why) => ("FAILED", why.as_str(), 1),
                Outcome::NotOffered(why) => ("not offered", why.as_str(), 2),
            };
            counts[count] += 1;
            let line = format!("{word:<11}  {check:<checks$}  {of:<names$}  {}", why.replace('\n', "\n    "));
            writeln!(f, "{}", line.trim_end())?;
        }
        let [passed, failed, absent] = counts;
        write!(f, "{passed} passed, {failed} failed, {absent} not offered")
    }
}

/// What one check says.
pub(crate) type Verdict = Result<(), Problem>;

/// Why a check does not pass.
#[derive(Clone, Debug)]
pub(crate) enum Problem {
    /// The rule is broken.
    Broken(String),
    /// There is nothing to check it on.
    Absent(String),
}

impl From<polder_sandbox::Error> for Problem {
    fn from(error: polder_sandbox::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<polder_query::Error> for Problem {
    fn from(error: polder_query::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

/// The rule is kept, or it is broken as `why` says.
pub(crate) fn holds(kept: bool, why: impl FnOnce() -> String) -> Verdict {
    if kept { Ok(()) } else { Err(Problem::Broken(why())) }
}
