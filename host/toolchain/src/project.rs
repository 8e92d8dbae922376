//! New plugin projects, from the template that the SDK brings.

use std::fs;
use std::path::{Path, PathBuf};

use crate::go;
use crate::javascript;
use crate::language::Language;
use crate::sources;
use crate::{Error, Result};

/// First line of a `.cargo/config.toml` that is ours to rewrite.
const CONFIG_HEADER: &str =
    "# Written by `polder plugin`: lets plain cargo and editors find the SDK that polder carries.\n";

/// Creates the project `parent/name`. It appears whole or not at all.
pub(crate) fn create(parent: &Path, name: &str, language: Language, sources: &Path) -> Result<PathBuf> {
    check_name(name)?;
    let place = parent.join(name);
    if place.exists() {
        return Err(Error::Exists(place));
    }
    fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".polder-new-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    let scratch = builder.tempdir_in(parent).map_err(Error::io("write to", parent))?;
    for (file, bytes) in sources::below(language.template()) {
        let path = scratch.path().join(file.strip_suffix(".template").unwrap_or(file));
        let text = String::from_utf8_lossy(bytes).replace("{{name}}", name);
        write(&path, &text)?;
    }
    match language {
        Language::Rust => {
            write(&scratch.path().join(".cargo/config.toml"), &config(&sources.join(language.sdk())))?;
            // It names a folder of this machine.
            write(&scratch.path().join(".cargo/.gitignore"), "*\n")?;
        }
        Language::JavaScript | Language::TypeScript => javascript::link(scratch.path(), &sources.join(language.sdk()))?,
        Language::Go => go::link(scratch.path(), &sources.join(language.sdk()))?,
        Language::Python | Language::C | Language::Cpp | Language::Zig => {}
    }
    fs::rename(scratch.path(), &place).map_err(Error::io("create", &place))?;
    let _moved = scratch.keep();
    Ok(place)
}

/// Points a project's own `.cargo/config.toml` to today's SDK, if that file is one of ours.
pub(crate) fn refresh_config(project: &Path, sdk: &Path) -> Result<()> {
    let path = project.join(".cargo/config.toml");
    match fs::read_to_string(&path) {
        Ok(old) if old.starts_with(CONFIG_HEADER) && old != config(sdk) => write(&path, &config(sdk)),
        _ => Ok(()),
    }
}

/// Whether a `.cargo/config.toml` was written here.
pub(crate) fn is_ours(config: &[u8]) -> bool {
    config.starts_with(CONFIG_HEADER.as_bytes())
}

fn config(sdk: &Path) -> String {
    format!("{CONFIG_HEADER}[patch.crates-io]\npolder-sdk = {{ path = {:?} }}\n", sdk.display().to_string())
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(Error::io("create", parent))?;
    }
    fs::write(path, text).map_err(Error::io("write", path))
}

/// A name must do as an SQL identifier without quotes, as a Cargo package and as a file name.
fn check_name(name: &str) -> Result<()> {
    const TAKEN: [&str; 8] = ["alloc", "core", "polder", "proc_macro", "std", "test", "polder_sdk", "deps"];
    const KEYWORDS: &str = " as async await box break const continue crate do dyn else enum extern false final fn for gen \
                            if impl in let loop macro match mod move mut override priv pub ref return self static struct \
                            super trait true try type typeof unsafe unsized use virtual where while yield abstract become ";
    let reason = if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        "it must begin with a lower-case letter"
    } else if !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        "only lower-case letters, digits and `_` may be in it, so that it is an SQL identifier too"
    } else if name.len() > 64 {
        "it is longer than 64 letters"
    } else if TAKEN.contains(&name) || KEYWORDS.contains(&format!(" {name} ")) {
        "the word has a meaning of its own in Rust"
    } else {
        return Ok(());
    };
    Err(Error::Name { name: name.to_owned(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for good in ["geo", "my_plugin", "h3", "types"] {
            check_name(good).unwrap();
        }
        for bad in ["", "Geo", "3d", "_x", "my-plugin", "a/b", "..", "a b", "fn", "std", "é", &"x".repeat(65)] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
    }
}
