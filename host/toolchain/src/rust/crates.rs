//! The crates that a plugin was built of: which, as `cargo tree` resolves them for the target and the features of just this
//! package; from where and with which digests, as `Cargo.lock` says.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::cargo;
use super::compiler::{Compiler, TARGET};
use super::package::Package;
use crate::command;
use crate::digest::{self, Digest};
use crate::materials::{Part, Parts, Role};
use crate::{Error, Result};

/// What separates a crate from its license. Cargo leaves control characters out of what it prints.
const BREAK: &str = " :: ";

/// The registry of crates that have no other.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// What is linked into a package, and what ran to build that.
pub(super) fn parts(compiler: &Compiler, workspace: &Path, package: &Package, sdk: Option<&Path>) -> Result<Parts> {
    let lock = Lock::read(&workspace.join("Cargo.lock"))?;
    let tree = |edges: &str| {
        let mut tree = cargo::command(compiler);
        tree.args(["tree", "--offline", "--quiet", "--target", TARGET, "--prefix", "depth", "--charset", "ascii"]);
        tree.args(["--color", "never", "--edges", edges, "--format", &format!("{{p}}{BREAK}{{l}}")]);
        tree.args(["--package", &package.id]).args(sdk.map(cargo::patch));
        command::output(tree.current_dir(workspace))
    };
    let mut parts = Parts::default();
    for (edges, role) in [("normal,no-proc-macro", Role::Library), ("normal,build", Role::Tool)] {
        add(&mut parts, &lock, &tree(edges)?, role)?;
    }
    for part in toolchain(compiler, workspace)? {
        match part.role {
            Role::Tool => drop(parts.add(part)),
            Role::Library | Role::Platform => parts.add_direct(part),
        }
    }
    Ok(parts)
}

/// Adds the crates of a tree, but the first, which is the plugin.
fn add(parts: &mut Parts, lock: &Lock, tree: &str, role: Role) -> Result<()> {
    // The ids of those above the line, by depth; none for the plugin.
    let mut above: Vec<Option<String>> = Vec::new();
    for line in tree.lines() {
        // Headings of kinds of dependencies have no depth.
        let Some(digits) = line.find(|c: char| !c.is_ascii_digit()).filter(|digits| *digits > 0) else { continue };
        let depth = line[..digits].parse().unwrap_or(usize::MAX).min(above.len());
        let Some(seen) = Crate::parse(&line[digits..]) else { continue };
        above.truncate(depth);
        if depth == 0 {
            above.push(None);
            continue;
        }
        let id = parts.add(seen.part(lock, role)?);
        match above.last() {
            Some(Some(from)) => parts.connect(from, id.clone()),
            _ if role == Role::Library => drop(parts.direct.insert(id.clone())),
            _ => {}
        }
        above.push(Some(id));
    }
    Ok(())
}

/// A line of the tree: `name v1.2.3 (proc-macro) (place)`, a license, and `(*)` where it was there before.
#[derive(Debug, PartialEq, Eq)]
struct Crate<'a> {
    name: &'a str,
    version: &'a str,
    /// A folder, or an address; none for what comes from a registry, for most.
    place: &'a str,
    license: &'a str,
}

impl<'a> Crate<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (package, license) = line.split_once(BREAK)?;
        let (name, rest) = package.split_once(" v")?;
        let (version, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        let place = rest.strip_prefix("(proc-macro)").unwrap_or(rest).trim();
        let place = place.strip_prefix('(').and_then(|place| place.strip_suffix(')')).unwrap_or_default();
        let license = license.strip_suffix("(*)").unwrap_or(license).trim();
        Some(Self { name, version, place, license })
    }

    fn part(&self, lock: &Lock, role: Role) -> Result<Part> {
        let part = Part::new(self.name, self.version, role).licensed(self.license);
        if Path::new(self.place).is_absolute() {
            return Ok(part.digest(digest::of_folder(Path::new(self.place))?));
        }
        let Some(locked) = lock.find(self) else { return Ok(part) };
        let checksum = locked.checksum.as_deref().and_then(Digest::of_sha256);
        let qualifier = match locked.source.as_deref() {
            None | Some(CRATES_IO) => None,
            Some(source) if source.starts_with("git+") => Some(("vcs_url", pinned(source))),
            Some(source) => Some(("repository_url", source.split_once('+').map_or(source, |(_, url)| url).to_owned())),
        };
        let part = if locked.source.is_some() { part.from("cargo", qualifier.as_slice()) } else { part };
        Ok(part.digest(checksum))
    }
}

/// `git+https://…?tag=…#commit`, as purls and pip have it: `git+https://…@commit`.
fn pinned(source: &str) -> String {
    let (address, commit) = source.rsplit_once('#').unwrap_or((source, ""));
    format!("{}@{commit}", address.split('?').next().unwrap_or_default())
}

/// `Cargo.lock`, as far as it matters here.
#[derive(Default, Deserialize)]
struct Lock {
    #[serde(default)]
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    /// None for folders.
    source: Option<String>,
    checksum: Option<String>,
}

