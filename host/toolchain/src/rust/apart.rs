//! Keeps packages apart that bear the same name in different folders.
//!
//! All builds share one folder, and Cargo knows a package of the workspace there by its name, its version and its place in
//! the workspace, not by where that lies: of a copy of a project whose files are older than what was built last of the
//! other one, it would say that it is built already, and hand over what is not its own.

use std::fs;
use std::path::Path;

use super::compiler::TARGET;
use super::package::Workspace;
use crate::cache;
use crate::digest;
use crate::{Error, Result};

/// Makes Cargo compile the packages of a workspace again if it was in another folder that it last did so for these names.
/// The caller has locked the folder of the builds.
pub(crate) fn set_apart(target_dir: &Path, workspace: &Workspace) -> Result<()> {
    let root = workspace.root.as_os_str().as_encoded_bytes();
    for package in &workspace.packages {
        let note = target_dir.join("polder").join(digest::of(package.name.as_bytes()));
        if fs::read(&note).is_ok_and(|last| last == root) {
            continue;
        }
        for profile in [target_dir.join("release"), target_dir.join(TARGET).join("release")] {
            forget(&profile.join(".fingerprint"), &package.name)?;
        }
        cache::write_atomic(&note, root)?;
    }
    Ok(())
}

/// Removes by what Cargo knows that a package is fresh: folders called by its name and a hash.
fn forget(fingerprints: &Path, name: &str) -> Result<()> {
    let Ok(entries) = fs::read_dir(fingerprints) else { return Ok(()) };
    for entry in entries {
        let path = entry.map_err(Error::io("read", fingerprints))?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        if file.rsplit_once('-').is_some_and(|(package, _)| package == name) {
            fs::remove_dir_all(&path).map_err(Error::io("remove", &path))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_another_folder_are_forgotten() {
        let target = tempfile::tempdir().unwrap();
        let fingerprints = target.path().join(TARGET).join("release/.fingerprint");
        let built = |name: &str| fs::create_dir_all(fingerprints.join(name)).unwrap();
        let is_built = |name: &str| fingerprints.join(name).exists();
        let workspace = |root: &str| -> Workspace {
            let package = serde_json::json!({
                "id": "greet", "name": "greet", "version": "1.0.0", "manifest_path": format!("{root}/Cargo.toml"),
                "authors": [], "targets": [], "dependencies": [],
            });
            serde_json::from_value(serde_json::json!({"packages": [package], "workspace_root": root})).unwrap()
        };
        for (root, kept) in [("/one", false), ("/one", true), ("/other", false), ("/one", false)] {
            built("greet-0123");
            built("greet-more-0123");
            set_apart(target.path(), &workspace(root)).unwrap();
            assert_eq!((is_built("greet-0123"), is_built("greet-more-0123")), (kept, true), "{root}");
        }
    }
}
