//! Names, locations, and paths within volumes.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use polder_catalog::FullName;
use polder_storage::{Location, Stores, Volume};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// What nobody may read by a path of the volume.
const SECRET: &[u8] = b"the sluice opens at four";

/// A name is refused, or is the same after it was written and read again.
pub fn name(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(name) = text.parse::<FullName>() else { return };
    assert!(name.parts().len() <= 3);
    assert!(!name.parts().iter().any(|part| part.chars().any(char::is_control)));
    let written = name.to_string();
    let again: FullName = written.parse().unwrap_or_else(|error| panic!("{text:?} became {written:?}: {error}"));
    assert_eq!(again, name);
    assert!(FullName::new(name.parts()).is_ok_and(|same| same == name));
}

/// A location is refused, or is one place: written, read again, and around what is in it.
pub fn location(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(location) = Location::parse(&text, Path::new("/data")) else { return };
    let written = location.to_string();
    assert!(written.ends_with('/'), "{text:?} became {written:?}");
    let again = Location::parse(&written, Path::new("/elsewhere"));
    assert_eq!(again.unwrap_or_else(|error| panic!("{text:?} became {written:?}: {error}")), location, "{text:?}");
    if let Ok(child) = location.child(&text) {
        let child = child.to_string();
        let below = child.strip_prefix(&written).unwrap_or_else(|| panic!("{child:?} is not in {written:?}"));
        assert!(below.ends_with('/') && below.matches('/').count() == 1, "{child:?} is not right in {written:?}");
    }
}

/// A volume with a way out for whoever finds one: links, and secrets beside it.
struct Place {
    runtime: Runtime,
    folder: TempDir,
    volume: Volume,
}

static PLACE: LazyLock<Place> = LazyLock::new(|| Place::new().expect("a volume can be made"));

impl Place {
    fn new() -> std::io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let root = folder.path().join("volume");
        fs::create_dir_all(root.join("a/b"))?;
        fs::create_dir(folder.path().join("outside"))?;
        for file in ["secret", "outside/secret", "volume-secret"] {
            fs::write(folder.path().join(file), SECRET)?;
        }
        fs::write(root.join("a/b/c"), "inside")?;
        #[cfg(unix)]
        for (link, to) in [
            ("link", "../outside"),
            ("up", ".."),
            ("a/file", "../../secret"),
            ("a/loop", ".."),
            ("dangling", "../none"),
        ] {
            std::os::unix::fs::symlink(to, root.join(link))?;
        }
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let volume = Location::folder(&root).and_then(|location| Volume::open(&location, &Stores::new()));
        Ok(Self { runtime, volume: volume.map_err(std::io::Error::other)?, folder })
    }

    /// What lies outside of the volume.
    fn outside(&self) -> Vec<String> {
        let mut names = Vec::new();
        for folder in [self.folder.path().to_owned(), self.folder.path().join("outside")] {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            names.extend(entries.map(|entry| entry.path().display().to_string()));
        }
        names.sort();
        names
    }
}

/// A path is refused, or leads to something in the volume: nothing outside is read, and nothing is put there.
pub fn path(data: &[u8]) {
    let path = String::from_utf8_lossy(data);
    let Place { runtime, volume, .. } = &*PLACE;
    runtime.block_on(async {
        if let Ok(bytes) = volume.read(&path).await {
            assert_ne!(bytes, SECRET, "{path:?} leads out");
        }
        if let Ok(files) = volume.page(&path, Some(&path), 10).await {
            assert!(!files.iter().any(|file| file.path.contains("secret")), "{path:?} lists {files:?}");
        }
        let before = PLACE.outside();
        if volume.write(&path, b"written".to_vec()).await.is_ok() {
            assert_eq!(before, PLACE.outside(), "{path:?} leads out");
            assert_eq!(volume.read(&path).await.ok().as_deref(), Some(&b"written"[..]), "{path:?}");
            volume.delete(&path).await.expect("what was written can be deleted");
        }
        for file in ["secret", "outside/secret", "volume-secret"] {
            let now = fs::read(PLACE.folder.path().join(file));
            assert!(now.is_ok_and(|bytes| bytes == SECRET), "{path:?} changed {file}");
        }
        assert!(PLACE.outside() == before, "{path:?} leads out");
    });
}
