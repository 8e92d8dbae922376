//! Packages of Python, installed by pip as wheels whose digests are noted.
//!
//! They are downloaded first and then installed from their files, as pip itself tells digests only since versions that not
//! everybody has.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::command;
use crate::digest::{self, Digest};
use crate::materials::{Part, Parts, Role};
use crate::{Error, Result};

/// A package that was installed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wheel {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) license: String,
    /// Of the file that was downloaded.
    pub(crate) digest: Digest,
    /// The names of packages that it needs, in some circumstances at least.
    pub(crate) requires: Vec<String>,
}

/// Installs packages into `folder`. `wanted` is what pip calls them, `choice` what wheels it may take of them.
pub(crate) fn install(
    python: &OsStr,
    wanted: &[impl AsRef<OsStr>],
    choice: &[&str],
    folder: &Path,
) -> Result<Vec<Wheel>> {
    let beside = folder.parent().unwrap_or(folder);
    let downloads = tempfile::tempdir_in(beside).map_err(Error::io("write to", beside))?;
    let pip = |verb: &str| {
        let mut pip = Command::new(python);
        // Python takes modules from the folder that it is started in: not from whoever's this is.
        pip.current_dir(downloads.path()).args(["-m", "pip", verb, "--quiet", "--disable-pip-version-check"]);
        pip.args(["--only-binary", ":all:"]).args(choice);
        pip
    };
    command::output(pip("download").arg("--dest").arg(downloads.path()).args(wanted))?;
    let mut files: Vec<_> = fs::read_dir(downloads.path())
        .and_then(|files| files.map(|file| Ok(file?.path())).collect())
        .map_err(Error::io("read", downloads.path()))?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "whl"));
    files.sort();

    let mut install = pip("install");
    install.args(["--no-deps", "--no-index", "--no-compile", "--target"]).arg(folder).arg("--").args(&files);
    command::output(&mut install)?;
    files.iter().map(|file| Wheel::read(file, folder)).collect()
}

impl Wheel {
    /// What is known of a downloaded file that was installed into a folder.
    fn read(file: &Path, folder: &Path) -> Result<Self> {
        let bytes = fs::read(file).map_err(Error::io("read", file))?;
        // `name-version-…`; neither has a hyphen, and the folder with what the package says is called by both.
        let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut words = stem.split('-').map(str::to_owned);
        let (name, version) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let said = folder.join(format!("{name}-{version}.dist-info/METADATA"));
        let said = fs::read_to_string(said).unwrap_or_default();
        let all = |key: &str| header(&said, key).map(str::to_owned).collect::<Vec<_>>();
        let first = |key: &str| all(key).into_iter().next();
        let requires = all("Requires-Dist").into_iter().filter(|text| !text.contains("extra =="));
        Ok(Self {
            requires: requires.map(|text| called(&text)).collect(),
            license: first("License-Expression").or_else(|| first("License")).unwrap_or_default(),
            name: first("Name").unwrap_or(name),
            version: first("Version").unwrap_or(version),
            digest: Digest::Sha256(digest::of(&bytes)),
        })
    }

    pub(crate) fn part(&self, role: Role) -> Part {
        Part::new(&self.name, &self.version, role).from("pypi", &[]).licensed(&self.license).digest(self.digest.clone())
    }
}

/// Adds packages that a component has in it. `wanted` is what the project itself asks for.
pub(crate) fn add(parts: &mut Parts, wheels: &[Wheel], wanted: &[String]) {
    let ids: Vec<_> = wheels.iter().map(|wheel| (called(&wheel.name), parts.add(wheel.part(Role::Library)))).collect();
    let id = |name: &str| ids.iter().find(|(known, _)| known == name).map(|(_, id)| id.clone());
    parts.direct.extend(wanted.iter().filter_map(|wanted| id(&called(wanted))));
    for (wheel, (_, from)) in wheels.iter().zip(&ids) {
        for to in wheel.requires.iter().filter_map(|name| id(name)) {
            parts.connect(from, to);
        }
    }
}

/// The name in a requirement such as `Typing_Extensions>=4; python_version < "3.11"`, as indexes compare names.
fn called(requirement: &str) -> String {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name: String = requirement.trim_start().chars().take_while(|c| part(*c)).collect();
    let words: Vec<&str> = name.split(['-', '_', '.']).filter(|word| !word.is_empty()).collect();
    words.join("-").to_ascii_lowercase()
}

/// The values of a header of a package's `METADATA`, which ends at the first empty line.
fn header<'a>(text: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = text.lines().take_while(|line| !line.is_empty());
    lines.filter_map(move |line| Some(line.strip_prefix(key)?.strip_prefix(':')?.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements() {
        for (requirement, name) in [
            ("Typing_Extensions>=4; python_version < \"3.11\"", "typing-extensions"),
            ("six", "six"),
            ("zope.interface [test] (>=1)", "zope-interface"),
            ("geo @ https://example.com/geo.whl", "geo"),
            ("", ""),
        ] {
            assert_eq!(called(requirement), name, "{requirement}");
        }
    }

    #[test]
    fn a_wheel_says_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("My_Geo-1.2.3-py3-none-any.whl");
        fs::write(&file, "wheel").unwrap();
        let plain = Wheel::read(&file, folder.path()).unwrap();
        assert_eq!((plain.name.as_str(), plain.version.as_str()), ("My_Geo", "1.2.3"));
        let said = folder.path().join("My_Geo-1.2.3.dist-info");
        fs::create_dir(&said).unwrap();
        let text = "Name: My-Geo\nVersion: 1.2.3\nLicense-Expression: MIT\nRequires-Dist: Six>=1\n\
                    Requires-Dist: pytest; extra == \"test\"\n\nName: other\n";
        fs::write(said.join("METADATA"), text).unwrap();
        let wheel = Wheel::read(&file, folder.path()).unwrap();
        assert_eq!((wheel.name.as_str(), wheel.license.as_str()), ("My-Geo", "MIT"));
        assert_eq!(wheel.requires, ["six"]);
        assert_eq!(wheel.digest, Digest::Sha256(digest::of(b"wheel")));

        let six = Wheel { name: "six".into(), requires: vec![], ..wheel.clone() };
        let mut parts = Parts::default();
        add(&mut parts, &[wheel, six], &["my.geo>=1".into()]);
        assert_eq!(parts.direct, ["pkg:pypi/my-geo@1.2.3".to_owned()].into());
        assert_eq!(parts.all["pkg:pypi/my-geo@1.2.3"].uses, ["pkg:pypi/six@1.2.3".to_owned()].into());
    }
}
