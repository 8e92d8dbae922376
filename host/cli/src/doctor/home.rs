//! Whether everything that the catalog names is where it should be, and as it was left.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use polder_catalog::{FullName, Kind, Securable, Spec};
use polder_query::{Answer, Home, Polder, Session};
use polder_sandbox::Digest;
use polder_storage::{Location, Tables};

use super::Finding;
use crate::plugin::size;
use crate::{Result, home};

/// The bytes in `spill` from which on somebody should know.
const MUCH_SPILLED: u64 = 1 << 30;

pub(super) async fn check(at: &Home) -> Vec<Finding> {
    let place = at.path().display();
    if !home::exists(at) {
        let remedy = "make one with `polder init`, or name another with --home or POLDER_HOME";
        return vec![Finding::warning("home", format_args!("there is none at {place}"), remedy)];
    }
    let mut findings = Vec::new();
    match catalog(at, &mut findings).await {
        Ok((session, securables)) => everything(&session, &securables, &mut findings).await,
        Err(error) => {
            let remedy = "if another version of Polder made it, use that one; else restore catalog.db, catalog.db-wal and \
                          catalog.db-shm from a backup";
            findings.push(Finding::wrong("catalog", error, remedy));
        }
    }
    let cache = used(&at.path().join("compiled"));
    findings.push(Finding::ok(
        "compiled plugins",
        format_args!("{}; the folder compiled can be deleted at any time", size(cache)),
    ));
    let spilled = used(&at.path().join("spill"));
    if spilled > MUCH_SPILLED {
        let remedy = "when no query is running, delete what is in the folder spill";
        findings.push(Finding::warning("spilled rows", size(spilled), remedy));
    }
    findings
}

async fn catalog(at: &Home, findings: &mut Vec<Finding>) -> Result<(Session, Vec<Securable>)> {
    let polder = Polder::open(at).await?;
    let session = polder.session(None).await?;
    let access = polder.catalog().access(session.principal()).await?;
    let securables = access.list(&Kind::ALL, &FullName::metastore(), None).await?;
    findings.push(Finding::ok("home", polder.home().display()));
    findings.push(Finding::ok(
        "catalog",
        format_args!(
            "opens and is up to date; generation {}, owner {}, {} securables",
            access.generation(),
            session.principal(),
            securables.len()
        ),
    ));
    Ok((session, securables))
}

async fn everything(session: &Session, securables: &[Securable], findings: &mut Vec<Finding>) {
    let home = session.polder().home();
    let tables = Tables::default();
    let mut good = [0, 0, 0];
    let mut digests = BTreeSet::new();
    for securable in securables {
        let what = format!("{} {}", securable.kind.word(), securable.name);
        let finding = match &securable.spec {
            Spec::Table(table) => match &table.location {
                Some(location) => self::table(&tables, home, location).await.err().map(|error| {
                    let remedy = format!("restore the files at {location}, or DROP TABLE {}", securable.name);
                    Finding::wrong(&what, error, remedy)
                }),
                None => continue,
            },
            Spec::View(_) => view(session, &securable.name).await.err().map(|error| {
                let remedy =
                    format!("bring back what it reads, or make it anew with CREATE OR REPLACE VIEW {}", securable.name);
                Finding::wrong(&what, error, remedy)
            }),
            Spec::Plugin(plugin) => {
                digests.insert(plugin.digest.clone());
                // It can become again what it was.
                digests.extend(plugin.former.iter().map(|former| former.digest.clone()));
                component(home, &plugin.digest).err().map(|error| {
                    let remedy = format!(
                        "put back the component that was installed (from {}): copy it to {}",
                        plugin.source,
                        path(home, &plugin.digest).display()
                    );
                    Finding::wrong(&what, error, remedy)
                })
            }
            _ => continue,
        };
        match (finding, securable.kind) {
            (Some(finding), _) => findings.push(finding),
            (None, Kind::Table) => good[0] += 1,
            (None, Kind::View) => good[1] += 1,
            (None, _) => good[2] += 1,
        }
    }
    for ((what, is), count) in
        [("tables", "open"), ("views", "can be read"), ("plugins", "with the component that was installed")]
            .into_iter()
            .zip(good)
    {
        findings.push(Finding::ok(what, format_args!("{count} {is}")));
    }
    findings.extend(leftover(home, &digests));
}

async fn table(tables: &Tables, home: &Path, location: &str) -> Result<(), polder_storage::Error> {
    tables.open(&Location::parse(location, home)?, None).await.map(drop)
}

/// Whether a view can still be planned; no row is read.
async fn view(session: &Session, name: &FullName) -> Result<(), polder_query::Error> {
    let Answer::Rows(rows) = session.run(&format!("DESCRIBE {name}")).await? else { return Ok(()) };
    drop(rows);
    Ok(())
}

fn path(home: &Path, digest: &str) -> PathBuf {
    home.join("components").join(format!("{digest}.wasm"))
}

/// Whether the component is there, and its bytes are those that the catalog pins.
fn component(home: &Path, digest: &str) -> Result<(), String> {
    let path = path(home, digest);
    let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let is = Digest::of(&bytes).to_string();
    if is == digest { Ok(()) } else { Err(format!("{} was changed: its digest is sha256:{is}", path.display())) }
}

/// Components that no plugin has: of plugins that were dropped or upgraded, or of installs that failed.
fn leftover(home: &Path, digests: &BTreeSet<String>) -> Option<Finding> {
    let folder = home.join("components");
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let stray = files.filter(|file| {
        let name = file.file_name();
        let name = name.to_string_lossy();
        name.strip_suffix(".wasm").is_none_or(|digest| !digests.contains(digest))
    });
    let (count, bytes) = stray
        .fold((0, 0), |(count, bytes), file| (count + 1, bytes + file.metadata().map_or(0, |metadata| metadata.len())));
    (count > 0).then(|| {
        Finding::ok(
            "old components",
            format_args!("{count} files of former plugins, {}; an UNDROP may need them", size(bytes)),
        )
    })
}

/// Bytes of the files in a folder, however deep.
fn used(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => used(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_those_that_were_installed() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("components")).unwrap();
        let digest = Digest::of(b"component").to_string();
        assert!(component(home.path(), &digest).unwrap_err().contains(".wasm"));
        fs::write(path(home.path(), &digest), b"component").unwrap();
        assert_eq!(component(home.path(), &digest), Ok(()));
        assert_eq!(leftover(home.path(), &BTreeSet::from([digest.clone()])), None);
        fs::write(path(home.path(), &digest), b"other").unwrap();
        assert!(component(home.path(), &digest).unwrap_err().contains("was changed"));
        assert!(leftover(home.path(), &BTreeSet::new()).unwrap().finding.starts_with("1 files"));
        assert_eq!(used(home.path()), 5);
    }
}
