//! The components that a manifest names, read and compared with their digests.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Component as Step, Path};

use wasmparser::Parser;

use crate::digest::Digest;
use crate::manifest::{self, Component};
use crate::materials::{Part, Role};
use crate::{Error, Result};

/// Bytes of one of them, as much as a host takes by default.
const MOST_BYTES: u64 = 64 << 20;
/// How many a plugin may have.
const MOST: usize = 32;
/// Bytes of a name.
const MOST_NAME: usize = 64;

const DIGEST: &str = "sha256:";

/// A component inside a plugin.
#[derive(Debug)]
pub(crate) struct Inside {
    /// What messages call it.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// Interfaces that it gets, with or without their versions.
    pub(crate) hands_on: Vec<String>,
    /// Interfaces that it imports and does not get: it ends when it calls them.
    pub(crate) withholds: Vec<String>,
}

impl Inside {
    /// Turns what is wrong with it into an error.
    pub(crate) fn fails(&self) -> impl Fn(String) -> Error + use<> {
        fails(&self.name)
    }

    /// What a bill of materials says of it. Its digest is all that tells it from a package of the same name.
    pub(crate) fn material(&self) -> Part {
        let digest = crate::digest::of(&self.bytes);
        let checksum = [("checksum", format!("{DIGEST}{digest}"))];
        Part::new(&self.name, "", Role::Library).from("generic", &checksum).digest(Digest::Sha256(digest))
    }
}

fn fails(name: &str) -> impl Fn(String) -> Error + use<> {
    let name = name.to_owned();
    move |reason| Error::Component { name: name.clone(), reason }
}

/// SHA-256 of all that a manifest says of its components, the digests of their bytes included.
pub(crate) fn digest(parts: &[Inside]) -> String {
    let said = parts.iter().map(|Inside { name, bytes, hands_on, withholds }| {
        format!("{name} {} {hands_on:?} {withholds:?}\n", crate::digest::of(bytes))
    });
    crate::digest::of(said.collect::<String>().as_bytes())
}

/// Reads the components that the manifest in a project's folder names.
pub(crate) fn read(project: &Path) -> Result<Vec<Inside>> {
    let components = manifest::components(project)?;
    if components.len() > MOST {
        let reason = format!("{} components, of {MOST} at most", components.len());
        return Err(Error::Manifest { path: project.join(manifest::FILE), reason });
    }
    components.into_iter().map(|(name, component)| read_one(project, name, component)).collect()
}

fn read_one(project: &Path, name: String, component: Component) -> Result<Inside> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || name.len() > MOST_NAME || !name.chars().all(plain) {
        let reason = format!("a component's name has letters, digits, _ and -, {MOST_NAME} at most");
        return Err(fails(&name.escape_default().to_string())(reason));
    }
    let fail = fails(&name);
    let Component { from, digest, hands_on, withholds } = component;
    let bytes = open(project, &from).map_err(&fail)?;
    let is = format!("{DIGEST}{}", crate::digest::of(&bytes));
    match digest {
        Some(said) if said == is => {}
        Some(said) => {
            let from = from.display();
            return Err(fail(format!("{from} is not what the manifest says: its digest is {is}, not {said:?}")));
        }
        None => return Err(fail(format!("say which bytes you mean: digest = \"{is}\""))),
    }
    if !Parser::is_component(&bytes) {
        let what = if Parser::is_core_wasm(&bytes) { "a core module" } else { "no WebAssembly" };
        return Err(fail(format!("{} is {what}, not a component", from.display())));
    }
    Ok(Inside { name, bytes, hands_on, withholds })
}

/// The bytes of a file in the project's folder, which no path leads out of.
fn open(project: &Path, from: &Path) -> Result<Vec<u8>, String> {
    let shown = from.display();
    let within = from.components().all(|step| matches!(step, Step::Normal(_) | Step::CurDir));
    let outside = || format!("{shown} is not in the project's folder: copy it there, and name it from there");
    let failed = |error: std::io::Error| format!("cannot read {shown}: {error}");
    if !within || from.as_os_str().is_empty() {
        return Err(outside());
    }
    let path = project.join(from).canonicalize().map_err(failed)?;
    if !path.starts_with(project) {
        return Err(outside());
    }
    // Before it is opened: a pipe would wait for its writer.
    let about = fs::metadata(&path).map_err(failed)?;
    if !about.is_file() {
        return Err(format!("{shown} is no file"));
    }
    let mut bytes = Vec::new();
    File::open(&path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("{shown} is larger than {} MiB", MOST_BYTES >> 20));
    }
    Ok(bytes)
}