impl Lock {
    fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(Error::io("read", path))?;
        toml_edit::de::from_str(&text)
            .map_err(|error| Error::Manifest { path: path.to_owned(), reason: error.to_string() })
    }

    fn find(&self, seen: &Crate) -> Option<&Locked> {
        let same = |locked: &&Locked| locked.name == seen.name && locked.version == seen.version;
        let address = seen.place.split(['?', '#']).next().unwrap_or_default();
        // A crate may be there of several places, of which the tree shows all but that of crates.io.
        let from = |locked: &&Locked| match (&locked.source, address) {
            (Some(source), "") => source == CRATES_IO,
            (Some(source), address) => source.contains(address),
            (None, _) => false,
        };
        self.package.iter().filter(same).find(from).or_else(|| self.package.iter().find(same))
    }
}

/// The compiler, and the standard library that it links.
fn toolchain(compiler: &Compiler, folder: &Path) -> Result<[Part; 2]> {
    let own = compiler.env.iter().find(|(name, _)| *name == "RUSTC").map(|(_, path)| path.clone().into_os_string());
    let rustc: OsString = own.or_else(|| std::env::var_os("RUSTC")).unwrap_or_else(|| "rustc".into());
    let ask = |arguments: &[&str]| {
        let mut command = Command::new(<OsString as AsRef<OsStr>>::as_ref(&rustc));
        command::output(command.args(arguments).current_dir(folder))
    };
    let said = ask(&["--version", "--verbose"])?;
    let said: BTreeMap<&str, &str> = said.lines().filter_map(|line| line.split_once(": ")).collect();
    let version = said.get("release").copied().unwrap_or_default();
    let commit = said.get("commit-hash").filter(|hash| hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let place = commit.map(|hash| ("vcs_url", format!("git+https://github.com/rust-lang/rust@{hash}")));
    let part = |name: &str, role| {
        Part::new(name, version, role).from("generic", place.as_slice()).licensed("MIT OR Apache-2.0")
    };
    let libraries = PathBuf::from(ask(&["--print", "target-libdir", "--target", TARGET])?.trim());
    Ok([part("rustc", Role::Tool), part("rust-std", Role::Library).digest(digest::of_folder(&libraries)?)])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const LOCK: &str = r#"
        [[package]]
        name = "plugin"
        version = "0.1.0"

        [[package]]
        name = "serde"
        version = "1.0.228"
        source = "registry+https://github.com/rust-lang/crates.io-index"
        checksum = "9a8e94ea7f378bd32cbbd37198a4a91436180c5bb472411e48b5ec2e2124ae9e"

        [[package]]
        name = "serde"
        version = "1.0.228"
        source = "git+https://example.com/serde.git?tag=v1#0123456789abcdef"

        [[package]]
        name = "own"
        version = "2.0.0"
        source = "registry+https://crates.example.com/index"
        checksum = "xyz"
    "#;

    #[test]
    fn a_tree_becomes_parts() {
        let line = |depth: usize, text: &str, license: &str| format!("{depth}{}\n", text.to_owned() + " :: " + license);
        let tree = line(0, "plugin v0.1.0 (/nowhere)", "MIT")
            + &line(1, "own v2.0.0 (registry `https://crates.example.com/index`)", "")
            + &line(2, "serde v1.0.228", "MIT OR Apache-2.0")
            + "[build-dependencies]\n"
            + &line(1, "serde v1.0.228 (https://example.com/serde.git?tag=v1#01234567)", "MIT (*)");
        let lock: Lock = toml_edit::de::from_str(LOCK).unwrap();
        let mut parts = Parts::default();
        add(&mut parts, &lock, &tree, Role::Library).unwrap();
        let registry = "pkg:cargo/serde@1.0.228";
        let git = "pkg:cargo/serde@1.0.228?vcs_url=git%2Bhttps:%2F%2Fexample.com%2Fserde.git%400123456789abcdef";
        let own = "pkg:cargo/own@2.0.0?repository_url=https:%2F%2Fcrates.example.com%2Findex";
        assert_eq!(
            parts.all.keys().collect::<BTreeSet<_>>(),
            BTreeSet::from([&registry.into(), &git.into(), &own.into()])
        );
        assert_eq!(parts.direct, BTreeSet::from([own.to_owned(), git.to_owned()]));
        assert_eq!(parts.all[own].uses, BTreeSet::from([registry.to_owned()]));
        assert!(matches!(&parts.all[registry].digest, Some(Digest::Sha256(hex)) if hex.starts_with("9a8e94ea")));
        assert_eq!((parts.all[own].digest.as_ref(), parts.all[git].license.as_str()), (None, "MIT"));
    }

    #[test]
    fn lines_of_a_tree() {
        let parse = |text| Crate::parse(text).map(|seen| (seen.name, seen.version, seen.place, seen.license));
        assert_eq!(parse("a v1.0.0 (proc-macro) (/a b (c)) :: MIT"), Some(("a", "1.0.0", "/a b (c)", "MIT")));
        assert_eq!(parse("a v1.0.0 (proc-macro) ::  (*)"), Some(("a", "1.0.0", "", "")));
        assert_eq!(parse("a"), None);
    }
}
