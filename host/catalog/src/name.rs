//! Full names: up to three lower-case parts, `catalog.schema.object`.
//!
//! Names are checked once, here, so that everything behind can trust them; the rules are Unity
//! Catalog's (no dot, slash, space or control character; at most 255 characters; case does not count).

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use crate::{Error, Result};

const MAX_LENGTH: usize = 255;

/// The full name of a securable: no part for the metastore, one for a catalog, two for a schema,
/// three for what lives in a schema. `Display` is how SQL spells it, with backticks where needed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FullName(Vec<String>);

impl FullName {
    /// Checks the parts and makes them lower case.
    ///
    /// # Errors
    /// [`Error::InvalidName`] for a part that no securable may have, or more than three parts.
    pub fn new<P: AsRef<str>>(parts: impl IntoIterator<Item = P>) -> Result<Self> {
        let parts = parts.into_iter().map(|part| part_of(part.as_ref())).collect::<Result<Vec<_>>>()?;
        if parts.len() > 3 {
            return Err(Error::InvalidName {
                name: parts.join("."),
                why: "a full name has at most three parts: catalog.schema.object".into(),
            });
        }
        Ok(Self(parts))
    }

    /// The name of the metastore, which has no parts.
    pub fn metastore() -> Self {
        Self::default()
    }

    pub fn parts(&self) -> &[String] {
        &self.0
    }

    /// The last part; empty for the metastore.
    pub fn last(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    pub fn catalog(&self) -> Option<&str> {
        self.0.first().map(String::as_str)
    }

    pub fn schema(&self) -> Option<&str> {
        self.0.get(1).map(String::as_str)
    }

    /// The name of what contains this one; the metastore's is its own.
    pub fn parent(&self) -> Self {
        Self(self.0[..self.0.len().saturating_sub(1)].to_vec())
    }

    /// The name of what it lives in that has so many parts.
    #[must_use]
    pub fn ancestor(&self, depth: usize) -> Self {
        Self(self.0[..depth.min(self.0.len())].to_vec())
    }

    /// The name of something in this container.
    ///
    /// # Errors
    /// As [`FullName::new`].
    pub fn child(&self, name: &str) -> Result<Self> {
        Self::new(self.0.iter().map(String::as_str).chain([name]))
    }

    /// Parts that came from the catalog itself, hence already checked.
    pub(crate) fn trusted(parts: Vec<String>) -> Self {
        Self(parts)
    }
}

impl fmt::Display for FullName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, part) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            f.write_str(&quoted(part))?;
        }
        Ok(())
    }
}

/// Splits at dots; a part may stand in backticks. For configuration and tests: SQL has its own parser.
impl FromStr for FullName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text.is_empty() {
            return Ok(Self::metastore());
        }
        Self::new(text.split('.').map(|part| {
            part.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).map_or(part.into(), |p| p.replace("``", "`"))
        }))
    }
}

/// How SQL spells an identifier: bare where possible, else in backticks.
pub(crate) fn quoted(name: &str) -> Cow<'_, str> {
    let bare = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if bare { Cow::Borrowed(name) } else { Cow::Owned(format!("`{}`", name.replace('`', "``"))) }
}

fn part_of(part: &str) -> Result<String> {
    let refuse = |why: &str| Err(Error::InvalidName { name: part.escape_debug().to_string(), why: why.into() });
    if part.is_empty() {
        return refuse("a name cannot be empty");
    }
    // Some letters are longer in lower case.
    let lower = part.to_lowercase();
    if lower.chars().count() > MAX_LENGTH {
        return refuse("a name has at most 255 characters");
    }
    if part.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '.' | '/')) {
        return refuse("a name cannot hold a dot, a slash, a space or a control character");
    }
    Ok(lower)
}

/// The name of a user or group: lower case, may hold dots, spaces and @ (but no control characters).
pub(crate) fn principal_name(name: &str) -> Result<String> {
    let name = name.trim().to_lowercase();
    if name.is_empty() || name.chars().count() > MAX_LENGTH || name.chars().any(char::is_control) {
        return Err(Error::InvalidName {
            name: name.escape_debug().to_string(),
            why: "a principal's name has 1 to 255 characters and no control characters".into(),
        });
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_case_and_quoted_only_where_needed() {
        for (parts, shown) in [
            (vec!["Main", "Geo", "Haversine"], "main.geo.haversine"),
            (vec!["main", "2024"], "main.`2024`"),
            (vec!["we`ird"], "`we``ird`"),
            (vec!["a-b"], "`a-b`"),
            (vec![], ""),
        ] {
            let name = FullName::new(parts).unwrap();
            assert_eq!(name.to_string(), shown);
            assert_eq!(shown.parse::<FullName>().unwrap(), name);
        }
    }

    #[test]
    fn names_that_no_securable_may_have_are_refused() {
        let (long, longer) = ("x".repeat(256), "İ".repeat(255));
        for bad in ["", "a.b", "a/b", "a b", "a\n", "a\0", &long, &longer] {
            assert!(matches!(FullName::new([bad]), Err(Error::InvalidName { .. })), "{bad:?}");
        }
        assert!(matches!(FullName::new(["a", "b", "c", "d"]), Err(Error::InvalidName { .. })));
    }

    #[test]
    fn parents_and_children() {
        let name: FullName = "a.b.c".parse().unwrap();
        assert_eq!(name.parent().to_string(), "a.b");
        assert_eq!(name.parent().child("C").unwrap(), name);
        assert_eq!(FullName::metastore().parent(), FullName::metastore());
        assert_eq!((name.catalog(), name.schema(), name.last()), (Some("a"), Some("b"), "c"));
    }
}
