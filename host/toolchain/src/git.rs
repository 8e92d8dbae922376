//! Which commit a project's folder is of, and whether it is just that.
//!
//! Git writes nothing here and runs no hooks. The digest of the sources is noted beside what it says.

use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::command;
use crate::inputs::MADE;

/// The state of a work tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Commit {
    pub(crate) id: String,
    /// Whether the work tree has just what the commit has, but for what builds leave behind and what git ignores.
    pub(crate) clean: bool,
    /// Where it was cloned from, if that is a place that others reach: as of `pip` and SPDX, `git+https://…`.
    pub(crate) remote: Option<String>,
    /// The folder in it, without a slash at the end; empty for all of it.
    pub(crate) folder: String,
}

impl Commit {
    /// None where there is no git, no work tree, or no commit yet.
    pub(crate) fn of(project: &Path) -> Option<Self> {
        let git = |arguments: &[&str]| {
            let mut git = Command::new("git");
            git.args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"]).args(arguments);
            for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
                git.env_remove(name);
            }
            command::output(git.env("GIT_OPTIONAL_LOCKS", "0").current_dir(project)).ok()
        };
        let id = git(&["rev-parse", "--verify", "HEAD^{commit}"])?.trim().to_owned();
        if !matches!(id.len(), 40 | 64) || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let status = git(&["status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--", ":(top)"])?;
        let remote = git(&["config", "--get", "remote.origin.url"]).and_then(|url| public(url.trim()));
        let folder = git(&["rev-parse", "--show-prefix"])?.trim_end_matches(['\n', '/']).to_owned();
        Some(Self { id, clean: status.split_terminator('\0').all(is_made), remote, folder })
    }
}

/// Whether a line of `git status` is of a file that builds leave behind.
fn is_made(line: &str) -> bool {
    line.strip_prefix("?? ").is_some_and(|path| path.split('/').any(|part| MADE.contains(&part)))
}

/// An address without the secrets that may be in it; none if it leads into this machine.
fn public(url: &str) -> Option<String> {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (scheme, rest.to_owned()),
        // `git@example.com:ada/geo.git`
        None => {
            let (host, path) = url.split_once(':')?;
            // Else it is a path, or a drive.
            if host.contains('/') || host.len() < 2 {
                return None;
            }
            ("ssh", format!("{host}/{}", path.trim_start_matches('/')))
        }
    };
    if !matches!(scheme, "https" | "http" | "ssh" | "git") {
        return None;
    }
    let rest = rest.split(['?', '#']).next()?;
    let (authority, path) = rest.split_once('/')?;
    let host = authority.rsplit('@').next()?;
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_graphic());
    (!host.is_empty() && plain(host) && plain(path)).then(|| format!("git+{scheme}://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn addresses_keep_no_secrets() {
        for (url, said) in [
            ("https://ada:secret@example.com/ada/geo.git", Some("git+https://example.com/ada/geo.git")),
            ("https://secret@example.com/geo?token=secret#secret", Some("git+https://example.com/geo")),
            ("git@example.com:ada/geo.git", Some("git+ssh://example.com/ada/geo.git")),
            ("ssh://git@example.com:22/ada/geo.git", Some("git+ssh://example.com:22/ada/geo.git")),
            ("/home/ada/geo", None),
            ("file:///home/ada/geo", None),
            ("../geo", None),
            ("C:\\geo", None),
            ("ext::sh -c secret", None),
            ("https://example.com/a b", None),
            ("", None),
        ] {
            assert_eq!(public(url).as_deref(), said, "{url}");
        }
    }

    #[test]
    fn a_work_tree_is_clean_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("plugins/geo");
        fs::create_dir_all(project.join("target")).unwrap();
        fs::write(project.join("plugin.py"), "").unwrap();
        fs::write(project.join("target/geo.wasm"), "").unwrap();
        let git = |arguments: &[&str]| {
            let mut git = Command::new("git");
            git.args(["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]).args(arguments);
            command::output(git.current_dir(folder.path()))
        };
        if git(&["init", "-q"]).is_err() {
            return eprintln!("skipped: there is no git");
        }
        assert_eq!(Commit::of(&project), None, "no commit yet");
        git(&["add", "plugins/geo/plugin.py"]).unwrap();
        git(&["commit", "-q", "-m", "one"]).unwrap();
        git(&["remote", "add", "origin", "https://ada:secret@example.com/geo.git"]).unwrap();
        let commit = Commit::of(&project).unwrap();
        assert_eq!(commit.id, git(&["rev-parse", "HEAD"]).unwrap().trim());
        assert_eq!((commit.clean, commit.folder.as_str()), (true, "plugins/geo"));
        assert_eq!(commit.remote.as_deref(), Some("git+https://example.com/geo.git"));
        fs::write(project.join("more.py"), "").unwrap();
        assert!(!Commit::of(&project).unwrap().clean, "a new file");
        fs::remove_file(project.join("more.py")).unwrap();
        fs::write(project.join("plugin.py"), "x").unwrap();
        assert!(!Commit::of(&project).unwrap().clean, "a changed file");
    }
}
