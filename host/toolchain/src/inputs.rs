//! The files that a project is made of, and which of them changed since they were last looked at.
//!
//! They are looked at, not listened to: what tells a change is what is in a file, so that none is missed, and nothing that a
//! build writes is taken for one. A look at files that nobody touched reads none of them.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::digest;
use crate::{Error, Result};

/// What tools write beside the sources.
pub(crate) const MADE: [&str; 5] = ["target", "node_modules", "__pycache__", "Cargo.lock", "go.work"];

/// A file may change again within one tick of the clock of its file system; some count in whole seconds.
const TICK: Duration = Duration::from_secs(2);

/// The files in a folder that count, in order. What builds leave behind does not, nor does what is hidden.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    add(folder, &mut found)?;
    Ok(found)
}

fn add(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths: Vec<PathBuf> = entries.map_err(Error::io("read", folder))?;
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if MADE.contains(&&*name) || name.starts_with('.') {
            continue;
        }
        if path.is_file() {
            found.push(path);
        } else if path.is_dir() && !leads_up(&path) {
            add(&path, found)?;
        }
    }
    Ok(())
}

/// Whether a folder is a link to one that it lies in.
fn leads_up(path: &Path) -> bool {
    path.is_symlink()
        && match (path.canonicalize(), path.parent().map(Path::canonicalize)) {
            (Ok(to), Some(Ok(folder))) => folder.starts_with(to),
            _ => true,
        }
}

/// The files of a project at one moment.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// By their paths within the project.
    files: BTreeMap<PathBuf, Seen>,
}

/// A file as it was.
#[derive(Clone, Debug)]
struct Seen {
    digest: String,
    /// Its size and when it was written, if a file that has both still is this one.
    stamp: Option<(u64, SystemTime)>,
}

impl Inputs {
    /// Looks at a project; what it was before spares reading what is the same.
    ///
    /// # Errors
    /// If the folder, or a file in it, cannot be read. One that vanishes meanwhile is none of those.
    pub fn look(project: &Path, before: &Inputs) -> Result<Inputs> {
        let mut seen = BTreeMap::new();
        for path in files(project)? {
            let name = path.strip_prefix(project).unwrap_or(&path).to_owned();
            match Seen::of(&path, before.files.get(&name)) {
                Ok(file) => drop(seen.insert(name, file)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(Error::io("read", &path)(error)),
            }
        }
        Ok(Inputs { files: seen })
    }

    /// Paths of the files that are new, gone, or hold something else, in order.
    pub fn changed_since(&self, before: &Inputs) -> Vec<PathBuf> {
        let digest = |files: &BTreeMap<PathBuf, Seen>, path: &Path| files.get(path).map(|seen| seen.digest.clone());
        let mut paths: Vec<_> = before.files.keys().chain(self.files.keys()).collect();
        paths.sort();
        paths.dedup();
        paths.retain(|path| digest(&before.files, path) != digest(&self.files, path));
        paths.into_iter().cloned().collect()
    }
}

impl Seen {
    fn of(path: &Path, before: Option<&Seen>) -> io::Result<Seen> {
        let now = SystemTime::now();
        let metadata = fs::metadata(path)?;
        let stamp = (metadata.len(), metadata.modified()?);
        if let Some(before) = before.filter(|before| before.stamp == Some(stamp)) {
            return Ok(before.clone());
        }
        let settled = now.duration_since(stamp.1).is_ok_and(|age| age > TICK);
        Ok(Seen { digest: digest::of(&fs::read(path)?), stamp: settled.then_some(stamp) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[PathBuf]) -> Vec<&str> {
        paths.iter().filter_map(|path| path.to_str()).collect()
    }

    #[test]
    fn changes_are_told_and_what_a_build_writes_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("src/lib.rs", "one");
        write("tests/a.sql", "SELECT 1");
        let first = Inputs::look(folder.path(), &Inputs::default()).unwrap();
        assert_eq!(names(&first.changed_since(&Inputs::default())), ["src/lib.rs", "tests/a.sql"]);

        for made in
            ["target/polder/x.wasm", "node_modules/polder", "Cargo.lock", ".git/HEAD", "src/.lib.rs.swp", "go.work"]
        {
            write(made, "made");
        }
        // Written again, but the same.
        write("src/lib.rs", "one");
        let second = Inputs::look(folder.path(), &first).unwrap();
        assert_eq!(second.changed_since(&first), Vec::<PathBuf>::new());

        // As long as before, and within the same tick of the clock.
        write("src/lib.rs", "two");
        write("src/new.rs", "");
        fs::remove_file(folder.path().join("tests/a.sql")).unwrap();
        let third = Inputs::look(folder.path(), &second).unwrap();
        assert_eq!(names(&third.changed_since(&second)), ["src/lib.rs", "src/new.rs", "tests/a.sql"]);
    }

    #[test]
    fn a_file_that_nobody_touched_is_not_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("big");
        fs::write(&path, "text").unwrap();
        let old = SystemTime::now() - 2 * TICK;
        fs::File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
        let mut first = Inputs::look(folder.path(), &Inputs::default()).unwrap();
        first.files.values_mut().for_each(|seen| seen.digest = "as it was".to_owned());
        let second = Inputs::look(folder.path(), &first).unwrap();
        assert_eq!(second.changed_since(&first), Vec::<PathBuf>::new());
        fs::write(&path, "text").unwrap();
        let third = Inputs::look(folder.path(), &second).unwrap();
        assert_eq!(names(&third.changed_since(&second)), ["big"]);
    }
}
