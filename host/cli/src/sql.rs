//! Words of the command line as SQL: names and texts that no quote can break out of.

use std::path::Path;

use polder_catalog::FullName;

use crate::{Error, Result};

/// A name of one to three parts, in quotes where it needs them.
pub(crate) fn name(written: &str) -> Result<String> {
    let name: FullName = written.parse()?;
    if name.parts().is_empty() {
        return Err(Error::invalid("a name is empty"));
    }
    Ok(name.parts().iter().map(|part| identifier(part)).collect::<Vec<_>>().join("."))
}

/// A single name, in quotes where it needs them.
pub(crate) fn identifier(name: &str) -> String {
    let bare = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if bare {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text in quotes.
pub(crate) fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The path of a file; absolute, as it is kept for later.
pub(crate) fn absolute(path: &Path) -> Result<String> {
    let absolute = path.canonicalize().map_err(Error::file(path))?;
    let absolute = absolute.into_os_string().into_string();
    absolute.map_err(|_| Error::invalid(format_args!("{} is not UTF-8, as SQL is", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stay_within() {
        assert_eq!(name("main.Geo.x_1").unwrap(), "main.geo.x_1");
        assert_eq!(name("main.`a-b`").unwrap(), r#"main."a-b""#);
        assert_eq!(name("a\"b").unwrap(), r#""a""b""#);
        assert!(name("").is_err() && name("a b").is_err() && name("a.b.c.d").is_err());
        assert_eq!(text("it's"), "'it''s'");
    }
}
