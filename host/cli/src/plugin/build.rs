//! `polder plugin build`, and what the other commands need of it.

use std::path::{Path, PathBuf};

use polder_toolchain::{Artifact, Toolchain};

use crate::progress::Bar;
use crate::{Result, terminal};

pub(super) fn run(project: &Path, output: Option<&Path>) -> Result<()> {
    let built = build(project, output)?;
    let size = size(built.bytes.len() as u64);
    let Artifact { name, version, path, digest, .. } = built;
    terminal::say(format_args!("Built {name} {version}: {}, {size}, sha256:{digest}", path.display()))
}

/// Build a project, showing progress on stderr.
pub(super) fn build(project: &Path, output: Option<&Path>) -> Result<Artifact> {
    Ok(Toolchain::new()?.build(project, output, &mut Bar::new())?)
}

/// The component that a path means: a file is one, the folder of a project is built first.
pub(super) fn component(path: &Path) -> Result<PathBuf> {
    if path.is_dir() { Ok(build(path, None)?.path) } else { Ok(path.to_owned()) }
}

/// "123 bytes", "4.5 KiB"
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    let mut size = bytes as f64;
    let mut unit = "bytes";
    for next in UNITS {
        if size < 1024.0 {
            break;
        }
        size /= 1024.0;
        unit = next;
    }
    if unit == "bytes" { format!("{bytes} bytes") } else { format!("{size:.1} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (bytes, text) in [(0, "0 bytes"), (1023, "1023 bytes"), (1536, "1.5 KiB"), (3 << 40, "3.0 TiB")] {
            assert_eq!(size(bytes), text);
        }
    }
}
