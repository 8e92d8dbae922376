//! Packs the sources that the `polder` binary carries (SDKs, WIT, plugins, examples) into a table of
//! `include_bytes!`, with one digest over all of it. An explicit walk rather than whole folders, so
//! that build output and editors' files beside the sources never end up in the binary.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use sha2::{Digest, Sha256};

const FOLDERS: [&str; 4] = ["sdk", "wit", "plugins", "examples"];
const EXTENSIONS: [&str; 23] = [
    "rs", "toml", "lock", "md", "wit", "sql", "csv", "json", "txt", "tsv", "parquet", "template", "py", "js", "mjs",
    "ts", "go", "mod", "c", "h", "cpp", "hpp", "zig",
];
/// What builds and package managers leave behind.
const MADE: [&str; 3] = ["target", "node_modules", "__pycache__"];
const NAMES: [&str; 3] = ["LICENSE", ".gitignore", "py.typed"];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../..").canonicalize()?;
    let mut files = Vec::new();
    for folder in FOLDERS {
        if root.join(folder).is_dir() {
            walk(&root.join(folder), &mut files)?;
        } else {
            println!("cargo::rerun-if-changed={}", root.join(folder).display());
        }
    }
    files.sort();

    let (mut hash, mut table) = (Sha256::new(), String::new());
    for path in &files {
        let name = path.strip_prefix(&root).expect("found below it").to_str().expect("our file names are ASCII");
        let bytes = fs::read(path)?;
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
        writeln!(table, "    ({name:?}, include_bytes!({path:?})),").expect("writing to a string");
    }
    let output = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let adapter = wat::parse_file("src/component/wasi.wat").expect("it is checked in");
    println!("cargo::rerun-if-changed=src/component/wasi.wat");
    fs::write(output.join("wasi.wasm"), adapter)?;

    let digest: String = hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    let code = format!(
        "pub(crate) const DIGEST: &str = {digest:?};\npub(crate) const FILES: &[(&str, &[u8])] = &[\n{table}];\n"
    );
    fs::write(output.join("sources.rs"), code)
}

/// Collects the files worth carrying. Cargo watches a folder with all that is below it, so it is told
/// of whole folders only where no build output can appear.
fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let builds_here = folder.join("Cargo.toml").exists();
    if !builds_here {
        println!("cargo::rerun-if-changed={}", folder.display());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let name = entry.file_name();
        let name = name.to_str().unwrap_or_default();
        if kind.is_dir() {
            if !MADE.contains(&name) && (!name.starts_with('.') || name == ".cargo") {
                walk(&path, files)?;
            }
        } else if kind.is_file() && wanted(&path, name) {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
    Ok(())
}

fn wanted(path: &Path, name: &str) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    NAMES.contains(&name) || EXTENSIONS.contains(&extension)
}
