//! Keys that packages are signed with, in files.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use polder_market::KeyPair;

use crate::terminal::say;
use crate::{Error, Result};

/// What a key's file is encrypted with, if it is.
const PASSPHRASE: &str = "POLDER_KEY_PASSPHRASE";

fn passphrase() -> Option<String> {
    std::env::var(PASSPHRASE).ok().filter(|passphrase| !passphrase.is_empty())
}

/// Make a key pair: the file, for its owner alone, and the public key beside it. Nothing is overwritten.
pub(super) fn new(file: &Path) -> Result<()> {
    let key = KeyPair::generate()?;
    let beside = public(file);
    if beside.exists() {
        return Err(Error::invalid(format_args!("{} is there already; choose another name", beside.display())));
    }
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let pem = key.pem(passphrase().as_deref())?;
    options.open(file).and_then(|mut open| open.write_all(pem.as_bytes())).map_err(Error::file(file))?;
    std::fs::write(&beside, key.public().pem()).map_err(Error::file(&beside))?;
    let (file, beside, fingerprint) = (file.display(), beside.display(), key.public().fingerprint());
    say(format_args!(
        "\
Made the key {file}, which signs and stays with you, and {beside} for everybody else ({fingerprint}).

Next:
  polder plugin publish DIR oci://… --key {file}
  polder sql -c \"CREATE PUBLISHER name KEY '$(cat {beside})'\"       where it is to be trusted"
    ))
}

/// Read a key.
pub(super) fn read(file: &Path) -> Result<KeyPair> {
    let text = std::fs::read_to_string(file).map_err(Error::file(file))?;
    let read = KeyPair::read(&text, passphrase().as_deref());
    read.map_err(|error| Error::invalid(format_args!("{}: {error} ({PASSPHRASE})", file.display())))
}

fn public(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".pub");
    name.into()
}
