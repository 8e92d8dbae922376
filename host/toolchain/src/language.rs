//! The languages that plugins are written in, and how a project shows which is its own.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::build::{Compiled, Site};
use crate::digest;
use crate::go;
use crate::javascript;
use crate::manifest::{self, Manifest};
use crate::materials::{Part, Role};
use crate::native::{self, Dialect};
use crate::progress::Progress;
use crate::python;
use crate::{Error, Result};

/// A language that plugins can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Rust,
    Python,
    JavaScript,
    TypeScript,
    Go,
    C,
    Cpp,
    Zig,
}

impl Language {
    /// All of them.
    pub const ALL: [Language; 8] = [
        Language::Rust,
        Language::Python,
        Language::JavaScript,
        Language::TypeScript,
        Language::Go,
        Language::C,
        Language::Cpp,
        Language::Zig,
    ];

    /// As `polder plugin new --lang` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Language::Rust => "rust",
            Language::Python => "python",
            Language::JavaScript => "javascript",
            Language::TypeScript => "typescript",
            Language::Go => "go",
            Language::C => "c",
            Language::Cpp => "cpp",
            Language::Zig => "zig",
        }
    }

    /// The language of a project, by the manifest that lies in its folder.
    pub(crate) fn of(project: &Path) -> Result<Language> {
        let has = |file: &str| project.join(file).is_file();
        if has("Cargo.toml") {
            Ok(Language::Rust)
        } else if has("pyproject.toml") {
            Ok(Language::Python)
        } else if has("package.json") {
            Ok(if has(javascript::TYPESCRIPT) { Language::TypeScript } else { Language::JavaScript })
        } else if has(manifest::FILE) {
            manifest::File::read(project)?.language.parse()
        } else {
            Err(Error::NotAProject(project.to_owned()))
        }
    }

    /// The folder of its SDK among the sources that the binary carries.
    pub(crate) fn sdk(self) -> &'static str {
        match self {
            Language::Rust => "sdk/rust",
            Language::Python => "sdk/python",
            Language::JavaScript | Language::TypeScript => "sdk/javascript",
            Language::Go => "sdk/go",
            Language::C => "sdk/c",
            Language::Cpp => "sdk/cpp",
            Language::Zig => "sdk/zig",
        }
    }

    /// Another SDK that this one lies over.
    pub(crate) fn base(self) -> Option<&'static str> {
        matches!(self, Language::Cpp | Language::Zig).then(|| Language::C.sdk())
    }

    /// The SDKs that a project in it is built with, from where they lie.
    pub(crate) fn sdks(self, sources: &Path) -> Result<Vec<Part>> {
        let sdks = [Some(self.sdk()), self.base()].into_iter().flatten();
        let part = |folder: &str| {
            let name = format!("polder-{}", folder.replace('/', "-"));
            let part = Part::new(&name, env!("CARGO_PKG_VERSION"), Role::Library).licensed(env!("CARGO_PKG_LICENSE"));
            Ok(part.digest(digest::of_folder(&sources.join(folder))?))
        };
        sdks.map(part).collect()
    }

    /// The folder of its template for new projects.
    pub(crate) fn template(self) -> &'static str {
        match self {
            Language::Rust => "sdk/rust/template/",
            Language::Python => "sdk/python/template/",
            Language::JavaScript => "sdk/javascript/template/javascript/",
            Language::TypeScript => "sdk/javascript/template/typescript/",
            Language::Go => "sdk/go/template/",
            Language::C => "sdk/c/template/",
            Language::Cpp => "sdk/cpp/template/",
            Language::Zig => "sdk/zig/template/",
        }
    }

    /// What a project says of itself.
    pub(crate) fn manifest(self, project: &Path) -> Result<Manifest> {
        match self {
            Language::Python => python::manifest(project),
            Language::JavaScript | Language::TypeScript => javascript::manifest(project),
            Language::Rust | Language::Go | Language::C | Language::Cpp | Language::Zig => {
                Ok(manifest::File::read(project)?.plugin)
            }
        }
    }

    /// A core module with its world in it, or a component.
    pub(crate) fn compile(self, site: &Site, progress: &mut dyn Progress) -> Result<Compiled> {
        match self {
            // Built many at a time, by `rust::build`.
            Language::Rust => Err(Error::NotAProject(site.project.to_owned())),
            Language::Python => python::build(site, progress),
            Language::JavaScript | Language::TypeScript => javascript::build(site, progress),
            Language::Go => go::build(site, progress),
            Language::C => native::build(Dialect::C, site, progress),
            Language::Cpp => native::build(Dialect::Cpp, site, progress),
            Language::Zig => native::build(Dialect::Zig, site, progress),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Language {
    type Err = Error;

    fn from_str(name: &str) -> Result<Language> {
        let known = Language::ALL.into_iter().find(|language| language.name() == name);
        known.ok_or_else(|| Error::Language(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_read_as_they_are_written() {
        for language in Language::ALL {
            assert_eq!(language.name().parse::<Language>().unwrap(), language);
        }
        let refused = "cobol".parse::<Language>().unwrap_err().to_string();
        assert!(refused.contains("cobol") && refused.contains("rust"), "{refused}");
    }
}
