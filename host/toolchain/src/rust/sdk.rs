//! The SDK under a name that is the same everywhere.
//!
//! Cargo puts the path of a dependency into the names of its symbols, and thereby into the order of the code, unless the
//! dependency lies within the workspace. So a link in the project's target folder leads to the SDK; it is called by
//! what the SDK holds, so that what was compiled of one SDK is never taken for another.

use std::fs;
use std::path::{Path, PathBuf};

use crate::digest;
use crate::{Error, Result};

/// The path by which a workspace depends on the SDK in `sdk`.
#[cfg(unix)]
pub(crate) fn link(workspace: &Path, sdk: &Path) -> Result<PathBuf> {
    let sdk = sdk.canonicalize().map_err(Error::io("open", sdk))?;
    let folder = workspace.join("target/polder/sdk");
    let link = folder.join(name(&sdk)?);
    if fs::read_link(&link).is_ok_and(|old| old == sdk) {
        return Ok(link);
    }
    fs::create_dir_all(&folder).map_err(Error::io("create", &folder))?;
    // One that leads elsewhere, or nowhere any more.
    let _absent = fs::remove_file(&link);
    std::os::unix::fs::symlink(&sdk, &link).map_err(Error::io("create", &link))?;
    Ok(link)
}

/// Links are a privilege there, so components depend on where the SDK lies.
#[cfg(not(unix))]
pub(crate) fn link(_: &Path, sdk: &Path) -> Result<PathBuf> {
    Ok(sdk.to_owned())
}

/// The beginning of the digest of the SDK's files, and of the contract's beside it.
#[cfg(unix)]
fn name(sdk: &Path) -> Result<String> {
    let wit = sdk.join("../../wit");
    let contract = wit.is_dir().then(|| digest::of_folder(&wit)).transpose()?;
    let made_of = format!("{:?} {contract:?}", digest::of_folder(sdk)?);
    Ok(digest::of(made_of.as_bytes())[..16].to_owned())
}
